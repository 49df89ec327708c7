"""The ledger's events: plain JSON objects of strings, integers, lists and objects, no floats.

Written as RFC 8785 canonical JSON, which for these types is sorted ASCII keys and no spaces. Every
event has `type`, `index` and `at` (RFC 3339, +08:00). What else it has stands in FIELDS.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any, Final

Event = dict[str, Any]

ULAANBAATAR: Final = timezone(timedelta(hours=8))

FIELDS: Final[dict[str, frozenset[str]]] = {
    # a signing key begins or ends to be used
    "Key": frozenset({"action", "verifier"}),
    # a mapping, shapes or vocabulary registered by hash; files: name → digest of its bytes
    "Code": frozenset({"kind", "name", "digest", "files"}),
    # one run of asking a source, with a manifest of its responses; outcome: changed, same, failed
    "Fetch": frozenset({"source", "outcome", "manifest", "responses"}),
    # captures mapped to the three layers of a version; patch: from the version before, or null;
    # visibility: public or restricted (events from before it was noted are public)
    "Load": frozenset(
        {
            "source",
            "version",
            "title",
            "visibility",
            "fetch",
            "captures",
            "code",
            "environment",
            "layers",
            "counts",
            "rejects",
            "skips",
            "patch",
        }
    ),
    # the candidate checked by the shapes against named versions of the reference sources
    "Validate": frozenset({"source", "version", "shapes", "references", "report", "counts"}),
    # a load that may not be published, with the reason
    "Quarantine": frozenset({"source", "fetch", "reason", "report"}),
    # from here on this version is what the source says
    "Publish": frozenset({"source", "version", "load", "validate"}),
}


def now() -> str:
    """The present second in Ulaanbaatar, RFC 3339."""
    return datetime.now(UTC).astimezone(ULAANBAATAR).isoformat(timespec="seconds")


def event(kind: str, /, **fields: Any) -> Event:
    """An event without index and time, which the ledger adds.

    Raises ValueError when its fields are not those of its kind: a programming error.
    """
    wrong = FIELDS[kind] ^ fields.keys()
    if wrong:
        raise ValueError(f"{kind} has missing or unknown fields: {sorted(wrong)}")
    return {"type": kind, **fields}


def encode(item: Event) -> bytes:
    """The event's line, without line feed."""
    text = json.dumps(item, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return text.encode()


def decode(line: bytes) -> Event:
    """Read a line."""
    item: Event = json.loads(line)
    return item
