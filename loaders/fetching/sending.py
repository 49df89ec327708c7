"""One request of a run: sent politely, its body streamed to the archive."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any

import httpx2

from graph.archive import Archive, BlobWriter
from graph.outbound.credentials import Credentials
from graph.outbound.download import DownloadedResponse, Downloader, DownloadError, DownloadRequest
from graph.outbound.fetch_settings import FetchSettings, allowing
from loaders.fetching.model import FetchRequest, FetchResponse
from loaders.fetching.pacing import Pacer
from loaders.fetching.retrying import BUSY, ServerBusy, retry_after, with_retries

_MEDIA_TYPE = re.compile(r"[a-z0-9][a-z0-9.+-]*/[a-z0-9][a-z0-9.+-]*")
_CHARSET = re.compile(r';\s*charset\s*=\s*"?([A-Za-z0-9._:+-]{1,40})"?', re.IGNORECASE)
_VALIDATOR = re.compile(r"[ -~]{0,200}")
_NOT_MODIFIED = 304


@dataclass(frozen=True, slots=True)
class SourceManners:
    """How a source is asked: the media type of its responses where they do not say it, the seconds
    between two requests, its credentials."""

    media_type: str
    pause: float = 0.0
    credentials: Credentials | None = None


_HINTS = {
    401: "The server wants credentials: docs/fetching.md says how a source has them.",
    403: "The server refuses it: who asks too often, for too much at once (max_cells of PX-Web), or"
    " without credentials. Ask its operator what is allowed.",
    404: "Correct the address in the description.",
    410: "It is gone for good: correct the address in the description.",
}
"""What to do about a status (RFC 9110 §15.5), if not to load again."""
_REASONS = {
    "certificate": "Nobody can tell who answered, so nothing was asked. Tell the operator of the "
    "server to renew its certificate. Where the agency signs its certificates itself, install its "
    "authority: docs/fetching.md.",
}
"""What to do about a DownloadError."""


class _NoBody(Exception):
    """A response without a body to keep."""

    def __init__(self, response: DownloadedResponse) -> None:
        super().__init__(response.status)
        self.response = response


class Sender:
    """Sends requests of one source. Use it in a `with` block."""

    def __init__(self, settings: FetchSettings, manners: SourceManners, archive: Archive) -> None:
        self._settings = settings
        self._manners = manners
        self._archive = archive
        self._pacer = Pacer(max(manners.pause, 1 / settings.rate))
        self._downloader = Downloader(settings)

    def __enter__(self) -> Sender:
        return self

    def __exit__(self, *_: object) -> None:
        self._downloader.__exit__()

    def send(self, request: FetchRequest, last: FetchResponse | None = None) -> FetchResponse:
        """The response to a request; `last` is the answer that an earlier run got.

        The server is asked whether that one is still right, where it gave it a validator. What
        cannot be fetched is a response with an error.
        """
        download = self._download_request(request, last)
        try:
            response = with_retries(lambda: self._send_once(request, download), self._settings)
        except ServerBusy as busy:
            response = self._no_response(request, _busy_message(busy, self._settings), busy.status)
        except DownloadError as error:
            where = "" if error.url == request.url else f"{error.url}: "
            hint = (
                allowing(error.url) if error.reason == "refused" else _REASONS.get(error.reason, "")
            )
            response = replace(self._no_response(request, f"{where}{error}"), hint=hint)
        if last and response.status == _NOT_MODIFIED:
            return replace(last, name=request.name, detail=request.detail, stale="", error="")
        return response

    def _download_request(
        self, request: FetchRequest, last: FetchResponse | None
    ) -> DownloadRequest:
        conditions = _conditions(last) if last and request.verb == "GET" else {}
        return DownloadRequest(
            request.url,
            request.body,
            form=request.form,
            content=request.content,
            method=request.method,
            headers={**request.headers, **conditions},
            credentials=self._manners.credentials,
        )

    def _send_once(self, request: FetchRequest, download: DownloadRequest) -> FetchResponse:
        self._pacer.wait(_host(request.url))
        try:
            with self._archive.writer() as blob:
                body = _Body(blob)
                got = self._downloader.stream(download, body.write)
                if got.status != 200 or body.blank:
                    raise _NoBody(got)  # so that no empty blob is kept
        except _NoBody as none:
            got = none.response
            if got.status in BUSY:
                raise ServerBusy(
                    got.status, retry_after(got.headers.get("Retry-After", ""))
                ) from None
            error = "empty response" if got.status == 200 else f"HTTP status {got.status}"
            hint = _HINTS.get(got.status, "")
            return replace(self._response(request, got), error=error, hint=hint)
        return replace(self._response(request, got), digest=blob.digest, size=blob.length)

    def _response(self, request: FetchRequest, got: DownloadedResponse) -> FetchResponse:
        return FetchResponse(
            name=request.name,
            url=request.url,
            status=got.status,
            media_type=_media_type(got.content_type) or self._manners.media_type,
            final=self._masked("" if got.url == request.url else got.url),
            redirects=tuple(map(self._masked, got.redirects)),
            charset=_charset(got.content_type),
            etag=self._validator(got, "ETag"),
            last_modified=self._validator(got, "Last-Modified"),
            **_of_request(request),
        )

    def _no_response(self, request: FetchRequest, error: str, status: int = 0) -> FetchResponse:
        return FetchResponse(
            name=request.name,
            url=request.url,
            status=status,
            media_type=self._manners.media_type,
            error=self._masked(error),
            **_of_request(request),
        )

    def _validator(self, got: DownloadedResponse, name: str) -> str:
        """A header that is sent back some day; empty for one that could not be."""
        text = got.headers.get(name, "")
        return text if _VALIDATOR.fullmatch(text) and self._masked(text) == text else ""

    def _masked(self, text: str) -> str:
        credentials = self._manners.credentials
        return credentials.mask(text) if credentials else text


class _Body:
    """The body of a response on its way to the archive; knows whether it is blank."""

    def __init__(self, sink: BlobWriter) -> None:
        self._sink = sink
        self.blank = True

    def write(self, piece: bytes) -> None:
        self._sink.write(piece)
        self.blank = self.blank and not piece.strip()


def _of_request(request: FetchRequest) -> dict[str, Any]:
    """What a response says of its request."""
    return {
        "method": "" if request.verb == "GET" else request.verb,
        "sent": request.sent,
        "headers": request.headers,
        "detail": request.detail,
    }


def _conditions(last: FetchResponse) -> dict[str, str]:
    """Headers that ask for a body only if it is not the last one (RFC 9110 §13.1)."""
    found = {"If-None-Match": last.etag, "If-Modified-Since": last.last_modified}
    return {name: value for name, value in found.items() if value}


def _busy_message(busy: ServerBusy, settings: FetchSettings) -> str:
    if busy.seconds is not None and busy.seconds > settings.max_wait:
        return (
            f"HTTP status {busy.status}; the server asks to come back in {busy.seconds:,.0f} "
            f"seconds, longer than is waited ({settings.max_wait:g}, max_wait)"
        )
    return f"HTTP status {busy.status}, {settings.attempts} times"


def _host(url: str) -> str:
    try:
        return httpx2.URL(url).host
    except httpx2.InvalidURL:
        return ""


def _media_type(header: str) -> str:
    """The media type of a Content-Type header; empty where it is invalid (RFC 6838 §4.2)."""
    media_type = header.split(";")[0].strip().lower()
    return media_type if _MEDIA_TYPE.fullmatch(media_type) else ""


def _charset(header: str) -> str:
    """The charset parameter of a Content-Type header, lower case; empty without a usable one."""
    match = _CHARSET.search(header)
    return match[1].lower() if match else ""
