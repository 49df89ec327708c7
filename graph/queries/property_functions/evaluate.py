"""Answers the property functions of a query from the index of one snapshot, as blocks of VALUES."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache

import pyoxigraph as ox

from graph.core.errors import QuerySyntaxError
from graph.queries.property_functions.calls import (
    ArgumentValue,
    Bilingual,
    FunctionCall,
    InvalidCall,
    SolutionRow,
    syntax_error_at,
)
from graph.queries.property_functions.registry import FUNCTIONS, FunctionNames
from graph.queries.property_functions.term_parser import ParsedTerm
from graph.queries.property_functions.triple_patterns import PatternCall, TextEdit
from graph.queries.syntax.dataset import QueryDataset
from graph.search.query import SearchIndex
from graph.snapshots import Snapshot, visibility

_UNBOUND_HINT: Bilingual = (
    "Бичвэрийг өөрийг нь бичнэ үү. Утгатай болсон литералыг FILTER дотор"
    " <https://w3id.org/ulzii/def/function#matches> функцээр шалгаж болно.",
    "Write the text itself. A literal that is bound can be tested with"
    ' FILTER(<https://w3id.org/ulzii/def/function#matches>(?literal, "text")).',
)


@lru_cache(maxsize=1)
def _open(snapshot: Snapshot) -> SearchIndex:
    return SearchIndex.of(snapshot)


class Evaluator:
    """Answers the calls of one query from one index."""

    def __init__(
        self, text: str, names: FunctionNames, snapshot: Snapshot, dataset: QueryDataset | None
    ) -> None:
        self._text = text
        self._names = names
        self._index = _open(snapshot)
        self._restricted = visibility.read_restricted(snapshot)
        self._dataset = dataset

    def rewritten(self, found: Sequence[TextEdit]) -> str:
        """The query with its calls replaced by what they found."""
        pieces, at = [], 0
        for edit in sorted(found, key=lambda e: e.start):
            pieces.append(self._text[at : edit.start])
            pieces.extend(self._values(call) + " " for call in edit.calls)
            pieces.append(edit.rest)
            at = edit.end
        return "".join(pieces) + self._text[at:]

    def _values(self, call: PatternCall) -> str:
        try:
            return self._table(call)
        except InvalidCall as error:
            raise syntax_error_at(self._text, call.start, error.message, error.hint) from error
        except QuerySyntaxError as error:  # of the text that is searched for
            said = (error.message_mn, error.message), (error.hint_mn, error.hint)
            raise syntax_error_at(self._text, call.start, *said) from error

    def _table(self, call: PatternCall) -> str:
        function = FUNCTIONS[call.function]
        columns = self._columns(call.subject, function.columns)
        if call.graph and call.graph.variable:
            columns = {**columns, call.graph.variable: "graph"}
        question = FunctionCall(
            arguments=self._arguments(call.object),
            wanted=frozenset(columns.values()),
            thing=self._thing(call.subject),
            graphs=self._graphs(call.graph),
        )
        return _block(columns, function.answer(self._index, question))

    def _columns(self, subject: ParsedTerm, names: Sequence[str]) -> dict[str, str]:
        """The variables of a subject, and the columns they stand for."""
        terms = subject.items if subject.items is not None else (subject,)
        listed = "(" + " ".join(f"?{name}" for name in names) + ")"
        form = (
            f"?thing, эсвэл {listed} жагсаалтын эхийг бичнэ үү.",
            f"Write ?thing, or the beginning of {listed}.",
        )
        if not 1 <= len(terms) <= len(names):
            said = "хайлтын өмнөх хэсэг тохирохгүй байна", "the subject of a search does not fit"
            raise InvalidCall(said, form)
        if not all(term.variable for term in terms[1:]):
            said = "хайлтын олох зүйлд хувьсагч хэрэгтэй", "what a search finds needs a variable"
            raise InvalidCall(said, form)
        found = {t.variable: n for t, n in zip(terms, names, strict=False) if t.variable}
        if len(found) < sum(1 for term in terms if term.variable):
            said = (
                "хайлтын өмнө нэг хувьсагч хоёр удаа байна",
                "a variable stands twice in the subject of a search",
            )
            raise InvalidCall(said, form)
        return found

    def _thing(self, subject: ParsedTerm) -> str:
        """The thing asked about, where the subject is or begins with an IRI."""
        first = subject.items[0] if subject.items else subject
        if first.variable:
            return ""
        (node,) = self._names.terms([first.text])
        if not isinstance(node, ox.NamedNode):
            raise InvalidCall(
                (
                    "хайх зүйл нь хувьсагч эсвэл IRI байна",
                    "what is searched for is a variable or an IRI",
                )
            )
        return node.value

    def _arguments(self, term: ParsedTerm) -> tuple[ArgumentValue, ...]:
        written = term.items if term.items is not None else (term,)
        variable = next((item.variable for item in written if item.variable), "")
        if variable:
            said = (
                f"?{variable} одоохондоо утгагүй: хайлт асуулгаас өмнө хийгддэг",
                f"?{variable} has no value yet: a search is answered before the query runs",
            )
            raise InvalidCall(said, _UNBOUND_HINT)
        found = self._names.terms([item.text for item in written])
        known = tuple(value for value in found if value is not None)
        if len(known) < len(written):
            raise InvalidCall(
                (
                    "хайлтын нэг утга IRI ч, литерал ч биш байна",
                    "an argument of a search is neither an IRI nor a literal",
                )
            )
        return known

    def _graphs(self, graph: ParsedTerm | None) -> tuple[str, ...] | None:
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
            raise InvalidCall(
                (
                    f"<{iri}> хязгаарлагдмал; хязгаарлагдмал граф хайлтын индекст ордоггүй",
                    f"<{iri}> is restricted, and what is restricted is not in the search index",
                ),
                ("Тэнд FILTER, CONTAINS хэрэглэнэ үү.", "Use FILTER with CONTAINS there."),
            )
        return wanted


def _block(columns: dict[str, str], rows: Iterable[SolutionRow]) -> str:
    """What was found as a block of VALUES; rows that the columns cannot tell apart are one."""
    head = " ".join(f"?{variable}" for variable in columns)
    lines = dict.fromkeys(" ".join(str(row[name]) for name in columns.values()) for row in rows)
    return f"VALUES ({head}) {{ {' '.join(f'({line})' for line in lines)} }}"
