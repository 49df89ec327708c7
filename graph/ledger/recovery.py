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
from graph.ledger import announcement, faults
from graph.ledger.announcement import Announcement
from graph.ledger.log import ENTRIES, Ledger


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
    announced = pending(instance, ledger)
    if announced is None:
        return False
    if announced.checkpoint.size > ledger.size:
        ledger.finish_append()
    else:  # it was appended and signed; only this file was left
        announcement.remove(instance.ledger)
    return True


def pending(instance: Instance, ledger: Ledger) -> Announcement | None:
    """What was announced and is not finished, or whose file is left; nothing is changed.

    Raises IntegrityError where the announcement is not of this log, or the bytes behind the signed
    lines are not the beginning of what it announces.
    """
    announced, tail = announcement.read(instance.ledger, ledger.verifier()), ledger.tail
    if announced is None:
        expected = b""
    elif announced.checkpoint.size > ledger.size:
        _check_leads_there(instance, ledger, announced)
        expected = announced.data
    else:
        _check_is_past(instance, ledger, announced)
        expected = b""
    if not expected.startswith(tail):
        raise faults.foreign(ledger.path, ledger.size, tail)
    return announced


def _check_leads_there(instance: Instance, ledger: Ledger, announced: Announcement) -> None:
    if ledger.checkpoint_with(announced.lines) != announced.checkpoint:
        raise IntegrityError(
            "the announced lines do not lead to the checkpoint that was signed for them",
            where=str(instance.ledger / announcement.NAME),
            hint="The file was edited, or the ledger is an older one than it was announced for.",
        )


def _check_is_past(instance: Instance, ledger: Ledger, announced: Announcement) -> None:
    signed = announced.checkpoint
    if (signed.origin, signed.root) != (ledger.verifier().name, ledger.root_at(signed.size)):
        raise IntegrityError(
            f"its key signed another history of the first {signed.size} lines",
            where=str(instance.ledger / announcement.NAME),
            hint="The ledger was set back or forked after this was announced: compare it with a"
            " backup, and keep this file as evidence.",
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
    number = data.count(b"\n") + (not data.endswith(b"\n"))
    return SetAside(ledger.size + 1, ledger.size + number, path)


def _free(folder: Path, size: int) -> Path:
    names = (folder / f"set-aside-{size}-{n}" for n in count(1))
    return next(path for path in names if not path.exists())
