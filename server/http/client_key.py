"""Who asks, as far as fairness must know: an opaque key that changes every day.

A key is a hash of the client's address (of its network, for IPv6: a subscriber has 2^64 addresses)
under a secret that lives as long as the server does, and the date. It is written down nowhere
but in the query log, where it tells nothing but that two lines of one day are of one client.
"""

from __future__ import annotations

import secrets
import time
from datetime import datetime, timedelta, timezone
from functools import lru_cache
from hashlib import blake2b
from ipaddress import ip_address
from typing import TYPE_CHECKING, NamedTuple

from graph.queries.pool.dispatch import HandedOver

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

TIME_ZONE = timezone(timedelta(hours=8))
_SUBSCRIBER = 64  # bits of an IPv6 address


class Client(NamedTuple):
    """An opaque key, the descriptor of the connection (-1: none), the name given to a query so
    that it can be cancelled, and where a worker has been asked already, how its answer comes."""

    client: str = ""
    link: int = -1
    name: str = ""
    running: HandedOver | None = None


NOBODY = Client()


class ClientKeys:
    """Keys of one server, in all its processes."""

    def __init__(self, proxies: int = 0) -> None:
        """`proxies` is how many proxies of the operator's stand in front: so many of the last
        addresses in X-Forwarded-For are their word, all before that are anybody's."""
        self._secret = secrets.token_bytes(32)
        self._proxies = proxies
        self._hash = lru_cache(maxsize=4096)(self._hash_of)

    def key(self, address: str, forwarded: str = "") -> str:
        """The key of a client, by the address it connects from and X-Forwarded-For."""
        if self._proxies:
            told = [part.strip() for part in forwarded.split(",") if part.strip()]
            address = (told or [address])[-self._proxies :][0]
        return self._hash(address, _day(int(time.time()) // 60))

    def neighbour(self, address: str) -> str:
        """The key of whoever a connection comes from; empty where that is the operator's proxy."""
        return "" if self._proxies else self.key(address)

    def of(self, environ: WSGIEnvironment, name: str = "") -> Client:
        """Who sends a request by WSGI."""
        forwarded = environ.get("HTTP_X_FORWARDED_FOR", "")
        connection = environ.get("gunicorn.socket")
        link = connection.fileno() if connection is not None else -1
        return Client(self.key(environ.get("REMOTE_ADDR", ""), forwarded), link, name)

    def _hash_of(self, address: str, day: int) -> str:
        told = f"{day} {_network(address)}".encode()
        return blake2b(told, key=self._secret, digest_size=12).hexdigest()


@lru_cache(maxsize=1)
def _day(minute: int) -> int:
    return datetime.fromtimestamp(minute * 60, TIME_ZONE).toordinal()


def _network(address: str) -> str:
    try:
        found = ip_address(address.strip("[]"))
    except ValueError:
        return address
    if found.version == 4:
        return str(found)
    if mapped := found.ipv4_mapped:
        return str(mapped)
    return str(int(found) >> (128 - _SUBSCRIBER))
