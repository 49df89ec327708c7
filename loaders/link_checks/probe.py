"""Probe one URL: HEAD, then GET, within limits of time and size.

HEAD alone is not enough: some servers refuse it, others answer 200 to HEAD and 404 to GET. The body
is read up to a limit. If it ends before, its length and SHA-256 are known; its first bytes show
whether it is a web page. Redirects are followed here, so that each is recorded and none leads into
a private network.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, replace

import httpx2

from graph.ledger.events import now
from graph.outbound.exchange import ExchangeError, new_client, send
from graph.outbound.redirects import redirect_target

_HEADERS = {"Accept-Encoding": "identity"}
_HTML_START = re.compile(
    # comments are read one way only (possessive): many would take for ever where no page follows
    rb"^\s*+(?:\xef\xbb\xbf\s*+)?(?:<\?xml[^>]*>\s*+)?(?:<!--(?:(?!-->).)*+-->\s*+)*+"
    rb"<(?:!doctype\s+html|html|head)[\s>]",
    re.IGNORECASE | re.DOTALL,
)
_HTML_TYPES = {"text/html", "application/xhtml+xml"}
_SNIFFED = 2048  # bytes in which the beginning of a page is looked for


@dataclass(frozen=True, slots=True)
class ProbeResult:
    """The result of a probe.

    `at` is in RFC 3339; `status` is that of the last GET, 0 without a response, and `head` that of
    the last HEAD; `final` is the URL after `redirects` (the URLs passed on the way). `length` is in
    bytes, None when unknown; `sha256` is "" unless the body was read to its end; `html` says that
    the body begins like a web page. `error` is "" or a key of ERRORS.

    Results are saved under these names.
    """

    url: str
    at: str
    status: int = 0
    head: int = 0
    final: str = ""
    redirects: tuple[str, ...] = ()
    media_type: str = ""
    length: int | None = None
    sha256: str = ""
    html: bool = False
    error: str = ""


ERRORS = {
    "refused": ("хувийн сүлжээний хаяг тул шалгаагүй", "URL in a private network, not requested"),
    "scheme": ("http(s) хаяг биш", "not an http(s) URL"),
    "name": ("серверийн нэр олдсонгүй", "the host name cannot be resolved"),
    "time": ("хугацаандаа хариулсангүй", "no response in time"),
    "connection": ("холбогдож чадсангүй", "connection failed"),
    "certificate": ("TLS сертификат хүчингүй", "the TLS certificate is not valid"),
    "redirects": ("хэт олон дамжуулалт", "too many redirects"),
}
"""Error → its description in Mongolian and English."""


@dataclass(frozen=True, slots=True)
class ProbeLimits:
    """Seconds for each wait and for a whole request, bytes of body to read, redirects to follow."""

    io_timeout: float = 10.0
    total_timeout: float = 30.0
    max_bytes: int = 1 << 20
    max_redirects: int = 5


class Prober:
    """Probes URLs. Use it in a `with` block.

    Hosts in private networks, this machine included, are refused unless `allow_private` is set.
    Proxy settings of the environment are ignored: the address that was checked must be the one
    that is connected to.
    """

    def __init__(self, limits: ProbeLimits | None = None, *, allow_private: bool = False) -> None:
        self._limits = limits or ProbeLimits()
        self._allow_private = allow_private
        self._client = new_client(self._limits.io_timeout)

    def __enter__(self) -> Prober:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def probe(self, url: str) -> ProbeResult:
        """Request a URL by HEAD, then by GET. Errors are in the result; nothing is raised."""
        blank = ProbeResult(url, now())
        head = self._follow("HEAD", blank)
        if head.error in {
            "refused",
            "scheme",
            "name",
            "time",
            "certificate",
        }:  # GET would fail alike
            return head
        return replace(self._follow("GET", blank), head=head.status)

    def _follow(self, method: str, blank: ProbeResult) -> ProbeResult:
        """Send a request, and follow its redirects."""
        passed: list[str] = []
        result = replace(blank, final=blank.url)
        try:
            for _ in range(self._limits.max_redirects + 1):
                result, location = self._send(method, result)
                if not location:
                    return replace(result, redirects=tuple(passed))
                passed.append(result.final)
                result = replace(result, final=location)
        except ExchangeError as error:
            return replace(result, redirects=tuple(passed), status=0, error=error.reason)
        return replace(result, redirects=tuple(passed), status=0, error="redirects")

    def _send(self, method: str, result: ProbeResult) -> tuple[ProbeResult, str]:
        """Send one request to `result.final`; also give the URL it redirects to, or ""."""
        with send(
            self._client,
            method,
            result.final,
            allow_private=self._allow_private,
            seconds=self._limits.total_timeout,
            headers=_HEADERS,
        ) as response:
            location = response.headers.get("Location", "") if response.is_redirect else ""
            read = result if location else self._read(response, result)
            target = redirect_target(result.final, location) if location else ""
            return replace(read, status=response.status_code), target

    def _read(self, response: httpx2.Response, result: ProbeResult) -> ProbeResult:
        """Read the headers, and the body up to the limit."""
        media_type = response.headers.get("Content-Type", "").split(";")[0].strip().lower()
        content_length = response.headers.get("Content-Length", "")
        length = int(content_length) if content_length.isdecimal() else None
        if response.request.method == "HEAD":
            return replace(result, media_type=media_type, length=length)
        body, complete = self._body(response)
        return replace(
            result,
            media_type=media_type,
            length=len(body) if complete else length,
            sha256=hashlib.sha256(body).hexdigest() if complete else "",
            html=_is_html(media_type, body),
        )

    def _body(self, response: httpx2.Response) -> tuple[bytes, bool]:
        """The body up to the limit, and whether that is all of it."""
        body = bytearray()
        for chunk in response.iter_raw():
            body += chunk
            if len(body) > self._limits.max_bytes:
                return bytes(body[: self._limits.max_bytes]), False
        return bytes(body), True


def _is_html(media_type: str, body: bytes) -> bool:
    """Whether a body is a web page, by its media type or by its first bytes."""
    return media_type in _HTML_TYPES or bool(_HTML_START.match(body[:_SNIFFED]))
