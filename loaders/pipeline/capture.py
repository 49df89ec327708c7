"""Fetch a source: read its local files or request its URLs, and keep each response as a capture.

A run succeeds as a whole or fails as a whole. After one failed response nothing of the run is
mapped, because a partial list looks like deletions (docs/decisions/0003-one-run-one-fetch.md).
"""

from __future__ import annotations

import hashlib
import json
import re
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from graph.archive import Archive
from graph.core.errors import InputError
from graph.core.instance import Instance
from graph.core.progress import Reporter
from graph.outbound.download import Downloader, DownloadError, DownloadRequest
from graph.outbound.fetch_settings import fetch_settings
from graph.versions.provenance import FILE
from loaders.fetching.model import FetchRequest
from loaders.pipeline import local_files, protocol
from loaders.pipeline.record import Capture
from loaders.pipeline.source import Source

_MEDIA_TYPE = re.compile(r"[a-z0-9][a-z0-9.+-]*/[a-z0-9][a-z0-9.+-]*")
_CHARSET = re.compile(r';\s*charset\s*=\s*"?([A-Za-z0-9._:+-]{1,40})"?', re.IGNORECASE)
_MEDIA_TYPES = {
    ".csv": "text/csv",
    ".html": "text/html",
    ".json": "application/json",
    ".nq": "application/n-quads",
    ".nt": "application/n-triples",
    ".ttl": "text/turtle",
    ".txt": "text/plain",
}  # of local files; other extensions take the media type of the source

DownloaderFactory = Callable[[], Downloader]
FurtherRequests = Callable[[Sequence[Capture]], Iterable[FetchRequest]]
"""From the answers of URLs so far to the next requests."""


@dataclass(frozen=True, slots=True)
class FetchResponse:
    """The response to one request, a local file, or the body of one write.

    `status` is the HTTP status, 0 where there was no response. A local file has none: its `kind` is
    `file`, and `date` is its own date where the source's description states it.
    `error` is empty when the response can be used; `final` is the URL after redirects, where there
    were any. Only for a write: `method` is the HTTP method (`PUT`) and `agent` the name of the
    token.

    The Fetch event of the ledger has these fields under these names.
    """

    name: str
    url: str
    status: int
    media_type: str
    data: bytes
    error: str = ""
    kind: str = ""
    date: str = ""
    final: str = ""
    charset: str = ""
    method: str = ""
    agent: str = ""

    @property
    def failed(self) -> bool:
        """Whether the run must stop here."""
        return bool(self.error)


def requests(source: Source, instance: Instance) -> Iterator[FetchRequest]:
    """All requests of a source: its `files`, then `[[options.requests]]`.

    Raises ConfigError for a pattern of local files that matches nothing, or leads to a file that
    the source may not read (loaders.pipeline.local_files).
    """
    for pattern in source.files:
        if pattern.startswith(("http://", "https://")):
            yield protocol.first_request(source, pattern)
        else:
            yield from _local_files(source, pattern, instance)
    for item in source.options.get("requests", ()):
        yield FetchRequest(item["name"], item["url"], body=item.get("json"))


def _local_files(source: Source, pattern: str, instance: Instance) -> Iterator[FetchRequest]:
    files = local_files.find(source, pattern, instance)
    for name, path in files:
        yield FetchRequest(name, pattern if len(files) == 1 else f"{pattern}#{name}", path)


def fetch(
    source: Source, instance: Instance, reporter: Reporter, further: FurtherRequests | None = None
) -> list[FetchResponse]:
    """Send all requests of a source; stop after the first response that failed.

    `further` gives more requests from the answers of URLs so far, until it gives none that was not
    sent yet. Raises ConfigError for a local file that the source may not read, before anything is
    read.
    """
    pending = list(requests(source, instance))
    responses: list[FetchResponse] = []
    sent: set[str] = set()
    with ExitStack() as stack:
        # opened by the first request that needs it: most sources have only local files
        client = cache(lambda: stack.enter_context(Downloader(fetch_settings(instance))))
        while pending:
            reporter.step("fetch", len(pending))
            for request in pending:
                sent.add(request.key)
                responses.append(_fetch_one(request, source, client))
                reporter.advance()
                if responses[-1].failed:
                    return responses
            pending = [one for one in _ask(further, responses) if one.key not in sent]
    return responses


def _ask(
    further: FurtherRequests | None, responses: Sequence[FetchResponse]
) -> Iterator[FetchRequest]:
    """The requests that follow from the answers of URLs; none for a source of local files."""
    answers = [_capture(one) for one in responses if one.kind != FILE]
    if further and answers:
        yield from further(answers)


def _fetch_one(request: FetchRequest, source: Source, client: DownloaderFactory) -> FetchResponse:
    if request.path:
        response = _read_file(request, request.path, source)
    else:
        response = _send(request, source, client)
    if not response.failed and not response.data.strip():
        return replace(response, data=b"", error="empty response")
    return response


def _read_file(request: FetchRequest, path: Path, source: Source) -> FetchResponse:
    media_type = _MEDIA_TYPES.get(path.suffix.lower(), source.media_type)
    response = FetchResponse(
        name=request.name,
        url=request.url,
        status=0,
        media_type=media_type,
        data=b"",
        kind=FILE,
        date=local_files.stated_date(source, request.name),
    )
    try:
        return replace(response, data=path.read_bytes())
    except OSError as error:
        return replace(response, error=error.strerror or "cannot be read")


def _send(request: FetchRequest, source: Source, client: DownloaderFactory) -> FetchResponse:
    time.sleep(float(source.options.get("pause", 0)))  # agencies limit requests per second
    try:
        response = client().download(_download_request(request))
    except DownloadError as error:
        where = "" if error.url == request.url else f"{error.url}: "
        return _no_response(request, source, f"{where}{error}")
    status = response.status
    return FetchResponse(
        name=request.name,
        url=request.url,
        status=status,
        media_type=_media_type(response.content_type, source),
        data=response.data,
        error="" if status == 200 else f"HTTP status {status}",
        final="" if response.url == request.url else response.url,
        charset=_charset(response.content_type),
    )


def _download_request(request: FetchRequest) -> DownloadRequest:
    return DownloadRequest(
        request.url,
        request.body,
        form=request.form,
        content=request.content,
        method=request.method,
        headers=request.headers,
    )


def _capture(response: FetchResponse) -> Capture:
    digest = hashlib.sha256(response.data).hexdigest()
    return Capture(
        digest,
        response.name,
        response.url,
        response.media_type,
        response.data,
        charset=response.charset,
        final=response.final,
    )


def _no_response(request: FetchRequest, source: Source, error: str) -> FetchResponse:
    return FetchResponse(request.name, request.url, 0, source.media_type, b"", error=error)


def _media_type(header: str, source: Source) -> str:
    """The media type of a Content-Type header; the source's where it is invalid (RFC 6838 §4.2)."""
    media_type = header.split(";")[0].strip().lower()
    return media_type if _MEDIA_TYPE.fullmatch(media_type) else source.media_type


def _charset(header: str) -> str:
    """The charset parameter of a Content-Type header, lower case; empty without a usable one."""
    match = _CHARSET.search(header)
    return match[1].lower() if match else ""


def archive_responses(responses: Sequence[FetchResponse], archive: Archive) -> list[dict[str, Any]]:
    """Archive the bytes of every response; give the entries of the Fetch event, in order."""
    return [_entry(response, archive) for response in responses]


def _entry(response: FetchResponse, archive: Archive) -> dict[str, Any]:
    entry = asdict(response)
    data = entry.pop("data")
    for name in ("error", "kind", "date", "final", "charset", "method", "agent"):
        if not entry[name]:
            del entry[name]
    if response.kind == FILE:
        del entry["status"]
    if data or response.method:  # the body of a write may be empty: DELETE
        entry |= {"sha256": archive.put(data), "bytes": len(data)}
    return entry


def manifest(entries: Sequence[dict[str, Any]]) -> bytes:
    """The entries of a run as JSON: the same bytes for the same responses."""
    return json.dumps(entries, sort_keys=True, ensure_ascii=False).encode()


def captures(source: str, responses: Sequence[FetchResponse]) -> list[Capture]:
    """The responses of a source as captures, which loaders read.

    Raises InputError for a response that failed.
    """
    for response in responses:
        if response.failed:
            raise InputError(
                response.error,
                where=f"{source} {response.url}",
                hint="Nothing was changed. Load again when the source responds.",
            )
    return [_capture(response) for response in responses]
