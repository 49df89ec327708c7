"""Turtle and TriG: whole where pyoxigraph finds no error, else statement by statement.

pyoxigraph's parser goes on after an error but gives statements that nobody made, so after an error
nothing of its first run is used: each top-level statement is parsed alone, whole or not at all.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator
from typing import IO

import pyoxigraph as ox

from graph.core.errors import InputError
from loaders.catalogues.model import ReadItem, ReadProblem, ReceivedDocument
from loaders.catalogues.model.positions import LineCounter, LineReader, line_at
from loaders.catalogues.model.prefixes import WELL_KNOWN
from loaders.catalogues.model.terms import TermReader, parsing_base
from loaders.catalogues.turtle.mending import MENDINGS
from loaders.catalogues.turtle.statements import TurtleStatement, statements, text_of
from vocab.terms import Node

_POSITION = re.compile(r"^Parser error at line \d+ (between columns|column) \d+( and [^:]*)?: ")
_LINE = re.compile(r" \(line \d+\)$")
_PREFIX = re.compile(rb"([^\s<>\"'()\[\]{},;^@#:]*):")
_UNDECLARED = re.compile(r"The prefix ([^\s:]*): has not been declared")
_MAY_BE_CUT = re.compile(rb"\d\.\Z")
"""A number cut after its point looks like a number and the end of a statement."""
_EXPLAINED_END = re.compile(rb";[ \t]*#[^\r\n]*\Z")
_DATASET = re.compile(rb"dataset", re.I)
_FETCH_AGAIN = "Fetch it again. If it is the same, ask its publisher to repair the file."


def read(document: ReceivedDocument) -> Iterator[ReadItem]:
    """The triples of a document, in order.

    Raises InputError for unfinished input, and where not one statement can be read.
    """
    if _MAY_BE_CUT.search(document.data):
        raise _unfinished(document, len(document.data))
    if not error(document):
        yield from _read_whole(document)
    else:
        yield from by_statement(document)


def by_statement(document: ReceivedDocument) -> Iterator[ReadItem]:
    """The same, of a document that is broken somewhere; each statement whole or not at all."""
    yield from _StatementReading(document).items()


def _parse(document: ReceivedDocument, source: bytes | IO[bytes]) -> Iterator[ox.Quad]:
    # TriG contains Turtle
    base = parsing_base(document.base)
    return ox.parse(source, ox.RdfFormat.TRIG, base_iri=base, lenient=True)


def error(document: ReceivedDocument) -> str:
    """What pyoxigraph finds wrong in a whole document, or ""."""
    try:
        deque(_parse(document, document.data), maxlen=0)
    except (SyntaxError, ValueError) as cause:
        return _message(cause)
    return ""


def _message(error: Exception) -> str:
    text = str(getattr(error, "msg", None) or error)
    return _LINE.sub("", _POSITION.sub("", text))


def _read_whole(document: ReceivedDocument) -> Iterator[ReadItem]:
    reader, terms = LineReader(document), TermReader(document)
    for quad in _parse(document, reader.as_file()):
        yield from terms.items(quad.subject, quad.predicate, quad.object, reader.locator)


class _StatementReading:
    """One run over the statements of a document that is broken somewhere."""

    def __init__(self, document: ReceivedDocument) -> None:
        self._document, self._terms = document, TermReader(document)
        self._prologue: dict[bytes, bytes] = {}
        self._was_broken = False
        self._lines = LineCounter(document.data, document.first_line)

    def items(self) -> Iterator[ReadItem]:
        """Raises InputError for unfinished input, or when nothing can be read."""
        first, triples = "", 0
        for statement in statements(self._document.data):
            for item in self._statement(statement):
                if isinstance(item, ReadProblem):
                    first = first or f"line {item.locator.rpartition(',')[2]}: {item.detail}"
                else:
                    triples += 1
                yield item
        if not triples:
            message = f"no statement can be read; {first}"
            raise InputError(message, where=self._document.name, hint=_FETCH_AGAIN)

    def _statement(self, statement: TurtleStatement) -> Iterator[ReadItem]:
        data, locator = self._document.data, self._lines.locator(statement.start)
        text = text_of(statement.tokens, data)
        if not statement.is_finished:
            text = self._finished(statement, text, locator)
            yield ReadProblem("input-unfinished", None, locator, _shown(text))
        if [token.kind for token in statement.tokens] == ["dot"]:
            self._was_broken = True
            yield ReadProblem("statement-dropped", None, locator, ".")
        elif statement.directive:
            yield from self._directive(statement, text, locator)
        else:
            yield from self._triples(statement, text, locator)

    def _finished(self, statement: TurtleStatement, text: bytes, locator: str) -> bytes:
        """The last statement with the dot it lacks.

        Raises InputError, unless somebody explains in a comment where the document stops, after a
        semicolon, and it speaks of no dataset: then nothing can be missing. Examples in
        specifications are written like that; a document that is cut ends elsewhere.
        """
        data = self._document.data
        if _EXPLAINED_END.search(data) and not _DATASET.search(data):
            text += b" ."
            if not self._with_prefixes(text, locator)[1]:
                return text
        raise _unfinished(self._document, statement.tokens[-1].start)

    def _directive(
        self, statement: TurtleStatement, text: bytes, locator: str
    ) -> Iterator[ReadItem]:
        key = statement.tokens[1].text if statement.directive == "prefix" else b""
        if statement.tokens[0].text.startswith(b"@"):
            text = text[: len(b"@prefix")].lower() + text[len(b"@prefix") :]  # `@PREFIX`
        if error := self._parsed(text)[1]:
            yield ReadProblem("statement-dropped", None, locator, f"{error}: {_shown(text)}")
        else:
            self._prologue.pop(key, None)  # the order counts: a base comes before what it resolves
            self._prologue[key] = text

    def _triples(self, statement: TurtleStatement, text: bytes, locator: str) -> Iterator[ReadItem]:
        quads, error, problems = self._mended(statement, text, locator)
        if not error and self._was_broken and not self._begins_line(statement.start):
            error = "it follows what could not be read"  # it may be the rest of a broken string
        self._was_broken = bool(error)
        if error:
            subject = self._subject(statement)
            yield ReadProblem("statement-dropped", subject, locator, f"{error}: {_shown(text)}")
            return
        about = self._terms.node(quads[0].subject) if quads else None
        yield from (problem._replace(subject=about) for problem in problems)
        for quad in quads:
            yield from self._terms.items(quad.subject, quad.predicate, quad.object, locator)

    def _mended(
        self, statement: TurtleStatement, text: bytes, locator: str
    ) -> tuple[list[ox.Quad], str, list[ReadProblem]]:
        """The quads of a statement, or the error that it has without mending."""
        quads, first, problems = self._with_prefixes(text, locator)
        error, tokens, data = first, statement.tokens, self._document.data
        for name, mend in MENDINGS.items():
            if error and (text := mend(tokens, data)):
                quads, error, more = self._with_prefixes(text, locator)
                problems += [*more, ReadProblem("turtle-mended", None, locator, name)]
                tokens = [token for one in statements(text) for token in one.tokens]
                data = text
        return quads, error and first, problems

    def _with_prefixes(
        self, text: bytes, locator: str
    ) -> tuple[list[ox.Quad], str, list[ReadProblem]]:
        """Parse a statement; well-known prefixes are assumed when they were not declared."""
        problems: list[ReadProblem] = []
        while True:
            quads, error = self._parsed(text)
            match = _UNDECLARED.search(error)
            if match is None or match[1] not in WELL_KNOWN:
                return quads, error, problems
            prefix, namespace = match[1], WELL_KNOWN[match[1]]
            self._prologue[f"{prefix}:".encode()] = f"@prefix {prefix}: <{namespace}> .".encode()
            problems.append(ReadProblem("prefix-assumed", None, locator, f"{prefix}: {namespace}"))

    def _parsed(self, text: bytes) -> tuple[list[ox.Quad], str]:
        used = {match + b":" for match in _PREFIX.findall(text)} | {b""}  # "": the base
        before = [line for key, line in self._prologue.items() if key in used]
        whole = b"\n".join([*before, text])
        try:
            return list(_parse(self._document, whole)), ""
        except (SyntaxError, ValueError) as error:
            return [], _message(error)

    def _subject(self, statement: TurtleStatement) -> Node | None:
        """The subject of a statement that cannot be read, so that its last version can be kept."""
        text = statement.tokens[0].text + b" a <urn:x> ."
        for quad in self._with_prefixes(text, "")[0]:
            for item in self._terms.items(quad.subject, quad.predicate, quad.object, ""):
                return item.subject
        return None

    def _begins_line(self, position: int) -> bool:
        before = self._document.data[:position]
        return not before[before.rfind(b"\n") + 1 :].strip()


def _unfinished(document: ReceivedDocument, position: int) -> InputError:
    line = line_at(document.data, position) + document.first_line
    return InputError(
        "the document is cut or unfinished: its last statement has no end",
        where=f"{document.name} line {line}",
        hint=_FETCH_AGAIN,
    )


def _shown(text: bytes) -> str:
    """The beginning of a statement; what follows may be anything."""
    return " ".join(text.decode().split())[:80]
