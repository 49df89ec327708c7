"""Expands `SELECT *`, so that its columns are in the order in which the query names them.

The standard leaves the order open, and the engine sorts by name; people expect their own order.
"""

from __future__ import annotations

from collections.abc import Sequence

import pyoxigraph as ox

from graph.queries.engines.custom_functions import with_functions
from graph.queries.syntax.service_keyword import contains_service
from graph.queries.syntax.tokens import Token, tokenize

_FORMS = frozenset(("SELECT", "ASK", "CONSTRUCT", "DESCRIBE"))
_MODIFIERS = frozenset(("DISTINCT", "REDUCED"))


def expand_star(text: str, base: str | None = None) -> str:
    """The query with its `*` expanded, unless the engine sorts the columns the same way."""
    if "*" not in text or (star := _star(query := list(tokenize(text)))) is None:
        return text
    written = list(dict.fromkeys(t.text[1:] for t in query if t.kind == "variable"))
    if written == sorted(written):
        return text
    visible = _visible(text, base)
    ordered = [name for name in written if name in visible]
    if len(ordered) != len(visible) or not ordered:  # a name is spelt with escapes
        return text
    names = " ".join(f"?{name}" for name in ordered)
    return f"{text[: star.end - 1]} {names} {text[star.end :]}"


def _star(query: Sequence[Token]) -> Token | None:
    """The `*` of the outermost SELECT."""
    forms = (i for i, t in enumerate(query) if t.kind == "word" and t.text.upper() in _FORMS)
    first = next(forms, len(query))
    form, *rest = query[first:] or [Token("", "", 0)]
    if form.text.upper() != "SELECT":
        return None
    columns = rest[1:] if rest and rest[0].text.upper() in _MODIFIERS else rest
    return columns[0] if columns and columns[0].text == "*" else None


def _visible(text: str, base: str | None) -> frozenset[str]:
    """The variables of `*`, by the engine: on an empty store a query costs only its planning."""
    if contains_service(text):  # the engine would call it
        return frozenset()
    store = ox.Store()
    try:
        result = with_functions(
            lambda known: store.query(text, base_iri=base, custom_functions=known)
        )
    except (SyntaxError, RuntimeError, ValueError):  # raised again when the query runs
        return frozenset()
    assert isinstance(result, ox.QuerySolutions)
    return frozenset(variable.value for variable in result.variables)
