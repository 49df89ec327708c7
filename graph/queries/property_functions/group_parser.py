"""Reads a query's groups (SPARQL 1.1 §19.8, from GroupGraphPattern down) token by token.

It reads queries that the engine accepts. What the statements in them say is read by
`graph.queries.property_functions.triple_patterns`.
"""

from __future__ import annotations

from graph.queries.property_functions.term_parser import END, ParsedTerm, TermParser

_FORMS = frozenset(("SELECT", "ASK", "CONSTRUCT", "DESCRIBE"))
_ELEMENTS = frozenset("OPTIONAL MINUS UNION LATERAL FILTER BIND VALUES GRAPH SERVICE".split())


class GroupParser(TermParser):
    """Finds every statement of a query."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self._graphs: list[ParsedTerm] = []
        self._short = False  # CONSTRUCT WHERE: triples only

    def _statement(self) -> None:
        """Read the triples of one subject."""
        raise NotImplementedError

    def query(self) -> None:
        """Read the whole query."""
        while self._word() not in _FORMS:
            self._take()
        form = self._take().text.upper()
        if form == "CONSTRUCT" and self._next.text == "{":
            self._raw()
        else:
            self._short = form == "CONSTRUCT"
        self._to_group()
        self._modifiers()

    def _to_group(self) -> None:
        """Past a projection and a dataset clause into the group, where there is one."""
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
        self._raw()

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
        """One part of a group."""
        read = {"FILTER": self._filter, "BIND": self._bind, "VALUES": self._values,
                "GRAPH": self._graph, "SERVICE": self._service}  # fmt: skip
        word = self._word()
        if word in ("OPTIONAL", "MINUS", "UNION", "LATERAL") or self._next.text == ".":
            self._take()
        elif word in read:
            read[word]()
        elif self._next.text == "{":
            self._group()
        else:
            self._statement()

    def _graph(self) -> None:
        self._take("GRAPH")
        start = self._start()
        self._graphs.append(ParsedTerm(self._take().text, start))
        self._group()
        self._graphs.pop()

    def _service(self) -> None:
        """Asked of somebody else: theirs to answer."""
        while self._next.text != "{":
            self._take()
        self._raw()

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
        """An expression in brackets, with groups behind EXISTS."""
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
