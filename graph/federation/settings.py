"""The endpoints that the operator lists in the configuration of the instance (instance.toml).

[federation]
services = ["https://example.org/sparql"]
private_services = ["http://127.0.0.1:7878/query"]
"""

from __future__ import annotations

from graph.core.errors import ConfigError
from graph.core.files import read_toml
from graph.core.instance import CONFIG, Instance
from graph.federation.calling import Service

TABLE = "federation"
_NAMES = {"services": False, "private_services": True}


def configured_services(instance: Instance) -> list[Service]:
    """The services of an instance.

    Raises ConfigError for unknown names and for values that are not lists of strings.
    """
    table = read_toml(instance.root / CONFIG).get(TABLE, {})
    for name, urls in table.items():
        if name not in _NAMES or not isinstance(urls, list) or not all(map(_is_text, urls)):
            raise ConfigError(
                f"[{TABLE}] cannot contain {name} = {urls!r}",
                where=str(instance.root / CONFIG),
                hint=f"It can contain {' and '.join(_NAMES)}, each a list of addresses.",
            )
    return [Service(url, private=_NAMES[name]) for name, urls in table.items() for url in urls]


def _is_text(value: object) -> bool:
    return isinstance(value, str)
