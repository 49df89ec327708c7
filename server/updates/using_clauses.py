"""Rewriting an update for the engine: without LOAD, and with the protocol's dataset.

The engine does not support `using-graph-uri` (SPARQL 1.1 Protocol §2.2.3), so USING clauses are
inserted into each operation that has a WHERE. It fetches any URL that LOAD names, which cannot be
turned off, so LOAD is refused; LOAD SILENT, which must not fail (Update §3.1.4), does nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pyoxigraph as ox

from graph.core.errors import QueryRefused
from graph.queries.syntax.checks import inspect
from graph.queries.syntax.tokens import Token, tokenize
from server.http.problem_details import HttpProblem

UPDATE_LIMIT = 4 << 20  # bytes
_FORMS = frozenset("WITH INSERT DELETE LOAD CLEAR DROP CREATE ADD MOVE COPY".split())
_HINT = "Send the statements to the graph store, or use INSERT DATA."


@dataclass(frozen=True, slots=True)
class UsingClauses:
    """The dataset of an update request: IRIs of its default and named graphs."""

    default: tuple[str, ...] = ()
    named: tuple[str, ...] = ()

    def clauses(self) -> str:
        """The dataset as SPARQL; empty if the request names none.

        Raises HttpProblem (400) for an invalid IRI.
        """
        try:
            default = [f"USING {ox.NamedNode(iri)}" for iri in self.default]
            named = [f"USING NAMED {ox.NamedNode(iri)}" for iri in self.named]
        except ValueError as error:
            raise HttpProblem(400, f"a graph of the dataset is not a valid IRI: {error}") from error
        return " ".join(default + named)


@dataclass(frozen=True, slots=True)
class UpdateEdit:
    """A replacement for the text from `start` to `end`."""

    start: int
    end: int
    text: str


def rewrite(text: str, using: UsingClauses, limit: int) -> str:
    """The update for the engine; `limit` is in bytes.

    Raises QueryTooLarge, QueryTooComplex, QueryRefused (SERVICE, LOAD), and HttpProblem (400) if
    both the request and the update give a dataset.
    """
    inspect(text, limit)
    clauses = using.clauses()
    edits: list[UpdateEdit] = []
    for operation in _operations(text):
        edits += _without_load(text, operation)
        edits += _with_using(text, operation, clauses) if clauses else []
    for edit in sorted(edits, key=lambda e: e.start, reverse=True):
        text = text[: edit.start] + edit.text + text[edit.end :]
    return text


def _operations(text: str) -> Iterator[list[Token]]:
    """The tokens of each operation that are outside of its braces, and the braces."""
    depth, current = 0, list[Token]()
    for token in tokenize(text):
        depth -= token.text == "}"
        if depth == 0 and token.text == ";":
            yield current
            current = []
        elif depth <= 0:
            current.append(token)
        elif "load" in token.text.lower() and token.kind == "word":
            raise _refused()
        depth += token.text == "{"
    yield current


def _refused() -> QueryRefused:
    return QueryRefused("LOAD is disabled: the store fetches nothing", hint=_HINT)


def _start(token: Token) -> int:
    return token.end - len(token.text)


def _words(operation: Sequence[Token]) -> list[str]:
    return [t.text.upper() if t.kind == "word" else "" for t in operation]


def _form(words: Sequence[str]) -> int | None:
    """The index of an operation's keyword, after its prologue."""
    return next((i for i, word in enumerate(words) if word in _FORMS), None)


def _without_load(text: str, operation: Sequence[Token]) -> list[UpdateEdit]:
    """Replace LOAD SILENT by adding its graphs to themselves: this does nothing, but the engine
    still checks their names."""
    words = _words(operation)
    place = _form(words)
    if place is None or words[place] != "LOAD":
        if any(_may_be_load(operation, i) for i in range(len(operation))):
            raise _refused()
        return []
    rest = words[place:]
    if rest not in (["LOAD", "SILENT", ""], ["LOAD", "SILENT", "", "INTO", "GRAPH", ""]):
        raise _refused()
    graphs = [t.text for t in operation[place:] if t.kind != "word"]
    nothing = " ; ".join(f"ADD SILENT {graph} TO {graph}" for graph in graphs)
    return [UpdateEdit(_start(operation[place]), operation[-1].end, nothing)]


def _may_be_load(operation: Sequence[Token], i: int) -> bool:
    """Whether a token is the keyword, also without a space (`LOAD:x` is LOAD and the name `:x`)."""
    token = operation[i]
    if token.kind == "word":
        return "load" in token.text.lower()
    named = token.kind == "name" and "load" in token.text.partition(":")[0].lower()
    return named and (i == 0 or operation[i - 1].kind != "word")


def _with_using(text: str, operation: Sequence[Token], clauses: str) -> list[UpdateEdit]:
    words = _words(operation)
    place = _form(words)
    if "WITH" in words or "USING" in words:
        raise HttpProblem(
            400,
            "the dataset is given twice: by parameters, and by USING or WITH",
            hint="Remove one of them (SPARQL 1.1 Protocol §2.2.3).",
        )
    if place is None and any(t.text == "{" for t in operation):  # such as `DELETEWHERE {`
        raise HttpProblem(
            400, "an operation cannot be recognised, so USING cannot be applied to it"
        )
    if place is None or words[place] not in {"INSERT", "DELETE"} or "WHERE" not in words:
        return []
    where = operation[words.index("WHERE")]
    if words[place + 1 : place + 2] != ["WHERE"]:
        return [UpdateEdit(_start(where), _start(where), clauses + " ")]
    # The short form DELETE WHERE has no place for USING, so the long form is written.
    pattern = text[where.end : operation[-1].end]
    return [
        UpdateEdit(_start(where), where.end, ""),
        UpdateEdit(operation[-1].end, operation[-1].end, f" {clauses} WHERE {pattern}"),
    ]
