"""What a write makes of an editable source: which statements stay, and which come new.

| method | what stays | what the write says |
|---|---|---|
| put | nothing | its body |
| post | everything | its body |
| delete | nothing | nothing |
| patch, update | what the update left | what it made |
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import pyoxigraph as ox

from graph.archive import Archive
from graph.core.errors import InputError, InputUnreadable
from graph.ledger import Event
from graph.snapshots import graph_states
from graph.statements import layer, rowmap
from graph.statements.rowmap import Origin
from loaders.editable import EditedSource, Kept
from loaders.formats import rdf
from loaders.formats.skolem import PropertyPairs
from loaders.pipeline.record import Capture
from vocab.terms import Node


@dataclass(frozen=True, slots=True)
class Body:
    """What was sent: bytes and media type; relative IRIs stand under `base`.

    `parts` are its documents where there are several (bytes, media type).
    """

    data: bytes
    media_type: str
    base: str
    parts: tuple[tuple[bytes, str], ...] = ()


def stated(body: Body) -> dict[Node, PropertyPairs]:
    """The statements of a body by subject.

    Raises Unreadable with line and column.
    """
    graph: dict[Node, PropertyPairs] = {}
    for data, media_type in body.parts or ((body.data, body.media_type),):
        for subject, pairs in _parsed(data, media_type, body.base).items():
            graph.setdefault(subject, {}).update(pairs)
    return graph


def _parsed(data: bytes, media_type: str, base: str) -> dict[Node, PropertyPairs]:
    capture = Capture(hashlib.sha256(data).hexdigest(), "body", "", media_type, data)
    try:
        found = rdf.parse(capture, base)
    except InputError as error:
        raise InputUnreadable(
            error.message, where=error.where, hint="Nothing was written."
        ) from error
    syntax = ox.RdfFormat.from_media_type(media_type)
    if syntax is not None and syntax.supports_datasets:
        _check_one_graph(data, syntax, base)
    return found


def _check_one_graph(data: bytes, syntax: ox.RdfFormat, base: str) -> None:
    for quad in ox.parse(data, syntax, base_iri=base):
        if quad.graph_name != ox.DefaultGraph():
            raise InputUnreadable(
                f"it names the graph {quad.graph_name}; a write is of one graph, which its "
                "address names"
            )


def put(body: Body) -> EditedSource:
    """The body instead of everything."""
    return EditedSource({}, stated(body))


def post(archive: Archive, before: Event | None, body: Body) -> EditedSource:
    """The body beside everything."""
    return EditedSource(origins(archive, before), stated(body))


def left(archive: Archive, before: Event | None, result: Iterable[bytes]) -> EditedSource:
    """What an update left and made: the lines of its result, blank nodes among them."""
    wanted = set(result)
    everything = origins(archive, before)
    old = {line for lines in everything.values() for line in lines}
    stays: dict[Origin, list[bytes]] = {}
    for origin, lines in everything.items():
        if found := [line for line in lines if line in wanted]:
            stays[origin] = found
    return EditedSource(stays, _graph(sorted(wanted - old)))


def _graph(lines: list[bytes]) -> dict[Node, PropertyPairs]:
    graph: dict[Node, PropertyPairs] = {}
    for quad in ox.parse(b"\n".join(lines), ox.RdfFormat.N_TRIPLES):
        graph.setdefault(quad.subject, {})[(quad.predicate, quad.object)] = None
    return graph


def lines_of(archive: Archive, load: Event | None) -> list[bytes]:
    """The stated lines of a version; none where there is none."""
    return [*layer.read(archive, load["layers"][layer.STATED]["lines"])] if load else []


def origins(archive: Archive, load: Event | None) -> Kept:
    """The stated lines of a version by where each came from."""
    if load is None:
        return {}
    lines = lines_of(archive, load)
    rows = load["layers"][layer.STATED]["rows"]
    found: dict[Origin, list[bytes]] = {}
    for line, froms in zip(lines, rowmap.origins_of(archive, rows, range(len(lines))), strict=True):
        for origin in froms:
            found.setdefault(origin, []).append(line)
    return found


def tag(load: Event | None) -> str:
    """What identifies the state of a graph: a part of its lines' hash; empty where it is empty."""
    stated: dict[str, Any] = load["layers"][layer.STATED] if load else {"statements": 0}
    return graph_states.state_tag(stated["lines"]) if stated["statements"] else ""
