"""All captures of a harvest as one stream of triples, checked to be whole."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from loaders.catalogues.envelopes.ldes import Feed, is_feed
from loaders.catalogues.model import ReadItem, ReadProblem, ReceivedDocument
from loaders.catalogues.protocols import paging
from loaders.catalogues.protocols.linked_pages import tolerant
from loaders.catalogues.protocols.survey import Survey, check_pages, check_totals
from loaders.catalogues.reading.read import read, received
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
    found, seen, feed = Survey(), set[str](), Feed()
    documents = _Documents(captures, base_of)
    for number, capture in enumerate(captures):
        if is_feed(capture):
            for triple in feed.look(documents.get(number), number):
                found.see(triple, capture)
    for number, capture in enumerate(captures):
        if capture.digest in seen:
            yield number, iter([ReadProblem("page-repeated", None, "", capture.name)])
        elif feed.holds_members(number):
            yield number, feed.read(documents.get(number), number)
        else:
            items = tolerant(read(capture, base_of(capture), f"c{number}"), capture)
            yield number, found.watch(items, capture)
        seen.add(capture.digest)
    check_pages(found, captures)
    if options.get("check_total", True):
        check_totals(found, captures[-1].name)
    paging.check(captures, options)


class _Documents:
    """Captures as documents, by number; they are not kept."""

    def __init__(self, captures: Sequence[Capture], base_of: Callable[[Capture], str]) -> None:
        self._captures, self._base_of = captures, base_of

    def get(self, number: int) -> ReceivedDocument:
        capture = self._captures[number]
        return received(capture, self._base_of(capture), f"c{number}")[0]
