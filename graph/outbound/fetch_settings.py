"""The limits of fetching sources, and the private hosts they may be fetched from (instance.toml).

[fetch]
private_hosts = ["127.0.0.1:9000"]   hosts in private networks, with port unless 80 or 443
max_mib = 512                        size of a response as it is transferred
max_unpacked_mib = 2048              size of a response when it is unpacked
max_ratio = 200                      unpacked size to transferred size, beyond the first 16 MiB
max_seconds = 1800                   time of one request with its redirects
max_redirects = 5
contact = "mailto:data@agency.mn"    whom to write to, in the User-Agent of each request
rate = 10                            most requests a second to one host
attempts = 5                         of one request, where the server is busy or not reached
backoff = 1                          seconds before the second attempt, doubled for each further one
max_wait = 120                       most seconds that a server may ask to wait (Retry-After)

A source's own file cannot set any of them: the author of one could otherwise read the
private network of the server.
"""

from __future__ import annotations

from dataclasses import dataclass

import httpx2

from graph.core.files import read_toml
from graph.core.instance import CONFIG, Instance

TABLE = "fetch"
_HOSTS = "private_hosts"
_DEFAULT_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class FetchSettings:
    """Limits of one request, as the module docstring explains them."""

    private_hosts: tuple[str, ...] = ()
    max_mib: float = 512
    max_unpacked_mib: float = 2048
    max_ratio: float = 200
    max_seconds: float = 1800
    max_redirects: int = 5
    contact: str = ""
    rate: float = 10
    attempts: int = 5
    backoff: float = 1
    max_wait: float = 120

    @property
    def max_bytes(self) -> int:
        """The size of a response as it is transferred, in bytes."""
        return int(self.max_mib * 2**20)

    @property
    def max_unpacked_bytes(self) -> int:
        """The size of a response when it is unpacked, in bytes."""
        return int(self.max_unpacked_mib * 2**20)

    def is_private_host(self, url: str) -> bool:
        """Whether the host and port of a URL are listed in `private_hosts`."""
        names = _host_names(url)
        return not set(names).isdisjoint(name.lower() for name in self.private_hosts)


def _host_names(url: str) -> list[str]:
    """The names of a URL's host in `private_hosts`, the shortest first; none of an invalid URL."""
    try:
        parsed = httpx2.URL(url)
    except httpx2.InvalidURL:
        return []
    host = parsed.raw_host.decode("ascii").lower()
    host = f"[{host}]" if ":" in host and not host.startswith("[") else host
    default = _DEFAULT_PORTS.get(parsed.scheme)
    short = [host] if parsed.port in (None, default) else []
    return [*short, f"{host}:{parsed.port or default}"]


def allowing(url: str) -> str:
    """What to add to the settings so that a URL in a private network may be requested."""
    host = next(iter(_host_names(url)), "HOST:PORT")
    return f'Add to {CONFIG}: [{TABLE}] {_HOSTS} = ["{host}"]'


def fetch_settings(instance: Instance) -> FetchSettings:
    """The settings of an instance; missing keys have their default.

    Raises ConfigError for unknown keys and for values of the wrong type.
    """
    # pydantic takes 0.1 s to import, and most loads read local files only
    from graph.core.instance_schema import FetchSection
    from graph.core.toml_schema import parse

    path = instance.root / CONFIG
    table = read_toml(path).get(TABLE, {})
    section = parse(FetchSection, table, path, (TABLE,)).model_dump()
    return FetchSettings(**{**section, _HOSTS: tuple(section[_HOSTS])})
