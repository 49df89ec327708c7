"""Asks one endpoint, within limits of time, size and address.

The name is resolved once and the connection goes to the number that was checked. A redirect is
followed only to an address that is on the operator's list itself.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from urllib.parse import urljoin

import httpx2

from graph.outbound import ssrf_guard
from graph.outbound.total_timeout import TotalTimeout

RESULTS = "application/sparql-results+json"
_USER_AGENT = "ulzii/0.1 (+https://w3id.org/ulzii/)"
_MAX_REDIRECTS = 3
_REDIRECTS = frozenset({301, 302, 303, 307, 308})


@dataclass(frozen=True, slots=True)
class Service:
    """An endpoint that may be called; in a private network, this machine included, only where
    `private` says so."""

    url: str
    private: bool = False


class ServiceError(Exception):
    """The endpoint gave no answer that can be used; the text says why."""


class ServiceRefused(Exception):
    """We do not take the answer, or do not ask; the text says why. SILENT does not cover it."""


def call(
    services: Mapping[str, Service], url: str, query: str, deadline: float, most: int
) -> bytes:
    """The body of an endpoint's answer to a SELECT, as SPARQL results JSON of at most `most`
    bytes, before `deadline` (of the monotonic clock).

    Raises Failed and Refused.
    """
    service = services[url]
    for _ in range(_MAX_REDIRECTS + 1):
        body, to = _call_once(service, query, deadline, most)
        if not to:
            return body
        if to not in services:
            raise ServiceRefused(f"it redirects to <{to}>, which is not on the list")
        service = services[to]
    raise ServiceError("too many redirects")


def _call_once(service: Service, query: str, deadline: float, most: int) -> tuple[bytes, str]:
    """The body, or where it is to be had instead."""
    left = deadline - time.monotonic()
    if left <= 0:
        raise ServiceError("no time is left for it")
    watch = TotalTimeout(left)
    limits = httpx2.Limits(max_keepalive_connections=0)  # a watch is over one connection
    try:
        with httpx2.Client(timeout=left, limits=limits, trust_env=False) as client, watch:
            answer = client.send(_request(client, service, query, watch), stream=True)
            with closing(answer):
                read = _read(answer, service.url, most)
        if watch.over:  # a body without a length looks whole where it was cut
            raise ServiceError("no answer in time")
        return read
    except httpx2.TimeoutException as error:
        raise ServiceError("no answer in time") from error
    except httpx2.HTTPError as error:
        raise ServiceError(
            "no answer in time" if watch.over else f"no connection: {error}"
        ) from error


def _request(
    client: httpx2.Client, service: Service, query: str, watch: TotalTimeout
) -> httpx2.Request:
    """To the address that was checked, by the name that was asked for."""
    asked = httpx2.URL(service.url)
    try:
        number = ssrf_guard.resolve(asked.raw_host.decode("ascii"), private=service.private)
    except ssrf_guard.AddressRefused as error:
        if error.reason == "name":
            raise ServiceError("its host's name is not known") from error
        raise ServiceRefused("its host is in a private network") from error
    return client.build_request(
        "POST",
        asked.copy_with(host=number),
        data={"query": query},
        headers={
            "Host": asked.netloc.decode("ascii"),
            "Accept": RESULTS,
            "Accept-Encoding": "identity",
            "User-Agent": _USER_AGENT,
        },
        extensions={"sni_hostname": asked.raw_host.decode("ascii"), "trace": watch.trace},
    )


def _read(answer: httpx2.Response, url: str, most: int) -> tuple[bytes, str]:
    if answer.status_code in _REDIRECTS and (place := answer.headers.get("Location")):
        return b"", urljoin(url, place)
    if answer.status_code != 200:
        raise ServiceError(f"it answered {answer.status_code}")
    given = answer.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if given != RESULTS:
        raise ServiceError(f"it answered as “{given}”, not as {RESULTS}")
    if answer.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise ServiceError("its answer is packed, which was not asked for")
    body = bytearray()
    for piece in answer.iter_raw():
        body += piece
        if len(body) > most:
            raise ServiceRefused(f"its answer is over {most:,} bytes")
    return bytes(body), ""
