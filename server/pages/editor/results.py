"""A query's result as its page shows it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import pyoxigraph as ox

from graph.queries import QueryAnswer
from graph.queries.model.formats import FormatKind
from graph.queries.model.query import Notice
from vocab.terms import Term

_MAX_SHOWN = 2 << 20  # bytes of a result that is shown
_MAX_ROWS = 500
_NUMBERS = frozenset(
    f"http://www.w3.org/2001/XMLSchema#{n}" for n in ("integer", "decimal", "double", "float")
)
ResultRow = list[Term | None]


@dataclass(slots=True)
class ResultsView:
    """A result for a page; `rows` are the first ones of `total`.

    `waited` and `ran` are seconds; `snapshot` is empty for a remote store. `notices` explain that
    the result is empty or has gaps.
    """

    variables: list[str] = field(default_factory=list)
    rows: list[ResultRow] = field(default_factory=list)
    total: int = 0
    boolean: bool | None = None
    text: str = ""
    kind: FormatKind = "results"
    too_large: bool = False
    waited: float = 0.0
    ran: float = 0.0
    snapshot: str = ""
    notices: tuple[Notice, ...] = ()

    def iris(self) -> Iterator[str]:
        """The IRIs in the rows."""
        for row in self.rows:
            yield from (term.value for term in row if isinstance(term, ox.NamedNode))


def results_view(answer: QueryAnswer) -> ResultsView:
    """The part of an answer that a page shows."""
    shown = _read(answer)
    shown.waited, shown.ran = answer.waited, answer.worker_seconds
    shown.snapshot, shown.notices = answer.snapshot, answer.notices
    return shown


def _read(answer: QueryAnswer) -> ResultsView:
    kind = answer.format.kind
    if answer.length > _MAX_SHOWN:
        return ResultsView(kind=kind, too_large=True)
    if kind == "graph":
        return ResultsView(kind=kind, text=answer.read().decode())
    result = ox.parse_query_results(answer.read(), ox.QueryResultsFormat.JSON)
    if isinstance(result, ox.QueryBoolean):
        return ResultsView(boolean=bool(result))
    assert isinstance(result, ox.QuerySolutions)
    rows = [list(row) for row in result]
    names = [variable.value for variable in result.variables]
    return ResultsView(names, rows[:_MAX_ROWS], len(rows))


def term_kind(term: Term | None) -> str:
    """How a term is shown: `iri`, `literal`, `number`, `other` (a blank node or triple term), or
    empty if there is none."""
    if isinstance(term, ox.Literal):
        return "number" if term.datatype.value in _NUMBERS else "literal"
    return "" if term is None else "iri" if isinstance(term, ox.NamedNode) else "other"
