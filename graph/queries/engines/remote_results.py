"""A question to a remote engine, and its answer: taken in whole, and read before the first byte of
ours is written, so that what is cut or broken becomes an error.
"""

from __future__ import annotations

import io
import json
import re
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, cast

import httpx2
import pyoxigraph as ox

from graph.core.errors import (
    EngineFailure,
    QueryError,
    QueryTimeout,
    QueryTooLarge,
    QueryUnsupported,
)
from graph.queries.results.spool import ResultSpool
from graph.store import engines
from graph.store.protocol import ProtocolDataset, SparqlClient, error_text, truncated_by
from vocab.terms import Triples

_BOOLEAN = "http://www.w3.org/2001/XMLSchema#boolean"
_ASKED = "__ASK_RETVAL"  # what Virtuoso calls the answer to ASK, in a table of one row
_SLOW = frozenset({408, 503, 504})


@dataclass(frozen=True, slots=True)
class RemoteQuery:
    """What the engine is asked."""

    text: str
    form: str
    accept: str
    graphs: ProtocolDataset


@contextmanager
def fetch_results(
    client: SparqlClient, asked: RemoteQuery, spool: ResultSpool
) -> Iterator[IO[bytes]]:
    """The whole body of the engine's answer, with the limit of the answer it is to become."""
    left = signal.getitimer(signal.ITIMER_REAL)[0] or None  # the worker's own alarm
    with ResultSpool(spool.max_bytes, spool.folder) as taken:
        try:
            with client.query(asked.text, asked.form, asked.accept, asked.graphs, left) as answer:
                _check(answer, client.engine, asked.accept)
                for piece in answer.iter_bytes():
                    taken.write(piece)
        except httpx2.HTTPError as error:
            raise EngineFailure(f"the store does not answer: {error}") from error
        if taken.file is None:
            yield io.BytesIO(cast(bytes, taken.body()))
        else:
            taken.file.seek(0)
            yield taken.file


def _check(answer: httpx2.Response, known: engines.Engine, accept: str) -> None:
    """Raises QueryError for all but a whole answer of the kind that was asked for."""
    if cut := truncated_by(answer, known):
        raise _cut(cut)
    if not answer.is_success:
        answer.read()
        raise _refused(answer.status_code, error_text(answer.text))
    given = answer.headers.get("Content-Type", "").partition(";")[0].strip()
    if given not in {accept, "application/json", "text/plain"}:
        raise EngineFailure(f"the store answered as “{given}”, not as {accept}")


def _cut(told: str) -> QueryError:
    if "MaxRows" in told:
        return QueryTooLarge("the result has more rows than the store gives", hint="Ask for fewer.")
    return QueryTimeout("the store gave up on the query", hint="Narrow it.")


def _refused(status: int, told: str) -> QueryError:
    if status in _SLOW:
        return QueryTimeout(f"the store gave up on the query: {told}", hint="Narrow it.")
    if status in {400, 500} and told:
        return QueryUnsupported(f"the store cannot run this query: {told}")
    return EngineFailure(f"the store answered {status}: {told}")


def triples(body: IO[bytes], client: SparqlClient) -> Triples:
    """The statements of an answer. Raises EngineFailure where it is broken."""
    known = client.engine
    try:
        for quad in ox.parse(body, ox.RdfFormat.N_TRIPLES):
            value = engines.restore_datatype(quad.object, known)
            yield ox.Triple(quad.subject, quad.predicate, value)
    except SyntaxError as error:
        raise is_broken(error) from error


def solutions(
    body: IO[bytes], client: SparqlClient, form: str
) -> ox.QuerySolutions | ox.QueryBoolean:
    """The rows of an answer, or yes or no. Raises EngineFailure where it is broken."""
    known = client.engine
    restored = (
        cast(IO[bytes], _Restored(body, known))
        if known.datatype_aliases or known.numeric_booleans
        else body
    )
    try:
        found = ox.parse_query_results(restored, ox.QueryResultsFormat.JSON)
        if form == "ASK" and isinstance(found, ox.QuerySolutions):
            return _boolean(any(row[_ASKED].value in {"1", "true"} for row in found))
        return found
    except (SyntaxError, KeyError) as error:
        raise is_broken(error) from error


def _boolean(value: bool) -> ox.QueryBoolean:
    told = json.dumps({"head": {}, "boolean": value}).encode()
    return cast(ox.QueryBoolean, ox.parse_query_results(told, ox.QueryResultsFormat.JSON))


def is_broken(error: Exception) -> EngineFailure:
    """What is told of an answer that cannot be read to its end."""
    return EngineFailure(f"the store's answer is broken or cut: {error}")


class _Restored:
    """SPARQL results JSON with an engine's own datatypes put back, line by line.

    A quotation mark inside a value is escaped, so what is looked for here cannot be in one.
    """

    def __init__(self, body: IO[bytes], known: engines.Engine) -> None:
        self._body = body
        self._known = {k.encode(): v.encode() for k, v in known.datatype_aliases.items()}
        self._booleans = known.numeric_booleans
        self._rest = b""

    def read(self, size: int = -1) -> bytes:
        """At most so many bytes; none at the end."""
        if not self._rest:
            self._rest = self._line(self._body.readline())
        given = self._rest if size < 0 else self._rest[:size]
        self._rest = self._rest[len(given) :]
        return given

    def _line(self, line: bytes) -> bytes:
        for theirs, ours in self._known.items():
            line = line.replace(b'"datatype": "%b"' % theirs, b'"datatype": "%b"' % ours)
        if not self._booleans:
            return line
        return _TRUTH.sub(lambda m: m[1] + (b"true" if m[2] == b"1" else b"false"), line)


_TRUTH = re.compile(rb'("datatype": "%b", "value": ")([01])(?=")' % _BOOLEAN.encode())
