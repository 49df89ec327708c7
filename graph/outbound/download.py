"""Download a whole response within limits of size, unpacked size, total time and redirects.

Redirects are followed here, and every hop is checked: a public server could otherwise lead into a
private network. Bodies are unpacked here, piece by piece: a client that unpacks by itself would
have filled the memory before anybody could count.
"""

from __future__ import annotations

import io
import time
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import httpx2

from graph.outbound.exchange import REDIRECTS, ExchangeError, new_client, send
from graph.outbound.fetch_settings import FetchSettings
from graph.outbound.redirects import redirect_target

_IO_TIMEOUT = 60.0  # seconds
_RETRIES = 2  # of connecting, never of a request that was sent
_PIECE = 1 << 20  # bytes unpacked at a time
_FREE_RATIO = 16 << 20  # bytes up to which any ratio is allowed: small tables of zeros are common
_WINDOW_BITS = {"gzip": 16 + zlib.MAX_WBITS, "deflate": zlib.MAX_WBITS}
_ENCODINGS = ", ".join(_WINDOW_BITS)
_CHANGES_TO_GET = frozenset({301, 302, 303})  # RFC 9110 §15.4, as browsers do


class DownloadError(Exception):
    """No usable response, as the message says; `url` is where it happened.

    `reason` is that of an ExchangeError, or `size` (a limit of size), `redirects` (too many of
    them) or `encoding` (the body cannot be unpacked).
    """

    def __init__(self, reason: str, message: str, url: str) -> None:
        super().__init__(message)
        self.reason = reason
        self.url = url


@dataclass(frozen=True, slots=True)
class DownloadRequest:
    """A URL to request: by GET, or by POST with `body` as JSON, `form` as fields of a form, or
    `content` as text, unless `method` says otherwise. `headers` are added to the usual ones."""

    url: str
    body: Any = None
    accept: str = "*/*"
    form: Mapping[str, str] | None = None
    content: str = ""
    method: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def verb(self) -> str:
        """The HTTP method."""
        return self.method or ("POST" if self.sent else "GET")

    @property
    def sent(self) -> dict[str, Any]:
        """The body as the client takes it; empty without one."""
        if self.body is not None:
            return {"json": self.body}
        if self.form is not None:
            return {"data": dict(self.form)}
        return {"content": self.content.encode()} if self.content else {}

    @property
    def all_headers(self) -> dict[str, str]:
        """The headers to send."""
        return {"Accept": self.accept, **self.headers, "Accept-Encoding": _ENCODINGS}


@dataclass(frozen=True, slots=True)
class DownloadedResponse:
    """A response: the URL it came from after redirects, its Content-Type, its unpacked body.

    `data` is empty unless `status` is 200.
    """

    url: str
    status: int
    content_type: str
    data: bytes


class Downloader:
    """Downloads within limits. Use it in a `with` block."""

    def __init__(self, settings: FetchSettings, *, allow_private: bool = False) -> None:
        self._settings = settings
        self._allow_private = allow_private
        self._client = new_client(min(_IO_TIMEOUT, settings.max_seconds), _RETRIES)

    def __enter__(self) -> Downloader:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def download(self, request: DownloadRequest) -> DownloadedResponse:
        """The response to a request.

        Raises DownloadError when there is none, and when a limit is exceeded.
        """
        deadline = time.monotonic() + self._settings.max_seconds
        for _ in range(self._settings.max_redirects + 1):
            outcome = self._send(request, deadline)
            if isinstance(outcome, DownloadedResponse):
                return outcome
            request = outcome
        message = f"more than {self._settings.max_redirects} redirects (max_redirects)"
        raise DownloadError("redirects", message, request.url)

    def _send(
        self, request: DownloadRequest, deadline: float
    ) -> DownloadedResponse | DownloadRequest:
        """The response, or the request that it redirects to."""
        try:
            with send(
                self._client,
                request.verb,
                request.url,
                allow_private=self._may_be_private(request.url),
                seconds=deadline - time.monotonic(),
                headers=request.all_headers,
                **request.sent,
            ) as response:
                if target := _redirect(response, request):
                    return target
                return self._response(response, request.url)
        except ExchangeError as error:
            raise DownloadError(error.reason, self._message(error), request.url) from error

    def _may_be_private(self, url: str) -> bool:
        return self._allow_private or self._settings.is_private_host(url)

    def _message(self, error: ExchangeError) -> str:
        return {
            "scheme": f"not an http(s) URL {error.detail}".rstrip(),
            "name": "the host name cannot be resolved",
            "refused": "the host is in a private network; only private_hosts in [fetch] of "
            "instance.toml allows that",
            "time": f"no complete response in {self._settings.max_seconds:g} s (max_seconds)",
        }.get(error.reason, error.detail)

    def _response(self, response: httpx2.Response, url: str) -> DownloadedResponse:
        content_type = response.headers.get("Content-Type", "")
        data = self._body(response, url) if response.status_code == 200 else b""
        return DownloadedResponse(url, response.status_code, content_type, data)

    def _body(self, response: httpx2.Response, url: str) -> bytes:
        settings, body, received = self._settings, io.BytesIO(), 0
        unpacker = _Unpacker(response.headers.get("Content-Encoding", ""), url)
        for packed in response.iter_raw():
            received += len(packed)  # counted as it arrives: Content-Length may be wrong
            if received > settings.max_bytes:
                raise DownloadError("size", f"more than {settings.max_mib:g} MiB (max_mib)", url)
            for piece in unpacker.pieces(packed):
                body.write(piece)
                self._check_unpacked(body.tell(), received, url)
        unpacker.check_complete()
        return body.getvalue()

    def _check_unpacked(self, size: int, received: int, url: str) -> None:
        settings = self._settings
        if size > settings.max_unpacked_bytes:
            message = f"more than {settings.max_unpacked_mib:g} MiB unpacked (max_unpacked_mib)"
            raise DownloadError("size", message, url)
        if size > max(_FREE_RATIO, settings.max_ratio * received):
            message = f"it unpacks to more than {settings.max_ratio:g} times its size (max_ratio)"
            raise DownloadError("size", message, url)


def _redirect(response: httpx2.Response, request: DownloadRequest) -> DownloadRequest | None:
    location = response.headers.get("Location", "")
    if response.status_code not in REDIRECTS or not location:
        return None
    target = redirect_target(request.url, location)
    if response.status_code in _CHANGES_TO_GET:
        without = {k: v for k, v in request.headers.items() if k.lower() != "content-type"}
        return DownloadRequest(target, accept=request.accept, headers=without)
    return replace(request, url=target)


class _Unpacker:
    """Unpacks a body with one Content-Encoding, or none, in pieces of at most 1 MiB."""

    def __init__(self, encoding: str, url: str) -> None:
        self._url = url
        self._encoding = encoding.strip().lower()
        if self._encoding in ("", "identity"):
            self._decoder = None
        elif self._encoding in _WINDOW_BITS:
            self._decoder = zlib.decompressobj(_WINDOW_BITS[self._encoding])
        else:
            message = f"Content-Encoding “{encoding}”, but only {_ENCODINGS} was requested"
            raise DownloadError("encoding", message, url)

    def pieces(self, packed: bytes) -> Iterator[bytes]:
        """The unpacked bytes of the next packed ones."""
        if self._decoder is None:
            yield packed
            return
        try:
            while packed and not self._decoder.eof:
                yield self._decoder.decompress(packed, _PIECE)
                packed = self._decoder.unconsumed_tail
        except zlib.error as error:
            message = f"the body is not valid {self._encoding}"
            raise DownloadError("encoding", message, self._url) from error

    def check_complete(self) -> None:
        """Raise DownloadError for a packed body that was cut."""
        if self._decoder is not None and not self._decoder.eof:
            raise DownloadError("encoding", f"the {self._encoding} body was cut", self._url)
