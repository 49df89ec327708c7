"""The change that a write makes to an editable source: statements kept, and statements added.

| method | kept | added |
|---|---|---|
| PUT | none | the body |
| POST | all | the body |
| DELETE | none | none |
| PATCH, update | those the update left | those the update inserted |
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import pyoxigraph as ox

from graph.archive import Archive
from graph.core import limited_process
from graph.core.errors import InputError, InputUnreadable
from graph.core.limited_process import ProcessLimits
from graph.ledger import Event
from graph.snapshots import graph_states
from graph.statements import layer, rowmap
from graph.statements.rowmap import Origin
from loaders.editable import EditedSource, KeptLines
from loaders.formats import rdf
from loaders.formats.skolem import PropertyPairs
from loaders.pipeline.record import Capture
from vocab.terms import Node


@dataclass(frozen=True, slots=True)
class Body:
    """The body of a request: bytes and media type; `base` resolves relative IRIs.

    `parts` are the documents of a multipart body, as pairs (bytes, media type).
    """

    data: bytes
    media_type: str
    base: str
    parts: tuple[tuple[bytes, str], ...] = ()


def parse_body(body: Body, limits: ProcessLimits) -> dict[Node, PropertyPairs]:
    """The triples of a body by subject, parsed in a process with limits.

    Raises InputUnreadable: with line and column, or for a body that exceeds the limits.
    """
    try:
        lines = limited_process.run(lambda _: _body_lines(body), limits, where="body")
    except InputError as error:
        raise InputUnreadable(
            error.message, where=error.where, hint=f"Nothing was written. {error.hint}"
        ) from error
    return _graph(lines)


def _body_lines(body: Body) -> list[bytes]:
    """The triples of a body as N-Triples lines."""
    graph: dict[Node, PropertyPairs] = {}
    for data, media_type in body.parts or ((body.data, body.media_type),):
        for subject, pairs in _parse(data, media_type, body.base).items():
            graph.setdefault(subject, {}).update(pairs)
    return [
        f"{subject} {predicate} {value} .".encode()
        for subject, pairs in graph.items()
        for predicate, value in pairs
    ]


def _parse(data: bytes, media_type: str, base: str) -> dict[Node, PropertyPairs]:
    capture = Capture(hashlib.sha256(data).hexdigest(), "body", "", media_type, data)
    triples = rdf.parse(capture, base)
    # rdf.parse drops graph names, but a write to another graph must not look successful
    syntax = ox.RdfFormat.from_media_type(media_type)
    if syntax is not None and syntax.supports_datasets:
        _check_one_graph(data, syntax, base)
    return triples


def _check_one_graph(data: bytes, syntax: ox.RdfFormat, base: str) -> None:
    for quad in ox.parse(data, syntax, base_iri=base):
        if quad.graph_name != ox.DefaultGraph():
            raise InputError(
                f"the body names the graph {quad.graph_name}",
                hint="Send triples without a graph name: the URL of the request names the graph.",
            )


def put(body: Body, limits: ProcessLimits) -> EditedSource:
    """The body replaces everything."""
    return EditedSource({}, parse_body(body, limits))


def post(archive: Archive, before: Event | None, body: Body, limits: ProcessLimits) -> EditedSource:
    """The body is added to everything."""
    return EditedSource(lines_by_origin(archive, before), parse_body(body, limits))


def after_update(archive: Archive, before: Event | None, result: Iterable[bytes]) -> EditedSource:
    """The lines that an update left and inserted; `result` is all of them, with blank nodes."""
    after = set(result)
    published = lines_by_origin(archive, before)
    old = {line for lines in published.values() for line in lines}
    kept: dict[Origin, list[bytes]] = {}
    for origin, lines in published.items():
        if remaining := [line for line in lines if line in after]:
            kept[origin] = remaining
    return EditedSource(kept, _graph(sorted(after - old)))


def _graph(lines: list[bytes]) -> dict[Node, PropertyPairs]:
    graph: dict[Node, PropertyPairs] = {}
    for quad in ox.parse(b"\n".join(lines), ox.RdfFormat.N_TRIPLES):
        graph.setdefault(quad.subject, {})[(quad.predicate, quad.object)] = None
    return graph


def stated_lines(archive: Archive, load: Event | None) -> list[bytes]:
    """The stated lines of a version; empty without a version."""
    return [*layer.read(archive, load["layers"][layer.STATED]["lines"])] if load else []


def lines_by_origin(archive: Archive, load: Event | None) -> KeptLines:
    """The stated lines of a version by origin. A statement with two origins is there twice."""
    if load is None:
        return {}
    lines = stated_lines(archive, load)
    rows = load["layers"][layer.STATED]["rows"]
    origins = rowmap.origins_of(archive, rows, range(len(lines)))
    by_origin: dict[Origin, list[bytes]] = {}
    for line, origins_of_line in zip(lines, origins, strict=True):
        for origin in origins_of_line:
            by_origin.setdefault(origin, []).append(line)
    return by_origin


def state_tag(load: Event | None) -> str:
    """The tag of a graph's state: a part of the hash of its lines; empty for an empty graph."""
    stated: dict[str, Any] = load["layers"][layer.STATED] if load else {"statements": 0}
    return graph_states.state_tag(stated["lines"]) if stated["statements"] else ""
