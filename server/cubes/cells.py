"""The cells of a slice: figures with their observations, what stands where none does, findings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation

import pyoxigraph as ox

from graph.queries import Pool
from server.cubes import templated
from server.cubes.members import CubeCode
from server.cubes.structure import CubeStructure, Dimension, last_part
from server.sparql import internal_queries
from vocab.namespaces import QB, RDFS, SDMX_ATTRIBUTE, SH, SKOS
from vocab.terms import Object

_AT_ONCE = 400  # observations in one query
_MOST_CELLS = 20_000  # of one slice
_NOTED = (SDMX_ATTRIBUTE.obsStatus, SDMX_ATTRIBUTE.unitMeasure, SKOS.note)


@dataclass(frozen=True, slots=True)
class CellFinding:
    """A finding about an observation: what it says by language, and whether it is a warning."""

    iri: str
    is_warning: bool
    texts: Mapping[str, str]


@dataclass(slots=True)
class CubeCell:
    """An observation.

    `value` is None where there is no figure, and `text` what stands there; `status` is the SDMX
    code, `symbol` what the source wrote, `unit` the IRI of its own unit, if it states one. `names`
    by language: of what it is a figure of, where a cube names each.
    """

    observation: str
    value: Decimal | None = None
    text: str = ""
    status: str = ""
    symbol: str = ""
    unit: str = ""
    attributes: dict[str, str] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    findings: list[CellFinding] = field(default_factory=list)

    @property
    def warning(self) -> CellFinding | None:
        """The first warning about it."""
        return next((one for one in self.findings if one.is_warning), None)


CellKey = tuple[Object, Object | None]

Cells = dict[CellKey, CubeCell]
"""Cells by the codes of their row and column."""

Axis = tuple[Dimension, Sequence[CubeCode]]
"""A dimension and some of its codes."""

Fixed = Sequence[tuple[Dimension, CubeCode]]


def cells(
    pool: Pool,
    cube: CubeStructure,
    measure: str,
    rows: Axis,
    columns: Axis | None,
    fixed: Fixed,
    with_findings: bool = True,
) -> Cells:
    """The observations of some rows and columns, with their findings unless these are not wanted.

    Of several observations for one cell, which IC-12 of Data Cube forbids, the first by IRI counts.
    """
    found: Cells = {}
    wanted = {code.term for code in rows[1]}
    for row in templated.select(pool, "cubes/slice", _filled(cube, measure, rows, columns, fixed)):
        key = (row["row"], row.get("column"))
        if key[0] not in wanted:
            continue
        observation = row["observation"].value
        cell = found.setdefault(key, CubeCell(observation))
        if observation < cell.observation:
            cell = found[key] = CubeCell(observation)
        if observation == cell.observation:
            _note(cell, cube, measure, row["property"], row["value"])
    if with_findings:
        _add_findings(pool, found.values())
    return found


def _shown(cube: CubeStructure, measure: str) -> list[ox.NamedNode]:
    """The properties of observations that cells show."""
    own = dict.fromkeys(ox.NamedNode(iri) for iri in (measure, *cube.attributes))
    return [QB.dataSet, *_NOTED, *own]


def _filled(
    cube: CubeStructure,
    measure: str,
    rows: Axis,
    columns: Axis | None,
    fixed: Fixed,
) -> dict[str, str]:
    fixes = [f"<{one.iri}> {member.term}" for one, member in fixed]
    pattern = [f"<{rows[0].iri}> ?row", *fixes]
    if columns:
        pattern.insert(1, f"<{columns[0].iri}> ?column")
    return {
        "CUBE": str(ox.NamedNode(cube.iri)),
        "ROWS": "" if columns is None and _are_most(*rows) else _only("row", *rows),
        "COLUMNS": _only("column", *columns) if columns else "",
        "PATTERN": " ; ".join(pattern) + " ;",
        "PROPERTIES": templated.terms(_shown(cube, measure), ", "),
        "MOST": str(_MOST_CELLS),
    }


def _only(name: str, dimension: Dimension, codes: Sequence[CubeCode]) -> str:
    """The clause that leaves only some codes of a dimension; none for all of them."""
    if len(codes) == len(dimension.members):
        return ""
    return f"VALUES ?{name} {{ {templated.terms(code.term for code in codes)} }}"


def _are_most(dimension: Dimension, codes: Sequence[CubeCode]) -> bool:
    """Whether to read the cells of all codes and leave some out afterwards: an engine begins with
    listed codes, and the fixed ones of the other dimensions lead to fewer observations."""
    return 2 * len(codes) >= len(dimension.members)


def _note(cell: CubeCell, cube: CubeStructure, measure: str, name: Object, value: Object) -> None:
    """Note what is said of an observation."""
    if name.value == measure:
        cell.value, cell.text = number(value), value.value
    elif name == SDMX_ATTRIBUTE.obsStatus:
        cell.status = last_part(value.value).rpartition("-")[2]
    elif name == SDMX_ATTRIBUTE.unitMeasure:
        cell.unit = value.value
    elif name == SKOS.note:
        cell.symbol = value.value
    elif name == RDFS.label:
        cell.names[getattr(value, "language", None) or ""] = value.value
    elif name.value in cube.attributes:
        cell.attributes[name.value] = value.value


def number(value: Object) -> Decimal | None:
    """A literal as a number; None for texts, NaN and infinities."""
    try:
        found = Decimal(value.value) if isinstance(value, ox.Literal) else None
    except InvalidOperation:
        return None
    return found if found is not None and found.is_finite() else None


def _add_findings(pool: Pool, found: Iterable[CubeCell]) -> None:
    by_observation = {cell.observation: cell for cell in found}
    listed = list(by_observation)
    for start in range(0, len(listed), _AT_ONCE):
        texts: dict[tuple[str, str, bool], dict[str, str]] = {}
        for row in internal_queries.select(
            pool, "cubes/findings", listed[start : start + _AT_ONCE]
        ):
            is_warning = row["severity"] != SH.Info
            key = (row["thing"].value, row["finding"].value, is_warning)
            comment, said = row.get("comment"), texts.setdefault(key, {})
            if isinstance(comment, ox.Literal):
                said[comment.language or ""] = comment.value
        for (thing, iri, is_warning), said in sorted(texts.items(), key=lambda pair: pair[0]):
            by_observation[thing].findings.append(CellFinding(iri, is_warning, said))
