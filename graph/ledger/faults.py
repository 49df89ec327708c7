"""What can be wrong with the lines of a log, named by file and line.

A root tells that something was changed, not where: a line that is not readable, not in canonical
form or not in its place is looked for only then. `verify` looks at all of them.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from graph.core.errors import IntegrityError
from graph.core.instance import Instance
from graph.ledger import events, merkle
from graph.ledger.events import Event
from graph.ledger.note import Checkpoint

COPY: Final = "ledger.ndjson"
_MOST = 3  # members that are named
_LONGEST = 60  # characters of a value

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


def changed(
    instance: Instance, path: Path, size: int, lines: Sequence[bytes], signed: Checkpoint
) -> IntegrityError:
    """The error of lines after the first `size` whose root is not the one that was signed."""
    for index, line in enumerate(lines, size):
        try:
            check_line(line, index, path)
        except IntegrityError as error:
            return error
    if missing := signed.size - size - len(lines):
        message = f"{missing} signed lines are missing at the end"
        return IntegrityError(message, where=str(path), hint=_RESTORE)
    pairs = zip(lines, _signed_lines(instance, signed)[size:], strict=False)
    others = [(size + n, now, was) for n, (now, was) in enumerate(pairs) if now != was]
    if others:
        return _changed_line(path, *others[0], len(others) - 1)
    return IntegrityError(
        "lines were changed after they were signed; which ones is not known: cache/ has no copy of"
        " the signed lines",
        where=str(path),
        hint=f"Compare it with the ledger of a backup, line by line. {_RESTORE}",
    )


def _changed_line(path: Path, index: int, now: bytes, was: bytes, others: int) -> IntegrityError:
    event = events.decode(was)
    about = f"{event['type']} {events.source_of(event)}".strip()
    more = f"; {others} other lines were changed too" if others else ""
    return IntegrityError(
        f"log/{index} ({about}): the line was changed after it was signed: "
        f"{_differences(now, was)}{more}",
        where=f"{path} line {index + 1}",
        hint=_RESTORE,
    )


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


def keep_copy(instance: Instance, entries: Path, appended: int) -> None:
    """Bring the copy of the lines in `cache/` up to date, where so many bytes were appended.

    By it a changed line is found: the signed root tells only that there is one. It is believed only
    where its lines lead to that root. Where it cannot be written the log does without.
    """
    path = instance.cache / COPY
    with suppress(OSError):
        size = path.stat().st_size if path.exists() else -1
        if size != entries.stat().st_size - appended:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            shutil.copyfile(entries, path)
            path.chmod(0o600)
            return
        with entries.open("rb") as file, path.open("ab") as copy:
            file.seek(size)
            shutil.copyfileobj(file, copy)


def _signed_lines(instance: Instance, signed: Checkpoint) -> list[bytes]:
    """The lines that were signed, without line feeds; none where the copy does not have them."""
    try:
        lines = (instance.cache / COPY).read_bytes().split(b"\n")[: signed.size]
    except OSError:
        return []
    is_signed = len(lines) == signed.size and merkle.tree_root(lines) == signed.root
    return lines if is_signed else []


def _differences(now: bytes, signed: bytes) -> str:
    """What differs in a line: the first members with what they were and what they are."""
    try:
        was, found = _members(json.loads(signed)), _members(json.loads(now))
    except (ValueError, RecursionError, AttributeError):
        return "it cannot be read any more"
    changed = [name for name in {**was, **found} if was.get(name) != found.get(name)]
    told = [f"{name} was {_text(was.get(name))}, is {_text(found.get(name))}" for name in changed]
    more = [f"{len(told) - _MOST} more"] if len(told) > _MOST else []
    return "; ".join([*told[:_MOST], *more]) or "it is written in another way"


def _members(value: Any, name: str = "") -> dict[str, Any]:
    """The values of an event by their path: `layers.stated.root`."""
    if not isinstance(value, dict):
        return {name: value}
    return dict(_each(value, name))


def _each(value: dict[str, Any], name: str) -> Iterator[tuple[str, Any]]:
    for key, one in value.items():
        yield from _members(one, f"{name}.{key}" if name else key).items()


def _text(value: Any) -> str:
    text = "absent" if value is None else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
