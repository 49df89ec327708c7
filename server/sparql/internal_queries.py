"""The server's own queries, which run in the pool like those of clients.

Each is a file in the `queries/` folder of the feature that uses it: `sparql/labels` is
`server/sparql/queries/labels.rq`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from itertools import chain
from pathlib import Path

import pyoxigraph as ox

from graph.queries import Pool, Query, QueryAnswer, RequestBatch, ResourceDocument
from graph.queries.model.query import BatchPart
from vocab.terms import Object

FOLDER = Path(__file__).parents[1]
QueryRow = dict[str, Object]


@cache
def query_text(name: str) -> str:
    """The text of a bundled query."""
    folder, _, query_name = name.rpartition("/")
    return (FOLDER / folder / "queries" / f"{query_name}.rq").read_text("utf-8")


def query_with_values(name: str, things: Iterable[str] = ()) -> str:
    """A bundled query about some IRIs, which replace UNDEF in `VALUES ?thing { UNDEF }`.

    Raises ValueError for an invalid IRI.
    """
    listed = " ".join(str(ox.NamedNode(iri)) for iri in things)
    return query_text(name).replace("UNDEF", listed) if listed else query_text(name)


def select(
    pool: Pool, name: str, things: Iterable[str] | None = None, timeout: float | None = None
) -> list[QueryRow]:
    """The rows of a bundled SELECT, without unbound variables; none about no things.

    `timeout`: the most seconds that it may take, None: what any query may.
    """
    listed = None if things is None else [*things]
    if listed == []:  # UNDEF, which stays in the text then, would mean all things
        return []
    return select_text(pool, query_with_values(name, listed or ()), timeout)


def select_text(pool: Pool, text: str, timeout: float | None = None) -> list[QueryRow]:
    """The same of a query's text."""
    for one in _JOINED.get():  # the outermost first: it may have the answer already
        if text in one.texts:
            return rows_in(one.answer(pool, text))
    return rows(pool.run(Query(text, "json"), timeout=timeout))


class _Joined:
    """Queries of which the first that is asked for brings the answers of all."""

    def __init__(self, texts: Iterable[str]) -> None:
        self.texts = tuple(dict.fromkeys(texts))
        self._answers: dict[str, bytes] = {}

    def answer(self, pool: Pool, text: str) -> bytes:
        """The body of the answer to one of them."""
        if not self._answers:
            found = run_batch(pool, (Query(one, "json") for one in self.texts))
            self._answers = {t: part.body for t, part in zip(self.texts, found, strict=True)}
        return self._answers[text]


_JOINED: ContextVar[tuple[_Joined, ...]] = ContextVar("joined", default=())


@contextmanager
def joined(*texts: Iterable[str]) -> Iterator[None]:
    """Inside the block the first of these queries that is selected brings the answers of all.

    Code goes on selecting one by one; where all are needed, a page makes one call instead of many.

        with joined(texts_of("datasets/findings", [iri]), texts_of("datasets/figures", [iri])):
    """
    token = _JOINED.set((*_JOINED.get(), _Joined(chain.from_iterable(texts))))
    try:
        yield
    finally:
        _JOINED.reset(token)


def texts_of(name: str, things: Iterable[str]) -> list[str]:
    """The text of a bundled query about some things, for `joined`; none about no things."""
    listed = [*things]
    return [query_with_values(name, listed)] if listed else []


def run_batch(pool: Pool, requests: Iterable[Query | ResourceDocument]) -> list[BatchPart]:
    """The answers of some requests, which a worker gets at once."""
    return RequestBatch.parts(pool.run(RequestBatch(tuple(requests))).read())


def rows(answer: QueryAnswer) -> list[QueryRow]:
    """The rows of the answer to a SELECT in JSON, without unbound variables."""
    return rows_in(answer.read())


def rows_in(body: bytes) -> list[QueryRow]:
    """The rows of the body of such an answer."""
    solutions = ox.parse_query_results(body, ox.QueryResultsFormat.JSON)
    assert isinstance(solutions, ox.QuerySolutions)
    names = [variable.value for variable in solutions.variables]
    return [{n: row[n] for n in names if row[n] is not None} for row in solutions]


def count_from_void(
    pool: Pool, name: str, things: Iterable[str] | None = None, timeout: float | None = None
) -> list[QueryRow]:
    """The rows of a bundled SELECT that counts, read from VoID if the snapshot has it.

    `folder/void_{query}` reads the stored numbers; `folder/{query}` counts the statements.
    """
    folder, _, query_name = name.rpartition("/")
    listed = None if things is None else [*things]
    stored = select(pool, f"{folder}/void_{query_name}", listed, timeout)
    return stored or select(pool, name, listed, timeout)


def construct(pool: Pool, name: str, things: Iterable[str], form: str) -> QueryAnswer:
    """The answer of a bundled CONSTRUCT."""
    return pool.run(Query(query_with_values(name, things), form))
