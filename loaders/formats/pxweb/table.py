"""The description of a PX-Web table in the source's TOML: what the response does not say.

[options.tables.DT_NSO_1001_109V1]
address = "https://data.1212.mn/api/v1/{lang}/…/DT_NSO_1001_109V1.px"
theme = "AGRI"                      EU data theme
unit = "head"                       a key of [options.units]
multiplier = 3                      figures are times 10³
rights = "nso-terms"                a key of [options.rights]
additive_over = ["Бүс"]             dimensions over which parent = sum of children
resolution = "P1Y"                  xsd:duration
select = { "Он" = ["2024"] }        only these values are fetched; what an earlier load fetched of
                                    others stays, unless accumulates = false
[[options.tables.DT_NSO_1001_109V1.dimensions]]      in the order of the cube's keys
id = "Малын төрөл"
role = "concept"                    concept | area | year | period (also quarters, months, weeks)
name = "livestock-type"             concept: the property, ASCII
codes = "type"                      concept: the code list
total = "total"                     concept: the code all others are part of, if any
scheme = "nso-2025"                 area: a key of [options.schemes], label = notation
kind = "quarter"                    period: what `2021-2` is, which may be a quarter or a month
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from graph.core import toml_schema
from graph.core.errors import ConfigError
from loaders.formats.pxweb.jsonstat import composed
from loaders.formats.pxweb.options import PxWebOptions, TableDescription
from loaders.pipeline.source import Source


@dataclass(frozen=True, slots=True)
class Axis:
    """A dimension as the TOML describes it."""

    id: str
    role: str
    name: str = ""
    codes: str = ""
    total: str = ""
    scheme: str = ""
    kind: str = ""


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
    select: Mapping[str, Sequence[str]]
    accumulates: bool


def read(source: Source) -> dict[str, PxTable]:
    """The tables of a source by id.

    Raises ConfigError for a key that is missing or unknown, or refers to nothing.
    """
    options = toml_schema.parse(PxWebOptions, source.options, source.path, ("options",))
    return {name: _table(name, described) for name, described in options.tables.items()}


def _table(name: str, described: TableDescription) -> PxTable:
    facts = described.model_dump(exclude={"dimensions", "additive_over", "select"})
    axes = (Axis(**axis.model_dump()) for axis in described.dimensions)
    return PxTable(
        id=name,
        axes=tuple(replace(one, id=composed(one.id)) for one in axes),
        additive_over=tuple(map(composed, described.additive_over)),
        select={composed(one): texts for one, texts in described.select.items()},
        **facts,
    )


def section(source: Source, *path: str) -> Mapping[str, Any]:
    """A table below [options].

    Raises ConfigError when it is missing or empty.
    """
    table: Any = source.options
    for key in path:
        table = table.get(key) if isinstance(table, Mapping) else None
    if not isinstance(table, Mapping) or not table:
        name = ".".join(("options", *path))
        hint = "loaders/formats/pxweb/table.py describes all keys."
        raise ConfigError(f"[{name}] is missing", where=str(source.path), hint=hint)
    return table
