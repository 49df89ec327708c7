"""Runs one request on a remote engine, inside a worker, and writes its answer into a spool.

What a stranger asks is first read by our own grammar, on an empty store: so the language is one
whichever engine answers, and no update passes for a query. The engine's answer is taken in whole
and read before the first byte of ours is written: what is cut or broken becomes an error. At the
deadline the worker is killed, which cuts its connection.
"""

from __future__ import annotations

import io
import json
import re
import signal
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast

import httpx
import pyoxigraph as ox

from graph.errors import (
    ConfigError,
    EngineFailure,
    QueryError,
    QueryTimeout,
    QueryTooLarge,
    QueryUnsupported,
)
from graph.instance import Instance
from graph.publish_remote import GRAPHS
from graph.queries import dataset, document, engine, functions, hints, writing
from graph.queries.formats import Format
from graph.queries.preflight import Shape, inspect
from graph.queries.query import Document, Graph, Query
from graph.queries.spool import Spool
from graph.queries.tokens import tokens
from graph.store import engines
from graph.store.protocol import RESULTS, TRIPLES, Client, Dataset, complaint, cut_by
from graph.store.remote import union

_BOOLEAN = "http://www.w3.org/2001/XMLSchema#boolean"
_ASKED = "__ASK_RETVAL"  # what Virtuoso calls the answer to ASK, in a table of one row
_FEW = 200  # things of a document that are asked for at once
_SLOW = frozenset({408, 503, 504})


@dataclass(slots=True)
class Target:
    """The remote store as one snapshot's reader sees it."""

    client: Client
    grammar: ox.Store
    union: str
    named: tuple[str, ...]
    nothing: str

    @classmethod
    def of(cls, instance: Instance, snapshot: Path) -> Target:
        """The store that a snapshot's directory stands for.

        Raises OSError when its list of graphs or the credentials cannot be read.
        """
        assert instance.remote is not None
        named = tuple(json.loads((snapshot / GRAPHS).read_text("utf-8")))
        try:
            client = Client(instance.remote, instance.keys)
        except ConfigError as error:
            raise OSError(str(error)) from error
        nothing = f"{instance.base}store/nothing"  # GRAPH sees everything where it is told none
        return cls(client, ox.Store(), union(instance.base), named, nothing)

    def _dataset(
        self, query: Query, shape: Shape, hidden: frozenset[str]
    ) -> dataset.Dataset | None:
        """The dataset a query asks for, the protocol's before its own, without what is hidden;
        None for all that is published."""
        wanted = dataset.dataset(query, None)
        if wanted is None and (shape.sources or shape.named):
            wanted = dataset.written(query, shape)
        if wanted is None and hidden:
            wanted = dataset.Dataset((ox.DefaultGraph(),), tuple(map(ox.NamedNode, self.named)))
        return wanted and wanted.without(hidden)

    def _graphs(self, seen: dataset.Dataset | None) -> Dataset:
        """The same as the engine is told it."""
        if seen is None:
            return Dataset((self.union,), self.named)
        return Dataset(self._iris(seen.default), self._iris(seen.named))

    def _iris(self, graphs: Iterable[ox.NamedNode | ox.DefaultGraph]) -> tuple[str, ...]:
        found = tuple(
            graph.value if isinstance(graph, ox.NamedNode) else self.union for graph in graphs
        )
        return found or (self.nothing,)

    def run_query(
        self, query: Query, spool: Spool, snapshot: Path, hidden: frozenset[str]
    ) -> Format:
        """Run a query and write its whole result.

        Raises QueryError in all its kinds.
        """
        shape = inspect(query.text, len(query.text.encode()))
        seen = self._dataset(query, shape, hidden)
        text = engine.stepped(engine.Asked(self.grammar, query, snapshot, seen))
        graph = _is_graph(self.grammar, text, query.base)
        asked = _Question(
            text=(f"BASE <{query.base}>\n" if query.base else "") + _without_from(text),
            form=shape.form,
            accept=TRIPLES if graph else RESULTS,
            graphs=self._graphs(seen),
        )
        with _answered(self, asked, spool) as body:
            result = _triples(body, self) if graph else _solutions(body, self, shape.form)
            try:
                return writing.write_result(result, query, spool)
            except (SyntaxError, RuntimeError, ValueError) as error:
                raise _broken(error) from error

    def write_document(self, wanted: Document, spool: Spool) -> tuple[Format, int]:
        """Write a thing's document, or the beginning of it; tell how many statements there are."""
        links = Remotely(self, spool)
        return writing.write_statements(document.statements(links, wanted.iri), wanted, spool)

    def write_graph(
        self, wanted: Graph, spool: Spool, hidden: frozenset[str]
    ) -> tuple[Format, int]:
        """Write all statements of a graph that is not hidden; tell how many there are."""
        name = self.nothing if wanted.iri in hidden else wanted.iri or self.union
        text = "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }"
        asked = _Question(text, "CONSTRUCT", TRIPLES, Dataset((name,), (self.nothing,)))
        with _answered(self, asked, spool) as body:
            return writing.write_counted(_triples(body, self), wanted, spool)


@dataclass(frozen=True, slots=True)
class _Question:
    """What the engine is asked."""

    text: str
    form: str
    accept: str
    graphs: Dataset


class Remotely:
    """Links in a remote store (see graph.queries.document)."""

    def __init__(self, target: Target, spool: Spool) -> None:
        self._target = target
        self._spool = spool

    def out_of(self, things: document.Nodes) -> Iterator[ox.Triple]:
        """See Links."""
        for few in _in_parts(things):
            found = self._construct(f"VALUES ?s {{ {few} }} ?s ?p ?o")
            yield from sorted(found, key=lambda triple: str(triple.subject))

    def into(self, things: document.Nodes, inside: tuple[str, str]) -> Iterator[object]:
        """See Links."""
        within = " || ".join(f"STRSTARTS(STR(?s), {ox.Literal(start)})" for start in inside)
        for few in _in_parts(things):
            pattern = f"VALUES ?o {{ {few} }} ?s ?p ?o FILTER (isIRI(?s) && ({within}))"
            yield from (triple.subject for triple in self._construct(pattern))

    def _construct(self, pattern: str) -> list[ox.Triple]:
        text = f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ {pattern} }}"
        target = self._target
        graphs = Dataset((target.union,), (target.nothing,))
        asked = _Question(text, "CONSTRUCT", TRIPLES, graphs)
        with _answered(target, asked, self._spool) as body:
            return list(_triples(body, target))


def _in_parts(things: Sequence[ox.NamedNode]) -> Iterator[str]:
    for start in range(0, len(things), _FEW):
        yield " ".join(map(str, things[start : start + _FEW]))


def _is_graph(grammar: ox.Store, text: str, base: str | None) -> bool:
    """Whether a query makes a graph; it is read for this, and not run on anything.

    Raises QuerySyntaxError.
    """
    try:
        return functions.with_functions(
            lambda known: isinstance(
                grammar.query(text, base_iri=base, custom_functions=known), ox.QueryTriples
            )
        )
    except SyntaxError as error:
        raise hints.explain(text, engine.syntax_error(str(error))) from error
    except (RuntimeError, ValueError) as error:
        raise QueryUnsupported(str(error)) from error


def _without_from(text: str) -> str:
    """A query without its FROM clauses: its dataset is given by parameters, which some engines add
    to FROM instead of putting them in its place."""
    if "from" not in text.lower():
        return text
    found = list(tokens(text))
    pieces, place = list[str](), 0
    for i, token in enumerate(found[:-1]):
        if token.kind == "word" and token.text.upper() == "FROM":
            name = found[i + 2] if found[i + 1].text.upper() == "NAMED" else found[i + 1]
            pieces.append(text[place : token.end - len(token.text)])
            place = name.end
    return "".join([*pieces, text[place:]])


@contextmanager
def _answered(target: Target, asked: _Question, spool: Spool) -> Iterator[IO[bytes]]:
    """The whole body of the engine's answer, with the limit of the answer it is to become."""
    left = signal.getitimer(signal.ITIMER_REAL)[0] or None  # the worker's own alarm
    with Spool(spool.cap, spool.folder) as taken:
        try:
            with target.client.asked(
                asked.text, asked.form, asked.accept, asked.graphs, left
            ) as answer:
                _check(answer, target.client.engine, asked.accept)
                for piece in answer.iter_bytes():
                    taken.write(piece)
        except httpx.HTTPError as error:
            raise EngineFailure(f"the store does not answer: {error}") from error
        if taken.file is None:
            yield io.BytesIO(cast(bytes, taken.body()))
        else:
            taken.file.seek(0)
            yield taken.file


def _check(answer: httpx.Response, known: engines.Engine, accept: str) -> None:
    """Raises QueryError for all but a whole answer of the kind that was asked for."""
    if cut := cut_by(answer, known):
        raise _cut(cut)
    if not answer.is_success:
        answer.read()
        raise _refused(answer.status_code, complaint(answer.text))
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


def _triples(body: IO[bytes], target: Target) -> Iterator[ox.Triple]:
    known = target.client.engine
    try:
        for quad in ox.parse(body, ox.RdfFormat.N_TRIPLES):
            value = engines.restored(quad.object, known)
            yield ox.Triple(quad.subject, quad.predicate, value)
    except SyntaxError as error:
        raise _broken(error) from error


def _solutions(body: IO[bytes], target: Target, form: str) -> ox.QuerySolutions | ox.QueryBoolean:
    known = target.client.engine
    restored = (
        cast(IO[bytes], _Restored(body, known)) if known.datatypes or known.booleans else body
    )
    try:
        found = ox.parse_query_results(restored, ox.QueryResultsFormat.JSON)
        if form == "ASK" and isinstance(found, ox.QuerySolutions):
            return _boolean(any(row[_ASKED].value in {"1", "true"} for row in found))
        return found
    except (SyntaxError, KeyError) as error:
        raise _broken(error) from error


def _boolean(value: bool) -> ox.QueryBoolean:
    told = json.dumps({"head": {}, "boolean": value}).encode()
    return cast(ox.QueryBoolean, ox.parse_query_results(told, ox.QueryResultsFormat.JSON))


def _broken(error: Exception) -> EngineFailure:
    return EngineFailure(f"the store's answer is broken or cut: {error}")


class _Restored:
    """SPARQL results JSON with an engine's own datatypes put back, line by line.

    A quotation mark inside a value is escaped, so what is looked for here cannot be in one.
    """

    def __init__(self, body: IO[bytes], known: engines.Engine) -> None:
        self._body = body
        self._known = {k.encode(): v.encode() for k, v in known.datatypes.items()}
        self._booleans = known.booleans
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
