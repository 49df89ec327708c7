"""Calls one endpoint, within limits of time, size and address.

The host name is resolved once, and the connection goes to the IP address that was checked. A
redirect is followed only to a URL that is itself on the operator's list.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import httpx2

from graph.outbound.exchange import REDIRECTS, ExchangeError, new_client, send
from graph.outbound.redirects import redirect_target

RESULTS = "application/sparql-results+json"
_MAX_REDIRECTS = 3


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


@dataclass(frozen=True, slots=True)
class CallLimits:
    """When a call ends: at `deadline`, a time of the monotonic clock; after `max_bytes` of its
    response; and when `check`, which is called now and then, raises an error."""

    deadline: float
    max_bytes: int
    check: Callable[[], None]


def call(services: Mapping[str, Service], url: str, query: str, limits: CallLimits) -> bytes:
    """The results of a SELECT query at an endpoint, as SPARQL results JSON.

    Raises ServiceError and ServiceRefused.
    """
    service = services[url]
    for _ in range(_MAX_REDIRECTS + 1):
        body, redirect = _call_once(service, query, limits)
        if not redirect:
            return body
        if redirect not in services:
            raise ServiceRefused(f"it redirects to <{redirect}>, which is not on the list")
        service = services[redirect]
    raise ServiceError("too many redirects")


def _call_once(service: Service, query: str, limits: CallLimits) -> tuple[bytes, str]:
    """The body, or the URL that the endpoint redirects to."""
    remaining = limits.deadline - time.monotonic()
    if remaining <= 0:
        raise ServiceError("no time is left to call it")
    try:
        with (
            new_client(remaining) as client,
            send(
                client,
                "POST",
                service.url,
                allow_private=service.private,
                seconds=remaining,
                headers=_HEADERS,
                data={"query": query},
            ) as response,
        ):
            return _read(response, service.url, limits)
    except ExchangeError as error:
        if error.reason == "refused":
            raise ServiceRefused("its host is in a private network") from error
        raise ServiceError(_message(error)) from error


_HEADERS = {
    "Accept": RESULTS,
    "Accept-Encoding": "identity",  # a small compressed body could unpack to a huge one
}


def _message(error: ExchangeError) -> str:
    messages = {
        "name": "its host name cannot be resolved",
        "scheme": "its address is invalid",
        "time": "it did not respond in time",
        "certificate": f"its certificate is not valid: {error.detail}",
    }
    return messages.get(error.reason, f"the connection failed: {error.detail}")


def _read(response: httpx2.Response, url: str, limits: CallLimits) -> tuple[bytes, str]:
    if response.status_code in REDIRECTS and (location := response.headers.get("Location")):
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
        if len(body) > limits.max_bytes:
            raise ServiceRefused(f"its response is larger than {limits.max_bytes:,} bytes")
        limits.check()
    return bytes(body), ""
