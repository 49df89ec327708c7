"""Whether the values of a variable are numbers, dates or the like, as far as one sees quickly.

The engine keeps such values in place and compares them without reading the store, so ORDER BY needs
no other expression for them (`graph.queries.engines.order_by`). A wrong guess costs time and
changes no order.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

import pyoxigraph as ox

from graph.core.errors import QuerySyntaxError
from graph.queries.syntax.checks import prologue
from graph.queries.syntax.dataset import resolve_iris
from graph.queries.syntax.tokens import Token, tokens_of
from vocab.namespaces import XSD

_KEPT_IN_PLACE = frozenset(
    XSD[name]
    for name in (
        "integer decimal double float boolean dateTime date time gYear gYearMonth gMonth gMonthDay"
        " gDay duration dayTimeDuration yearMonthDuration"
    ).split()
)
_COMPUTED = frozenset(
    "COUNT SUM AVG STRLEN ABS CEIL FLOOR ROUND YEAR MONTH DAY HOURS MINUTES SECONDS NOW".split()
)
_CHOOSING = frozenset(("MIN", "MAX", "SAMPLE"))  # one of the values of their argument
_FIRST = 5  # statements of a property that are looked at
_OPERATORS = frozenset("+-*/")


class PlainValues:
    """Looks at the variables of one query."""

    def __init__(self, store: ox.Store, text: str, base: str | None) -> None:
        self._store, self._text, self._base = store, text, base
        self._tokens: Sequence[Token] = ()
        self._seen = set[str]()  # an invalid query may define a variable by itself

    def __call__(self, variable: str) -> bool:
        """Whether a variable (`?x`) is computed as a number, or the object of a property whose
        first statements in the store have numbers, dates or the like."""
        self._tokens = tokens_of(self._text)
        if variable[1:] in self._seen:
            return False
        self._seen.add(variable[1:])
        names = {f"?{variable[1:]}", f"${variable[1:]}"}
        places = [i for i, token in enumerate(self._tokens) if token.text in names]
        if any(self._is_computed(i) for i in places if self._word(i - 1) == "AS"):
            return True
        terms = {self._tokens[i - 1].text for i in places if self._is_verb(i - 1)}
        return any(map(self._has_plain_objects, self._resolved(terms)))

    def _word(self, i: int) -> str:
        return self._tokens[i].text.upper() if i >= 0 else ""

    def _is_verb(self, i: int) -> bool:
        return self._tokens[i].kind in ("iri", "name") and self._word(i - 1) not in ("^", "!")

    def _is_computed(self, i: int) -> bool:
        """Whether the expression before `AS ?x` is a number: a function of numbers, or the result
        of an operator outside of brackets."""
        depth, at = 0, i - 2
        while at >= 0 and depth >= 0:
            depth += (self._word(at) == ")") - (self._word(at) == "(")
            if depth == 0 and self._word(at) in _OPERATORS:
                return True
            at -= 1
        function, argument = self._word(at + 2), self._tokens[min(at + 4, i)]
        return function in _COMPUTED or (function in _CHOOSING and self._is_alone(argument, at + 5))

    def _is_alone(self, argument: Token, after: int) -> bool:
        """Whether an argument is a variable alone, of such values."""
        return argument.kind == "variable" and self._word(after) == ")" and self(argument.text)

    def _resolved(self, terms: set[str]) -> Iterator[ox.NamedNode]:
        try:
            yield from resolve_iris(tuple(terms), prologue(self._text), self._base)
        except QuerySyntaxError:  # the engine reports it
            return

    def _has_plain_objects(self, name: ox.NamedNode) -> bool:
        first = [*islice(self._store.quads_for_pattern(None, name, None, None), _FIRST)]
        return bool(first) and all(
            isinstance(quad.object, ox.Literal) and quad.object.datatype in _KEPT_IN_PLACE
            for quad in first
        )
