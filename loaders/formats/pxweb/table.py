"""The description of a PX-Web table in the source's TOML: what the response does not say.

[options.tables.DT_NSO_1001_109V1]
address = "https://data.1212.mn/api/v1/{lang}/…/DT_NSO_1001_109V1.px"
theme = "AGRI"                      EU data theme
unit = "head"                       a key of [options.units]
multiplier = 3                      figures are times 10³
rights = "nso-terms"                a key of [options.rights]
additive_over = ["Бүс"]             dimensions over which parent = sum of children
resolution = "P1Y"                  xsd:duration
[[options.tables.DT_NSO_1001_109V1.dimensions]]      in the order of the cube's keys
id = "Малын төрөл"
role = "concept"                    concept | area | year
name = "livestock-type"             concept: the property, ASCII
codes = "type"                      concept: the code list
total = "total"                     concept: the code all others are part of, if any
scheme = "nso-2025"                 area: a key of [options.schemes], label = notation
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from graph.core.errors import ConfigError
from loaders.pipeline.source import Source

ROLES = ("concept", "area", "year")


@dataclass(frozen=True, slots=True)
class Axis:
    """A dimension as the TOML describes it."""

    id: str
    role: str
    name: str = ""
    codes: str = ""
    total: str = ""
    scheme: str = ""


@dataclass(frozen=True, slots=True)
class PxTable:
    """A table as the TOML describes it; `unit` and `rights` hold the labels by language."""

    id: str
    address: str
    theme: str
    unit: str
    multiplier: int
    rights: str
    resolution: str
    additive_over: tuple[str, ...]
    axes: tuple[Axis, ...]


def read(source: Source) -> dict[str, PxTable]:
    """The tables of a source by id.

    Raises ConfigError for a key that is missing or unknown, or refers to nothing.
    """
    described = section(source, "tables")
    return {name: _table(source, name, data) for name, data in described.items()}


def section(source: Source, *path: str) -> Mapping[str, Any]:
    """A table below [options].

    Raises ConfigError when it is missing or empty.
    """
    table: Any = source.options
    for key in path:
        table = table.get(key) if isinstance(table, Mapping) else None
    if not isinstance(table, Mapping) or not table:
        name = ".".join(("options", *path))
        raise ConfigError(f"[{name}] is missing", where=str(source.path), hint=_HINT)
    return table


_HINT = "loaders/formats/pxweb/table.py describes all keys."


def _table(source: Source, name: str, data: Mapping[str, Any]) -> PxTable:
    where = f"{source.path} options.tables.{name}"
    try:
        axes = tuple(Axis(**dimension) for dimension in data["dimensions"])
        known = {k: v for k, v in data.items() if k not in ("dimensions", "additive_over")}
        table = PxTable(
            id=name, axes=axes, additive_over=tuple(data.get("additive_over", ())), **known
        )
    except (KeyError, TypeError) as error:
        raise ConfigError(
            f"the description is invalid: {error}", where=where, hint=_HINT
        ) from error
    _check(source, table, where)
    return table


def _check(source: Source, table: PxTable, where: str) -> None:
    ids = [axis.id for axis in table.axes]
    section(source, "units", table.unit)
    section(source, "rights", table.rights)
    for axis in table.axes:
        if axis.role not in ROLES:
            what = f"role “{axis.role}” is none of {', '.join(ROLES)}"
            raise ConfigError(what, where=where, hint=_HINT)
        if axis.role == "area":
            section(source, "schemes", axis.scheme)
        if axis.role == "concept" and not (axis.name and axis.codes):
            raise ConfigError(f"“{axis.id}” needs name and codes", where=where, hint=_HINT)
    if unknown := [name for name in table.additive_over if name not in ids]:
        raise ConfigError(f"additive_over: no dimension {unknown}", where=where, hint=_HINT)
