"""Results of an archived validation report that are about a thing, cut out of its JSON.

A report of a large catalogue has hundreds of megabytes, so it is searched and not parsed. Its JSON
is canonical (`shapes.results`): each result begins with the same bytes, which no text in it can
have, since quotes in texts are escaped.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from graph.archive import Archive

_RESULT = b'{"component":'
_LONGEST = 1 << 20  # bytes of a result
LARGEST = 64 << 20  # bytes of a report that is searched


def about(archive: Archive, report: str, iri: str, most: int) -> tuple[dict[str, Any], ...]:
    """The first `most` results whose focus, value or group a thing is; none of a report that is not
    searched."""
    if not is_searched(archive, report):
        return ()
    results = (one for one in _naming(archive.read(report), iri) if iri in _subjects(one))
    return tuple(islice(different(results), most))


def different(results: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Results that say something else: the same is found at each thing that it is about."""
    said: list[tuple[Any, ...]] = []
    for one in results:
        told = one.get("severity"), one.get("rule"), one.get("messages")
        if told not in said:
            said.append(told)
            yield one


def is_searched(archive: Archive, report: str) -> bool:
    """Whether a report is looked into: the largest ones would take seconds."""
    if not report:
        return False
    with archive.seekable(report) as blob:
        return blob.length <= LARGEST


def _subjects(result: dict[str, Any]) -> set[str]:
    value = str(result.get("value") or "")
    details = result.get("details", {})
    return {result["focus"], value.strip("<>"), details.get("group", "")}


def _naming(data: bytes, iri: str) -> Iterator[dict[str, Any]]:
    """The results in whose JSON an IRI occurs."""
    wanted, position = json.dumps(iri, ensure_ascii=False)[1:-1].encode(), 0
    while (hit := data.find(wanted, position)) >= 0:
        start = data.rfind(_RESULT, 0, hit)
        if start < 0:
            position = hit + 1
            continue
        end = data.find(b"," + _RESULT, hit)
        piece = data[start : end if end >= 0 else min(len(data), hit + _LONGEST)]
        yield json.JSONDecoder().raw_decode(piece.decode("utf-8", "ignore"))[0]
        position = end if end >= 0 else len(data)
