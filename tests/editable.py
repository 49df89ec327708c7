"""Two editable sources, `notes` and `plans`, and writes of them."""

from __future__ import annotations

from typing import Any

from graph import snapshots
from graph.core.instance import Instance
from graph.ledger import Event, Ledger
from graph.store.embedded import EmbeddedStore
from loaders.editable import sources
from loaders.editable.change import Body
from loaders.editable.write import WriteLimits, WriteOutcome, WriteRequest, write

GRAPH = "https://example.mn/graph/"
NOTES = GRAPH + "notes"
LIMITS = WriteLimits(wait=0.0, timeout=20.0)
TITLE = {"mn": "Тэмдэглэл", "en": "Notes"}


BROKEN = (
    "<http://e/d> a <http://www.w3.org/ns/dcat#Dataset> . "
    '<http://e/ok> <http://e/p> "99112233", "УБ99112233" .'
)


def with_sources(instance: Instance) -> Instance:
    """The instance with two editable sources."""
    for name in ("notes", "plans"):
        sources.add(instance, name, TITLE, visibility="public")
    return instance


def new_write(method: str, text: str = "", source: str = "notes", **more: Any) -> WriteRequest:
    types = {"PATCH": "application/sparql-update", "UPDATE": "application/sparql-update"}
    body = Body(text.encode(), types.get(method, "text/turtle"), GRAPH + source)
    given: dict[str, Any] = {"agent": "office", "url": GRAPH + source, "writable": ("notes",)}
    return WriteRequest(
        method=method,
        source=source if method != "UPDATE" else "",
        body=body,
        update=text,
        **given | more,
    )


def put(instance: Instance, text: str, **more: Any) -> WriteOutcome:
    return write(instance, new_write("PUT", text, **more), LIMITS)


def update(instance: Instance, text: str, **more: Any) -> WriteOutcome:
    """Run an update, in which `$notes` stands for the graph."""
    for name in ("notes", "plans", "provenance", "drafts"):
        text = text.replace(f"${name}", f"<{GRAPH}{name}>")
    return write(instance, new_write("UPDATE", text, **more), LIMITS)


def published_lines(instance: Instance, graph: str | None = NOTES) -> set[str]:
    now = snapshots.current(instance)
    assert now is not None
    store = EmbeddedStore(now.path, read_only=True)
    found = {line.decode() for line in store.lines(graph)}
    store.close()
    return found


def events(instance: Instance) -> list[str]:
    return [e["type"] for e in Ledger(instance) if e.get("source") == "notes"]


def last_event(instance: Instance, kind: str) -> Event:
    found = Ledger(instance).last(kind, "notes")
    assert found is not None
    return found


def line(subject: str, value: str) -> str:
    return f"<http://e/{subject}> <http://e/p> {value} ."


def integer(number: int) -> str:
    return f'"{number}"^^<http://www.w3.org/2001/XMLSchema#integer>'
