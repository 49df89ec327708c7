"""The archive: write its blobs anew, so that they are read at any place."""

from __future__ import annotations

import click

from graph.archive import Archive
from graph.ledger import Ledger, recovery
from graph.publication.writer_lock import hold_writer_lock
from graph.statements import repacking
from server.cli.output.common import current_instance, json_option, show
from server.cli.output.progress import reporter


@click.group()
def archive() -> None:
    """Work on the archive."""


@archive.command()
@click.option("--wait", default=0.0, help="Seconds to wait for another writer.")
@json_option
def repack(wait: float, as_json: bool) -> None:
    """Write blobs of earlier versions anew, so that a record is found without reading all of them.

    Names, hashes and content stay; each file is replaced by a whole one, so this can be stopped
    and started again. A server may go on running.
    """
    instance = current_instance()
    with hold_writer_lock(instance, "archive repack", wait), reporter("repack") as progress:
        ledger = Ledger(instance)
        recovery.recover(instance, ledger)
        done = repacking.repack(Archive(instance.archive), ledger.events, progress)
    line = f"{done.blobs} blobs written anew, {done.kept} were as they should be"
    size = f"; {done.before:,} bytes became {done.after:,}" if done.blobs else ""
    show(done._asdict(), as_json, [line + size])
