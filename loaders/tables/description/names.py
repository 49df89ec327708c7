"""Whether the names to which a description of a table refers are there: columns, dimensions.

A name that nothing has would be passed over: the codes, the total or the order would not be
applied, and nobody would be told.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from difflib import get_close_matches
from typing import TYPE_CHECKING

from graph.core.toml_schema import KeyPath, TomlKeyError
from loaders.tables.description.columns import TITLE, DimensionValues, HeadDimension

if TYPE_CHECKING:
    from loaders.tables.description.options import TableOptions

Reference = tuple[KeyPath, str, Collection[str]]
"""Where a name is used, the name, and the names that there are."""


def check(options: TableOptions) -> None:
    """Raise TomlKeyError for the first name that nothing has, with the nearest that there is."""
    for place, name, known in _references(options):
        if name not in known:
            near = get_close_matches(name, known, 1)
            meant = f" Did you mean “{near[0]}”?" if near else ""
            there = ", ".join(f"“{one}”" for one in sorted(known)) or "none"
            raise TomlKeyError(place, f"there is no “{name}” here, only {there}.{meant}")


def _references(options: TableOptions) -> Iterator[Reference]:
    columns = {one.name for one in options.columns}
    coded = set(_coded(options))
    for section in ("codes", "places"):
        for key in getattr(options, section):
            yield (section, key), key, coded
    heads = {head.kind for _, head in _dimensions(options) if isinstance(head, HeadDimension)}
    for number, name in enumerate(options.dataset.additive_over):
        yield ("dataset", "additive_over", number), name, columns | coded | heads
    for place, values in _dimensions(options):
        if values.within:
            yield (*place, "within"), values.within, columns
        if values.year and not values.year.isdecimal():
            yield (*place, "year"), values.year, {TITLE, *columns}


def _dimensions(options: TableOptions) -> Iterator[tuple[KeyPath, DimensionValues]]:
    for number, column in enumerate(options.columns):
        yield ("columns", number), column
        for at, head in enumerate(column.heads):
            yield ("columns", number, "heads", at), head


def _coded(options: TableOptions) -> Iterator[str]:
    """The keys of code lists: those of dimensions, `area` for places, `indicator` for measures."""
    measures = [one for one in options.columns if one.role == "measure"]
    if len(measures) > 1 and not any(one.heads for one in measures):
        yield "indicator"
    for _, values in _dimensions(options):
        if values.kind != "period" and (values.key or values.kind == "area"):
            yield values.key or "area"
