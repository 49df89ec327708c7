"""The endpoints that the operator lists in the configuration of the instance (instance.toml).

[federation]
known = true
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
_KNOWN = "known"
KNOWN_SERVICES = tuple(
    Service(url)
    for url in (
        "https://query.wikidata.org/sparql",
        "https://dbpedia.org/sparql",
        "https://data.europa.eu/sparql",
        "https://lindas.admin.ch/query",
    )
)
"""Public endpoints that an operator may allow together: Wikidata, DBpedia, the catalogue of the
European Union, and LINDAS, the linked data of Switzerland's administration."""


def configured_services(instance: Instance) -> list[Service]:
    """The services of an instance.

    Raises ConfigError for unknown names and for values that are not lists of strings.
    """
    table = dict(read_toml(instance.root / CONFIG).get(TABLE, {}))
    known = table.pop(_KNOWN, False)
    if not isinstance(known, bool):
        raise ConfigError(
            f"[{TABLE}] cannot contain {_KNOWN} = {known!r}",
            where=str(instance.root / CONFIG),
            hint=f"Write {_KNOWN} = true to allow the public endpoints in docs/federation.md.",
        )
    for name, urls in table.items():
        if name not in _NAMES or not isinstance(urls, list) or not all(map(_is_text, urls)):
            raise ConfigError(
                f"[{TABLE}] cannot contain {name} = {urls!r}",
                where=str(instance.root / CONFIG),
                hint=f"It can contain {' and '.join(_NAMES)}, each a list of addresses, and "
                f"{_KNOWN} = true.",
            )
    listed = (Service(url, private=_NAMES[name]) for name, urls in table.items() for url in urls)
    return [*(KNOWN_SERVICES if known else ()), *listed]


def _is_text(value: object) -> bool:
    return isinstance(value, str)
