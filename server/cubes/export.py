"""Cubes as CSV: a table as it is shown, and all observations, a row each."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping

import pyoxigraph as ox

from graph.core.formula_cells import escape_formula
from graph.queries import Pool, Query
from server.cubes import templated
from server.cubes.cells import CellKey, cells
from server.cubes.members import CubeCode
from server.cubes.structure import CubeStructure, Dimension, last_part
from server.cubes.view import CubeView
from server.http.problem_details import HttpProblem

BYTE_ORDER_MARK = "\ufeff"
_ROWS_AT_ONCE = 200


def name_of(labels: Mapping[str, str], language: str, otherwise: str) -> str:
    """The name in a language, else in another one, else a key."""
    found = (labels[tag] for tag in (language, "mn", "en", "", *labels) if tag in labels)
    return next(found, otherwise)


def table(pool: Pool, shown: CubeView, language: str) -> Iterator[str]:
    """All rows and columns of a view, for its fixed codes; an empty cell has no figure."""
    columns = shown.columns.members if shown.columns else ()
    heads = [name_of(one.labels, language, one.key) for one in columns] or ["value"]
    rows = shown.rows
    yield _line([name_of(rows.labels, language, rows.key), *heads])
    for start in range(0, len(rows.members), _ROWS_AT_ONCE):
        some = rows.members[start : start + _ROWS_AT_ONCE]
        across = (shown.columns, columns) if shown.columns else None
        found = cells(pool, shown.cube, shown.measure, (rows, some), across, shown.fixed, False)
        for row in some:
            keys: list[CellKey] = [(row.term, one.term) for one in columns] or [(row.term, None)]
            figures = [found[key].text if key in found else "" for key in keys]
            yield _line([name_of(row.labels, language, row.key), *figures])


def observations(pool: Pool, cube: CubeStructure, measure: str, language: str) -> Iterator[str]:
    """All observations: of each dimension the code and its name, the figure, the SDMX status.

    Raises HttpProblem (413) for a cube with more observations than are looked at.
    """
    if not cube.is_whole:
        raise HttpProblem(
            413,
            "the table has too many observations for one file",
            hint="Ask for a part of it in SPARQL.",
        )
    names = [f"?d{number}" for number in range(len(cube.dimensions))]
    text = templated.fill(
        "cubes/observations",
        {
            "NAMES": " ".join(names),
            "CUBE": str(ox.NamedNode(cube.iri)),
            "PATTERN": " ; ".join(
                f"<{one.iri}> {name}" for one, name in zip(cube.dimensions, names, strict=True)
            ),
            "MEASURE": str(ox.NamedNode(measure)),
        },
    )
    with pool.run(Query(text, "csv")) as answer:
        yield from _observations(answer.read().decode(), cube.dimensions, language)


def _observations(text: str, dimensions: Iterable[Dimension], language: str) -> Iterator[str]:
    known = [{code.term.value: code for code in one.members} for one in dimensions]
    heads = [part for one in dimensions for part in (one.key, f"{one.key}_label")]
    yield _line([*heads, "value", "status"])
    rows = csv.reader(io.StringIO(text, newline=""))
    next(rows)
    for row in rows:
        *values, figure, status = row
        codes = (
            part
            for of_dimension, value in zip(known, values, strict=True)
            for part in _code(of_dimension.get(value), value, language)
        )
        yield _line([*codes, figure, last_part(status).rpartition("-")[2]])


def _code(code: CubeCode | None, value: str, language: str) -> tuple[str, str]:
    return (code.key, name_of(code.labels, language, code.key)) if code else (value, value)


def _line(values: Iterable[str]) -> str:
    out = io.StringIO()
    csv.writer(out).writerow(map(_safe, values))
    return out.getvalue()


def _safe(value: str) -> str:
    """Formulas are escaped; a negative number is none."""
    try:
        float(value)
    except ValueError:
        return escape_formula(value)
    return value
