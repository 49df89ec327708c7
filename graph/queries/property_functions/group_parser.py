"""Parses the groups of a query (SPARQL 1.1 §19.8, from GroupGraphPattern down) token by token.

The query has been accepted by the engine, so only as much is parsed as is needed to find the
triples, which `triple_patterns` parses.
"""

from __future__ import annotations

from graph.queries.property_functions.term_parser import END, ParsedTerm, TermParser

_FORMS = frozenset(("SELECT", "ASK", "CONSTRUCT", "DESCRIBE"))
_ELEMENTS = frozenset("OPTIONAL MINUS UNION LATERAL FILTER BIND VALUES GRAPH SERVICE".split())


class GroupParser(TermParser):
    """Finds all triples of a query, and the GRAPH clause around them."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self._enclosing_graphs: list[ParsedTerm] = []
        self._is_construct_where = False  # this form allows triples only

    def _statement(self) -> None:
        """Parse the triples of one subject."""
        raise NotImplementedError

    def query(self) -> None:
        """Parse the whole query."""
        while self._word() not in _FORMS:
            self._take()
        form = self._take().text.upper()
        if form == "CONSTRUCT" and self._next.text == "{":
            self._skip_brackets()
        else:
            self._is_construct_where = form == "CONSTRUCT"
        self._to_group()
        self._modifiers()

    def _to_group(self) -> None:
        """Skip the projection and dataset clauses, and parse the group if there is one."""
        while self._next is not END and self._next.text != "{":
            self._expression_part()
        if self._next is not END:
            self._group()

    def _modifiers(self) -> None:
        while self._next is not END and self._next.text != "}":
            if self._word() == "VALUES":
                self._values()
            else:
                self._expression_part()

    def _values(self) -> None:
        while self._next.text != "{":
            self._take()
        self._skip_brackets()

    def _group(self) -> None:
        self._take("{")
        if self._word() == "SELECT":
            self._to_group()
            self._modifiers()
        else:
            while self._next.text != "}":
                self._element()
        self._take("}")

    def _element(self) -> None:
        """Parse one element of a group."""
        parsers = {"FILTER": self._filter, "BIND": self._bind, "VALUES": self._values,
                   "GRAPH": self._graph, "SERVICE": self._service}  # fmt: skip
        word = self._word()
        if word in ("OPTIONAL", "MINUS", "UNION", "LATERAL") or self._next.text == ".":
            self._take()
        elif word in parsers:
            parsers[word]()
        elif self._next.text == "{":
            self._group()
        else:
            self._statement()

    def _graph(self) -> None:
        self._take("GRAPH")
        start = self._next.start
        self._enclosing_graphs.append(ParsedTerm(self._take().text, start))
        self._group()
        self._enclosing_graphs.pop()

    def _service(self) -> None:
        """Skip the clause: the other endpoint evaluates its functions."""
        while self._next.text != "{":
            self._take()
        self._skip_brackets()

    def _filter(self) -> None:
        self._take("FILTER")
        while self._word() in ("NOT", "EXISTS"):
            self._take()
        if self._next.text == "{":
            self._group()
            return
        if self._next.text != "(":
            self._take()
        self._bracket()

    def _bind(self) -> None:
        self._take("BIND")
        self._bracket()

    def _bracket(self) -> None:
        """Parse an expression in brackets, with the groups after EXISTS."""
        self._take("(")
        while self._next.text != ")":
            self._expression_part()
        self._take(")")

    def _expression_part(self) -> None:
        if self._next.text == "(":
            self._bracket()
        elif self._next.text == "{":
            self._group()
        else:
            self._take()

    def _starts_element(self) -> bool:
        return self._word() in _ELEMENTS or self._next.text == "{"
