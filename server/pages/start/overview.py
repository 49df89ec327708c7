"""What the start page says of a snapshot."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from graph import snapshots
from graph.core.errors import EngineFailure, QueryTimeout, QueueFull
from graph.core.iris import ROOT
from graph.lists import index as lists
from graph.lists.kinds import FINDING, KINDS
from server.core.context import AppContext
from server.pages.figures.maps import UnitOnMap
from server.pages.findings.summary import FindingSummary, summaries
from server.pages.start.layers import LONGEST, MapLayer, read_layers
from server.sparql import internal_queries
from server.sparql.internal_queries import QueryRow
from vocab.namespaces import SH

_REFERENCE = ("vocab-", "authority", "catalog", "codes", "examples", "rules", "quality")
_KINDS = (
    *("datasets", "tables", "observations", "values", "aimags", "soums"),
    *("organisations", "findings_count"),
)
_LISTS = {"datasets": "dataset", "organisations": "organisation", "findings_count": "finding"}
"""Numbers that link to a list: the list's own total."""
MOST_NEWS = 6
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class SourceRow:
    """A source: `statements` counts all layers of its current version; None if not counted."""

    iri: str
    title: dict[str, str]
    current: str
    version: str
    time: str
    statements: int | None

    @property
    def is_reference(self) -> bool:
        """Whether it holds vocabularies, codes, rules or scores rather than data of an agency."""
        return self.iri.rpartition("/")[2].startswith(_REFERENCE)


@dataclass(frozen=True, slots=True)
class UnitName:
    """An aimag or the capital: IRI and names by language."""

    iri: str
    names: dict[str, str]


@dataclass(frozen=True, slots=True)
class Overview:
    """The content of one snapshot.

    `news` are the newest sources of agencies, of `sources` in all; `units` are by land-agency code.
    `missing` are the keys of texts of parts that could not be read in time, which are empty.
    """

    numbers: dict[str, int]
    news: list[SourceRow]
    sources: int
    findings: list[FindingSummary]
    units: dict[str, UnitName]
    layers: list[MapLayer]
    missing: tuple[str, ...] = ()


def read_overview(context: AppContext) -> Overview:
    """Query the current snapshot's content; what takes too long is said to be missing."""
    missing: list[str] = []

    def part(key: str, read: Callable[[AppContext], T], otherwise: T) -> T:
        try:
            return read(context)
        except (QueryTimeout, QueueFull):
            missing.append(key)
            return otherwise

    none: list[SourceRow] = []
    sources = part("news", _sources, none)
    return Overview(
        numbers={**part("numbers_here", _counted, dict.fromkeys(_KINDS, 0)), **_listed(context)},
        news=[one for one in sources if not one.is_reference][:MOST_NEWS],
        sources=len(sources),
        findings=part("findings", _findings, []),
        units=part("by_place", read_units, {}),
        layers=part("map_data", read_layers, []),
        missing=tuple(missing),
    )


def _counted(context: AppContext) -> dict[str, int]:
    # Counting the statements themselves would take seconds on a large store.
    rows = internal_queries.count_from_void(context.pool, "pages/start/classes", timeout=LONGEST)
    counted = {row["kind"].value: int(row["number"].value) for row in rows}
    return {name: counted.get(name, 0) for name in _KINDS}


def _findings(context: AppContext) -> list[FindingSummary]:
    rows = internal_queries.select(context.pool, "pages/start/findings", timeout=LONGEST)
    return summaries(context, (row["finding"].value for row in rows))


def units_on_map(
    context: AppContext, units: dict[str, UnitName], language: str, layer: MapLayer | None
) -> dict[str, UnitOnMap]:
    """The units as the map shows them to readers of a language."""
    return {
        code: UnitOnMap(
            name=unit.names.get(language) or next(iter(unit.names.values()), code),
            tag="" if language in unit.names else next(iter(unit.names), ""),
            href=context.urls.page(unit.iri),
            value=_value(layer, code),
        )
        for code, unit in units.items()
    }


def _listed(context: AppContext) -> dict[str, int]:
    """What the lists have; empty where an earlier version published the snapshot without lists."""
    now = snapshots.current(context.instance)
    try:
        index = lists.of(now) if now else None
    except EngineFailure:
        return {}
    if index is None:
        return {}
    notes = index.counts_of(KINDS[FINDING], "severity", str(SH.Info))
    totals = {name: index.total(KINDS[kind]) for name, kind in _LISTS.items()}
    return {**totals, "notes": notes}


def _value(layer: MapLayer | None, code: str) -> float | None:
    return float(layer.values[code]) if layer and code in layer.values else None


def read_units(context: AppContext) -> dict[str, UnitName]:
    """The aimags and the capital by land-agency code."""
    rows = internal_queries.select(context.pool, "pages/start/units", timeout=LONGEST)
    prefix = ROOT + "id/place/"
    return {
        row["place"].value.removeprefix(prefix): UnitName(row["place"].value, _both(row))
        for row in rows
    }


def _both(row: QueryRow) -> dict[str, str]:
    return {language: row[language].value for language in ("mn", "en") if language in row}


def _sources(context: AppContext) -> list[SourceRow]:
    sizes = _sizes(context)
    return [
        SourceRow(
            iri=row["source"].value,
            title=_both(row),
            current=row["current"].value,
            version=row["version"].value,
            time=row["time"].value,
            statements=_of_source(context, row["source"].value, sizes),
        )
        for row in internal_queries.select(context.pool, "pages/start/sources", timeout=LONGEST)
    ]


def _sizes(context: AppContext) -> dict[str, int]:
    """Statements by named graph; empty if counting exceeds the time limit of a query."""
    try:
        rows = internal_queries.count_from_void(context.pool, "pages/start/graphs", timeout=LONGEST)
    except QueryTimeout:
        return {}
    return {row["graph"].value: int(row["statements"].value) for row in rows}


def _of_source(context: AppContext, iri: str, sizes: dict[str, int]) -> int | None:
    own = context.instance.names.graph(iri.rpartition("/")[2])
    layers = [n for graph, n in sizes.items() if graph == own or graph.startswith(own + "/")]
    return sum(layers) if layers else None
