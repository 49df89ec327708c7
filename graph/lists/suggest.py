"""What to search for where nothing is found: fewer words, other letters, words that begin alike."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice, product
from typing import NamedTuple

from graph.core.errors import QuerySyntaxError
from graph.lists.index import Condition, ListIndex
from graph.lists.kinds import Kind
from graph.lists.query import count
from graph.search.normalize import words
from graph.search.query_parser import MatchDegree, parse

_MOST = 5  # suggestions
_LONGEST = 6  # words of a search that is tried with fewer
_SHORTEST = 4  # letters of a beginning
_MEANT = {"у": "уө", "ү": "үө", "е": "еө", "э": "эө", "о": "оү", "ө": "өү", "e": "eou", "a": "ae"}
"""What may be meant by a letter; ө and о, ү and у, ё and е are one in the index already."""
_LATIN = {"v": ("v", "u", "vu", "uv"), "w": ("v", "u"), "y": ("y", "u")}
_MOST_TYPED = 256  # words that are tried: eight letters of two meanings each
_LONGEST_WORD = 40  # letters


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
        yield from meant(index, word)
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


def meant(index: ListIndex, word: str, most: int = 2) -> list[str]:
    """Words of the snapshot's texts that may be meant by a word that none of them has.

    They are given as they would be typed with the right letters: «уверхангай» as «өвөрхангай».
    Those that stand there themselves come before those that stand there in another spelling only.
    """
    known = index.terms.indexed
    if len(word) > _LONGEST_WORD or known(word, MatchDegree.SPELLING):
        return []
    found = [one for one in dict.fromkeys(_tried(word)) if known(one, MatchDegree.SPELLING)]
    return sorted(found, key=lambda one: not known(one, MatchDegree.FORM))[:most]


def _tried(word: str) -> Iterator[str]:
    choices = [_LATIN.get(letter) or tuple(_MEANT.get(letter, letter)) for letter in word]
    every = islice(product(*choices), 1, _MOST_TYPED)  # the first is the word itself
    yield from ("".join(letters) for letters in every)
