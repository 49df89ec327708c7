"""The formats of answers, as one table.

There are two kinds: `results` for SELECT and ASK, `graph` for CONSTRUCT, DESCRIBE and documents.
QLever's JSON can also hold the triples of a query, as rows, but no documents.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import pyoxigraph as ox

FormatKind = Literal["results", "graph"]


@dataclass(frozen=True, slots=True)
class Format:
    """A format of answers.

    `name` is also its file extension and its value in `?format=`. `engine` is the engine's name
    for it, None where the engine does not write it. `text` says that its media type has a charset.
    """

    name: str
    kind: FormatKind
    media_type: str
    engine: ox.QueryResultsFormat | ox.RdfFormat | None
    text: bool = False
    aliases: tuple[str, ...] = field(default=())

    @property
    def content_type(self) -> str:
        """The value of Content-Type: the media type, with its charset where it has one."""
        return f"{self.media_type}; charset=utf-8" if self.text else self.media_type


_RESULTS = ox.QueryResultsFormat
_RDF = ox.RdfFormat

QLEVER = Format("qlever", "results", "application/qlever-results+json", None)
"""The format of QLever, which its user interface reads; see `graph.queries.results.qlever`."""

# In order of preference: the first of a kind answers `Accept: */*`.
FORMATS = (
    Format("json", "results", "application/sparql-results+json", _RESULTS.JSON, aliases=("srj",)),
    Format("xml", "results", "application/sparql-results+xml", _RESULTS.XML, aliases=("srx",)),
    Format("csv", "results", "text/csv", _RESULTS.CSV, text=True),
    Format("tsv", "results", "text/tab-separated-values", _RESULTS.TSV, text=True),
    QLEVER,
    Format("ttl", "graph", "text/turtle", _RDF.TURTLE, text=True, aliases=("turtle",)),
    Format("jsonld", "graph", "application/ld+json", _RDF.JSON_LD, aliases=("json",)),
    Format("rdf", "graph", "application/rdf+xml", _RDF.RDF_XML, aliases=("xml",)),
    Format("nt", "graph", "application/n-triples", _RDF.N_TRIPLES, aliases=("ntriples",)),
    Format("nq", "graph", "application/n-quads", _RDF.N_QUADS, aliases=("nquads",)),
    Format("trig", "graph", "application/trig", _RDF.TRIG),
    Format("n3", "graph", "text/n3", _RDF.N3, text=True),
)


def of_kind(kind: FormatKind) -> tuple[Format, ...]:
    """The formats of one kind, in order of preference."""
    return tuple(f for f in FORMATS if f.kind == kind)


_BY_NAME: dict[tuple[FormatKind, str], Format] = {
    (f.kind, name): f for f in FORMATS for name in (f.name, f.media_type, *f.aliases)
}


def find(kind: FormatKind, name: str) -> Format | None:
    """A format by its name, alias (`json` of a graph is JSON-LD) or media type; None if unknown."""
    return _BY_NAME.get((kind, name.lower()))


def of_query(kind: FormatKind) -> tuple[Format, ...]:
    """The formats of a query's result: those of its kind, and QLever's."""
    return of_kind(kind) if kind == QLEVER.kind else (*of_kind(kind), QLEVER)


def find_for_query(kind: FormatKind, name: str) -> Format | None:
    """A format of a query's result, as `find` gives one of its kind."""
    return find(kind, name) or (QLEVER if find(QLEVER.kind, name) is QLEVER else None)
