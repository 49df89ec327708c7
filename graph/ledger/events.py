"""The ledger's events: JSON objects of strings, integers, lists and objects, without floats.

They are written as RFC 8785 canonical JSON, which for these types means sorted ASCII keys and no
spaces. Every event has `type`, `index` and `at` (RFC 3339, +08:00); FIELDS lists the others.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from typing import Any, Final

Event = dict[str, Any]

ULAANBAATAR: Final = timezone(timedelta(hours=8))

FIELDS: Final[dict[str, frozenset[str]]] = {
    # a signing key is taken into use, or out of use
    "Key": frozenset({"action", "verifier"}),
    # a mapping, the shapes or a vocabulary, registered by digest; files: name → digest of its bytes
    # (no git commit: an installed service has none, and the archived files can be run without it)
    "Code": frozenset({"kind", "name", "digest", "files"}),
    # one run of requests to a source and their responses; outcome: changed, same or failed. Logged
    # for `same` too, so that “checked, nothing changed” can be proved. The responses stand in the
    # event where they are few, else in its manifest alone (graph.ledger.manifests)
    "Fetch": frozenset({"source", "outcome", "manifest"}),
    # captures mapped to the three layers of a version; captures: their digests, or only that of the
    # manifest where the responses stand in it; patch: from the previous version, or null;
    # visibility: public or restricted (events without it are older, and public); title: so that
    # the provenance graph depends on the ledger alone; held: why the version waits for approval,
    # nothing where it does not (graph.versions.held). No hash of the previous event: the Merkle
    # tree fixes the place of every line
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
            "held",
        }
    ),
    # the version validated by the shapes, together with these versions of the reference sources
    "Validate": frozenset({"source", "version", "shapes", "references", "report", "counts"}),
    # a load that was not published, and why
    "Quarantine": frozenset({"source", "fetch", "reason", "report"}),
    # a held version is to be published, or not (decision: approve or reject), why, and who says so
    "Approve": frozenset({"source", "version", "load", "decision", "reason", "by"}),
    # from this event on, this version is the current one of its source; files: the form of the
    # signed list of the snapshot's files (graph.snapshots.checksums), which 0.1.0 did not write;
    # approvals: indexes of the Approve events that a held version needs
    "Publish": frozenset({"source", "version", "load", "validate", "files", "approvals"}),
    # an event of this kind about a restricted source; digest: of its body (graph.ledger.sealing)
    "Sealed": frozenset({"kind", "digest"}),
}

OPTIONAL: Final[dict[str, frozenset[str]]] = {
    # counts: responses, those that failed, those that are as before, bytes; error: why it failed
    # visibility: restricted, said where no load of the source says it yet, so that it is sealed
    "Fetch": frozenset({"responses", "counts", "error", "visibility"}),
    "Code": frozenset({"visibility"}),
    # marks: the roots over the rows and elements that the records are (graph.evidence.item_trees)
    "Load": frozenset({"marks"}),
    "Quarantine": frozenset({"visibility"}),
    # provenance: the form of the provenance graph (graph.versions.provenance); without it 1
    "Publish": frozenset({"provenance"}),
}
"""Fields that an event may lack: because it is older, or has nothing to say there."""


def now() -> str:
    """The current time in Ulaanbaatar to the second, RFC 3339."""
    return datetime.now(UTC).astimezone(ULAANBAATAR).isoformat(timespec="seconds")


MAX_LINE: Final = 60_000
"""Most bytes of a line. Whoever serves the log puts a line behind its length in 16 bits (C2SP
tlog-tiles), so that it holds at most 65,535; what is long stands in blobs."""


def event(kind: str, /, **fields: Any) -> Event:
    """An event without index and time, which the ledger adds.

    Raises ValueError where the fields are not those of its kind, which is a programming error.
    """
    wrong = FIELDS[kind] ^ (fields.keys() - OPTIONAL.get(kind, frozenset()))
    if wrong:
        raise ValueError(f"{kind} has missing or unknown fields: {sorted(wrong)}")
    return {"type": kind, **fields}


def encode(item: Event) -> bytes:
    """The line of an event, without line feed: these bytes are the leaf of the Merkle tree."""
    text = json.dumps(item, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return text.encode()


def decode(line: bytes) -> Event:
    """The event of a line."""
    item: Event = json.loads(line)
    return item


def source_of(item: Event) -> str:
    """The source that an event is about; empty where it is about none, as shapes are."""
    of_mapping = item["type"] == "Code" and item["kind"] == "mapping"
    return str(item["name"] if of_mapping else item.get("source", ""))


def digests(item: Event) -> Iterator[str]:
    """The SHA-256 of every blob that an event itself refers to (others: graph.ledger.manifests)."""
    kind = item["type"]
    if "sealed" in item:
        yield item["sealed"]
    if kind == "Fetch":
        yield item["manifest"]
        yield from (r["sha256"] for r in item.get("responses", ()) if "sha256" in r)
    elif kind == "Code":
        yield item["digest"]
        yield from item["files"].values()
    elif kind == "Load":
        yield from (layer[k] for layer in item["layers"].values() for k in ("lines", "rows"))
        yield from (item["rejects"], item["skips"])
        if "marks" in item:
            yield item["marks"]
        if item["patch"]:
            yield item["patch"]["sha256"]
    elif kind in {"Validate", "Quarantine"}:
        yield from filter(None, [item["report"]])
