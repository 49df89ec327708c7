"""Asking a source: local files or HTTP answers become captures, each response noted.

A run is whole or it failed: one bad response and nothing of the run is mapped, because a partial
list looks like deletions (docs/decisions/0003-one-run-one-fetch.md).
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

import httpx

from graph.archive import Archive
from graph.core.errors import ConfigError, InputError
from graph.core.progress import Reporter
from loaders.pipeline.record import Capture
from loaders.pipeline.source import Source

AGENT = {"User-Agent": "ulzii/0.1 (+https://w3id.org/ulzii/)"}
_TIMEOUT = 60.0
_RETRIES = 2
_MEDIA_TYPE = re.compile(r"[a-z0-9][a-z0-9.+-]*/[a-z0-9][a-z0-9.+-]*")
_MEDIA_TYPES = {
    ".csv": "text/csv",
    ".html": "text/html",
    ".json": "application/json",
    ".nq": "application/n-quads",
    ".nt": "application/n-triples",
    ".ttl": "text/turtle",
    ".txt": "text/plain",
}  # of local files; what is not here has its source's


@dataclass(frozen=True, slots=True)
class FetchRequest:
    """What is asked: a file (`path`), or an address by GET, or by POST with a JSON body."""

    name: str
    url: str
    path: Path | None = None
    body: Any = None


@dataclass(frozen=True, slots=True)
class FetchResponse:
    """What came back. `status` is that of HTTP, 200 for a file that could be read, else 0.

    What was written here instead says how (`PUT`) and by whom (the name of a token)."""

    name: str
    url: str
    status: int
    media_type: str
    data: bytes
    error: str = ""
    method: str = ""
    agent: str = ""

    @property
    def failed(self) -> bool:
        """Whether the run must stop here."""
        return bool(self.error)


def requests(source: Source) -> Iterator[FetchRequest]:
    """Everything a source has to be asked: its files, then `[[options.requests]]`.

    Raises ConfigError when a pattern of local files matches nothing.
    """
    for pattern in source.files:
        if pattern.startswith(("http://", "https://")):
            yield FetchRequest(pattern.rsplit("/", 1)[-1] or pattern, pattern)
        else:
            yield from _local(source, pattern)
    for item in source.options.get("requests", ()):
        yield FetchRequest(item["name"], item["url"], body=item.get("json"))


def _local(source: Source, pattern: str) -> Iterator[FetchRequest]:
    folder = source.path.parent
    paths = sorted(folder.glob(pattern)) if not Path(pattern).is_absolute() else [Path(pattern)]
    if not paths:
        raise ConfigError(f"no file matches “{pattern}”", where=str(source.path))
    for path in paths:
        yield FetchRequest(
            path.name, pattern if len(paths) == 1 else f"{pattern}#{path.name}", path
        )


def ask(source: Source, reporter: Reporter) -> list[FetchResponse]:
    """Ask for everything, stopping at the first failure."""
    wanted = list(requests(source))
    reporter.step("fetch", len(wanted))
    answers: list[FetchResponse] = []
    with ExitStack() as stack:
        client = cache(lambda: stack.enter_context(_client()))
        for request in wanted:
            answers.append(_one(request, source, client))
            reporter.advance()
            if answers[-1].failed:
                break
    return answers


def _client() -> httpx.Client:
    transport = httpx.HTTPTransport(retries=_RETRIES)
    return httpx.Client(headers=AGENT, timeout=_TIMEOUT, transport=transport)


def _one(
    request: FetchRequest, source: Source, client: Callable[[], httpx.Client]
) -> FetchResponse:
    found = _read(request, source) if request.path else _http(request, source, client)
    if not found.failed and not found.data.strip():
        return FetchResponse(
            found.name, found.url, found.status, found.media_type, b"", "empty answer"
        )
    return found


def _read(request: FetchRequest, source: Source) -> FetchResponse:
    assert request.path is not None
    try:
        data = request.path.read_bytes()
    except OSError as error:
        text = error.strerror or "cannot be read"
        return FetchResponse(request.name, request.url, 0, source.media_type, b"", text)
    media = _MEDIA_TYPES.get(request.path.suffix.lower(), source.media_type)
    return FetchResponse(request.name, request.url, 200, media, data)


def _http(
    request: FetchRequest, source: Source, client: Callable[[], httpx.Client]
) -> FetchResponse:
    time.sleep(float(source.options.get("pause", 0)))  # agencies allow so many requests a second
    method = "GET" if request.body is None else "POST"
    try:
        answer = client().request(method, request.url, json=request.body)
    except httpx.HTTPError as error:
        text = str(error) or type(error).__name__
        return FetchResponse(request.name, request.url, 0, source.media_type, b"", text)
    media = _media_type(answer.headers.get("Content-Type", ""), source)
    wrong = "" if answer.status_code == 200 else f"HTTP status {answer.status_code}"
    return FetchResponse(
        request.name, request.url, answer.status_code, media, answer.content, wrong
    )


def _media_type(header: str, source: Source) -> str:
    """What the agency calls it, or the source's where that is no media type (RFC 6838 §4.2)."""
    told = header.split(";")[0].strip().lower()
    return told if _MEDIA_TYPE.fullmatch(told) else source.media_type


def keep(responses: Sequence[FetchResponse], archive: Archive) -> list[dict[str, Any]]:
    """Archive every response's bytes; give what the Fetch event says of each."""
    return [_entry(response, archive) for response in responses]


def _entry(response: FetchResponse, archive: Archive) -> dict[str, Any]:
    entry = asdict(response)
    data = entry.pop("data")
    for name in ("error", "method", "agent"):
        if not entry[name]:
            del entry[name]
    if data or response.method:  # a write may be empty
        entry |= {"sha256": archive.put(data), "bytes": len(data)}
    return entry


def manifest(entries: Sequence[dict[str, Any]]) -> bytes:
    """The list of a run's responses, the same bytes for the same responses."""
    return json.dumps(entries, sort_keys=True, ensure_ascii=False).encode()


def captures(
    responses: Sequence[FetchResponse], entries: Sequence[dict[str, Any]]
) -> list[Capture]:
    """What loaders read.

    Raises InputError for the response that failed.
    """
    for response in responses:
        if response.failed:
            raise InputError(
                response.error,
                where=response.url,
                hint="Nothing was changed; load again when the source answers.",
            )
    return [
        Capture(entry["sha256"], r.name, r.url, r.media_type, r.data)
        for r, entry in zip(responses, entries, strict=True)
    ]
