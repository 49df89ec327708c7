"""Several retrievals of one table: the cells of earlier ones that still count.

A retrieval may ask for some values of a dimension only (`select` of the table). Then it says
nothing of the others: cells that an earlier retrieval had there stay. Of what it asked for, it says
all: a cell that it has not is gone.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from loaders.formats.pxweb.cube import Cube, CubeAxis


def covers(newer: Cube, older: Cube) -> bool:
    """Whether a retrieval asked for all that an earlier one has."""
    return all(
        {term.key for term in axis.terms} <= _keys(newer, axis)
        for axis in older.axes
        if axis.axis.id in newer.restricted
    )


def remaining(older: Cube, newer: Sequence[Cube]) -> Iterator[int]:
    """The positions of the cells of a retrieval that none of the newer ones asked for."""
    for index in range(len(older.responses["en"].values)):
        if not any(_asked(older, index, one) for one in newer):
            yield index


def new_terms(axis: CubeAxis, older: Cube, newer: Sequence[Cube]) -> Iterator[int]:
    """The positions of those terms of a dimension that no newer retrieval has."""
    known = {key for one in newer for key in _keys(one, axis)}
    yield from (number for number, term in enumerate(axis.terms) if term.key not in known)


def _asked(older: Cube, index: int, newer: Cube) -> bool:
    key = dict(older.terms(index))
    return all(
        key[axis.property].key in {term.key for term in axis.terms}
        for axis in newer.axes
        if axis.axis.id in newer.restricted
    )


def _keys(cube: Cube, axis: CubeAxis) -> set[str]:
    same = next(one for one in cube.axes if one.property == axis.property)
    return {term.key for term in same.terms}
