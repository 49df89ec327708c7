"""Cells of a snapshot's cubes, kept in each process: a chart stands beside every page of a table,
and pages in both languages show the same figures."""

from __future__ import annotations

from collections.abc import Sequence

from graph.queries import Pool
from server.cache.lru import Lru
from server.cubes.cells import Axis, Cells, Fixed, cells
from server.cubes.structure import CubeStructure

_KEPT = Lru[tuple[object, ...], Cells](16 << 20)
_BYTES = 900  # of a cell with its observation, roughly


def kept_cells(
    pool: Pool,
    cube: CubeStructure,
    measure: str,
    rows: Axis,
    columns: Axis | None,
    fixed: Fixed,
) -> Cells:
    """`cells` with findings; nobody may change them. A remote store has no snapshots: always read
    anew."""
    if pool.instance.remote:
        return cells(pool, cube, measure, rows, columns, fixed)
    shown = tuple(_named(axis) for axis in (rows, columns) if axis)
    others = tuple((one.iri, code.term) for one, code in fixed)
    key = (str(pool.instance.root), pool.snapshot(), cube.iri, measure, shown, others)
    found = _KEPT.get(key)
    if found is None:
        found = cells(pool, cube, measure, rows, columns, fixed)
        _KEPT.put(key, found, _BYTES * (len(found) + 1))
    return found


def _named(axis: Axis) -> tuple[str, Sequence[object]]:
    dimension, codes = axis
    return dimension.iri, tuple(code.term for code in codes)
