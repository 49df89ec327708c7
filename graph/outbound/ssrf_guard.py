"""Protection against server-side request forgery: resolve a host and check its IP addresses.

A host name is resolved once, and the caller connects to the IP address that was checked. A name
that resolves to another address a moment later (DNS rebinding) therefore gains nothing.
"""

from __future__ import annotations

import ipaddress
import socket
from concurrent.futures import Future
from threading import Thread
from typing import Any

_NAT64 = ipaddress.ip_network("64:ff9b::/96")


class AddressRefused(Exception):
    """The host may not be called; `reason` is `name` (not resolved), `time` (not resolved in time)
    or `refused` (private)."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def resolve(host: str, *, seconds: float, allow_private: bool = False) -> str:
    """An IP address of the host, looked up within so many seconds.

    Unless `allow_private` is set, all addresses of the host must be public: one private address
    among them is enough to refuse it. Raises AddressRefused.
    """
    try:
        entries = _look_up(host.strip("[]"), seconds)
    except TimeoutError as error:
        raise AddressRefused("time") from error
    except (OSError, UnicodeError) as error:
        raise AddressRefused("name") from error
    addresses = [str(entry[4][0]) for entry in entries]
    if not allow_private and not all(map(is_public, addresses)):
        raise AddressRefused("refused")
    return addresses[0]


def _look_up(host: str, seconds: float) -> list[Any]:
    """What getaddrinfo returns. It has no time limit of its own and cannot be ended, so it gets a
    thread that ends by itself when the resolver gives up, usually after half a minute.

    Raises TimeoutError, and what getaddrinfo raises.
    """
    result: Future[list[Any]] = Future()

    def look_up() -> None:
        try:
            result.set_result(socket.getaddrinfo(host, None, type=socket.SOCK_STREAM))
        except Exception as error:
            result.set_exception(error)

    Thread(target=look_up, daemon=True).start()
    return result.result(max(0.0, seconds))


def is_public(text: str) -> bool:
    """Whether an IP address is public; an IPv6 address with an embedded IPv4 one is judged by the
    latter."""
    address = ipaddress.ip_address(text.partition("%")[0])  # without the zone of an IPv6 address
    if isinstance(address, ipaddress.IPv6Address):
        # the system or a gateway sends packets for these to the embedded IPv4 address
        address = address.ipv4_mapped or address.sixtofour or _nat64_address(address) or address
    return address.is_global and not address.is_multicast


def _nat64_address(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """The IPv4 address embedded in a NAT64 address (RFC 6052, well-known prefix)."""
    return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF) if address in _NAT64 else None
