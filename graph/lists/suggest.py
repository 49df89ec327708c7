"""What to search for where nothing is found: fewer words, and words that begin alike."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from graph.core.errors import QuerySyntaxError
from graph.lists.index import Condition, ListIndex
from graph.lists.kinds import Kind
from graph.lists.query import count
from graph.search.normalize import words
from graph.search.query_parser import parse

_MOST = 5  # suggestions
_LONGEST = 6  # words of a search that is tried with fewer
_SHORTEST = 4  # letters of a beginning


class Suggestion(NamedTuple):
    """A search that finds something, and how many things."""

    text: str
    hits: int


def instead(index: ListIndex, kinds: Sequence[Kind], text: str) -> list[Suggestion]:
    """Searches like this one that have hits of these kinds, those with the most words first."""
    found: dict[str, Suggestion] = {}
    for tried in _alike(index, text):
        if len(found) == _MOST:
            break
        if tried not in found and (hits := _hits(index, kinds, tried)):
            found[tried] = Suggestion(tried, hits)
    return list(found.values())


def _alike(index: ListIndex, text: str) -> Iterator[str]:
    searched = list(dict.fromkeys(words(text)))[:_LONGEST]
    if len(searched) > 1:
        for left_out in range(len(searched)):
            yield " ".join(w for n, w in enumerate(searched) if n != left_out)
    for word in searched:  # as they are written, then by their beginnings
        yield word
    for word in searched:
        for length in range(len(word) - 1, _SHORTEST - 1, -1):
            yield from index.beginning(word[:length])
            if length <= len(word) - 3:
                break


def _hits(index: ListIndex, kinds: Sequence[Kind], text: str) -> int:
    try:
        return sum(count(index, Condition(kind, parse(text))) for kind in kinds)
    except QuerySyntaxError:
        return 0
