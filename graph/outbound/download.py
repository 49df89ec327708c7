"""Download a whole response within limits of size, unpacked size, total time and redirects.

Redirects are followed here, and every hop is checked: a public server could otherwise lead into a
private network, or learn the credentials of another one.
"""

from __future__ import annotations

import io
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import httpx2

from graph.outbound.credentials import Credentials
from graph.outbound.download_error import DownloadError
from graph.outbound.exchange import REDIRECTS, ExchangeError, new_client, send
from graph.outbound.fetch_settings import FetchSettings
from graph.outbound.redirects import redirect_target
from graph.outbound.unpacking import ENCODINGS, unpacked

__all__ = ["DownloadError", "DownloadRequest", "DownloadedResponse", "Downloader"]

_IO_TIMEOUT = 60.0  # seconds
_RETRIES = 2  # of connecting, never of a request that was sent
_CHANGES_TO_GET = frozenset({301, 302, 303})  # RFC 9110 §15.4, as browsers do

Sink = Callable[[bytes], object]
"""Takes the pieces of a body."""


@dataclass(frozen=True, slots=True)
class DownloadRequest:
    """A URL to request: by GET, or by POST with `body` as JSON, `form` as fields of a form, or
    `content` as text, unless `method` says otherwise. `headers` are added to the usual ones;
    `credentials` are sent to their own origin only."""

    url: str
    body: Any = None
    accept: str = "*/*"
    form: Mapping[str, str] | None = None
    content: str = ""
    method: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    credentials: Credentials | None = None

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
        """The headers to send to this URL."""
        own = self.credentials.headers_for(self.url) if self.credentials else {}
        return {"Accept": self.accept, **self.headers, **own, "Accept-Encoding": ENCODINGS}


@dataclass(frozen=True, slots=True)
class DownloadedResponse:
    """A response: the URL it came from after redirects, its Content-Type, its unpacked body.

    `data` is empty unless `status` is 200, and where the body went elsewhere. `redirects` are the
    URLs that led to `url`, `headers` all headers, to be looked up without regard to case.
    """

    url: str
    status: int
    content_type: str
    data: bytes = b""
    redirects: tuple[str, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)


class Downloader:
    """Downloads within limits. Use it in a `with` block."""

    def __init__(self, settings: FetchSettings, *, allow_private: bool = False) -> None:
        self._settings = settings
        self._allow_private = allow_private
        io_timeout = min(_IO_TIMEOUT, settings.max_seconds)
        self._client = new_client(io_timeout, _RETRIES, settings.contact)

    def __enter__(self) -> Downloader:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def download(self, request: DownloadRequest) -> DownloadedResponse:
        """The response to a request, its body in memory. Raises what `stream` raises."""
        body = io.BytesIO()
        response = self.stream(request, body.write)
        return replace(response, data=body.getvalue())

    def stream(self, request: DownloadRequest, sink: Sink) -> DownloadedResponse:
        """The response to a request, its body given to `sink` if its status is 200.

        Raises DownloadError when there is none, and when a limit is exceeded.
        """
        deadline = time.monotonic() + self._settings.max_seconds
        passed: list[str] = []
        for _ in range(self._settings.max_redirects + 1):
            outcome = self._send(request, deadline, sink)
            if isinstance(outcome, DownloadedResponse):
                return replace(outcome, redirects=tuple(passed))
            passed.append(request.url)
            request = outcome
        message = f"more than {self._settings.max_redirects} redirects (max_redirects)"
        raise DownloadError("redirects", message, request.url)

    def _send(
        self, request: DownloadRequest, deadline: float, sink: Sink
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
                return self._response(response, request, sink)
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
            "certificate": f"the server's certificate is not valid: {error.detail}",
            "time": f"no complete response in {self._settings.max_seconds:g} s (max_seconds)",
        }.get(error.reason, error.detail)

    def _response(
        self, response: httpx2.Response, request: DownloadRequest, sink: Sink
    ) -> DownloadedResponse:
        if response.status_code == 200:
            needles = request.credentials.needles() if request.credentials else ()
            pieces = unpacked(response, request.url, self._settings)
            for piece in _without(needles, pieces, request.url):
                sink(piece)
        content_type = response.headers.get("Content-Type", "")
        return DownloadedResponse(
            request.url, response.status_code, content_type, headers=response.headers
        )


def _without(needles: tuple[bytes, ...], pieces: Iterable[bytes], url: str) -> Iterator[bytes]:
    """The pieces as they are; raises DownloadError as soon as they contain one of the needles."""
    overlap = max(map(len, needles), default=1) - 1
    end = b""
    for piece in pieces:
        seen = end + piece
        if any(needle in seen for needle in needles):
            message = "the body repeats the credential that was sent; it is not kept"
            raise DownloadError("secret", message, url)
        end = seen[max(0, len(seen) - overlap) :] if needles else b""
        yield piece


def _redirect(response: httpx2.Response, request: DownloadRequest) -> DownloadRequest | None:
    location = response.headers.get("Location", "")
    if response.status_code not in REDIRECTS or not location:
        return None
    target = redirect_target(request.url, location)
    if response.status_code not in _CHANGES_TO_GET or request.verb == "GET":
        return replace(request, url=target)
    kept = {k: v for k, v in request.headers.items() if k.lower() != "content-type"}
    return replace(request, url=target, body=None, form=None, content="", method="", headers=kept)
