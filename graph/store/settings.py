"""Where a remote store is and how one signs in to it. What is secret is never kept with the rest.

The credentials come from the environment (`ULZII_STORE_CREDENTIALS`) or from the instance's file
`keys/store-credentials`, which nobody but its owner may read.
"""

from __future__ import annotations

import os
from collections.abc import Generator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from urllib.parse import urlsplit

import httpx

from graph.errors import ConfigError
from graph.files import write_atomic

VARIABLE = "ULZII_STORE_CREDENTIALS"
FILE = "store-credentials"
AUTH = ("basic", "digest", "bearer")


@dataclass(frozen=True, slots=True)
class Remote:
    """A SPARQL 1.1 engine: its three addresses, how to sign in, and which engine it is.

    `auth` is one of AUTH, empty for what the engine usually wants; `engine` is a key of
    `graph.store.engines.ENGINES`.
    """

    query_url: str
    update_url: str
    graph_store_url: str
    auth: str = ""
    engine: str = ""

    def to_toml(self) -> str:
        """The section `[store]` of the configuration."""
        values = {"kind": "remote", **asdict(self)}
        return "\n[store]\n" + "".join(f'{name} = "{value}"\n' for name, value in values.items())


def remote(section: Mapping[str, object]) -> Remote | None:
    """What the section `[store]` says; None for the embedded store.

    Raises ConfigError for an unknown kind, auth or address.
    """
    kind = section.get("kind", "embedded")
    if kind == "embedded":
        return None
    if kind != "remote":
        raise ConfigError(f"a store is “embedded” or “remote”, not “{kind}”")
    names = ("query_url", "update_url", "graph_store_url")
    query, update, graphs = (check_url(str(section.get(name, "")), name) for name in names)
    auth = str(section.get("auth", ""))
    if auth and auth not in AUTH:
        raise ConfigError(f"auth is one of {', '.join(AUTH)}, not “{auth}”")
    return Remote(query, update, graphs, auth, str(section.get("engine", "")))


def check_url(url: str, name: str) -> str:
    """An address of the engine: http(s), and no secret in it.

    Raises ConfigError.
    """
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname or any(c in url for c in '"\\ '):
        raise ConfigError(f"“{url}” is no http(s) address", where=name.replace("_", "-"))
    if parts.username is not None or parts.fragment:
        raise ConfigError(
            "an address holds neither credentials nor a fragment",
            where=name.replace("_", "-"),
            hint=f"Put user:password into {VARIABLE}, or into a file (--credentials FILE).",
        )
    return url


def keep_credentials(keys: Path, file: Path) -> None:
    """Copy a file of credentials to where they are kept, for the owner's eyes alone."""
    write_atomic(keys / FILE, file.read_bytes(), mode=0o600)


def signing(auth: str, keys: Path) -> httpx.Auth | None:
    """How requests are signed; None where there are no credentials. `auth` is one of AUTH.

    Raises ConfigError where others may read the file.
    """
    secret = os.environ.get(VARIABLE) or _from_file(keys / FILE)
    if not secret:
        return None
    if auth == "bearer":
        return _Bearer(secret)
    user, _, password = secret.partition(":")
    kind = httpx.DigestAuth if auth == "digest" else httpx.BasicAuth
    return kind(user, password)


def _from_file(path: Path) -> str:
    if not path.exists():
        return ""
    if path.stat().st_mode & 0o077:
        raise ConfigError(
            "others may read the credentials", where=str(path), hint=f"chmod 600 {path}"
        )
    return path.read_text("utf-8").strip()


class _Bearer(httpx.Auth):
    """`Authorization: Bearer …`."""

    def __init__(self, token: str) -> None:
        self._token = token

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """See httpx.Auth."""
        request.headers["Authorization"] = f"Bearer {self._token}"
        yield request
