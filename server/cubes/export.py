"""Cubes as CSV: a table as it is shown, and all observations, a row each."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby

import pyoxigraph as ox

from graph.core.formula_cells import escape_formula
from graph.queries import Pool, Query
from server.cubes import templated
from server.cubes.cells import CellKey, cells
from server.cubes.members import CubeCode
from server.cubes.structure import CubeStructure, last_part
from server.cubes.view import CubeView
from server.http.problem_details import HttpProblem
from vocab.namespaces import RDFS, SDMX_ATTRIBUTE

BYTE_ORDER_MARK = "\ufeff"
MOST_EXPORTED = 100_000
"""Observations of one file; what an engine says of them is held in memory."""
_ROWS_AT_ONCE = 200
_STATUS = SDMX_ATTRIBUTE.obsStatus.value
_UNIT = SDMX_ATTRIBUTE.unitMeasure.value


def name_of(labels: Mapping[str, str], language: str, otherwise: str) -> str:
    """The name in a language, else in another one, else a key."""
    found = (labels[tag] for tag in (language, "mn", "en", "", *labels) if tag in labels)
    return next(found, otherwise)


def table(
    pool: Pool, shown: CubeView, language: str, corner: str, unit: tuple[str, str]
) -> Iterator[str]:
    """All rows and columns of a view, for its fixed codes; an empty cell has no figure.

    `corner`: the name of the rows; `unit`: head of the second column, and what it says in each row.
    """
    columns = shown.columns.members if shown.columns else ()
    heads = [name_of(one.labels, language, one.key) for one in columns] or ["value"]
    rows = shown.rows
    yield _line([corner, unit[0], *heads])
    for start in range(0, len(rows.members), _ROWS_AT_ONCE):
        some = rows.members[start : start + _ROWS_AT_ONCE]
        across = (shown.columns, columns) if shown.columns else None
        found = cells(pool, shown.cube, shown.measure, (rows, some), across, shown.fixed, False)
        for row in some:
            keys: list[CellKey] = [(row.term, one.term) for one in columns] or [(row.term, None)]
            figures = [found[key].text if key in found else "" for key in keys]
            yield _line([name_of(row.labels, language, row.key), unit[1], *figures])


def observations(pool: Pool, cube: CubeStructure, measure: str, language: str) -> Iterator[str]:
    """All observations: of each dimension the code and its name, the figure, its unit, what it is
    multiplied with, the SDMX status; last what it is a figure of, where the cube names each.

    Rows stand in the order of the table: that of its dimensions, and of the codes of each.

    Raises HttpProblem (413) for a cube with more observations than MOST_EXPORTED.
    """
    if cube.observations > MOST_EXPORTED:
        raise HttpProblem(
            413,
            "the table has too many observations for one file",
            hint="Ask for a part of it: the table as CSV, or SPARQL.",
            detail_mn="хүснэгтийн ажиглалт нэг файлд хэт олон",
            hint_mn="Хэсгийг нь CSV хүснэгтээр, эсвэл SPARQL-аар авна уу.",
        )
    name = [RDFS.label.value] if cube.names_each else []
    properties = [*(one.iri for one in cube.dimensions), measure, _STATUS, _UNIT, *name]
    filled = {
        "CUBE": str(ox.NamedNode(cube.iri)),
        "PROPERTIES": templated.terms(map(ox.NamedNode, properties), ", "),
    }
    text = templated.fill("cubes/observations", filled)
    with pool.run(Query(text, "csv")) as answer:
        rows = csv.reader(io.StringIO(answer.read().decode(), newline=""))
    next(rows)
    heads = [part for one in cube.dimensions for part in (one.key, f"{one.key}_label")]
    yield _line([*heads, "value", "unit", "multiplier", "status", *(["label"] if name else [])])
    known = [(one.iri, {code.term.value: code for code in one.members}) for one in cube.dimensions]
    unit, multiplier = _unit(cube, language)
    for said in _in_order(rows, known):
        codes = (
            part
            for iri, of_dimension in known
            for part in _code(of_dimension.get(said.get(iri, "")), said.get(iri, ""), language)
        )
        status = last_part(said.get(_STATUS, "")).rpartition("-")[2]
        own_unit = last_part(said.get(_UNIT, "")) or unit
        own_name = [said.get(one, "") for one in name]
        yield _line([*codes, said.get(measure, ""), own_unit, multiplier, status, *own_name])


def _in_order(
    rows: Iterable[Sequence[str]], known: Sequence[tuple[str, Mapping[str, CubeCode]]]
) -> list[dict[str, str]]:
    """What each observation says, in the order of the codes of its dimensions."""
    told = [
        {name: value for _, name, value in group}
        for _, group in groupby(rows, key=lambda row: row[0])
    ]
    places = [(iri, {term: number for number, term in enumerate(codes)}) for iri, codes in known]
    return sorted(told, key=lambda said: [at.get(said.get(iri, ""), len(at)) for iri, at in places])


def _unit(cube: CubeStructure, language: str) -> tuple[str, str]:
    """The name of the unit, and what figures are multiplied with; both empty where none is said."""
    if cube.unit is None:
        return "", ""
    return name_of(cube.unit.labels, language, ""), f"{10**cube.unit.power}"


def _code(code: CubeCode | None, value: str, language: str) -> tuple[str, str]:
    return (code.key, name_of(code.labels, language, code.key)) if code else (value, value)


def _line(values: Iterable[str]) -> str:
    out = io.StringIO()
    csv.writer(out).writerow(map(safe_cell, values))
    return out.getvalue()


def safe_cell(value: str) -> str:
    """Formulas are escaped; a negative number is none."""
    try:
        float(value)
    except ValueError:
        return escape_formula(value)
    return value
