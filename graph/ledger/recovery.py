"""What becomes of a ledger's tail: bytes that stand behind the signed lines.

Only what this instance announced (`graph.ledger.announcement`) is finished, always forward: a log
that signed two roots of one size would show two views. All else is foreign, and never signed.
"""

from __future__ import annotations

from itertools import count
from pathlib import Path
from typing import NamedTuple

from graph.core.errors import IntegrityError
from graph.core.files import fsync, write_atomic
from graph.core.instance import Instance
from graph.ledger import announcement
from graph.ledger.log import ENTRIES, Ledger, foreign_lines


class SetAside(NamedTuple):
    """What was moved away: which lines (numbered from 1), and the file that holds them now."""

    first: int
    last: int
    path: Path


def recover(instance: Instance, ledger: Ledger) -> bool:
    """Finish what was announced before a crash; give whether there was something to finish.

    Only the writer may call it. Raises IntegrityError that names the lines when something stands
    behind the signed ones that was not announced here.
    """
    announced = announcement.read(instance.ledger, ledger.verifier())
    if announced is not None and announced.checkpoint.size > ledger.size:
        _check_leads_there(instance, ledger, announced)
        ledger.finish_append()
    elif announced is not None:  # it was appended and signed; only this file was left
        announcement.remove(instance.ledger)
    if ledger.tail:
        raise foreign_lines(ledger)
    return announced is not None


def _check_leads_there(
    instance: Instance, ledger: Ledger, announced: announcement.Announcement
) -> None:
    if ledger.checkpoint_with(announced.lines) != announced.checkpoint:
        raise IntegrityError(
            "the announced lines do not lead to the checkpoint that was signed for them",
            where=str(instance.ledger / announcement.NAME),
            hint="The file was edited, or the ledger is an older one than it was announced for.",
        )


def set_aside(instance: Instance, ledger: Ledger) -> SetAside | None:
    """Move what stands behind the signed lines to a file beside the log, and sign none of it.

    Only the writer may call it, and only when a person asked for it. None where nothing is there.
    """
    data = ledger.tail
    if not data:
        return None
    path = _free(instance.ledger, ledger.size)
    write_atomic(path, data, mode=0o600)  # first: whatever happens now, nothing is lost
    entries = instance.ledger / ENTRIES
    with entries.open("r+b") as file:
        file.truncate(entries.stat().st_size - len(data))
    fsync(entries)
    return SetAside(ledger.size + 1, ledger.size + len(data.splitlines()), path)


def _free(folder: Path, size: int) -> Path:
    names = (folder / f"set-aside-{size}-{n}" for n in count(1))
    return next(path for path in names if not path.exists())
