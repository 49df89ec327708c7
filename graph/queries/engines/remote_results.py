"""A query to a remote engine, and its answer.

The answer is received whole before the first byte of ours is written, so that one that is cut or
broken becomes an error.
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
_ASK_COLUMN = "__ASK_RETVAL"  # Virtuoso answers ASK with a table of one row and this column
_TIMEOUT_STATUSES = frozenset({408, 503, 504})


@dataclass(frozen=True, slots=True)
class RemoteQuery:
    """A query as the engine gets it; `form` is SELECT, ASK, CONSTRUCT or DESCRIBE."""

    text: str
    form: str
    accept: str
    graphs: ProtocolDataset


@contextmanager
def fetch_results(
    client: SparqlClient, query: RemoteQuery, spool: ResultSpool
) -> Iterator[IO[bytes]]:
    """The whole body of the engine's answer; limited in size as the answer in `spool` is."""
    left = signal.getitimer(signal.ITIMER_REAL)[0] or None  # the worker's own alarm
    with ResultSpool(spool.max_bytes, spool.folder) as received:
        try:
            with client.query(query.text, query.form, query.accept, query.graphs, left) as response:
                _check(response, client.engine, query.accept)
                for chunk in response.iter_bytes():
                    received.write(chunk)
        except httpx2.HTTPError as error:
            raise EngineFailure(f"the store does not answer: {error}") from error
        if received.file is None:
            yield io.BytesIO(cast(bytes, received.body()))
        else:
            received.file.seek(0)
            yield received.file


def _check(response: httpx2.Response, engine: engines.Engine, accept: str) -> None:
    """Raise QueryError unless it is a whole answer of the requested media type."""
    if header := truncated_by(response, engine):
        raise _truncated(header)
    if not response.is_success:
        response.read()
        raise _refused(response.status_code, error_text(response.text))
    media_type = response.headers.get("Content-Type", "").partition(";")[0].strip()
    if media_type not in {accept, "application/json", "text/plain"}:
        raise EngineFailure(f"the store answered as “{media_type}”, not as {accept}")


def _truncated(header: str) -> QueryError:
    if "MaxRows" in header:
        return QueryTooLarge(
            "the result has more rows than the store returns", hint="Ask for fewer."
        )
    return QueryTimeout("the store gave up on the query", hint="Narrow it.")


def _refused(status: int, message: str) -> QueryError:
    if status in _TIMEOUT_STATUSES:
        return QueryTimeout(f"the store gave up on the query: {message}", hint="Narrow it.")
    if status in {400, 500} and message:
        return QueryUnsupported(f"the store cannot run this query: {message}")
    return EngineFailure(f"the store answered {status}: {message}")


def triples(body: IO[bytes], client: SparqlClient) -> Triples:
    """The statements of an answer. Raises EngineFailure if it is broken."""
    engine = client.engine
    try:
        for quad in ox.parse(body, ox.RdfFormat.N_TRIPLES):
            value = engines.restore_datatype(quad.object, engine)
            yield ox.Triple(quad.subject, quad.predicate, value)
    except SyntaxError as error:
        raise broken_answer(error) from error


def solutions(
    body: IO[bytes], client: SparqlClient, form: str
) -> ox.QuerySolutions | ox.QueryBoolean:
    """The rows or the boolean of an answer. Raises EngineFailure if it is broken."""
    engine = client.engine
    restored = (
        cast(IO[bytes], _Restored(body, engine))
        if engine.datatype_aliases or engine.numeric_booleans
        else body
    )
    try:
        result = ox.parse_query_results(restored, ox.QueryResultsFormat.JSON)
        if form == "ASK" and isinstance(result, ox.QuerySolutions):
            return _boolean(any(row[_ASK_COLUMN].value in {"1", "true"} for row in result))
        return result
    except (SyntaxError, KeyError) as error:
        raise broken_answer(error) from error


def _boolean(value: bool) -> ox.QueryBoolean:
    data = json.dumps({"head": {}, "boolean": value}).encode()
    return cast(ox.QueryBoolean, ox.parse_query_results(data, ox.QueryResultsFormat.JSON))


def broken_answer(error: Exception) -> EngineFailure:
    """The error of an answer that cannot be parsed to its end."""
    return EngineFailure(f"the store's answer is broken or cut: {error}")


class _Restored:
    """SPARQL results JSON with standard datatypes in place of an engine's own, line by line.

    Quotation marks inside values are escaped, so what is replaced cannot be inside a value.
    """

    def __init__(self, body: IO[bytes], engine: engines.Engine) -> None:
        self._body = body
        self._standard_datatypes = {
            k.encode(): v.encode() for k, v in engine.datatype_aliases.items()
        }
        self._booleans = engine.numeric_booleans
        self._rest = b""

    def read(self, size: int = -1) -> bytes:
        """Up to `size` bytes; none at the end."""
        if not self._rest:
            self._rest = self._line(self._body.readline())
        chunk = self._rest if size < 0 else self._rest[:size]
        self._rest = self._rest[len(chunk) :]
        return chunk

    def _line(self, line: bytes) -> bytes:
        for alias, standard in self._standard_datatypes.items():
            line = line.replace(b'"datatype": "%b"' % alias, b'"datatype": "%b"' % standard)
        if not self._booleans:
            return line
        return _TRUTH.sub(lambda m: m[1] + (b"true" if m[2] == b"1" else b"false"), line)


_TRUTH = re.compile(rb'("datatype": "%b", "value": ")([01])(?=")' % _BOOLEAN.encode())
