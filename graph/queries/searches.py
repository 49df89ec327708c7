"""Property functions: triple patterns that are answered from a snapshot's index.

Before the engine sees a query, each is replaced by a VALUES block with what the index found, so the
engine joins a few rows instead of looking at every literal. The answer is exact for the snapshot,
since its index is made with it. `FUNCTIONS` lists them; docs/search.md says how they are called.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

import pyoxigraph as ox

from graph import visibility
from graph.errors import QuerySyntaxError, QueryTooComplex, QueryUnsupported
from graph.queries import preflight, spatial_search, text_search
from graph.queries.dataset import Dataset, written
from graph.queries.patterns import Call, Edit, Term, edits
from graph.queries.query import Query
from graph.queries.questions import Function, Misused, Question, Row, Said, Value, refused
from graph.queries.tokens import Token, tokens
from graph.search.find import Index
from graph.snapshots import Snapshot

TEXT = "http://jena.apache.org/text#"
SPATIAL = "http://jena.apache.org/spatial#"
FUNCTIONS: dict[str, Function] = {
    f"{TEXT}query": text_search.QUERY,
    **{SPATIAL + name: function for name, function in spatial_search.FUNCTIONS.items()},
}
"""The property functions by their IRI."""

_MARK = "jena.apache.org"  # none is named without this, spelt so or with escapes
_ESCAPED = re.compile(r"<[^>]*\\[uU]")
_MOST = 50  # searches in one query
_FORMS = frozenset(("SELECT", "ASK", "CONSTRUCT", "DESCRIBE"))
_SUBJECT, _PREDICATE = "urn:x-ulzii:", "<urn:x-ulzii:is>"
_BOUND: Said = (
    "Бичвэрийг өөрийг нь бичнэ үү. Утгатай болсон литералыг FILTER дотор"
    " <https://w3id.org/ulzii/def/function#matches> функцээр шалгаж болно.",
    "Write the text itself. A literal that is bound can be tested with"
    ' FILTER(<https://w3id.org/ulzii/def/function#matches>(?literal, "text")).',
)


def answered(text: str, query: Query, wanted: Dataset | None, snapshot: Path | None) -> str:
    """The query with all its property functions answered.

    Raises QuerySyntaxError for one that is not called as it must be, QueryTooLarge for one that
    finds too much, QueryUnsupported and EngineFailure where the snapshot has no index.
    """
    if _MARK not in text and not _ESCAPED.search(text):
        return text
    if not _reads(text, query.base):
        return text
    names = _Names(text, query.base)
    found = edits(text, names.function)
    if not found:
        return text
    _check_number(found)
    if snapshot is None:
        raise QueryUnsupported(
            "there is nothing to search here: this is no published snapshot",
            what_mn="энд хайх зүйлгүй: нийтэлсэн агшин биш байна",
        )
    answers = _Answers(text, names, Snapshot(snapshot), _dataset(query, wanted))
    return answers.rewritten(found)


def refuse_in(update: str) -> None:
    """Refuse an update that calls a property function: it would match nothing, in silence.

    Raises QueryUnsupported.
    """
    spaces: dict[str, str] = {}
    found = list(tokens(update)) if _MARK in update else []
    for before, token in pairwise(found):
        if before.kind == "name" and before.text.endswith(":") and token.kind == "iri":
            spaces[before.text] = token.text[1:-1]
    for token in found:
        prefix, colon, local = token.text.partition(":")
        iri = spaces.get(prefix + colon, "") + local if token.kind == "name" else token.text[1:-1]
        if iri in FUNCTIONS:
            raise QueryUnsupported(
                "a search cannot be part of an update",
                hint="Search with a query first, and name in the update what it found.",
                what_mn="хайлт өөрчлөх үйлдлийн хэсэг болж чадахгүй",
                hint_mn="Эхлээд асуулгаар хайж, олсноо өөрчлөлтдөө нэрлэнэ үү.",
            )


@lru_cache(maxsize=1)
def _open(snapshot: Snapshot) -> Index:
    return Index.of(snapshot)


def _dataset(query: Query, wanted: Dataset | None) -> Dataset | None:
    """The dataset also where the engine is told it by the query's own FROM."""
    if wanted is None and "from" in query.text.lower():
        shape = preflight.shape_of(query.text)
        if shape.sources or shape.named:
            return written(query, shape)
    return wanted


def _check_number(found: Sequence[Edit]) -> None:
    number = sum(len(edit.calls) for edit in found)
    if number > _MOST:
        raise QueryTooComplex(
            f"the query has {number:,} searches; {_MOST} are allowed",
            what_mn=f"асуулгад {number:,} хайлт байна; {_MOST} хүртэл зөвшөөрнө",
        )


def _reads(text: str, base: str | None) -> bool:
    """Whether the engine can read the query as it was written; if not, it says so itself."""
    if "service" in text.lower():  # the engine would call it
        return True
    try:
        ox.Store().query(text, base_iri=base)
    except SyntaxError:
        return False
    except (RuntimeError, ValueError):  # met again with all functions
        return True
    return True


class _Names:
    """What names and terms of a query mean, by its prologue."""

    def __init__(self, text: str, base: str | None) -> None:
        self._base = base
        self._prologue, prefixes = _prologue(text)
        spaces = self.terms([f"{prefix}:" for prefix in prefixes])
        self._namespaces = dict(zip(prefixes, spaces, strict=True))

    def function(self, token: Token) -> str:
        """The IRI of the property function that a token names; else an empty string."""
        iri = ""
        if token.kind == "name":
            prefix, _, local = token.text.partition(":")
            space = self._namespaces.get(prefix)
            iri = space.value + local if isinstance(space, ox.NamedNode) else ""
        elif token.kind == "iri":
            (node,) = self.terms([token.text])
            iri = node.value if isinstance(node, ox.NamedNode) else ""
        if iri.startswith((TEXT, SPATIAL)) and iri not in FUNCTIONS:
            known = ", ".join(f"<{name}>" for name in FUNCTIONS)
            raise QueryUnsupported(
                f"<{iri}> is not known here",
                hint=f"There are: {known}.",
                what_mn=f"<{iri}> энд алга",
                hint_mn=f"Эдгээр бий: {known}.",
            )
        return iri if iri in FUNCTIONS else ""

    def terms(self, written: Sequence[str]) -> list[Value | None]:
        """Terms as written; None for one that is neither an IRI nor a literal."""
        if not written:
            return []
        triples = (f"<{_SUBJECT}{n}> {_PREDICATE} {term} ." for n, term in enumerate(written))
        text = self._prologue + "\n" + "\n".join(triples)
        try:
            quads = list(ox.parse(text, ox.RdfFormat.TURTLE, base_iri=self._base))
        except SyntaxError as error:
            raise QuerySyntaxError(f"a term of a search cannot be read: {error}") from error
        found = {quad.subject: quad.object for quad in quads}
        objects = (found.get(ox.NamedNode(f"{_SUBJECT}{n}")) for n in range(len(written)))
        return [o if isinstance(o, ox.NamedNode | ox.Literal) else None for o in objects]


def _prologue(text: str) -> tuple[str, list[str]]:
    """What stands before the query's form, and the prefixes declared there."""
    prefixes: list[str] = []
    previous = ""
    for token in tokens(text):
        word = token.text.upper()
        if token.kind == "word" and word in _FORMS:
            return text[: token.end - len(token.text)], list(dict.fromkeys(prefixes))
        if previous == "PREFIX":
            prefixes.append(token.text.rstrip(":"))
        previous = word
    return text, []


class _Answers:
    """Answers the calls of one query from one index."""

    def __init__(
        self, text: str, names: _Names, snapshot: Snapshot, dataset: Dataset | None
    ) -> None:
        self._text = text
        self._names = names
        self._index = _open(snapshot)
        self._restricted = visibility.listed(snapshot)
        self._dataset = dataset

    def rewritten(self, found: Sequence[Edit]) -> str:
        pieces, at = [], 0
        for edit in sorted(found, key=lambda e: e.start):
            pieces.append(self._text[at : edit.start])
            pieces.extend(self._values(call) + " " for call in edit.calls)
            pieces.append(edit.rest)
            at = edit.end
        return "".join(pieces) + self._text[at:]

    def _values(self, call: Call) -> str:
        try:
            return self._table(call)
        except Misused as error:
            raise refused(self._text, call.start, error.what, error.hint) from error
        except QuerySyntaxError as error:  # of the text that is searched for
            said = (error.what_mn, error.what), (error.hint_mn, error.hint)
            raise refused(self._text, call.start, *said) from error

    def _table(self, call: Call) -> str:
        function = FUNCTIONS[call.function]
        columns = self._columns(call.subject, function.columns)
        if call.graph and call.graph.variable:
            columns = {**columns, call.graph.variable: "graph"}
        question = Question(
            arguments=self._arguments(call.object),
            wanted=frozenset(columns.values()),
            thing=self._thing(call.subject),
            graphs=self._graphs(call.graph),
        )
        return _block(columns, function.answer(self._index, question))

    def _columns(self, subject: Term, names: Sequence[str]) -> dict[str, str]:
        """The variables of a subject, and the columns they stand for."""
        terms = subject.items if subject.items is not None else (subject,)
        listed = "(" + " ".join(f"?{name}" for name in names) + ")"
        form = (
            f"?thing, эсвэл {listed} жагсаалтын эхийг бичнэ үү.",
            f"Write ?thing, or the beginning of {listed}.",
        )
        if not 1 <= len(terms) <= len(names):
            said = "хайлтын өмнөх хэсэг тохирохгүй байна", "the subject of a search does not fit"
            raise Misused(said, form)
        if not all(term.variable for term in terms[1:]):
            said = "хайлтын олох зүйлд хувьсагч хэрэгтэй", "what a search finds needs a variable"
            raise Misused(said, form)
        found = {t.variable: n for t, n in zip(terms, names, strict=False) if t.variable}
        if len(found) < sum(1 for term in terms if term.variable):
            said = (
                "хайлтын өмнө нэг хувьсагч хоёр удаа байна",
                "a variable stands twice in the subject of a search",
            )
            raise Misused(said, form)
        return found

    def _thing(self, subject: Term) -> str:
        """The thing asked about, where the subject is or begins with an IRI."""
        first = subject.items[0] if subject.items else subject
        if first.variable:
            return ""
        (node,) = self._names.terms([first.text])
        if not isinstance(node, ox.NamedNode):
            raise Misused(
                (
                    "хайх зүйл нь хувьсагч эсвэл IRI байна",
                    "what is searched for is a variable or an IRI",
                )
            )
        return node.value

    def _arguments(self, term: Term) -> tuple[Value, ...]:
        written = term.items if term.items is not None else (term,)
        variable = next((item.variable for item in written if item.variable), "")
        if variable:
            said = (
                f"?{variable} одоохондоо утгагүй: хайлт асуулгаас өмнө хийгддэг",
                f"?{variable} has no value yet: a search is answered before the query runs",
            )
            raise Misused(said, _BOUND)
        found = self._names.terms([item.text for item in written])
        known = tuple(value for value in found if value is not None)
        if len(known) < len(written):
            raise Misused(
                (
                    "хайлтын нэг утга IRI ч, литерал ч биш байна",
                    "an argument of a search is neither an IRI nor a literal",
                )
            )
        return known

    def _graphs(self, graph: Term | None) -> tuple[str, ...] | None:
        """The graphs to look in; None for all that are indexed."""
        dataset = self._dataset
        if graph is None:
            if dataset is None or ox.DefaultGraph() in dataset.default:
                return None
            return self._searched(g.value for g in dataset.default if isinstance(g, ox.NamedNode))
        named = None if dataset is None else {g.value for g in dataset.named}
        if graph.variable:
            return None if named is None else tuple(sorted(named & self._index.graphs()))
        (node,) = self._names.terms([graph.text])
        assert isinstance(node, ox.NamedNode)
        return self._searched([node.value]) if named is None or node.value in named else ()

    def _searched(self, graphs: Iterable[str]) -> tuple[str, ...]:
        wanted = tuple(graphs)
        for iri in sorted(self._restricted.intersection(wanted)):
            raise Misused(
                (
                    f"<{iri}> хязгаарлагдмал; хязгаарлагдмал граф хайлтын индекст ордоггүй",
                    f"<{iri}> is restricted, and what is restricted is not in the search index",
                ),
                ("Тэнд FILTER, CONTAINS хэрэглэнэ үү.", "Use FILTER with CONTAINS there."),
            )
        return wanted


def _block(columns: dict[str, str], rows: Iterable[Row]) -> str:
    """What was found as a block of VALUES; rows that the columns cannot tell apart are one."""
    head = " ".join(f"?{variable}" for variable in columns)
    lines = dict.fromkeys(" ".join(str(row[name]) for name in columns.values()) for row in rows)
    return f"VALUES ({head}) {{ {' '.join(f'({line})' for line in lines)} }}"
