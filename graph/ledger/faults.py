"""What can be wrong with the lines of a log, named by file and line.

A root tells that something was changed, not where: a line that is not readable, not in canonical
form or not in its place is looked for only then. `verify` looks at all of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from graph.core.errors import IntegrityError
from graph.ledger import events
from graph.ledger.events import Event

_RESTORE = (
    "Restore the ledger from a backup; compare it with a checkpoint kept elsewhere"
    " (`ulzii verify --against`)."
)


def decode(line: bytes, index: int, path: Path) -> Event:
    """The event of a signed line. Raises IntegrityError, which names the line."""
    try:
        item = events.decode(line)
    except (ValueError, RecursionError):
        item = {}
    if not isinstance(item, dict) or item.get("index") != index:
        raise IntegrityError(
            f"a line is not readable as the event log/{index}",
            where=f"{path} line {index + 1}",
            hint=_RESTORE,
        )
    return item


def check_line(line: bytes, index: int, path: Path) -> None:
    """Raises IntegrityError where a line is not the canonical form of the event of its place."""
    item = decode(line, index, path)
    try:
        canonical = events.encode(item) == line
    except ValueError:  # a surrogate, which UTF-8 cannot write
        canonical = False
    if not canonical:
        raise IntegrityError("a line is not as it was written", where=f"{path} line {index + 1}")


def changed(path: Path, size: int, lines: Sequence[bytes], signed: int) -> IntegrityError:
    """The error of lines after the first `size` whose root is not the one that was signed."""
    for index, line in enumerate(lines, size):
        try:
            check_line(line, index, path)
        except IntegrityError as error:
            return error
    if missing := signed - size - len(lines):
        message = f"{missing} signed lines are missing at the end"
    else:
        message = "lines were changed after they were signed"
    return IntegrityError(message, where=str(path), hint=_RESTORE)


def rolled_back(path: Path, size: int, signed: int) -> IntegrityError:
    """The error of a log that has become shorter while this process ran."""
    return IntegrityError(
        f"the ledger was set back: it had {size} events, its checkpoint signs {signed}",
        where=str(path),
        hint=_RESTORE,
    )


def unreadable(path: Path, error: OSError) -> IntegrityError:
    """The error of a file that the operating system does not let us read."""
    return IntegrityError(f"it cannot be read: {error.strerror}", where=str(path))


def foreign(path: Path, size: int, tail: bytes) -> IntegrityError:
    """The error of bytes behind the signed lines that were not announced here."""
    number = tail.count(b"\n") + (not tail.endswith(b"\n"))
    span = f"line {size + 1}" if number == 1 else f"lines {size + 1} to {size + number}"
    what = "a line follows" if number == 1 else f"{number} lines follow"
    return IntegrityError(
        f"{what} the signed ones that this instance did not announce",
        where=f"{path} {span}",
        hint="It is neither signed nor shown to anyone. `ulzii recover --set-aside` moves it to a"
        " file.",
    )


def check_lengths(lines: Sequence[bytes], path: Path) -> None:
    """Raises IntegrityError where a line that is to be appended is too long to be served."""
    longest = max(map(len, lines), default=0)
    if longest > events.MAX_LINE:
        raise IntegrityError(
            f"an event of {longest:,} bytes; a line holds at most {events.MAX_LINE:,}",
            where=str(path),
            hint="Nothing was written. Shorten what its source says of itself, its title for"
            " example.",
        )
