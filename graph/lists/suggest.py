"""What to search for where nothing is found: other letters, fewer words, words that begin alike."""

from __future__ import annotations

import string
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from itertools import islice, product
from typing import NamedTuple

from graph.core.errors import QuerySyntaxError
from graph.lists.index import Condition, ListIndex
from graph.lists.kinds import KINDS, Kind
from graph.lists.query import count
from graph.search.normalize import query_keys, words
from graph.search.query_parser import MatchDegree, TermDictionary, parse

_MOST = 5  # suggestions
_LONGEST = 6  # words of a search that is tried with fewer
_SHORTEST = 4  # letters of a beginning
_MEANT = {"у": "уө", "ү": "үө", "е": "еө", "э": "эө", "о": "оү", "ө": "өү", "e": "eou", "a": "ae"}
"""What may be meant by a letter; ө and о, ү and у, ё and е are one in the index already."""
_LATIN = {"v": ("v", "u", "vu", "uv"), "w": ("v", "u"), "y": ("y", "u")}
_MOST_TYPED = 256  # words that are tried: eight letters of two meanings each
_LONGEST_WORD = 40  # letters
_WRONG_FROM, _WRONG_TO = 4, 24  # letters of a word of which one may be wrong
_SPELT = "'"  # begins the keys of Latin spellings (graph.search.normalize)
_LETTERS = string.ascii_lowercase
_CYRILLIC = "абвгдежзийклмнопрстуфхцчшщъыьэюя"  # keys have о for ө, у for ү, е for ё


class Suggestion(NamedTuple):
    """A search that finds something, and how many things."""

    text: str
    hits: int


def instead(index: ListIndex, kinds: Sequence[Kind], text: str) -> list[Suggestion]:
    """Searches like this one that have hits of these kinds, those with the most words first."""
    found: dict[str, Suggestion] = {}
    spelt = set[str]()
    for tried in _alike(index, text):
        if len(found) == _MOST:
            break
        keys = query_keys(tried) if tried.isalpha() else frozenset()
        if tried in found or not spelt.isdisjoint(keys):  # the same word in another spelling
            continue
        if hits := _hits(index, kinds, tried):
            found[tried] = Suggestion(tried, hits)
            spelt |= keys
    return list(found.values())


def corrected(index: ListIndex, text: str) -> str:
    """The search with the words that may be meant by those that no text has; empty where there are
    none such, or nothing is found by it either."""
    searched = words(text)[:_LONGEST]
    wrong = {word: found[0] for word in searched if (found := meant(index, word))}
    if not wrong:
        return ""
    right = " ".join(wrong.get(word, word) for word in searched)
    return right if any(_hits(index, [kind], right) for kind in KINDS.values()) else ""


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
    Those that stand there themselves come before those that stand there in another spelling only,
    and these before words that are one letter off: “livestok” as “livestock”.
    """
    known = index.terms.indexed
    if len(word) > _LONGEST_WORD or known(word, MatchDegree.SPELLING):
        return []
    tried = [one for one in dict.fromkeys(_tried(word)) if known(one, MatchDegree.SPELLING)]
    found = sorted(tried, key=lambda one: not known(one, MatchDegree.FORM))
    return [*dict.fromkeys([*found, *intended(index.terms, word, most)])][:most]


def _tried(word: str) -> Iterator[str]:
    choices = [_LATIN.get(letter) or tuple(_MEANT.get(letter, letter)) for letter in word]
    every = islice(product(*choices), 1, _MOST_TYPED)  # the first is the word itself
    yield from ("".join(letters) for letters in every)


def intended(terms: TermDictionary, word: str, most: int) -> list[str]:
    """Indexed words one letter off, the most alike first; `word` is one of `words`.

    Looks up some hundred keys, whatever the size of the index.
    """
    if not _WRONG_FROM <= len(word) <= _WRONG_TO or not word.isalpha():
        return []
    keys = {one for key in query_keys(word) for one in _one_off(key)}
    alike = SequenceMatcher(b=word)

    def unlike(found: str) -> tuple[float, str]:
        alike.set_seq1(found)
        return -alike.ratio(), found

    return sorted(terms.with_keys(keys), key=unlike)[:most]


def _one_off(key: str) -> Iterator[str]:
    """The keys one letter off, of a key of a word as it is written."""
    start, letters = (_SPELT, _LETTERS) if key.startswith(_SPELT) else ("", _CYRILLIC)
    text = key.removeprefix(start)
    if not text.isalpha() or (not start and text.isascii()):
        return  # a key of a stem
    for at in range(len(text) + 1):
        before, after = text[:at], text[at:]
        yield from (start + before + letter + after for letter in letters)
        if after:
            yield start + before + after[1:]
            yield from (start + before + letter + after[1:] for letter in letters)
        if len(after) > 1:
            yield start + before + after[1] + after[0] + after[2:]
