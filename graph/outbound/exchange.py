"""One HTTP request to a checked address, with a limit on its total time.

The host name is resolved once, and the connection goes to the IP address that was checked. A
second DNS lookup by the client could give another address (DNS rebinding).
"""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import cache
from typing import Any

import httpx2

from graph.core.user_agent import user_agent
from graph.outbound import ssrf_guard
from graph.outbound.total_timeout import TotalTimeout

REDIRECTS = frozenset({301, 302, 303, 307, 308})


class ExchangeError(Exception):
    """A request without a usable response.

    `reason` is `scheme` (not an http(s) URL), `name` (host name not resolved), `refused` (a private
    address), `time` (out of time), `certificate` (the server's is not valid) or `connection`;
    `detail` has the words of the HTTP client.
    """

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.detail = detail


def new_client(io_timeout: float, retries: int = 0, contact: str = "") -> httpx2.Client:
    """A client for `send`; each single wait for the server lasts at most `io_timeout` seconds.

    `contact` is whom its operator can reach, as the User-Agent says.
    """
    # TotalTimeout closes the connection of its request, so requests do not share connections
    limits = httpx2.Limits(max_keepalive_connections=0)
    return httpx2.Client(
        headers={"User-Agent": user_agent(contact)},
        timeout=io_timeout,
        transport=httpx2.HTTPTransport(verify=_tls(), retries=retries, limits=limits),
        follow_redirects=False,  # the target of a redirect has to be checked too
        trust_env=False,  # a proxy from the environment would connect to an unchecked address
    )


@cache
def _tls() -> ssl.SSLContext:
    """Which certificates are trusted: read once, since that takes as long as a small answer."""
    return httpx2.create_ssl_context()


@contextmanager
def send(
    client: httpx2.Client,
    method: str,
    url: str,
    *,
    allow_private: bool,
    seconds: float,
    **content: Any,
) -> Iterator[httpx2.Response]:
    """The response to one request, its body unread; `content` goes to `build_request`.

    Unless `allow_private` is set, hosts in private networks are refused. Reading the body inside
    the `with` block counts towards `seconds`. Raises ExchangeError, also when leaving the block.
    """
    timeout = TotalTimeout(seconds)
    client.cookies.clear()  # kept by IP address, they would go to another host at that address
    try:
        with timeout:
            target, address = _resolve(url, seconds, allow_private=allow_private)
            request = _request(client, method, target, address, timeout, **content)
            with closing(client.send(request, stream=True)) as response:
                yield response
        if timeout.expired:  # a body without a length looks complete where it was cut
            raise ExchangeError("time")
    except httpx2.TimeoutException as error:
        raise ExchangeError("time") from error
    except (httpx2.InvalidURL, httpx2.UnsupportedProtocol) as error:
        raise ExchangeError("scheme", str(error)) from error
    except httpx2.HTTPError as error:
        if problem := _certificate_problem(error):
            raise ExchangeError("certificate", problem) from error
        detail = str(error) or type(error).__name__
        raise ExchangeError("time" if timeout.expired else "connection", detail) from error


def _certificate_problem(error: BaseException) -> str:
    """What is wrong with the server's certificate, as OpenSSL says it; empty where nothing is."""
    cause: BaseException | None = error
    while cause is not None and not isinstance(cause, ssl.SSLCertVerificationError):
        cause = cause.__cause__ or cause.__context__
    return cause.verify_message if cause else ""


def _resolve(url: str, seconds: float, *, allow_private: bool) -> tuple[httpx2.URL, str]:
    """The parsed URL, and an IP address of its host that may be called."""
    target = httpx2.URL(url)
    if target.scheme not in {"http", "https"} or not target.host:
        raise ExchangeError("scheme")
    name = target.raw_host.decode("ascii")
    try:
        return target, ssrf_guard.resolve(name, seconds=seconds, allow_private=allow_private)
    except ssrf_guard.AddressRefused as error:
        raise ExchangeError(error.reason) from error


def _request(
    client: httpx2.Client,
    method: str,
    target: httpx2.URL,
    address: str,
    timeout: TotalTimeout,
    *,
    headers: dict[str, str] | None = None,
    **content: Any,
) -> httpx2.Request:
    """A request to the IP address that was checked, for the host name of the URL."""
    return client.build_request(
        method,
        target.copy_with(host=address),
        headers={**(headers or {}), "Host": target.netloc.decode("ascii")},
        # the URL holds an IP address, so TLS must be given the host name to verify
        extensions={"sni_hostname": target.raw_host.decode("ascii"), "trace": timeout.trace},
        **content,
    )
