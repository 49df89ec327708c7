"""Whether one text matches a search, without an index.

The result is the same as that of a search of the index for the same literal (a property test checks
this).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from graph.search.normalize import indexed_words, normalized_keys, query_keys, words
from graph.search.query_parser import MatchDegree, SearchExpression, SearchTerm, parse
from graph.search.stems import stems

_MAX_LETTERS = 40  # longer words are compared as written only


def degree(value: str, text: str) -> MatchDegree | None:
    """How closely `value` matches the search `text`; None if it does not.

    Raises QuerySyntaxError for a search without words.
    """
    expression, value_words = _parsed(text), indexed_words(value)
    degrees = (d for d in reversed(MatchDegree) if _matches(value_words, expression, d))
    return next(degrees, None)


# FILTER calls `degree` with the same search for every row.
@lru_cache(maxsize=100)
def _parsed(text: str) -> SearchExpression:
    return parse(text)


def has_clause(value: Sequence[str], clause: Sequence[SearchTerm]) -> bool:
    """Whether words of a text (`indexed_words`) have a term of a clause, in any spelling."""
    return any(_has_term(value, term, MatchDegree.SPELLING) for term in clause)


def _matches(value: Sequence[str], expression: SearchExpression, degree: MatchDegree) -> bool:
    included = all(
        any(_has_term(value, term, degree) for term in clause) for clause in expression.clauses
    )
    return included and not any(
        _has_term(value, term, MatchDegree.FORM) for term in expression.excluded
    )


def _has_term(value: Sequence[str], term: SearchTerm, degree: MatchDegree) -> bool:
    if term.is_phrase:
        size = len(term.words)
        spans = (tuple(value[i : i + size]) for i in range(len(value) - size + 1))
        return term.words in spans
    *whole, last = term.words
    if term.is_prefix:
        has_prefix = any(word.startswith(last) for word in value)
        return has_prefix and all(_has_word(value, word, degree) for word in whole)
    return all(_has_word(value, word, degree) for word in term.words)


def _has_word(value: Sequence[str], searched: str, degree: MatchDegree) -> bool:
    return any(_is_same(word, searched, degree) for word in value)


@lru_cache(maxsize=50_000)
def _is_same(word: str, searched: str, degree: MatchDegree) -> bool:
    """Whether a word of the text matches a word of the search at a degree or a stricter one."""
    if word == searched:
        return True
    if not has_variants(word):
        return False
    if degree <= MatchDegree.FORM and stems(word) & stems(searched):
        return True
    return degree <= MatchDegree.SPELLING and bool(normalized_keys(word) & query_keys(searched))


def token_matches(token: str, expression: SearchExpression) -> bool:
    """Whether a token of a text is one of the words of a search, in any form or spelling."""
    return any(
        word.startswith(term.words[-1]) if term.is_prefix else _has_word([word], searched, degree)
        for word in words(token)
        for clause in expression.clauses
        for term in clause
        for degree in [MatchDegree.EXACT if term.is_phrase else MatchDegree.SPELLING]
        for searched in term.words
    )


def has_variants(word: str) -> bool:
    """Whether other forms and spellings of a word are indexed: not those of numbers and codes."""
    return word.isalpha() and len(word) <= _MAX_LETTERS
