"""Evaluates the property functions of a query with the search index of one snapshot."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache

import pyoxigraph as ox

from graph.core.errors import QuerySyntaxError
from graph.queries.property_functions.calls import (
    ArgumentValue,
    FunctionCall,
    InvalidCall,
    SolutionRow,
)
from graph.queries.property_functions.registry import FUNCTIONS, FunctionNames
from graph.queries.property_functions.term_parser import ParsedTerm
from graph.queries.property_functions.triple_patterns import PatternCall, TextEdit
from graph.queries.syntax.bilingual import Bilingual, syntax_error_at
from graph.queries.syntax.dataset import QueryDataset
from graph.search.query import SearchIndex
from graph.snapshots import Snapshot, visibility

_UNBOUND_HINT = Bilingual(
    mn="Хайх бичвэрийг шууд бичнэ үү. Асуулгын олсон литералыг FILTER дотор"
    " <https://w3id.org/ulzii/def/function#matches> функцээр шалгаж болно.",
    en="Write the text itself. To test a literal that the query has bound, use"
    ' FILTER(<https://w3id.org/ulzii/def/function#matches>(?literal, "text")).',
)


# A worker serves one snapshot at a time, so its index stays open between queries.
@lru_cache(maxsize=1)
def _open(snapshot: Snapshot) -> SearchIndex:
    return SearchIndex.of(snapshot)


class Evaluator:
    """Evaluates the property functions of one query."""

    def __init__(
        self, text: str, names: FunctionNames, snapshot: Snapshot, dataset: QueryDataset | None
    ) -> None:
        self._text = text
        self._names = names
        self._index = _open(snapshot)
        self._restricted = visibility.read_restricted(snapshot)
        self._dataset = dataset

    def rewrite(self, edits: Sequence[TextEdit]) -> str:
        """The query with every call replaced by a VALUES block of its results.

        Raises QuerySyntaxError at the position of an invalid call, and QueryTooLarge.
        """
        pieces, end = [], 0
        for edit in sorted(edits, key=lambda e: e.start):
            pieces.append(self._text[end : edit.start])
            pieces.extend(self._values(call) + " " for call in edit.calls)
            pieces.append(edit.rest)
            end = edit.end
        return "".join(pieces) + self._text[end:]

    def _values(self, call: PatternCall) -> str:
        try:
            return self._evaluate(call)
        except InvalidCall as error:
            raise syntax_error_at(self._text, call.start, error.message, error.hint) from error
        except QuerySyntaxError as error:  # the search text has no words, or too many
            message = Bilingual(mn=error.message_mn, en=error.message)
            hint = Bilingual(mn=error.hint_mn, en=error.hint)
            raise syntax_error_at(self._text, call.start, message, hint) from error

    def _evaluate(self, call: PatternCall) -> str:
        function = FUNCTIONS[call.function]
        columns = self._columns(call.subject, function.columns)
        if call.graph and call.graph.variable:  # GRAPH ?g { … }: the search binds ?g
            columns = {**columns, call.graph.variable: "graph"}
        function_call = FunctionCall(
            arguments=self._arguments(call.object),
            columns=frozenset(columns.values()),
            subject=self._subject_iri(call.subject),
            graphs=self._graphs(call.graph),
        )
        return _values_block(columns, function.evaluate(self._index, function_call))

    def _columns(self, subject: ParsedTerm, names: Sequence[str]) -> dict[str, str]:
        """The column of each variable in a subject."""
        terms = subject.items if subject.items is not None else (subject,)
        whole_list = "(" + " ".join(f"?{name}" for name in names) + ")"
        hint = Bilingual(
            mn=f"?thing, эсвэл {whole_list} жагсаалтын эхний хэсгийг бичнэ үү.",
            en=f"Write ?thing, or the beginning of {whole_list}.",
        )
        if not 1 <= len(terms) <= len(names):
            raise InvalidCall(_SUBJECT_LENGTH, hint)
        # VALUES binds variables only, so a constant cannot restrict a column
        if not all(term.variable for term in terms[1:]):
            raise InvalidCall(_NOT_VARIABLES, hint)
        columns = {t.variable: n for t, n in zip(terms, names, strict=False) if t.variable}
        # VALUES cannot list a variable twice
        if len(columns) < sum(1 for term in terms if term.variable):
            raise InvalidCall(_REPEATED_VARIABLE, hint)
        return columns

    def _subject_iri(self, subject: ParsedTerm) -> str:
        """The IRI that the subject is or begins with; empty if that is a variable."""
        first = subject.items[0] if subject.items else subject
        if first.variable:
            return ""
        (node,) = self._names.terms([first.text])
        if not isinstance(node, ox.NamedNode):
            raise InvalidCall(_NOT_AN_IRI)
        return node.value

    def _arguments(self, term: ParsedTerm) -> tuple[ArgumentValue, ...]:
        items = term.items if term.items is not None else (term,)
        variable = next((item.variable for item in items if item.variable), "")
        if variable:
            message = Bilingual(
                mn=f"?{variable} хараахан утгагүй байна: хайлт асуулгаас өмнө хийгддэг",
                en=f"?{variable} has no value yet: a search is evaluated before the query runs",
            )
            raise InvalidCall(message, _UNBOUND_HINT)
        parsed = self._names.terms([item.text for item in items])
        arguments = tuple(value for value in parsed if value is not None)
        if len(arguments) < len(items):
            raise InvalidCall(_NOT_AN_ARGUMENT)
        return arguments

    def _graphs(self, graph: ParsedTerm | None) -> tuple[str, ...] | None:
        """The graphs to search, by the dataset of the query; None for all that are indexed."""
        dataset = self._dataset
        if graph is None:
            if dataset is None or ox.DefaultGraph() in dataset.default_graphs:
                return None
            nodes = (g for g in dataset.default_graphs if isinstance(g, ox.NamedNode))
            return self._checked(node.value for node in nodes)
        named = None if dataset is None else {g.value for g in dataset.named_graphs}
        if graph.variable:
            return None if named is None else tuple(sorted(named & self._index.graphs()))
        (node,) = self._names.terms([graph.text])
        assert isinstance(node, ox.NamedNode)
        # a graph outside the dataset is empty, as for the engine
        return self._checked([node.value]) if named is None or node.value in named else ()

    def _checked(self, graphs: Iterable[str]) -> tuple[str, ...]:
        """The graphs, of which none may be restricted.

        Restricted graphs are not indexed: searching one would silently find nothing.
        """
        checked = tuple(graphs)
        for iri in sorted(self._restricted.intersection(checked)):
            message = Bilingual(
                mn=f"<{iri}> нь хандалт хязгаарласан граф тул хайлтын индекст ороогүй",
                en=f"<{iri}> is restricted, and restricted graphs are not in the search index",
            )
            raise InvalidCall(message, _RESTRICTED_HINT)
        return checked


_SUBJECT_LENGTH = Bilingual(
    mn="хайлтын субъект хэт урт, эсвэл хоосон байна",
    en="the subject of a search has too many items, or none",
)
_NOT_VARIABLES = Bilingual(
    mn="хайлтын үр дүнг авах багана бүрд хувьсагч бичнэ",
    en="every result column of a search must be a variable",
)
_REPEATED_VARIABLE = Bilingual(
    mn="хайлтын субъектэд нэг хувьсагч хоёр удаа орсон байна",
    en="a variable occurs twice in the subject of a search",
)
_NOT_AN_IRI = Bilingual(
    mn="хайлтын субъект нь хувьсагч эсвэл IRI байна",
    en="the subject of a search must be a variable or an IRI",
)
_NOT_AN_ARGUMENT = Bilingual(
    mn="хайлтын аргумент IRI ч, литерал ч биш байна",
    en="an argument of a search is neither an IRI nor a literal",
)
_RESTRICTED_HINT = Bilingual(
    mn="Энэ графад FILTER, CONTAINS хэрэглэнэ үү.", en="Use FILTER with CONTAINS for this graph."
)


def _values_block(columns: dict[str, str], rows: Iterable[SolutionRow]) -> str:
    """Rows as a VALUES block, without repeated rows."""
    head = " ".join(f"?{variable}" for variable in columns)
    lines = dict.fromkeys(" ".join(str(row[name]) for name in columns.values()) for row in rows)
    return f"VALUES ({head}) {{ {' '.join(f'({line})' for line in lines)} }}"
