"""What a searcher wrote, and the expression of the word index it stands for.

    аймаг сум          both words, in any form
    "аймгийн төвд"     these words in this order and form
    завх*              words that begin so
    аймаг OR сум       either
    -хороо             without it

Each expression has three degrees (graph.search.normalize): the words as written, in any form, in
any spelling.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

from graph.core.errors import QuerySyntaxError
from graph.search.normalize import query_keys, words
from graph.search.stems import stems

_TERM = re.compile(r'(?P<minus>-(?=["\w]))?(?:"(?P<phrase>[^"]*)"|(?P<word>[^\s"]+))')
_MAX_WORDS = 32


class MatchDegree(IntEnum):
    """How near a hit is to what was written; a larger one ranks before every smaller one."""

    SPELLING = 0
    FORM = 1
    EXACT = 2


@dataclass(frozen=True, slots=True)
class SearchTerm:
    """Words to be found: in this order and form (`phrase`), as a beginning, or in any form."""

    words: tuple[str, ...]
    phrase: bool = False
    beginning: bool = False


@dataclass(frozen=True, slots=True)
class SearchExpression:
    """All of `clauses`, of each one part; none of `without`."""

    clauses: tuple[tuple[SearchTerm, ...], ...]
    without: tuple[SearchTerm, ...] = ()


def parse(text: str) -> SearchExpression:
    """Read what a searcher wrote.

    Raises QuerySyntaxError where it holds no word to look for.
    """
    clauses: list[tuple[SearchTerm, ...]] = []
    without: list[SearchTerm] = []
    joined = False
    for match in _TERM.finditer(text):
        if match["word"] in ("OR", "AND") and not match["minus"]:
            joined = match["word"] == "OR" and bool(clauses)
            continue
        part = _search_term(match)
        if part is None:
            continue
        if match["minus"]:
            without.append(part)
        elif joined:
            clauses[-1] = (*clauses[-1], part)
        else:
            clauses.append((part,))
        joined = False
    return _checked(SearchExpression(tuple(clauses), tuple(without)), text)


def _search_term(match: re.Match[str]) -> SearchTerm | None:
    written = match["word"] or match["phrase"] or ""
    found = tuple(words(written))
    if not found:
        return None
    beginning = match["word"] is not None and written.endswith("*")
    return SearchTerm(found, match["phrase"] is not None, beginning)


def _checked(wanted: SearchExpression, text: str) -> SearchExpression:
    if not wanted.clauses:
        raise QuerySyntaxError(
            f"there is no word to search for in “{text}”",
            hint="Write one or more words, such as: аймаг төсөв",
            message_mn=f"“{text}” дотор хайх үг алга",
            hint_mn="Нэг буюу хэд хэдэн үг бичнэ үү, жишээ нь: аймаг төсөв",
        )
    parts = [part for clause in (*wanted.clauses, wanted.without) for part in clause]
    if sum(len(part.words) for part in parts) > _MAX_WORDS:
        raise QuerySyntaxError(
            f"a search may have {_MAX_WORDS} words",
            message_mn=f"хайлт {_MAX_WORDS} үгтэй байж болно",
        )
    return wanted


class TermDictionary:
    """Words of an index by their stems and spellings."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def forms(self, word: str, degree: MatchDegree) -> list[str]:
        """All words that a word stands for at a degree, itself first."""
        found = {word}
        if degree <= MatchDegree.FORM:
            found.update(self._look_up("SELECT word FROM stem WHERE stem IN", stems(word)))
        if degree <= MatchDegree.SPELLING:
            found.update(self._look_up("SELECT word FROM alike WHERE key IN", query_keys(word)))
        return [word, *sorted(found - {word})]

    def _look_up(self, select: str, keys: frozenset[str]) -> list[str]:
        marks = ", ".join("?" * len(keys))
        return [row[0] for row in self._db.execute(f"{select} ({marks})", sorted(keys))]

    def expression(self, wanted: SearchExpression, degree: MatchDegree) -> str:
        """An FTS5 expression that matches what is wanted at a degree or a stricter one."""
        clauses = (self._any(clause, degree) for clause in wanted.clauses)
        positive = " AND ".join(clauses)
        if not wanted.without:
            return f"({positive})"
        return f"(({positive}) NOT {self._any(wanted.without, MatchDegree.FORM)})"

    def _any(self, parts: Sequence[SearchTerm], degree: MatchDegree) -> str:
        return "(" + " OR ".join(self._expression(part, degree) for part in parts) + ")"

    def _expression(self, part: SearchTerm, degree: MatchDegree) -> str:
        if part.phrase:
            return _quoted(" ".join(part.words))
        *whole, last = part.words
        if part.beginning:
            return " AND ".join([*(self._forms(w, degree) for w in whole), _quoted(last) + " *"])
        return "(" + " AND ".join(self._forms(w, degree) for w in part.words) + ")"

    def _forms(self, word: str, degree: MatchDegree) -> str:
        return "(" + " OR ".join(map(_quoted, self.forms(word, degree))) + ")"


def _quoted(text: str) -> str:
    return f'"{text}"'  # words hold letters and digits only
