"""The example queries: SHACL (`sh:SPARQLExecutable`), one file each in `loaders/bundled/examples`.

They are also a source, so queries can find them in `graph/examples`. Here they are read from their
files, which exist before anything is loaded.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import pyoxigraph as ox
from flask import Blueprint, Response, render_template, request

from loaders.pipeline import source
from server.core.context import AppContext
from server.http import negotiation
from server.http.negotiation import HTML
from server.http.problem_details import HttpProblem
from server.http.service_links import EXAMPLES
from server.sparql import service_description
from vocab.namespaces import RDFS, SCHEMA, SH
from vocab.terms import Triples

FOLDER = source.BUNDLED.parent / "bundled" / "examples"
_QUERIES = (SH.select, SH.construct, SH.ask)


@dataclass(frozen=True, slots=True)
class Example:
    """An example query, with its title and description by language."""

    name: str
    position: int
    title: dict[str, str]
    comment: dict[str, str]
    keywords: tuple[str, ...]
    query: str


def blueprint(context: AppContext) -> Blueprint:
    """All examples at one URL: as RDF, and as a page."""
    part = Blueprint("examples", __name__)
    base = context.instance.base

    @part.get(EXAMPLES)
    def examples_() -> Response:
        accept, name = request.headers.get("Accept", ""), request.args.get("format", "")
        offer = negotiation.for_description(accept, name)
        if offer is None:
            raise HttpProblem(
                406,
                "the example queries are not available in this format",
                detail_mn="жишээ асуулгууд ийм хэлбэрээр алга",
            )
        if offer == HTML:
            return Response(render_template("examples.html", examples=examples(base)))
        return service_description.description_response(_written(base, offer.name), offer)

    return part


@lru_cache(maxsize=16)
def _written(base: str, form: str) -> bytes:
    return service_description.serialize(
        (t for path in _paths() for t in _triples(path, base)), form
    )


@lru_cache(maxsize=1)
def examples(base: str) -> list[Example]:
    """The example queries, sorted by position. Relative IRIs are resolved against `base`."""
    parsed = (_example(path.stem, [*_triples(path, base)]) for path in _paths())
    return sorted((one for one in parsed if one), key=lambda one: one.position)


def _paths() -> list[Path]:
    return sorted(FOLDER.glob("*.ttl"))


def _triples(path: Path, base: str) -> Triples:
    return (quad.triple for quad in ox.parse(path=path, base_iri=base))


def _example(name: str, triples: list[ox.Triple]) -> Example | None:
    """The example in a file; None for the file of prefixes."""
    query = next((text.value for kind in _QUERIES for text in _literals(triples, kind)), "")
    position = next(_literals(triples, SCHEMA.position), None)
    if not query or position is None:
        return None
    keywords = tuple(text.value for text in _literals(triples, SCHEMA.keywords))
    titles, comments = _texts(triples, RDFS.label), _texts(triples, RDFS.comment)
    return Example(name, int(position.value), titles, comments, keywords, query.strip())


def _literals(triples: list[ox.Triple], predicate: ox.NamedNode) -> Iterator[ox.Literal]:
    for triple in triples:
        if triple.predicate == predicate and isinstance(triple.object, ox.Literal):
            yield triple.object


def _texts(triples: list[ox.Triple], predicate: ox.NamedNode) -> dict[str, str]:
    return {text.language or "": text.value for text in _literals(triples, predicate)}
