"""Responses as the ledger records them: the entries of a manifest, and back."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from graph.versions.provenance import FILE
from loaders.fetching.model import FetchResponse

Entry = Mapping[str, Any]

# These fields of a response are absent from an entry where they are empty.
_OPTIONAL = (
    *("error", "kind", "date", "final", "redirects", "charset", "etag", "last_modified"),
    *("stale", "kept", "detail", "method", "sent", "headers", "agent"),
)


def entries(responses: Iterable[FetchResponse]) -> list[dict[str, Any]]:
    """The entries of a run, in the order of its requests."""
    return [_entry(response) for response in responses]


def _entry(response: FetchResponse) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "name": response.name,
        "url": response.url,
        "status": response.status,
        "media_type": response.media_type,
    }
    if response.kind == FILE:
        del entry["status"]
    for name in _OPTIONAL:
        if value := getattr(response, name):
            entry[name] = _plain(value)
    if response.digest:
        entry |= {"sha256": response.digest, "bytes": response.size}
    return entry


def _plain(value: Any) -> Any:
    """The value in the types of the ledger: strings, integers, lists, objects."""
    if isinstance(value, bool):
        return int(value)
    return list(value) if isinstance(value, tuple) else value


def response(entry: Entry) -> FetchResponse:
    """The response of an entry; keys of other versions of Ulzii are left out."""
    values = {name: entry[name] for name in _OPTIONAL if name in entry}
    values |= {"redirects": tuple(entry.get("redirects", ())), "detail": "detail" in entry}
    return FetchResponse(
        name=entry["name"],
        url=entry["url"],
        status=entry.get("status", 0),
        media_type=entry["media_type"],
        digest=entry.get("sha256", ""),
        size=entry.get("bytes", 0),
        **values,
    )


def encode(listed: Sequence[Entry]) -> bytes:
    """The manifest: the same bytes for the same responses."""
    return json.dumps(listed, sort_keys=True, ensure_ascii=False).encode()


def content(listed: Iterable[Entry]) -> list[tuple[Any, ...]]:
    """What a mapping can depend on, of each response.

    The rest is how it came: what is said of a response can become more, and validators change where
    no byte does.
    """
    keys = ("name", "url", "media_type", "sha256", "charset", "final", "error", "kept")
    return [(*(e.get(key) for key in keys), bool(e.get("stale"))) for e in listed]


def counts(listed: Sequence[Entry], before: Sequence[Entry]) -> dict[str, int]:
    """The summary of a run: responses, those without an answer of their own, those whose bytes an
    earlier run had already, and bytes of all."""
    known = {e.get("sha256") for e in before} - {None}
    return {
        "responses": len(listed),
        "failed": sum("error" in e or "stale" in e for e in listed),
        "unchanged": sum(e.get("sha256") in known for e in listed),
        "bytes": sum(e.get("bytes", 0) for e in listed),
    }
