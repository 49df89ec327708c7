"""A source: one feed, described by a TOML file in `sources/`.

id = "nso"                        [a-z0-9-]+
loader = "pxweb"                  a name in LOADERS (loaders/descriptions/loader_names.py)
publisher = "x-nso"               key of an organisation
frequency = "ANNUAL"              EU frequency code
licence = ""                      only if the source states one
references = ["admin-units"]      sources whose statements the shapes may look at
reject_limit = 0.05               largest share of records that may be rejected
foreign = true                    a catalogue that was not made for us: what our rules demand
                                  becomes a finding (docs/validation.md); default of loader dcat
moderated = true                  each load is held until it is approved (docs/approving.md)
replaces = ["sha256…"]            only bundled: manifests of Fetch events whose data this shrinks
captures = "private"              or "records": the records that statements were made from are
                                  shown; or "public": the archived files too (docs/audit.md)
visibility = "public"             or "restricted": visible only with a token that may read it
editable = true                   written over HTTP, instead of loader, files and media_type
files = ["bundled/nso/*.json"]    paths relative to the TOML file, or http(s) URLs; may be empty
                                  where there are [[options.requests]]
media_type = "application/json"   of the files; loader dcat needs none
[title]   mn = …  en = …
[dates]   "*.json" = "2026-11-22" the own date of local files, by pattern of their names: when they
                                  were written or taken from where they are from
[legal]   basis = "16390263044601"
[credentials] kind = "bearer" …   where the secret of the source is kept
                                  (loaders/fetching/credentials.py)
[options] whatever the loader defines, in its attribute OPTIONS

The schema (loaders/descriptions/schema.py) refuses all other keys, and values of other types.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from graph.core.errors import ConfigError
from graph.core.files import read_toml
from graph.versions.state import PUBLIC

FOREIGN_LOADERS = {"dcat"}
"""Loaders of catalogues that are foreign unless the description says otherwise."""

BUNDLED = Path(__file__).parents[1] / "sources"


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
    replaces: tuple[str, ...] = ()
    dates: Mapping[str, str] = field(default_factory=dict)
    visibility: str = PUBLIC
    editable: bool = False
    foreign: bool = False
    moderated: bool = False
    options: Mapping[str, Any] = field(default_factory=dict)
    credentials: Mapping[str, str] = field(default_factory=dict)
    generated_by: tuple[Path, ...] = ()  # the code that wrote its files, if code here did


# These keys of an editable source are fixed, whatever its file says.
_EDITABLE = {
    "loader": "editable",
    "files": ["-"],
    "media_type": "application/n-triples",
    "reject_limit": 0,
}


def is_bundled(path: Path) -> bool:
    """Whether a description is one of this project's."""
    return path.parent.resolve() == BUNDLED.resolve()


def read(path: Path) -> Source:
    """Read one source description.

    Raises ConfigError that names the file, and each key that is missing, unknown or wrong.
    """
    table = read_table(path)
    # pydantic takes 0.1 s to import, and most commands read no description
    from graph.core.toml_schema import refuse
    from loaders.descriptions.schema import find_all_errors

    refuse(find_all_errors(table, is_bundled=is_bundled(path)), path)
    return Source(
        id=table["id"],
        title=table["title"],
        loader=table["loader"],
        files=tuple(table.get("files", ())),
        media_type=table.get("media_type", ""),
        path=path,
        publisher=table.get("publisher", ""),
        frequency=table.get("frequency", ""),
        licence=table.get("licence", ""),
        legal_basis=table.get("legal", {}).get("basis", ""),
        references=tuple(table.get("references", ())),
        reject_limit=float(table.get("reject_limit", 0.05)),
        replaces=tuple(table.get("replaces", ())),
        dates=table.get("dates", {}),
        visibility=table.get("visibility", PUBLIC),
        editable=table.get("editable", False),
        foreign=table.get("foreign", table["loader"] in FOREIGN_LOADERS),
        moderated=table.get("moderated", False),
        options=table.get("options", {}),
        credentials=table.get("credentials", {}),
    )


def read_table(path: Path) -> dict[str, Any]:
    """The table of a source description, with the fixed keys of an editable source.

    Raises ConfigError unless it is a TOML file in UTF-8.
    """
    table = read_toml(path)
    return table | (_EDITABLE if table.get("editable") is True else {})


def read_all(folder: Path = BUNDLED) -> dict[str, Source]:
    """All sources of a folder by id, in the order to load them in (references first)."""
    return in_order(map(read, sorted(folder.glob("*.toml"))))


def described(*folders: Path) -> dict[str, bool]:
    """The id of each description in some folders → whether the source is editable.

    They are read without being checked, quickly; those that are broken go by their file names.
    """
    tables = (_any_table(path) for folder in folders for path in sorted(folder.glob("*.toml")))
    return {str(table["id"]): table.get("editable") is True for table in tables}


def _any_table(path: Path) -> dict[str, Any]:
    try:
        return {"id": path.stem, **read_toml(path)}
    except ConfigError:
        return {"id": path.stem}


def read_each(folder: Path) -> tuple[dict[str, Source], dict[Path, ConfigError]]:
    """The same, where one wrong description does not hide the others: it is in the second part."""
    right: list[Source] = []
    wrong: dict[Path, ConfigError] = {}
    for path in sorted(folder.glob("*.toml")):
        try:
            right.append(read(path))
        except ConfigError as error:
            wrong[path] = error
    return in_order(right), wrong


def in_order(described: Iterable[Source]) -> dict[str, Source]:
    """Sources by id, references first."""
    sources = {one.id: one for one in described}
    ordered: dict[str, Source] = {}

    def visit(source: Source) -> None:
        for name in source.references:
            if name in sources and name not in ordered:
                visit(sources[name])
        ordered.setdefault(source.id, source)

    for source in sources.values():
        visit(source)
    return ordered
