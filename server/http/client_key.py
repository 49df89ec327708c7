"""Opaque keys of clients, for fair shares and the query log.

A key is a hash of the client's IP address under a secret and the date. For IPv6 the /64 network is
hashed, because one subscriber has 2^64 addresses. The secret lives as long as the server, so a key
cannot be turned back into an address; it is written to the query log only, where it shows no more
than that two lines of one day belong to the same client.
"""

from __future__ import annotations

import secrets
import time
from datetime import datetime, timedelta, timezone
from functools import lru_cache
from hashlib import blake2b
from ipaddress import ip_address
from typing import TYPE_CHECKING, NamedTuple

from graph.queries import HandedOver

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

TIME_ZONE = timezone(timedelta(hours=8))
_SUBSCRIBER = 64  # bits of an IPv6 address


class Client(NamedTuple):
    """The client of a request.

    `key` is its opaque key, `connection_fd` the descriptor of its connection (-1: none),
    `query_id` the id under which its query can be cancelled. `handed_over` is set when a worker
    already runs the query, and says how to receive the answer.
    """

    key: str = ""
    connection_fd: int = -1
    query_id: str = ""
    handed_over: HandedOver | None = None


ANONYMOUS = Client()


class ClientKeys:
    """Keys of one server, the same in all its processes."""

    def __init__(self, proxies: int = 0) -> None:
        """Trust the last `proxies` entries of X-Forwarded-For; earlier entries can be forged."""
        self._secret = secrets.token_bytes(32)
        self._proxies = proxies
        self._hash = lru_cache(maxsize=4096)(self._hash_of)

    def client_key(self, address: str, forwarded: str = "") -> str:
        """The key of a client, by its peer address and X-Forwarded-For."""
        if self._proxies:
            entries = [part.strip() for part in forwarded.split(",") if part.strip()]
            address = (entries or [address])[-self._proxies :][0]
        return self._hash(address, _day(int(time.time()) // 60))

    def peer_key(self, address: str) -> str:
        """The key of a connection's peer; empty when the peer is the operator's proxy."""
        return "" if self._proxies else self.client_key(address)

    def identify(self, environ: WSGIEnvironment, query_id: str = "") -> Client:
        """The client of a WSGI request."""
        forwarded = environ.get("HTTP_X_FORWARDED_FOR", "")
        connection = environ.get("gunicorn.socket")
        return Client(
            key=self.client_key(environ.get("REMOTE_ADDR", ""), forwarded),
            connection_fd=connection.fileno() if connection is not None else -1,
            query_id=query_id,
        )

    def _hash_of(self, address: str, day: int) -> str:
        data = f"{day} {_network(address)}".encode()
        return blake2b(data, key=self._secret, digest_size=12).hexdigest()


@lru_cache(maxsize=1)
def _day(minute: int) -> int:
    return datetime.fromtimestamp(minute * 60, TIME_ZONE).toordinal()


def _network(address: str) -> str:
    try:
        parsed = ip_address(address.strip("[]"))
    except ValueError:  # X-Forwarded-For may hold anything; as a text it is a client too
        return address
    if parsed.version == 4:
        return str(parsed)
    # A dual-stack socket shows IPv4 clients like this; all would share one network.
    if mapped := parsed.ipv4_mapped:
        return str(mapped)
    return str(int(parsed) >> (128 - _SUBSCRIBER))
