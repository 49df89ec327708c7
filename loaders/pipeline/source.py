"""A source: one feed, described in `sources/*.toml`.

id = "nso"                        [a-z0-9-]+
loader = "pxweb"                  a module of loaders/
publisher = "x-nso"               key of an organisation
frequency = "ANNUAL"              EU frequency code
licence = ""                      only if the source states one
references = ["admin-units"]      sources whose statements the checks may look at
reject_limit = 0.05               share of records that may be rejected
visibility = "public"             or "restricted": seen only by those who have a token for it
editable = true                   instead of loader, files and media_type: it is written over HTTP
files = ["bundled/nso/*.json"]    relative to the TOML file, or http(s) addresses
media_type = "application/json"
[title]   mn = …  en = …
[legal]   basis = "16390263044601"
[options] whatever the loader understands
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

OURS = frozenset({provenance.GRAPH, void.GRAPH})
"""Named graphs that no source can be."""
BUNDLED = Path(__file__).parents[1] / "sources"
_ID = re.compile(r"[a-z0-9-]+")


@dataclass(frozen=True, slots=True)
class Source:
    """A feed as its TOML file describes it."""

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
# What an editable source is described by, whatever its file says.
_EDITABLE = {
    "loader": "editable",
    "files": ["-"],
    "media_type": "application/n-triples",
    "reject_limit": 0,
}


def read(path: Path) -> Source:
    """Read one source description.

    Raises ConfigError naming the file and the key that is missing or wrong.
    """
    try:
        table = tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(str(error), where=str(path)) from error
    table |= _EDITABLE if table.get("editable") else {}
    for key in _REQUIRED:
        if not table.get(key):
            raise ConfigError(
                f"“{key}” is missing", where=str(path), hint="See loaders/pipeline/source.py."
            )
    if not _ID.fullmatch(str(table["id"])):
        raise ConfigError("an id is made of a-z, 0-9 and -", where=f"{path} id")
    if table["id"] in OURS:
        hint = "Choose another id."
        raise ConfigError(
            f"“{table['id']}” is a graph that is made here", where=f"{path} id", hint=hint
        )
    if table.get("visibility", PUBLIC) not in VISIBILITIES:
        raise ConfigError(f"visibility is one of {VISIBILITIES}", where=f"{path} visibility")
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


def is_id(text: str) -> bool:
    """Whether it can be a source's id."""
    return bool(_ID.fullmatch(text))


def read_all(folder: Path = BUNDLED) -> dict[str, Source]:
    """Every source of a folder by id, in the order they are to be loaded (references first)."""
    found = {s.id: s for s in map(read, sorted(folder.glob("*.toml")))}
    ordered: dict[str, Source] = {}

    def visit(source: Source) -> None:
        for name in source.references:
            if name in found and name not in ordered:
                visit(found[name])
        ordered.setdefault(source.id, source)

    for source in found.values():
        visit(source)
    return ordered
