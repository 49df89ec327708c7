"""Calls one endpoint, within limits of time, size and address.

The host name is resolved once, and the connection goes to the IP address that was checked. A
redirect is followed only to a URL that is itself on the operator's list.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass

import httpx2

from graph.core.user_agent import USER_AGENT
from graph.outbound import ssrf_guard
from graph.outbound.redirects import redirect_target
from graph.outbound.total_timeout import TotalTimeout

RESULTS = "application/sparql-results+json"
_MAX_REDIRECTS = 3
_REDIRECTS = frozenset({301, 302, 303, 307, 308})


@dataclass(frozen=True, slots=True)
class Service:
    """An endpoint that may be called; `private` allows it to be in a private network or on this
    machine."""

    url: str
    private: bool = False


class ServiceError(Exception):
    """The endpoint gave no usable result, for the reason in the message."""


class ServiceRefused(Exception):
    """The call or its result is not allowed here, for the reason in the message. SILENT does not
    cover this: it is for failures of the endpoint."""


def call(
    services: Mapping[str, Service], url: str, query: str, deadline: float, max_bytes: int
) -> bytes:
    """The results of a SELECT query at an endpoint, as SPARQL results JSON.

    `deadline` is a time of the monotonic clock. Raises ServiceError and ServiceRefused.
    """
    service = services[url]
    for _ in range(_MAX_REDIRECTS + 1):
        body, redirect = _call_once(service, query, deadline, max_bytes)
        if not redirect:
            return body
        if redirect not in services:
            raise ServiceRefused(f"it redirects to <{redirect}>, which is not on the list")
        service = services[redirect]
    raise ServiceError("too many redirects")


def _call_once(service: Service, query: str, deadline: float, max_bytes: int) -> tuple[bytes, str]:
    """The body, or the URL that the endpoint redirects to."""
    remaining = deadline - time.monotonic()
    if remaining <= 0:
        raise ServiceError("no time is left to call it")
    timeout = TotalTimeout(remaining)
    limits = httpx2.Limits(max_keepalive_connections=0)  # TotalTimeout closes one connection only
    try:
        # trust_env=False: a proxy from the environment would connect to an unchecked address
        with httpx2.Client(timeout=remaining, limits=limits, trust_env=False) as client, timeout:
            response = client.send(_request(client, service, query, timeout), stream=True)
            with closing(response):
                result = _read(response, service.url, max_bytes)
        if timeout.expired:  # a truncated body without a length looks complete
            raise ServiceError(_TIMED_OUT)
        return result
    except httpx2.TimeoutException as error:
        raise ServiceError(_TIMED_OUT) from error
    except httpx2.HTTPError as error:
        raise ServiceError(
            _TIMED_OUT if timeout.expired else f"the connection failed: {error}"
        ) from error


_TIMED_OUT = "it did not respond in time"


def _request(
    client: httpx2.Client, service: Service, query: str, timeout: TotalTimeout
) -> httpx2.Request:
    """A request to the IP address that was checked, for the host name of the URL."""
    url = httpx2.URL(service.url)
    try:
        address = ssrf_guard.resolve(url.raw_host.decode("ascii"), private=service.private)
    except ssrf_guard.AddressRefused as error:
        if error.reason == "name":
            raise ServiceError("its host name cannot be resolved") from error
        raise ServiceRefused("its host is in a private network") from error
    return client.build_request(
        "POST",
        url.copy_with(host=address),
        data={"query": query},
        headers={
            "Host": url.netloc.decode("ascii"),
            "Accept": RESULTS,
            "Accept-Encoding": "identity",  # a small compressed body could unpack to a huge one
            "User-Agent": USER_AGENT,
        },
        # the URL holds an IP address, so TLS is told which host name to verify
        extensions={"sni_hostname": url.raw_host.decode("ascii"), "trace": timeout.trace},
    )


def _read(response: httpx2.Response, url: str, max_bytes: int) -> tuple[bytes, str]:
    if response.status_code in _REDIRECTS and (location := response.headers.get("Location")):
        return b"", redirect_target(url, location)
    if response.status_code != 200:
        raise ServiceError(f"it responded with HTTP status {response.status_code}")
    media_type = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if media_type != RESULTS:
        raise ServiceError(f"it responded with “{media_type}” instead of {RESULTS}")
    if response.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise ServiceError("its response is compressed, which was not requested")
    body = bytearray()
    # counted while it arrives: Content-Length may be missing or wrong
    for chunk in response.iter_raw():
        body += chunk
        if len(body) > max_bytes:
            raise ServiceRefused(f"its response is larger than {max_bytes:,} bytes")
    return bytes(body), ""
