"""Sealed events: what the log says of a restricted source is in a salted blob, not in its line.

    line   {"at":…,"digest":…,"index":…,"kind":…,"type":"Sealed"}
    blob   ulzii-salt <64 hex digits>\\n<the event as canonical JSON>

So the lines are open to witnesses and monitors, and prove the event to whoever is shown the blob;
without the salt nobody can guess at its text. An event that is read is unsealed: it has the fields
it was written with, and `sealed`, the digest of its blob.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence

from graph.archive import Archive
from graph.core.errors import IntegrityError
from graph.ledger import events
from graph.ledger.events import Event, source_of

SEALED = "Sealed"
RESTRICTED = "restricted"
_SALT = b"ulzii-salt "
_SALT_BYTES = 32
_END = b'"type":"Sealed"}'  # keys are sorted, so a line ends so exactly where it is one


def is_sealed(line: bytes) -> bool:
    """Whether a line is that of a sealed event."""
    return line.endswith(_END)


def is_about_restricted(item: Event, last_load: Callable[[str], Event | None]) -> bool:
    """Whether an event is about a restricted source: by its own `visibility`, else by what the last
    load of its source says (`last_load`)."""
    source = source_of(item)
    if not source:
        return False
    said = item if "visibility" in item else last_load(source)
    return bool(said and said.get("visibility") == RESTRICTED)


def logged(
    written: Sequence[Event], last_load: Callable[[str], Event | None], archive: Archive
) -> list[Event]:
    """Events with index and time as they are logged: sealed where they are about a restricted
    source. `last_load` gives what the log has of a source before them."""
    loads, found = dict[str, Event](), list[Event]()
    for item in written:
        restricted = is_about_restricted(
            item, lambda source: loads.get(source) or last_load(source)
        )
        found.append(sealed(item, archive) if restricted else item)
        if item["type"] == "Load":
            loads[item["source"]] = item
    return found


def sealed(item: Event, archive: Archive) -> Event:
    """The event to log in place of one that has its index and time; its blob waits in staging."""
    salt = secrets.token_hex(_SALT_BYTES).encode()
    digest = archive.put(_SALT + salt + b"\n" + events.encode(item))
    kept = {name: item[name] for name in ("index", "at")}
    return events.event(SEALED, kind=item["type"], digest=digest) | kept


def unsealed(item: Event, archive: Archive) -> Event:
    """The event itself; one that is not sealed is given as it is.

    Raises IntegrityError where the blob is missing, damaged, or of another event.
    """
    if item.get("type") != SEALED:
        return item
    salt, _, body = archive.read(item["digest"]).partition(b"\n")
    try:
        found = events.decode(body)
        same = (found["type"], found["index"], found["at"]) == (
            item["kind"],
            item["index"],
            item["at"],
        )
    except (ValueError, RecursionError, KeyError, TypeError):
        same = False
    if not (same and salt.startswith(_SALT)):
        where = str(archive.path(item["digest"]))
        raise IntegrityError(f"this is not the body of log/{item['index']}", where=where)
    return {**found, "sealed": item["digest"]}
