"""JSON that is read although it breaks the grammar in small ways, each of which is reported.

Raw line feeds in strings, NaN, repeated keys and commas too many are read. Cut JSON never is.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from typing import Any, NamedTuple

from graph.core.errors import InputError
from loaders.catalogues.model import ReadProblem, ReceivedDocument
from loaders.catalogues.model.positions import line_locator
from loaders.formats import json_limits

_FETCH_AGAIN = "Fetch it again. If it is the same, ask its publisher to repair the file."
_STRING_OR_COMMA = re.compile(r'"(?:[^"\\]|\\.)*+"|,(?=\s*[\]}])', re.S)


class WrittenNumber(float):
    """A number with a decimal point or an exponent, and its text: a float alone loses digits."""

    text: str

    def __new__(cls, text: str) -> WrittenNumber:
        number = super().__new__(cls, text)
        number.text = text
        return number


class LaxJson(NamedTuple):
    """A value; numbers with a decimal point or an exponent are WrittenNumber."""

    value: Any
    problems: list[ReadProblem]


def load(document: ReceivedDocument) -> LaxJson:
    """Read a document. Raises InputError with line and column for cut or otherwise broken JSON."""
    text = document.data.decode()
    try:
        return _Reading(document).load(text)
    except json.JSONDecodeError as error:
        problem = json_limits.JsonError(error.msg, error.lineno, error.colno)
        cut = not text[error.pos :].strip() or error.msg.startswith("Unterminated string")
    except (ValueError, ArithmeticError, RecursionError) as error:
        problem, cut = json_limits.explain(text, error), False
    what = "the JSON is cut or unfinished" if cut else "the JSON cannot be read"
    where = document.name + problem.position("line")
    raise InputError(f"{what}: {problem.message}", where=where, hint=_FETCH_AGAIN)


class _Reading:
    def __init__(self, document: ReceivedDocument) -> None:
        self._first_line = document.first_line
        self.problems: list[ReadProblem] = []

    def load(self, text: str) -> LaxJson:
        try:
            return LaxJson(self._parse(text, strict=True), self.problems)
        except json.JSONDecodeError as error:
            locator, self.problems = line_locator(self._first_line + error.lineno), []
            first = ReadProblem("json-lax", None, locator, error.msg)
        commas = [m.start() for m in _STRING_OR_COMMA.finditer(text) if m[0] == ","]
        for position in reversed(commas):
            text = text[:position] + " " + text[position + 1 :]
        value = self._parse(text, strict=False)
        return LaxJson(value, [first, *self.problems])

    def _parse(self, text: str, *, strict: bool) -> Any:
        return json.loads(
            text,
            strict=strict,
            parse_float=WrittenNumber,
            parse_constant=self._constant,
            object_pairs_hook=self._object,
        )

    def _constant(self, name: str) -> None:
        self.problems.append(ReadProblem("json-lax", None, "", f"{name} is no JSON"))

    def _object(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        members = dict(pairs)
        if len(members) < len(pairs):
            counts = Counter(key for key, _ in pairs)
            names = "”, “".join(key for key, count in counts.items() if count > 1)
            detail = f"“{names}” more than once in an object; the last value counts"
            self.problems.append(ReadProblem("json-lax", None, "", detail))
        return members
