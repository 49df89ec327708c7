"""Finish or set aside what a crash left: recover."""

from __future__ import annotations

import click

from graph.core.errors import IntegrityError
from graph.core.instance import Instance
from graph.ledger import Ledger, recovery
from graph.publication.recovery import recover as recover_all
from graph.publication.writer_lock import hold_writer_lock
from server.cli.output.common import current_instance, json_option, show


@click.command()
@click.option(
    "--set-aside",
    is_flag=True,
    help="Move lines that this instance did not announce to a file; they are never signed.",
)
@click.option("--wait", default=0.0, help="Seconds to wait for another writer.")
@json_option
def recover(set_aside: bool, wait: float, as_json: bool) -> None:
    """Finish what a crash left unfinished, as every writer does first.

    Only what this instance announced itself is finished and signed.
    """
    instance = current_instance()
    with hold_writer_lock(instance, "recover", wait):
        ledger = Ledger(instance)
        moved = _set_aside(instance, ledger) if set_aside else None
        shown = recover_all(instance, ledger)
    facts = {
        "set_aside": moved._asdict() | {"path": str(moved.path)} if moved else None,
        "snapshot": shown.name if shown else None,
    }
    lines = [f"moved to {moved.path}: {_span(moved)}"] if moved else []
    lines += [f"snapshot {shown.name} is published"] if shown else []
    show(facts, as_json, lines or ["nothing was unfinished"])


def _span(moved: recovery.SetAside) -> str:
    one = moved.first == moved.last
    return f"line {moved.first}" if one else f"lines {moved.first} to {moved.last}"


def _set_aside(instance: Instance, ledger: Ledger) -> recovery.SetAside | None:
    """Move foreign lines away; lines that this instance announced stay and are finished."""
    try:
        recovery.recover(instance, ledger)
    except IntegrityError:
        return recovery.set_aside(instance, ledger)
    return None
