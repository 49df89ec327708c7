"""What goes into the pool and what comes out of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Any, NamedTuple

from graph.queries.model.formats import Format

BLOCK = 1 << 16
COUNTED = 5000


@dataclass(frozen=True, slots=True)
class QueryLimits:
    """What one query may use. Announced to clients; see docs/sparql.md.

    Seconds for `timeout` (waiting counts), bytes for `memory` (on top of what the open store
    takes), `result` and `text`; a result has at most `rows` rows or triples (0: any). At most
    `queue` queries wait, of one client `waiting` of those that run one at a time. A client may use
    `budget` seconds of query time a minute (0: any).
    """

    timeout: float = 30.0
    memory: int = 1 << 30
    result: int = 256 << 20
    rows: int = 0
    text: int = 100_000
    queue: int = 64
    waiting: int = 20
    budget: float = 0.0


class Query(NamedTuple):
    """A SPARQL query, the dataset it is asked of and the format wanted for its answer.

    `format` names a format (`json`, `csv`, `ttl`, …); the kind follows from the query's form.
    The graphs are those of the SPARQL protocol and go before FROM and FROM NAMED. Relative IRIs
    refer to `base`, or where that is None to the endpoint's address in the instance's names,
    `{base}sparql`. `bom` begins CSV and TSV with a byte order mark, which spreadsheets need to
    tell UTF-8. `send` is how many rows of QLever's JSON are written (None: all); what it leaves out
    is counted there.
    """

    text: str
    format: str = ""
    base: str | None = None
    default_graphs: tuple[str, ...] = ()
    named_graphs: tuple[str, ...] = ()
    bom: bool = False
    send: int | None = None

    def to_wire(self) -> tuple[Any, ...]:
        """The fields in order, as marshalled for a worker."""
        return tuple(self)


@dataclass(frozen=True, slots=True)
class ResourceDocument:
    """Everything said of a thing and of its parts: subjects that are its IRI, or start with its
    IRI and `#` or `/` and hang together with it by links.

    At most `limit` statements are written (0: all), of each property of a subject at most
    `values` (0: all). With a limit the answer's `total` counts all there are, up to COUNTED.
    """

    iri: str
    format: str = "ttl"
    limit: int = 0
    values: int = 0

    def to_wire(self) -> tuple[Any, ...]:
        """The fields in order, as marshalled for a worker."""
        return (self.iri, self.format, self.limit, self.values)


@dataclass(frozen=True, slots=True)
class GraphDocument:
    """All statements of a named graph, or of the default graph where `iri` is empty.

    The answer's `total` is their number: 0 where there is no such graph, or it is hidden.
    """

    iri: str
    format: str = "ttl"

    def to_wire(self) -> tuple[Any, ...]:
        """The fields in order, as marshalled for a worker."""
        return (self.iri, self.format)


PoolRequest = Query | ResourceDocument | GraphDocument

REQUEST_KINDS: dict[type[PoolRequest], str] = {
    Query: "query",
    ResourceDocument: "document",
    GraphDocument: "graph",
}
"""Names of the kinds of request: on the wire, and as `form` in metrics and query log, where they
are public (docs/serving.md) and outlive the names of the classes."""


@dataclass(slots=True)
class QueryAnswer:
    """A whole answer. Use as a context manager, or read to the end, when the body is a file.

    `snapshot` is empty where the store keeps none, as remote ones; `ran` is how many seconds it
    took a worker.
    """

    format: Format
    length: int
    body: bytes | IO[bytes]
    snapshot: str
    total: int = 0
    ran: float = 0.0

    def __enter__(self) -> QueryAnswer:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let the spooled file go."""
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
        """The body at once; the file is let go."""
        with self:
            return b"".join(self.blocks())
