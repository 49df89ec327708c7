"""Settings of a remote store: section `[store]` of instance.toml.

Credentials are kept apart from it (`graph.store.authentication`), so that the file can be shared.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from urllib.parse import urlsplit

from graph.core.errors import ConfigError

CREDENTIALS_VARIABLE = "ULZII_STORE_CREDENTIALS"
AUTH = ("basic", "digest", "bearer")


@dataclass(frozen=True, slots=True)
class RemoteStoreSettings:
    """A SPARQL 1.1 engine: its three addresses, the authentication scheme, and its name.

    `auth` is one of AUTH, or empty for the engine's usual one; `engine` is a key of
    `graph.store.engines.ENGINES`.
    """

    query_url: str
    update_url: str
    graph_store_url: str
    auth: str = ""
    engine: str = ""

    def to_toml(self) -> str:
        """The settings as section `[store]`."""
        values = {"kind": "remote", **asdict(self)}
        return "\n[store]\n" + "".join(f'{name} = "{value}"\n' for name, value in values.items())


def from_toml(section: Mapping[str, object]) -> RemoteStoreSettings | None:
    """The settings in section `[store]`; None for the embedded store.

    Raises ConfigError for an unknown kind or authentication scheme, and for invalid addresses.
    """
    kind = section.get("kind", "embedded")
    if kind == "embedded":
        return None
    if kind != "remote":
        raise ConfigError(f"the kind of a store is “embedded” or “remote”, not “{kind}”")
    names = ("query_url", "update_url", "graph_store_url")
    query, update, graphs = (check_url(str(section.get(name, "")), name) for name in names)
    auth = str(section.get("auth", ""))
    if auth and auth not in AUTH:
        raise ConfigError(f"auth must be one of {', '.join(AUTH)}, not “{auth}”")
    return RemoteStoreSettings(query, update, graphs, auth, str(section.get("engine", "")))


def check_url(url: str, name: str) -> str:
    """An address of the engine, as given; `name` is its key in `[store]`, for the message.

    Raises ConfigError unless it is an http(s) address without credentials and fragment.
    """
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname or any(c in url for c in '"\\ '):
        raise ConfigError(f"“{url}” is not an http(s) address", where=name.replace("_", "-"))
    if parts.username is not None or parts.fragment:
        raise ConfigError(
            "the address must not contain credentials or a fragment",
            where=name.replace("_", "-"),
            hint=f"Put user:password into {CREDENTIALS_VARIABLE} or into a file (--credentials).",
        )
    return url
