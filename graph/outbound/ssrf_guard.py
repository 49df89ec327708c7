"""Which machine an address leads to, and whether it may be called.

A name is resolved once, and the connection goes to the very number that was checked: a name that
means one number while it is checked and another one when it is called gains nothing.
"""

from __future__ import annotations

import ipaddress
import socket

_NAT64 = ipaddress.ip_network("64:ff9b::/96")


class AddressRefused(Exception):
    """The host is not called; `reason` is `name` (not known) or `refused` (private)."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def resolve(host: str, *, private: bool = False) -> str:
    """One of the host's numbers.

    All must be public unless `private` is set: a name with a private number among others is
    refused whole. Raises NotCalled.
    """
    try:
        found = socket.getaddrinfo(host.strip("[]"), None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise AddressRefused("name") from error
    numbers = [str(entry[4][0]) for entry in found]
    if not private and not all(map(is_public, numbers)):
        raise AddressRefused("refused")
    return numbers[0]


def is_public(number: str) -> bool:
    """Whether a number leads out; an IPv6 number that carries an IPv4 one is judged by that."""
    address = ipaddress.ip_address(number.partition("%")[0])
    if isinstance(address, ipaddress.IPv6Address):
        address = address.ipv4_mapped or address.sixtofour or _nat64_address(address) or address
    return address.is_global and not address.is_multicast


def _nat64_address(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """The IPv4 number in an address of a NAT64 gateway (RFC 6052, the well-known prefix)."""
    return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF) if address in _NAT64 else None
