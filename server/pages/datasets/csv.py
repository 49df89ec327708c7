"""The table of a dataset's page, and all observations behind it, as CSV."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from flask import Response, g, request

from graph import snapshots
from server.core.context import AppContext
from server.cubes import export
from server.cubes.structure import CubeStructure
from server.cubes.view import FIX, view
from server.datasets.use import OBSERVATIONS, TABLE
from server.http.language import text
from server.http.negotiation import CSV
from server.http.problem_details import HttpProblem
from server.pages.datasets.names import dimension_name
from server.pages.datasets.page import cubes_of, one_of
from server.pages.layout.units import unit_text


def table(context: AppContext, dataset: str) -> Response:
    """The part of the table that the address names, all its rows and columns."""
    return _answer(context, dataset, lambda cube: _table(context, cube))


def observations(context: AppContext, dataset: str) -> Response:
    """All observations, a row each."""
    return _answer(
        context,
        dataset,
        lambda cube: export.observations(context.pool, cube, cube.measures[0], g.language),
    )


def _table(context: AppContext, cube: CubeStructure) -> Iterator[str]:
    shown = view(cube, request.args)
    unit = (text("fact_unit"), unit_text(cube.unit).striptags())
    corner = dimension_name(shown.rows).striptags()
    return export.table(context.pool, shown, g.language, corner, unit)


def _file_name(dataset: str) -> str:
    """The end of the dataset's IRI, the codes that the address fixes, and the kind of file."""
    fixed = [request.args[name] for name in sorted(request.args) if name.startswith(FIX)]
    parts = [dataset.rpartition("/")[2], *(fixed if request.path.endswith(TABLE) else ())]
    safe = (re.sub(r"[^A-Za-z0-9._-]+", "-", part)[-40:] for part in parts)
    kind = TABLE if request.path.endswith(TABLE) else OBSERVATIONS
    return "_".join(filter(None, safe)) + f".{kind}"


def _answer(
    context: AppContext, dataset: str, write: Callable[[CubeStructure], Iterator[str]]
) -> Response:
    snapshot = snapshots.current(context.instance)
    found = cubes_of(context, dataset, snapshot) if snapshot else []
    if snapshot is None or not found:
        raise HttpProblem(
            404,
            "the data of this dataset are not here, only its description",
            detail_mn="энэ багцын өгөгдөл энд алга, зөвхөн тайлбар нь бий",
        )
    _, cube = one_of(found, request.args)
    mark = export.BYTE_ORDER_MARK if request.args.get("bom") == "true" else ""
    response = Response(mark + "".join(write(cube)), content_type=CSV.content_type)
    name = _file_name(dataset)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Ulzii-Snapshot"] = snapshot.name
    response.vary.update(("Accept-Language", "Cookie"))
    response.add_etag()
    response.make_conditional(request)
    return response


WRITERS: dict[str, Callable[[AppContext, str], Response]] = {
    TABLE: table,
    OBSERVATIONS: observations,
}
"""Extension of a dataset's address → what answers it."""
