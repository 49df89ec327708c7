"""One question to one address: HEAD, then GET, never for longer than allowed.

HEAD alone is no answer: servers refuse it, or say 200 to it and 404 to GET. Of the body as much is
read as the limit allows; a body read whole gives its length and SHA-256, the beginning tells
whether it is a web page. Redirects are followed here, hop by hop, so that each is noted and none
leads into a private network.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, replace
from urllib.parse import urljoin

import httpx2

from graph.ledger.events import now
from graph.outbound import ssrf_guard
from graph.outbound.total_timeout import TotalTimeout

_AGENT = {"User-Agent": "ulzii/0.1 (+https://w3id.org/ulzii/)", "Accept-Encoding": "identity"}
_HTML = re.compile(rb"^\s*(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*"
                   rb"<(?:!doctype\s+html|html|head)[\s>]", re.IGNORECASE | re.DOTALL)  # fmt: skip
_PAGES = {"text/html", "application/xhtml+xml"}
_START = 2048


@dataclass(frozen=True, slots=True)
class ProbeResult:
    """What an address answered.

    `at` is RFC 3339; `status` is that of the last GET, 0 without an answer, and `head` that of the
    last HEAD; `final` is the address after `redirects` (the addresses passed). `length` is in
    bytes, None when not known; `sha256` is "" unless the body was read whole; `html` says that the
    body begins as a web page. `error` is "" or one of ERRORS.
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
    "refused": ("хувийн сүлжээний хаяг, асуугаагүй", "address of a private network, not asked"),
    "scheme": ("http(s) хаяг биш", "no http(s) address"),
    "name": ("нэр нь олдсонгүй", "the host's name is not known"),
    "time": ("хугацаандаа хариулсангүй", "no answer in time"),
    "connection": ("холбогдож чадсангүй", "no connection, or it broke"),
    "redirects": ("хэт олон дамжуулалт", "too many redirects"),
}
"""What can go wrong, in Mongolian and English."""


class _Failed(Exception):
    """The question could not be put; the text is a key of ERRORS."""


@dataclass(frozen=True, slots=True)
class ProbeLimits:
    """Seconds for each wait and for one request as a whole, bytes to read, hops to follow."""

    wait: float = 10.0
    whole: float = 30.0
    most: int = 1 << 20
    hops: int = 5


class Asker:
    """Asks addresses; use it in a `with` block.

    Hosts in private networks, this machine included, are refused unless `private` is set. Proxy
    settings of the environment are not used: what is checked must be what is connected to.
    """

    def __init__(self, limits: ProbeLimits | None = None, *, private: bool = False) -> None:
        self._limits = limits or ProbeLimits()
        self._private = private
        self._client = httpx2.Client(
            headers=_AGENT,
            timeout=self._limits.wait,
            limits=httpx2.Limits(max_keepalive_connections=0),  # a watch is over one connection
            follow_redirects=False,
            trust_env=False,
        )

    def __enter__(self) -> Asker:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def ask(self, url: str) -> ProbeResult:
        """HEAD, then GET."""
        blank = ProbeResult(url, now())
        head = self._follow("HEAD", blank)
        if head.error in {"refused", "scheme", "name", "time"}:
            return head
        return replace(self._follow("GET", blank), head=head.status)

    def _follow(self, method: str, blank: ProbeResult) -> ProbeResult:
        passed: list[str] = []
        found = replace(blank, final=blank.url)
        try:
            for _ in range(self._limits.hops + 1):
                found, to = self._one(method, found)
                if not to:
                    return replace(found, redirects=tuple(passed))
                passed.append(found.final)
                found = replace(found, final=to)
        except _Failed as error:
            return replace(found, redirects=tuple(passed), status=0, error=str(error))
        return replace(found, redirects=tuple(passed), status=0, error="redirects")

    def _one(self, method: str, found: ProbeResult) -> tuple[ProbeResult, str]:
        """One request; the second part is where it redirects to."""
        watch = TotalTimeout(self._limits.whole)
        try:
            with watch:
                seen = self._exchange(self._request(method, found.final, watch), found)
            if watch.expired:  # a body without a length looks whole where it was cut
                raise _Failed("time")
            return seen
        except httpx2.TimeoutException as error:
            raise _Failed("time") from error
        except (httpx2.InvalidURL, httpx2.UnsupportedProtocol) as error:
            raise _Failed("scheme") from error
        except httpx2.HTTPError as error:
            raise _Failed("time" if watch.expired else "connection") from error

    def _exchange(self, request: httpx2.Request, found: ProbeResult) -> tuple[ProbeResult, str]:
        answer = self._client.send(request, stream=True)
        try:
            place = answer.headers.get("Location", "") if answer.is_redirect else ""
            seen = found if place else self._read(answer, found)
            return replace(seen, status=answer.status_code), _joined(found.final, place)
        finally:
            answer.close()

    def _request(self, method: str, url: str, watch: TotalTimeout) -> httpx2.Request:
        """To the address that was checked, by the name that was asked for."""
        asked = httpx2.URL(url)
        if asked.scheme not in {"http", "https"} or not asked.host:
            raise _Failed("scheme")
        checked = asked.copy_with(host=self._resolved(asked))
        headers = {"Host": asked.netloc.decode("ascii")}
        extensions = {"sni_hostname": asked.raw_host.decode("ascii"), "trace": watch.trace}
        return self._client.build_request(method, checked, headers=headers, extensions=extensions)

    def _resolved(self, url: httpx2.URL) -> str:
        """One of the host's numbers; see graph.outbound.ssrf_guard."""
        try:
            return ssrf_guard.resolve(url.raw_host.decode("ascii"), private=self._private)
        except ssrf_guard.AddressRefused as error:
            raise _Failed(error.reason) from error

    def _read(self, answer: httpx2.Response, found: ProbeResult) -> ProbeResult:
        """Headers, and as much of the body as is allowed."""
        media = answer.headers.get("Content-Type", "").split(";")[0].strip().lower()
        told = answer.headers.get("Content-Length", "")
        length = int(told) if told.isdecimal() else None
        if answer.request.method == "HEAD":
            return replace(found, media_type=media, length=length)
        body, whole = self._body(answer)
        return replace(
            found,
            media_type=media,
            length=len(body) if whole else length,
            sha256=hashlib.sha256(body).hexdigest() if whole else "",
            html=_is_page(media, body),
        )

    def _body(self, answer: httpx2.Response) -> tuple[bytes, bool]:
        """The body up to the limit, and whether that is all of it."""
        body = bytearray()
        for chunk in answer.iter_raw():
            body += chunk
            if len(body) > self._limits.most:
                return bytes(body[: self._limits.most]), False
        return bytes(body), True


def _joined(base: str, place: str) -> str:
    return urljoin(base, place) if place else ""


def _is_page(media: str, body: bytes) -> bool:
    """A page by its header or by how it begins, whatever the header says."""
    return media in _PAGES or bool(_HTML.match(body[:_START]))
