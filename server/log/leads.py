"""Where an event leads on: the events it rests on, the archived code, the versions of a source."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import quote

from graph.ledger import Event, Events

_RESTS_ON = {"fetch": "Fetch", "load": "Load", "validate": "Validate"}


class Lead(NamedTuple):
    """The key of a text, the number of an event where it leads to one, and an address."""

    text: str
    event: int | None
    href: str


def of(item: Event, events: Events) -> Iterator[Lead]:
    """The leads of an event that the reader may see."""
    for key, kind in _RESTS_ON.items():
        if isinstance(index := item.get(key), int):
            yield Lead(f"log_did_{kind}", index, f"/log/{index}.html")
    for text, kind, name, digest in _code(item):
        if kind == "shapes" or events.last("Publish", name):  # others have no page
            yield Lead(text, None, f"/code/{kind}/{quote(name)}/sha256-{digest}/files")
    if item["type"] == "Publish":
        yield Lead("versions_this", None, f"/history?source={quote(item['source'])}")


def _code(item: Event) -> Iterator[tuple[str, str, str, str]]:
    if item["type"] == "Code":
        yield "code_files", item["kind"], item["name"], item["digest"]
    if item["type"] == "Load":
        yield "code_files", "mapping", item["source"], item["code"]
    if item["type"] == "Validate":
        yield "trace_shapes", "shapes", "shapes", item["shapes"]
