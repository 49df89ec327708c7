"""Finds words in what a snapshot publishes.

with Index.of(snapshot) as index:
    for hit in index.find("завхан аймаг", limit=20):
        hit.iri, hit.property, hit.value, hit.language, hit.score, hit.snippet("завхан аймаг")
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Literal
from zlib import crc32

from graph.core.errors import EngineFailure, QueryTooLarge
from graph.search import schema
from graph.search.excerpt import ExcerptPart, excerpt
from graph.search.index import SUFFIX
from graph.search.query_parser import MatchDegree, SearchExpression, TermDictionary, parse
from graph.snapshots import Snapshot

MAX_HITS = 20_000
"""So many hits are given without a limit; a search with more is refused, never cut."""
_COLUMNS = "subject, property, value, language, datatype, graph"
_ORDER = "subject, property, value, language, datatype"
"""Of what is equally good; and by the graph's name, since its number tells when it came."""
_GRAPH_ORDER = ", (SELECT iri FROM graph AS known WHERE known.id = graph)"
_GROUPS = {
    "literal": "subject, property, value, language, datatype",
    "property": "subject, property",
    "thing": "subject",
}


@dataclass(frozen=True, slots=True)
class Hit:
    """A literal that was found, and the thing that has it.

    `language` and `datatype` are empty for a plain string; `graph` is empty unless it was asked
    for. `score` is between 0 and 3: 2 and over for the words as written, 1 and over for other forms
    of them, below 1 for other spellings; within each by BM25.
    """

    iri: str
    property: str
    value: str
    language: str
    datatype: str
    score: float
    graph: str = ""

    def snippet(self, text: str) -> list[ExcerptPart]:
        """Why it was found: pieces of the value around what was looked for."""
        return excerpt(self.value, parse(text))


@dataclass(frozen=True, slots=True)
class SearchScope:
    """Where to search, and what counts as one hit.

    Properties (all where empty), graphs (all where None), a language (RFC 4647 basic range; `none`
    for literals without one), one thing by its IRI. A hit is a literal of a thing (`per`), or a
    thing's property, or a thing, each with the best literal; `by_graph` tells those of different
    graphs apart.
    """

    properties: tuple[str, ...] = ()
    language: str = ""
    graphs: tuple[str, ...] | None = None
    subject: str = ""
    per: Literal["literal", "property", "thing"] = "literal"
    by_graph: bool = False


class SearchIndex:
    """The open index of one snapshot. Use as a context manager, or call `close`."""

    def __init__(self, path: Path) -> None:
        if not path.is_file() or not schema.is_current(path):
            raise EngineFailure(
                "this snapshot has no search index",
                hint="The operator can run `ulzii rebuild`.",
                message_mn="энэ агшинд хайлтын индекс алга",
                hint_mn="Эрхлэгч `ulzii rebuild` ажиллуулж болно.",
            )
        self.connection = schema.open_published(path)
        self._dictionary = TermDictionary(self.connection)
        self._graphs, self._properties = (
            dict(self.connection.execute(f"SELECT id, iri FROM {table}").fetchall())
            for table in ("graph", "property")
        )

    @classmethod
    def of(cls, snapshot: Snapshot) -> SearchIndex:
        """The index beside a snapshot.

        Raises EngineFailure where there is none.
        """
        return cls(snapshot.companion(SUFFIX))

    def __enter__(self) -> SearchIndex:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let the file go."""
        self.connection.close()

    def graphs(self) -> frozenset[str]:
        """The graphs that are indexed."""
        return frozenset(self._graphs.values())

    def graph(self, number: int) -> str:
        """The IRI of a graph by its number in the index."""
        return str(self._graphs[number])

    def find(
        self, text: str, scope: SearchScope | None = None, limit: int | None = None
    ) -> list[Hit]:
        """Hits for what a searcher wrote (graph.search.query_parser), best first.

        Raises QuerySyntaxError where there is no word in it, QueryTooLarge where there are more
        than MOST hits and no limit.
        """
        wanted, scope = parse(text), scope or SearchScope()
        most = MAX_HITS + 1 if limit is None else limit
        hits = (h for degree in reversed(MatchDegree) for h in self._hits(wanted, degree, scope))
        found = list(islice(_deduplicated(hits, scope), most))
        if limit is None and len(found) > MAX_HITS:
            raise QueryTooLarge(
                f"the search “{text}” has more than {MAX_HITS:,} hits",
                hint="Give a limit, a property or a language, or search for more words.",
                message_mn=f"“{text}” гэсэн хайлт {MAX_HITS:,}-аас олон илэрцтэй",
                hint_mn="Хязгаар, шинж, хэл заах, эсвэл олон үгээр хайна уу.",
            )
        return found

    def _hits(
        self, wanted: SearchExpression, degree: MatchDegree, scope: SearchScope
    ) -> Iterator[Hit]:
        expression = self._expression(wanted, degree)
        if expression is None:
            return
        condition, values = self._condition(scope)
        group = _GROUPS[scope.per] + (", graph" if scope.by_graph else "")
        order = _ORDER + (_GRAPH_ORDER if scope.by_graph else "")
        rows = self.connection.execute(
            f"SELECT {_COLUMNS}, rank FROM"
            f" (SELECT {_COLUMNS}, rank, ROW_NUMBER() OVER best AS place"
            f" FROM found JOIN text ON id = found.rowid WHERE found MATCH ?{condition}"
            f" WINDOW best AS (PARTITION BY {group} ORDER BY rank, {order}))"
            f" WHERE place = 1 ORDER BY rank, {order}",
            (expression, *values),
        )
        for subject, kind, value, language, datatype, graph, rank in rows:
            score = round(degree + -rank / (1 - rank), 6)  # FTS5's rank is BM25 below zero
            stated_in = self._graphs[graph] if scope.by_graph else ""
            yield Hit(subject, self._properties[kind], value, language, datatype, score, stated_in)

    def _expression(self, wanted: SearchExpression, degree: MatchDegree) -> str | None:
        """What is found at this degree and at no stricter one; None where that is nothing."""
        here = self._dictionary.expression(wanted, degree)
        if degree == MatchDegree.EXACT:
            return here
        stricter = self._dictionary.expression(wanted, MatchDegree(degree + 1))
        return None if here == stricter else f"{here} NOT {stricter}"

    def _condition(self, scope: SearchScope) -> tuple[str, list[str | int]]:
        parts: list[str] = []
        values: list[str | int] = []
        for table, iris in (("property", scope.properties or None), ("graph", scope.graphs)):
            if iris is not None:
                marks = ", ".join("?" * len(iris))
                parts.append(f"text.{table} IN (SELECT id FROM {table} WHERE iri IN ({marks}))")
                values += iris
        if scope.subject:
            parts.append("key = ? AND subject = ?")
            values += (crc32(scope.subject.encode()), scope.subject)
        if scope.language:
            parts.append("(language = ? OR language LIKE ?)")
            values += _language_range(scope.language)
        return "".join(f" AND {part}" for part in parts), values


def _language_range(language: str) -> tuple[str, str]:
    if language.lower() == "none":
        return "", ""
    return language.lower(), language.lower() + "-%"


def _deduplicated(hits: Iterable[Hit], scope: SearchScope) -> Iterator[Hit]:
    """Each hit at its best degree only."""
    seen = set()
    for hit in hits:
        kinds = {"thing": (), "property": (hit.property,)}
        rest = kinds.get(scope.per, (hit.property, hit.value, hit.language, hit.datatype))
        key = (hit.iri, hit.graph, *rest)
        if key not in seen:
            seen.add(key)
            yield hit


def find(
    snapshot: Snapshot, text: str, scope: SearchScope | None = None, limit: int | None = None
) -> list[Hit]:
    """Search a snapshot once; see `Index.find`."""
    with SearchIndex.of(snapshot) as index:
        return index.find(text, scope, limit)
