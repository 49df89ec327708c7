"""A source: one feed, described by a TOML file in `sources/`.

id = "nso"                        [a-z0-9-]+
loader = "pxweb"                  a name in LOADERS (loaders/pipeline/protocol.py)
publisher = "x-nso"               key of an organisation
frequency = "ANNUAL"              EU frequency code
licence = ""                      only if the source states one
references = ["admin-units"]      sources whose statements the shapes may look at
reject_limit = 0.05               largest share of records that may be rejected
visibility = "public"             or "restricted": visible only with a token that may read it
editable = true                   written over HTTP, instead of loader, files and media_type
files = ["bundled/nso/*.json"]    paths relative to the TOML file, or http(s) URLs
media_type = "application/json"
[title]   mn = …  en = …
[legal]   basis = "16390263044601"
[options] whatever the loader defines
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from graph import void
from graph.core.errors import ConfigError
from graph.versions import provenance
from graph.versions.state import PUBLIC, VISIBILITIES

RESERVED_IDS = frozenset({provenance.GRAPH, void.GRAPH})
"""Ids that no source can have: their named graphs are computed."""
BUNDLED = Path(__file__).parents[1] / "sources"
_ID = re.compile(r"[a-z0-9-]+")


@dataclass(frozen=True, slots=True)
class Source:
    """A source as its TOML file describes it; the module docstring explains the keys."""

    id: str
    title: Mapping[str, str]
    loader: str
    files: tuple[str, ...]
    media_type: str
    path: Path
    publisher: str = ""
    frequency: str = ""
    licence: str = ""
    legal_basis: str = ""
    references: tuple[str, ...] = ()
    reject_limit: float = 0.05
    visibility: str = PUBLIC
    editable: bool = False
    options: Mapping[str, Any] = field(default_factory=dict)


_REQUIRED = ("id", "loader", "files", "title", "media_type")
# These keys of an editable source are fixed, whatever its file says.
_EDITABLE = {
    "loader": "editable",
    "files": ["-"],
    "media_type": "application/n-triples",
    "reject_limit": 0,
}


def read(path: Path) -> Source:
    """Read one source description.

    Raises ConfigError that names the file, and the key that is missing or wrong.
    """
    try:
        table = tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        hint = "Correct the TOML file there."
        raise ConfigError(str(error), where=str(path), hint=hint) from error
    table |= _EDITABLE if table.get("editable") else {}
    _check(table, path)
    return Source(
        id=table["id"],
        title=table["title"],
        loader=table["loader"],
        files=tuple(table["files"]),
        media_type=table["media_type"],
        path=path,
        publisher=table.get("publisher", ""),
        frequency=table.get("frequency", ""),
        licence=table.get("licence", ""),
        legal_basis=table.get("legal", {}).get("basis", ""),
        references=tuple(table.get("references", ())),
        reject_limit=float(table.get("reject_limit", 0.05)),
        visibility=table.get("visibility", PUBLIC),
        editable=bool(table.get("editable")),
        options=table.get("options", {}),
    )


def _check(table: Mapping[str, Any], path: Path) -> None:
    for key in _REQUIRED:
        if not table.get(key):
            raise ConfigError(
                f"“{key}” is missing",
                where=str(path),
                hint="loaders/pipeline/source.py describes all keys.",
            )
    if not is_valid_id(str(table["id"])):
        raise ConfigError(
            f"“{table['id']}” is not a valid id",
            where=f"{path} id",
            hint="An id consists of the characters a-z, 0-9 and -.",
        )
    if table["id"] in RESERVED_IDS:
        raise ConfigError(
            f"“{table['id']}” is reserved for a graph that Ulzii computes",
            where=f"{path} id",
            hint="Choose another id.",
        )
    if table.get("visibility", PUBLIC) not in VISIBILITIES:
        raise ConfigError(
            f"visibility must be one of: {', '.join(VISIBILITIES)}", where=f"{path} visibility"
        )


def is_valid_id(text: str) -> bool:
    """Whether a text can be the id of a source."""
    return bool(_ID.fullmatch(text))


def read_all(folder: Path = BUNDLED) -> dict[str, Source]:
    """All sources of a folder by id, in the order to load them in (references first)."""
    sources = {s.id: s for s in map(read, sorted(folder.glob("*.toml")))}
    ordered: dict[str, Source] = {}

    def visit(source: Source) -> None:
        for name in source.references:
            if name in sources and name not in ordered:
                visit(sources[name])
        ordered.setdefault(source.id, source)

    for source in sources.values():
        visit(source)
    return ordered
