"""Full-text search of a snapshot.

with SearchIndex.of(snapshot) as index:
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
from graph.search.query_parser import MatchDegree, SearchExpression, TermDictionary, parse
from graph.search.schema import SUFFIX
from graph.snapshots import Snapshot

MAX_HITS = 20_000
"""The largest number of hits; a search without a limit that has more is refused, not truncated."""
_COLUMNS = "subject, property, value, language, datatype, graph"
# The order of hits with equal scores: a part has the address of its whole in its own, and comes
# behind things with a short one. Graphs are ordered by IRI: their numbers depend on the
# history of the index, and an updated index must give the same results as a new one.
_ORDER = "length(subject), subject, property, value, language, datatype"
_GRAPH_ORDER = ", (SELECT iri FROM graph AS known WHERE known.id = graph)"
_GROUPS = {
    "literal": "subject, property, value, language, datatype",
    "property": "subject, property",
    "thing": "subject",
}


@dataclass(frozen=True, slots=True)
class Hit:
    """A literal that matches a search, and the thing that has it (`iri`).

    `language` and `datatype` are empty for a plain string; `graph` is empty without
    `SearchScope.by_graph`. `score` is between 0 and 3: at least 2 for the words as written, at
    least 1 for other forms of them, below 1 for other spellings; BM25 within each.
    """

    iri: str
    property: str
    value: str
    language: str
    datatype: str
    score: float
    graph: str = ""

    def snippet(self, text: str) -> list[ExcerptPart]:
        """Parts of the value around the first match of the search `text`."""
        return excerpt(self.value, parse(text))


@dataclass(frozen=True, slots=True)
class SearchScope:
    """Where to search, and what counts as one hit.

    `properties` (empty: all), `graphs` (None: all), `language` (an RFC 4647 basic range; `none` for
    literals without a language), `subject` (the IRI of the only thing to search). `per` says what a
    hit is: a literal, a property of a thing, or a thing, each with its best literal. With
    `by_graph` the same literal in different graphs is several hits.
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
        if not path.is_file() or not schema.is_readable(path):
            raise EngineFailure(
                "this snapshot has no search index",
                hint="The operator can run `ulzii rebuild`.",
                message_mn="энэ агшин хувилбарт хайлтын индекс алга",
                hint_mn="Системийн эрхлэгч `ulzii rebuild` командыг ажиллуулж болно.",
            )
        self.connection = schema.open_published(path)
        self._dictionary = TermDictionary(self.connection)
        self._graphs, self._properties = (
            dict(self.connection.execute(f"SELECT id, iri FROM {table}").fetchall())
            for table in ("graph", "property")
        )

    @classmethod
    def of(cls, snapshot: Snapshot) -> SearchIndex:
        """The index of a snapshot. Raises EngineFailure if there is none."""
        return cls(snapshot.companion(SUFFIX))

    def __enter__(self) -> SearchIndex:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
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
        """The hits for a search, best first; graph.search.query_parser describes the text.

        Raises QuerySyntaxError for a text without words, QueryTooLarge for more than MAX_HITS hits
        without a limit.
        """
        expression, scope = parse(text), scope or SearchScope()
        most = MAX_HITS + 1 if limit is None else limit  # one more, to see that there are too many
        degrees = reversed(MatchDegree)
        hits = (hit for degree in degrees for hit in self._hits(expression, degree, scope))
        best = list(islice(_deduplicated(hits, scope), most))
        if limit is None and len(best) > MAX_HITS:
            raise QueryTooLarge(
                f"the search “{text}” has more than {MAX_HITS:,} hits",
                hint="Give a limit, a property or a language, or search for more words.",
                message_mn=f"“{text}” гэсэн хайлт {MAX_HITS:,}-аас олон илэрцтэй",
                hint_mn="Хязгаар, шинж, эсвэл хэл зааж өгөх, эсвэл илүү олон үгээр хайна уу.",
            )
        return best

    def _hits(
        self, expression: SearchExpression, degree: MatchDegree, scope: SearchScope
    ) -> Iterator[Hit]:
        fts5_expression = self._fts5_expression(expression, degree)
        if fts5_expression is None:
            return
        condition, values = self._condition(scope)
        group = _GROUPS[scope.per] + (", graph" if scope.by_graph else "")
        order = _ORDER + (_GRAPH_ORDER if scope.by_graph else "")
        # the window keeps the best literal of each hit; `found` has the same row ids as `text`
        rows = self.connection.execute(
            f"SELECT {_COLUMNS}, rank FROM"
            f" (SELECT {_COLUMNS}, rank, ROW_NUMBER() OVER best AS place"
            f" FROM found JOIN text ON id = found.rowid WHERE found MATCH ?{condition}"
            f" WINDOW best AS (PARTITION BY {group} ORDER BY rank, {order}))"
            f" WHERE place = 1 ORDER BY rank, {order}",
            (fts5_expression, *values),
        )
        for subject, property_id, value, language, datatype, graph_id, rank in rows:
            yield Hit(
                iri=subject,
                property=self._properties[property_id],
                value=value,
                language=language,
                datatype=datatype,
                # the rank of FTS5 is a negative BM25; this maps it to 0 … 1 within the degree
                score=round(degree + -rank / (1 - rank), 6),
                graph=self._graphs[graph_id] if scope.by_graph else "",
            )

    def _fts5_expression(self, expression: SearchExpression, degree: MatchDegree) -> str | None:
        """Matches of this degree and of no stricter one; None if there cannot be any."""
        matches = self._dictionary.fts5_expression(expression, degree)
        if degree == MatchDegree.EXACT:
            return matches
        stricter = self._dictionary.fts5_expression(expression, MatchDegree(degree + 1))
        return None if matches == stricter else f"{matches} NOT {stricter}"

    def _condition(self, scope: SearchScope) -> tuple[str, list[str | int]]:
        parts: list[str] = []
        values: list[str | int] = []
        for table, iris in (("property", scope.properties or None), ("graph", scope.graphs)):
            if iris is not None:
                marks = ", ".join("?" * len(iris))
                parts.append(f"text.{table} IN (SELECT id FROM {table} WHERE iri IN ({marks}))")
                values += iris
        if scope.subject:
            parts.append("key = ? AND subject = ?")  # the index is on key, the hash of the subject
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
    """Each hit at its best degree only; the hits come in the order of degrees."""
    seen = set()
    for hit in hits:
        shorter_keys = {"thing": (), "property": (hit.property,)}
        literal_key = (hit.property, hit.value, hit.language, hit.datatype)
        key = (hit.iri, hit.graph, *shorter_keys.get(scope.per, literal_key))
        if key not in seen:
            seen.add(key)
            yield hit


def find(
    snapshot: Snapshot, text: str, scope: SearchScope | None = None, limit: int | None = None
) -> list[Hit]:
    """Search a snapshot once; see `SearchIndex.find`."""
    with SearchIndex.of(snapshot) as index:
        return index.find(text, scope, limit)
