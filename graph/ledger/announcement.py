"""`ledger/next`: the lines that are about to be appended, and the signed checkpoint they lead to.

    <line>\\n … <line>\\n \\n <signed note>

It is written whole before the first byte of a line is appended, so that after a crash only what
this instance itself announced is finished. The note's root commits to exactly these lines: it takes
the key to announce, and none to finish.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from graph.core.errors import IntegrityError
from graph.core.files import write_atomic
from graph.ledger import faults
from graph.ledger.note import Checkpoint, Verifier

NAME = "next"


@dataclass(frozen=True, slots=True)
class Announcement:
    """Lines without line feed, the checkpoint over the log with them, and its signed note."""

    lines: tuple[bytes, ...]
    checkpoint: Checkpoint
    note: str

    @property
    def data(self) -> bytes:
        """The lines as they are appended."""
        return b"".join(line + b"\n" for line in self.lines)


def write(folder: Path, lines: Sequence[bytes], note: str) -> None:
    """Announce lines, atomically and synced."""
    data = b"".join(line + b"\n" for line in lines)
    write_atomic(folder / NAME, data + b"\n" + note.encode(), mode=0o600)


def read(folder: Path, verifier: Verifier) -> Announcement | None:
    """What was announced and not finished; None where nothing was.

    Raises IntegrityError where the file is not what this log's key signed.
    """
    path = folder / NAME
    try:
        lines, _, note = path.read_bytes().partition(b"\n\n")
        text = note.decode()
        checkpoint = Checkpoint.parse(verifier.check(text))
    except FileNotFoundError:
        return None
    except OSError as error:
        raise faults.unreadable(path, error) from error
    except (UnicodeDecodeError, IntegrityError) as error:
        raise IntegrityError(
            "this announcement was not signed by the log's key",
            where=str(path),
            hint="It was edited, or is of another instance: move it away by hand.",
        ) from error
    return Announcement(tuple(lines.split(b"\n")), checkpoint, text)


def remove(folder: Path) -> None:
    """The announced lines are appended and signed."""
    # Not synced: if a crash brings the file back, it announces what is signed already, which
    # `graph.ledger.recovery` finds and removes.
    (folder / NAME).unlink(missing_ok=True)
