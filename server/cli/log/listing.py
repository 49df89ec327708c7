"""The log: list its events, export it as static tiles."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import click

from graph.core.files import write_atomic
from graph.ledger import Event, Ledger
from graph.ledger.events import source_of
from graph.ledger.sealing import SEALED
from graph.transparency import signed_log, tiles
from graph.transparency.guarded import guarded_lines
from server.cli.output.common import (
    counted,
    current_instance,
    json_option,
    show,
    table,
)
from server.cli.output.completion import SOURCE


@click.group(invoke_without_command=True)
@click.option("--last", "number", default=20, show_default=True, help="How many; 0: all.")
@click.option("--type", "kind", default="", help="Only events of this type, such as Publish.")
@click.option("--source", type=SOURCE, default="", help="Only events about this source.")
@json_option
@click.pass_context
def log(context: click.Context, number: int, kind: str, source: str, as_json: bool) -> None:
    """List the events of the log, the newest last."""
    if context.invoked_subcommand:
        return
    found = [
        item
        for item in _known(Ledger(current_instance()))
        if kind in {"", item["type"]} and source in {"", source_of(item)}
    ]
    events = found[-number:] if number else found
    show(events, as_json, _rows(events))


def _known(ledger: Ledger) -> Iterator[Event]:
    """The events; those whose sealed bodies are lost as the log has them."""
    events = ledger.events
    return map(events.even_lost, range(len(events)))


def _rows(events: Sequence[Event]) -> list[str]:
    rows = [(e["index"], e["at"], e["type"], source_of(e), detail(e)) for e in events]
    return table(("event", "time", "type", "source", ""), rows)


def detail(item: Event) -> str:
    """What distinguishes an event from others of its type and source."""
    found: dict[str, Any] = {
        "Fetch": item.get("outcome", ""),
        "Approve": item.get("decision", ""),
        "Quarantine": item.get("reason", ""),
        "Key": item.get("action", ""),
        SEALED: f"{item.get('kind')}: its body is lost, `ulzii verify` names it",
    }
    version = f"version {item['version']}" if "version" in item else ""
    return " ".join(filter(None, [version, found.get(item["type"], "")]))


@log.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@json_option
def export(folder: Path, as_json: bool) -> None:
    """Write the log into FOLDER as static files: checkpoint and tiles (c2sp.org/tlog-tiles).

    Any web server can serve them. Bundles of entries with lines about restricted sources are left
    out.
    """
    instance = current_instance()
    signed = signed_log.read(instance)
    closed = guarded_lines(instance, signed.size)
    wanted = [
        tile
        for tile in tiles.of_size(signed.size)
        if tile.level is not None
        or closed.keys().isdisjoint(range(tile.start, tile.start + tile.width))
    ]
    for tile in wanted:
        write_atomic(folder / "tile" / tile.path, tiles.content(signed, tile))
    write_atomic(folder / "checkpoint", signed.note.encode())  # last: it promises the tiles
    left_out = len([*tiles.of_size(signed.size)]) - len(wanted)
    facts = {"size": signed.size, "tiles": len(wanted), "left_out": left_out}
    lines = [f"{counted(signed.size, 'event')}, {counted(len(wanted), 'tile')} in {folder}"]
    if left_out:
        lines.append(f"left out: {counted(left_out, 'bundle')} with lines about restricted sources")
    show(facts, as_json, lines)
