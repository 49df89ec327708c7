"""Datasets that could not be read today: their statements in the last version stand on.

A typing error must not delete a dataset. Where the reading names the subject of what it could not
read, that one is kept; where it cannot, every dataset of the last version that is missing may be
the one, and all are kept until the source can be read again.
"""

from __future__ import annotations

from collections.abc import Iterator

from loaders.catalogues.naming import kinds
from loaders.catalogues.naming.records import NamedRecord
from loaders.catalogues.naming.spool import Spool, SpooledProblem

UNREADABLE = ("record-isolated", "statement-dropped", "record-rejected")
"""Problems by which a whole record can be missing."""


def stale_records(spool: Spool, earlier: Spool | None) -> Iterator[NamedRecord]:
    """The missing records of the last version, each at the place of what could not be read."""
    problems = [one for kind in UNREADABLE for one in spool.problems_of_kind(kind)]
    if earlier is None or not problems:
        return
    missing = [node for node in earlier.resources(kinds.DATASET) if _is_missing(spool, node)]
    by_subject = {one.subject: one for one in problems}
    known = (one.subject in missing or spool.is_described(one.subject) for one in problems)
    unnamed = [one for one, is_known in zip(problems, known, strict=True) if not is_known]
    for node in sorted(missing):
        problem = by_subject.get(node) or next(iter(unnamed), None)
        if problem:
            yield _record(node, problem, earlier)


def _is_missing(spool: Spool, iri: str) -> bool:
    named = spool.db.execute("SELECT 1 FROM name WHERE iri = ?", (iri,)).fetchone()
    return named is None and not spool.is_described(iri)


def _record(iri: str, problem: SpooledProblem, earlier: Spool) -> NamedRecord:
    triples: dict[tuple[str, str, str], None] = {}
    seen, stack = {iri}, [iri]
    while stack:
        node = stack.pop()
        for predicate, value in earlier.properties(node):
            triples[(node, predicate, value)] = None
            if value not in seen and _belongs(value, predicate, earlier):
                seen.add(value)
                stack.append(value)
    return NamedRecord(
        kind=kinds.DATASET,
        iri=iri,
        node=iri,
        place=problem.place,
        triples=tuple(triples),
        nodes=(),
        is_stale=True,
    )


def _belongs(value: str, predicate: str, earlier: Spool) -> bool:
    if predicate in kinds.DISTRIBUTION_LINKS:
        return value.startswith("<")
    return earlier.is_anonymous(value) and earlier.kind(value) in ("", kinds.DISTRIBUTION)
