"""RDF documents in a request's body (Graph Store Protocol §5.3, §5.5)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePath
from typing import TYPE_CHECKING

import pyoxigraph as ox

from graph.core import limited_process
from graph.queries.model.formats import Format, find, of_kind
from loaders.formats import xml_entities
from server.http import wsgi_request
from server.http.problem_details import HttpProblem
from server.updates import multipart
from server.updates.multipart import BodyPart
from vocab.terms import Triples

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

MAX_BODY = 64 << 20  # bytes; the statements are held in memory
_FORM = "multipart/form-data"


def triples(environ: WSGIEnvironment, base: str) -> list[ox.Triple]:
    """All statements of a body; a multipart body is the union of its parts.

    Raises HttpProblem: 400 if it cannot be parsed, 415 if its media type is not supported; and
    InputError for entities that are refused, and a body that exceeds the limits of its parser.
    """
    return [triple for part in body_parts(environ) for triple in _parse(part, base)]


def body_parts(environ: WSGIEnvironment) -> Iterator[BodyPart]:
    """The documents of a body: one, or the parts of a form.

    Raises HttpProblem: 400 if the parts cannot be separated, 413 over MAX_BODY bytes.
    """
    content_type, data = environ.get("CONTENT_TYPE", ""), wsgi_request.read_body(environ, MAX_BODY)
    if not is_form(environ):
        yield BodyPart(data, content_type)
        return
    yield from multipart.split(data, content_type)


def is_form(environ: WSGIEnvironment) -> bool:
    """Whether the body is a form of several parts."""
    return str(environ.get("CONTENT_TYPE", "")).partition(";")[0].strip().lower() == _FORM


def format_of(part: BodyPart) -> Format:
    """The format of a document, by media type or else by file extension.

    Raises HttpProblem (415).
    """
    name = wsgi_request.media_type_of(part.content_type) or PurePath(part.file_name).suffix[1:]
    chosen = find("graph", name) if name else None
    if chosen is None:
        supported = ", ".join(f.media_type for f in of_kind("graph"))
        raise HttpProblem(
            415, f"“{name}” is not supported", hint=f"Supported: {supported}.", Accept=supported
        )
    return chosen


def _parse(part: BodyPart, base: str) -> Triples:
    chosen = format_of(part)
    try:
        lines = limited_process.run(
            lambda _: _lines(part, chosen, base),
            limited_process.limits_for(len(part.data)),
            where="body",
        )
    except (SyntaxError, ValueError) as error:
        raise HttpProblem(400, f"the body is not valid {chosen.media_type}: {error}") from error
    # blank nodes are named here: forked processes have the same random numbers, so two documents
    # would get the same names in them
    renamed = ox.parse(lines, ox.RdfFormat.N_TRIPLES, rename_blank_nodes=True)
    return (quad.triple for quad in renamed)


def _lines(part: BodyPart, chosen: Format, base: str) -> bytes:
    """The statements of a document as N-Triples."""
    assert isinstance(chosen.engine, ox.RdfFormat)
    if chosen.engine == ox.RdfFormat.RDF_XML:
        xml_entities.check(part.data, "body")
    quads = ox.parse(
        part.data,
        chosen.engine,
        base_iri=base,
        without_named_graphs=True,
    )
    return b"".join(f"{quad.triple} .\n".encode() for quad in quads)
