"""All captures of a harvest as one stream of triples, checked to be whole."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from loaders.catalogues.model import ReadItem, ReadProblem
from loaders.catalogues.protocols import paging
from loaders.catalogues.protocols.survey import Survey, check_pages, check_total
from loaders.catalogues.reading.read import read
from loaders.pipeline.record import Capture

CaptureItems = tuple[int, Iterator[ReadItem]]
"""The number of a capture, and what was read from it."""


def read_all(
    captures: Sequence[Capture], options: Mapping[str, Any], base_of: Callable[[Capture], str]
) -> Iterator[CaptureItems]:
    """What every capture holds, in order; `base_of` gives the base of its relative IRIs.

    A page that came twice is read once. Raises InputError for a capture that must be refused, and
    at the end for a harvest that is not whole.
    """
    found, seen = Survey(), set[str]()
    for number, capture in enumerate(captures):
        if capture.digest in seen:
            yield number, iter([ReadProblem("page-repeated", None, "", capture.name)])
        else:
            seen.add(capture.digest)
            yield number, found.watch(read(capture, base_of(capture), f"c{number}"), capture)
    check_pages(found, captures)
    if found.totals and options.get("check_total", True):
        listed = found.names() | found.undescribed().keys()
        check_total(max(found.totals), len(listed), captures[-1].name)
    paging.check(captures, options)
