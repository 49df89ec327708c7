"""What a loader made, statement by statement."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from loaders.pipeline.record import LoadFinding, Mapped, Statement, WrittenStatements


def one_by_one(made: Iterable[Mapped]) -> Iterator[Statement | LoadFinding]:
    """The same, with those that are written already as single statements."""
    for one in made:
        if isinstance(one, WrittenStatements):
            yield from one.parsed()
        else:
            yield one
