"""Requests to the pool and their answers: records, and the limits of a query."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import IO, Any, ClassVar, NamedTuple

from graph.queries.model.formats import Format

BLOCK = 1 << 16  # bytes of a body that are read at once
COUNTED = 5000  # statements of a document up to which its `total` is exact


@dataclass(frozen=True, slots=True)
class QueryLimits:
    """What one query may use. Announced to clients; see docs/sparql.md.

    `timeout`: seconds, waiting included.
    `memory`: bytes of a worker, beyond what the open store takes.
    `result`, `text`: bytes of an answer, and of a query without the data in its VALUES.
    `values`: bytes of a query with them.
    `rows`: rows or triples of a result (0: any number).
    `queue`: queries of a process that wait at one time.
    `waiting`: of these, queries of one client.
    `budget`: seconds of query time that a client may use a minute (0: any number).
    """

    timeout: float = 30.0
    memory: int = 1 << 30
    result: int = 256 << 20
    rows: int = 0
    text: int = 100_000
    values: int = 1 << 20
    queue: int = 64
    waiting: int = 20
    budget: float = 0.0

    def deadline(self, now: float, timeout: float | None) -> float:
        """When a query that arrives now must be finished; its own timeout can only shorten it."""
        return now + (self.timeout if timeout is None else min(timeout, self.timeout))


class Notice(NamedTuple):
    """What explains that a result is empty or has gaps: a kind, and the name it is about.

    `kind`: having-alias, aggregate-unbound (`name` is a variable), no-such-graph, no-such-property,
    no-such-class or no-such-namespace (an IRI, the beginning of IRIs).
    """

    kind: str
    name: str


class Query(NamedTuple):
    """A SPARQL query, its dataset, and the format of its answer.

    `format`: a format's name (`json`, `csv`, `ttl`, …); its kind follows from the query's form.
    `base`: what relative IRIs are resolved against; None is the endpoint's IRI, `{base}sparql`.
    `default_graphs`, `named_graphs`: the protocol's dataset (SPARQL 1.1 Protocol §2.1.4), which
    overrides FROM and FROM NAMED.
    `bom`: write CSV and TSV for spreadsheets: with a byte order mark, by which they recognise
    UTF-8, and with formulas escaped.
    `send`: rows of QLever's JSON that are written (None: all); the rest is only counted.
    `notices`: say what explains that the result is empty or has gaps.
    """

    text: str
    format: str = ""
    base: str | None = None
    default_graphs: tuple[str, ...] = ()
    named_graphs: tuple[str, ...] = ()
    bom: bool = False
    send: int | None = None
    notices: bool = False

    def to_wire(self) -> tuple[Any, ...]:
        """The fields in order, as marshalled for a worker."""
        return tuple(self)

    @classmethod
    def from_wire(cls, fields: tuple[Any, ...]) -> Query:
        """The query that `to_wire` marshalled."""
        return cls._make(fields)


@dataclass(frozen=True, slots=True)
class ResourceDocument:
    """All statements about a resource and its parts: subjects that are its IRI, or that start with
    its IRI and `#` or `/` and are linked with it.

    At most `limit` statements are written (0: all), and at most `values` of each property of a
    subject (0: all). With a limit the answer's `total` counts all there are, up to COUNTED.

    `part`: all of it (empty), DESCRIPTION without observations and findings, or a page of one of
    the LISTS of these, whose number is the `total`. `page` counts from 1.
    """

    DESCRIPTION: ClassVar = "description"
    LISTS: ClassVar = ("observations", "findings")
    PAGE: ClassVar = 1000  # members of a page

    iri: str
    format: str = "ttl"
    limit: int = 0
    values: int = 0
    part: str = ""
    page: int = 1

    def to_wire(self) -> tuple[Any, ...]:
        """The fields in order, as marshalled for a worker."""
        return (self.iri, self.format, self.limit, self.values, self.part, self.page)

    @classmethod
    def from_wire(cls, fields: tuple[Any, ...]) -> ResourceDocument:
        """The document that `to_wire` marshalled."""
        iri, form, limit, values, part, page = fields
        return cls(iri=iri, format=form, limit=limit, values=values, part=part, page=page)


@dataclass(frozen=True, slots=True)
class GraphDocument:
    """All statements of a named graph, or of the default graph where `iri` is empty.

    The answer's `total` is their number: 0 when there is no such graph, or it is hidden.
    """

    iri: str
    format: str = "ttl"

    def to_wire(self) -> tuple[Any, ...]:
        """The fields in order, as marshalled for a worker."""
        return (self.iri, self.format)

    @classmethod
    def from_wire(cls, fields: tuple[Any, ...]) -> GraphDocument:
        """The document that `to_wire` marshalled."""
        iri, form = fields
        return cls(iri=iri, format=form)


class BatchPart(NamedTuple):
    """An answer of a batch: its whole body, and the number of statements of a document."""

    body: bytes
    total: int


@dataclass(frozen=True, slots=True)
class RequestBatch:
    """Requests that a worker answers one after the other on the same snapshot, sent at once.

    The answer's body holds theirs (`parts`). If one of them fails, all do.
    """

    requests: tuple[Query | ResourceDocument, ...]

    def to_wire(self) -> tuple[Any, ...]:
        """The kind and the fields of each, as marshalled for a worker."""
        return tuple((REQUEST_KINDS[type(one)], one.to_wire()) for one in self.requests)

    @staticmethod
    def body(parts: Iterable[BatchPart]) -> bytes:
        """The body of the answer, from the answers in order."""
        return json.dumps([(part.body.decode(), part.total) for part in parts]).encode()

    @staticmethod
    def parts(body: bytes) -> list[BatchPart]:
        """The answers in a body."""
        return [BatchPart(text.encode(), total) for text, total in json.loads(body)]


PoolRequest = Query | ResourceDocument | GraphDocument | RequestBatch

REQUEST_KINDS: dict[type[PoolRequest], str] = {
    Query: "query",
    ResourceDocument: "document",
    GraphDocument: "graph",
    RequestBatch: "batch",
}
"""Names of the kinds of request: on the wire, and as `form` in metrics and query log, where they
are public (docs/serving.md) and outlive the names of the classes."""


@dataclass(slots=True)
class QueryAnswer:
    """A whole answer. Use it as a context manager, or `read` it: its body may be an open file.

    `length` is in bytes. `snapshot` is empty for remote stores, which keep none. `total` is the
    number of statements of a document. `worker_seconds` is how many seconds a worker took, `waited`
    how many the request waited besides. `notices` are there if the query asks for them.
    """

    format: Format
    length: int
    body: bytes | IO[bytes]
    snapshot: str
    total: int = 0
    worker_seconds: float = 0.0
    waited: float = 0.0
    notices: tuple[Notice, ...] = ()

    def __enter__(self) -> QueryAnswer:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the body if it is a file."""
        if not isinstance(self.body, bytes):
            self.body.close()

    def blocks(self) -> Iterator[bytes]:
        """The body in pieces of at most 64 KiB."""
        if isinstance(self.body, bytes):
            yield self.body
        else:
            while block := self.body.read(BLOCK):
                yield block

    def read(self) -> bytes:
        """The whole body; closes the answer."""
        with self:
            return b"".join(self.blocks())
