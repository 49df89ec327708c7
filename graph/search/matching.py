"""Whether one text matches what a searcher wrote, without an index: for literals at hand.

The same answer as a search of the index gives for the same literal (a property test holds this).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from graph.search.normalize import normalized_keys, query_keys, words
from graph.search.query_parser import MatchDegree, SearchExpression, SearchTerm, parse
from graph.search.stems import stems

_MAX_LETTERS = 40  # letters of a word that may have other forms


def degree(value: str, text: str) -> MatchDegree | None:
    """How nearly a text matches what was written; None where it does not.

    Raises QuerySyntaxError where there is no word to look for.
    """
    wanted, found = _parsed(text), words(value)
    return next((d for d in reversed(MatchDegree) if _matches(found, wanted, d)), None)


@lru_cache(maxsize=100)
def _parsed(text: str) -> SearchExpression:
    return parse(text)


def _matches(found: Sequence[str], wanted: SearchExpression, at: MatchDegree) -> bool:
    positive = all(any(_has(found, part, at) for part in clause) for clause in wanted.clauses)
    return positive and not any(_has(found, part, MatchDegree.FORM) for part in wanted.without)


def _has(found: Sequence[str], part: SearchTerm, at: MatchDegree) -> bool:
    if part.phrase:
        size = len(part.words)
        spans = (tuple(found[i : i + size]) for i in range(len(found) - size + 1))
        return part.words in spans
    *whole, last = part.words
    if part.beginning:
        begun = any(word.startswith(last) for word in found)
        return begun and all(_any_form(found, word, at) for word in whole)
    return all(_any_form(found, word, at) for word in part.words)


def _any_form(found: Sequence[str], wanted: str, at: MatchDegree) -> bool:
    return any(_same(word, wanted, at) for word in found)


@lru_cache(maxsize=50_000)
def _same(word: str, wanted: str, at: MatchDegree) -> bool:
    if word == wanted:
        return True
    if not has_variants(word):
        return False
    if at <= MatchDegree.FORM and stems(word) & stems(wanted):
        return True
    return at <= MatchDegree.SPELLING and bool(normalized_keys(word) & query_keys(wanted))


def token_matches(token: str, wanted: SearchExpression) -> bool:
    """Whether a piece of a text is one of the words looked for, in any form or spelling."""
    return any(
        word.startswith(part.words[-1]) if part.beginning else _any_form([word], one, at)
        for word in words(token)
        for clause in wanted.clauses
        for part in clause
        for at in [MatchDegree.EXACT if part.phrase else MatchDegree.SPELLING]
        for one in part.words
    )


def has_variants(word: str) -> bool:
    """Whether other forms and spellings of a word are looked for: not of numbers and codes."""
    return word.isalpha() and len(word) <= _MAX_LETTERS
