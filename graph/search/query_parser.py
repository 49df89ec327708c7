"""Parses the text of a search, and translates it to an FTS5 expression.

    аймаг сум          both words, in any form
    "аймгийн төвд"     these words in this order and form
    завх*              words that begin with this
    аймаг OR сум       either word
    -хороо             without this word
    баян-өлгий         баян and өлгий, or баянөлгий

There is an expression for each of three degrees (graph.search.normalize): the words as written, in
any form, in any spelling.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum

from graph.core.errors import QuerySyntaxError
from graph.search.normalize import compounds, query_keys, words
from graph.search.stems import stems

_TERM = re.compile(r'(?P<minus>-(?=["\w]))?(?:"(?P<phrase>[^"]*)"|(?P<word>[^\s"]+))')
_MAX_WORDS = 32
_LOOKED_AT = 200  # words that begin alike
_AT_ONCE = 500  # keys in one query


class MatchDegree(IntEnum):
    """How closely a hit matches the search; a larger degree always ranks first."""

    SPELLING = 0
    FORM = 1
    EXACT = 2


@dataclass(frozen=True, slots=True)
class SearchTerm:
    """Words to find in any form; in this order and form (`is_phrase`), or with the last one as the
    beginning of a word (`is_prefix`)."""

    words: tuple[str, ...]
    is_phrase: bool = False
    is_prefix: bool = False


@dataclass(frozen=True, slots=True)
class SearchExpression:
    """A conjunction: at least one term of each of `clauses`, and none of `excluded`."""

    clauses: tuple[tuple[SearchTerm, ...], ...]
    excluded: tuple[SearchTerm, ...] = ()


def parse(text: str) -> SearchExpression:
    """Parse the text of a search.

    Raises QuerySyntaxError for a text without words to find, or with too many.
    """
    clauses: list[tuple[SearchTerm, ...]] = []
    excluded: list[SearchTerm] = []
    is_alternative = False  # after OR: the next term joins the clause before it
    for match in _TERM.finditer(text):
        if match["word"] in ("OR", "AND") and not match["minus"]:
            is_alternative = match["word"] == "OR" and bool(clauses)
            continue
        terms = _search_terms(match)
        if not terms:
            continue
        if match["minus"]:
            excluded.extend(terms)
        elif is_alternative:
            clauses[-1] = (*clauses[-1], *terms)
        else:
            clauses.append(terms)
        is_alternative = False
    return _checked(SearchExpression(tuple(clauses), tuple(excluded)), text)


def _search_terms(match: re.Match[str]) -> tuple[SearchTerm, ...]:
    """A term, and of a word with a hyphen also the word without it: either may be written."""
    written = match["word"] or match["phrase"] or ""
    term_words = tuple(words(written))
    if not term_words:
        return ()
    term = SearchTerm(
        term_words,
        is_phrase=match["phrase"] is not None,
        is_prefix=match["word"] is not None and written.endswith("*"),
    )
    joined = tuple(compounds(written)) if match["word"] else ()
    if len(joined) != 1:
        return (term,)
    return term, SearchTerm(joined, is_prefix=term.is_prefix)


def _checked(expression: SearchExpression, text: str) -> SearchExpression:
    if not expression.clauses:
        raise QuerySyntaxError(
            f"there is no word to search for in “{text}”",
            hint="Write one or more words, such as: аймаг төсөв",
            message_mn=f"“{text}” дотор хайх үг алга",
            hint_mn="Нэг юм уу хэд хэдэн үг бичнэ үү, жишээ нь: аймаг төсөв",
        )
    terms = [t for clause in (*expression.clauses, expression.excluded) for t in clause]
    if sum(len(term.words) for term in terms) > _MAX_WORDS:
        raise QuerySyntaxError(
            f"a search can have at most {_MAX_WORDS} words",
            message_mn=f"нэг хайлтад {_MAX_WORDS} хүртэл үг бичиж болно",
        )
    return expression


class TermDictionary:
    """The words of an index, by their stems and spellings."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def forms(self, word: str, degree: MatchDegree) -> list[str]:
        """The indexed words that match a word at a degree, the word itself first."""
        return [word, *sorted(self.indexed(word, degree) - {word})]

    def indexed(self, word: str, degree: MatchDegree) -> set[str]:
        """The indexed words of these, of words that have other forms: none for one that none is
        like."""
        matches = set[str]()
        if degree <= MatchDegree.FORM:
            matches.update(self._look_up("SELECT word FROM stem WHERE stem IN", stems(word)))
        if degree <= MatchDegree.SPELLING:
            matches.update(self._look_up("SELECT word FROM alike WHERE key IN", query_keys(word)))
        return matches

    def beginning(self, start: str, limit: int) -> list[str]:
        """Indexed words that begin with these letters in any spelling, the shortest first."""
        found = set[str]()
        for key in sorted(query_keys(start)):
            rows = self._db.execute(
                "SELECT word FROM alike WHERE key >= ? AND key < ? LIMIT ?",
                (key, key + "\U0010ffff", _LOOKED_AT),
            )
            found.update(row[0] for row in rows)
        return sorted(found, key=lambda word: (len(word), word))[:limit]

    def with_keys(self, keys: Iterable[str]) -> set[str]:
        """The indexed words with any of these keys (graph.search.normalize)."""
        found, wanted = set[str](), sorted(keys)
        for start in range(0, len(wanted), _AT_ONCE):
            some = wanted[start : start + _AT_ONCE]
            found.update(self._look_up("SELECT word FROM alike WHERE key IN", some))
        return found

    def _look_up(self, select: str, keys: Collection[str]) -> list[str]:
        marks = ", ".join("?" * len(keys))
        return [row[0] for row in self._db.execute(f"{select} ({marks})", sorted(keys))]

    def fts5_expression(self, expression: SearchExpression, degree: MatchDegree) -> str:
        """The FTS5 expression for matches of a degree or a stricter one."""
        clauses = (self._any(clause, degree) for clause in expression.clauses)
        included = " AND ".join(clauses)
        if not expression.excluded:
            return f"({included})"
        return f"(({included}) NOT {self._any(expression.excluded, MatchDegree.FORM)})"

    def _any(self, terms: Sequence[SearchTerm], degree: MatchDegree) -> str:
        return "(" + " OR ".join(self._term(term, degree) for term in terms) + ")"

    def _term(self, term: SearchTerm, degree: MatchDegree) -> str:
        if term.is_phrase:
            return _quoted(" ".join(term.words))
        *whole, last = term.words
        if term.is_prefix:
            return " AND ".join([*(self._forms(w, degree) for w in whole), _quoted(last) + " *"])
        return "(" + " AND ".join(self._forms(w, degree) for w in term.words) + ")"

    def _forms(self, word: str, degree: MatchDegree) -> str:
        return "(" + " OR ".join(map(_quoted, self.forms(word, degree))) + ")"


def _quoted(text: str) -> str:
    return f'"{text}"'  # needs no escaping: words consist of letters and digits
