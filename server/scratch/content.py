"""Statements that come in a request's body (Graph Store Protocol §5.3, §5.5)."""

from __future__ import annotations

from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import PurePath
from typing import TYPE_CHECKING, NamedTuple

import pyoxigraph as ox

from graph.queries.formats import Format, find, of_kind
from server import requests
from server.problems import HttpProblem
from server.scratch.local import MOST

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

_FORM = "multipart/form-data"


class Part(NamedTuple):
    """One document: its bytes, its Content-Type, and its file name where it has one."""

    data: bytes
    content_type: str
    file_name: str = ""


def triples(environ: WSGIEnvironment, base: str) -> list[ox.Triple]:
    """All statements of a body; a multipart body is the union of its parts.

    Raises HttpProblem: 400 where it cannot be read, 415 where its type is not known.
    """
    return [triple for part in _parts(environ) for triple in _parse(part, base)]


def _parts(environ: WSGIEnvironment) -> Iterator[Part]:
    content_type, data = environ.get("CONTENT_TYPE", ""), requests.body(environ, MOST)
    if content_type.partition(";")[0].strip().lower() != _FORM:
        yield Part(data, content_type)
        return
    head = f"Content-Type: {content_type}\r\n\r\n".encode("latin-1")
    message = message_from_bytes(head + data, policy=policy.HTTP)
    if not isinstance(message, EmailMessage) or not message.is_multipart():
        raise HttpProblem(400, "the body's parts cannot be told by its boundary")
    for part in message.iter_parts():
        payload = part.get_payload(decode=True)
        assert isinstance(payload, bytes)
        yield Part(payload, part.get("Content-Type", ""), part.get_filename() or "")


def _format(part: Part) -> Format:
    """By media type, else by the file's extension."""
    name = requests.media_type_of(part.content_type) or PurePath(part.file_name).suffix[1:]
    chosen = find("graph", name) if name else None
    if chosen is None:
        taken = ", ".join(f.media_type for f in of_kind("graph"))
        raise HttpProblem(415, f"“{name}” is not read here", hint=f"Taken: {taken}.", Accept=taken)
    return chosen


def _parse(part: Part, base: str) -> Iterator[ox.Triple]:
    chosen = _format(part)
    assert isinstance(chosen.engine, ox.RdfFormat)
    try:
        for quad in ox.parse(
            part.data,
            chosen.engine,
            base_iri=base,
            without_named_graphs=True,
            rename_blank_nodes=True,
        ):
            yield quad.triple
    except (SyntaxError, ValueError) as error:
        raise HttpProblem(400, f"not {chosen.media_type}: {error}") from error
