"""A publisher's catalogue in any form, as N-Triples lines that can be validated.

It is read as a load reads it (`loaders.catalogues.reading`), so that what loads can be validated
too; what had to be mended or left out is part of the report. Literals stay as written, blank nodes
are kept and numbered in order of mention.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import pyoxigraph as ox

from graph.core import limited_process
from graph.core.errors import InputError
from graph.core.iris import ROOT, Names
from loaders.catalogues.model import ReadItem, ReadProblem, ReceivedDocument
from loaders.catalogues.reading.read import in_utf8, read_document
from loaders.catalogues.reading.readers import TITLES
from loaders.catalogues.reading.sniff import sniff
from loaders.validation import data_json_lines
from loaders.validation.spooled_lines import SpooledLines
from vocab.namespaces import DCAT, RDF
from vocab.terms import Term

_DATASETS = (DCAT.Dataset, DCAT.DatasetSeries)


class ReadingResult(NamedTuple):
    """What was met while reading: its kind, the subject that it is about or "", and the place."""

    kind: str
    focus: str
    place: str
    detail: str


@dataclass(frozen=True, slots=True)
class CatalogueDocument:
    """A catalogue: N-Triples lines, SHA-256 of its bytes, and the location of each subject.

    A location is the line of the subject's first statement (`line 7`), or the JSON Pointer of its
    object. `problems` were met while reading; `datasets` is the number of datasets and series.
    """

    name: str
    syntax: str
    digest: str
    lines: SpooledLines
    locations: Mapping[str, str] = field(default_factory=dict)
    problems: tuple[ReadingResult, ...] = ()
    datasets: int = 0


def read(
    name: str, data: bytes, media_type: str = "", base: str = "", encoding: str = ""
) -> CatalogueDocument:
    """Read a catalogue. `base` resolves relative IRIs; by default they get the scheme `file:`.
    `encoding` is the charset that the header of a response states.

    Raises InputError that says what is wrong, in which line, and what to do.
    """
    if not data.strip(b"\xef\xbb\xbf \t\r\n"):
        hint = "Validate a catalogue in RDF or data.json."
        raise InputError("the file is empty", where=name, hint=hint)
    lines, digest = SpooledLines(), hashlib.sha256(data).hexdigest()
    received = ReceivedDocument(
        name=name, data=data, base=base or f"file:///{name}", scope="d", media_type=media_type
    )
    found = limited_process.run(
        lambda _: _Reading(digest).run(received, encoding, lines),
        limited_process.limits_for(len(data)),
        where=name,
        files=[lines.fileno()],
    )
    return CatalogueDocument(
        name, found.syntax, digest, lines, found.locations, tuple(found.problems), found.datasets
    )


@dataclass(slots=True)
class _Reading:
    """What is known of a document when its lines have been written."""

    digest: str
    syntax: str = ""
    locations: dict[str, str] = field(default_factory=dict)
    problems: list[ReadingResult] = field(default_factory=list)
    datasets: int = 0

    def run(self, received: ReceivedDocument, encoding: str, lines: SpooledLines) -> _Reading:
        """Read a document into `lines`, in a process with limits."""
        document, problems = in_utf8(received, encoding)
        self.problems += (_result(problem, _BlankNodeLabels()) for problem in problems)
        form = sniff(document)
        self.syntax = TITLES.get(form, form)
        if form == "data.json":
            base = Names(ROOT).capture(self.digest)
            lines.fill(sorted(set(self._lines(data_json_lines.triples(document, base)))))
        else:
            lines.fill(self._lines(read_document(document)))
        return self

    def _lines(self, items: Iterator[ReadItem]) -> Iterator[bytes]:
        labels = _BlankNodeLabels()
        for item in items:
            if isinstance(item, ReadProblem):
                self.problems.append(_result(item, labels))
                continue
            subject = labels.relabel(item.subject)
            self.datasets += item.predicate == RDF.type and item.object in _DATASETS
            if place := _place(item.locator):
                self.locations.setdefault(str(subject).strip("<>"), place)
            yield f"{subject} {item.predicate} {labels.relabel(item.object)} .".encode()


def _result(problem: ReadProblem, labels: _BlankNodeLabels) -> ReadingResult:
    focus = str(labels.relabel(problem.subject)).strip("<>") if problem.subject else ""
    return ReadingResult(problem.kind, focus, _place(problem.locator), problem.detail)


def _place(locator: str) -> str:
    """A locator as people read it: `line=6,7` is line 7."""
    return f"line {locator.rpartition(',')[2]}" if locator.startswith("line=") else locator


class _BlankNodeLabels:
    """Labels of blank nodes: numbers in order of mention."""

    def __init__(self) -> None:
        self._labels: dict[ox.BlankNode, ox.BlankNode] = {}

    def relabel(self, term: Term) -> Term:
        """The term; a blank node with its new label."""
        if isinstance(term, ox.BlankNode):
            return self._labels.setdefault(term, ox.BlankNode(f"b{len(self._labels) + 1}"))
        return term
