"""`SELECT *` with its columns in the order in which the variables first stand in the query.

The standard leaves the order open and the engine sorts by name; people expect what they wrote.
"""

from __future__ import annotations

from collections.abc import Sequence

import pyoxigraph as ox

from graph.queries.engines.custom_functions import with_functions
from graph.queries.syntax.checks import contains_service
from graph.queries.syntax.tokens import Token, tokenize

_FORMS = frozenset(("SELECT", "ASK", "CONSTRUCT", "DESCRIBE"))
_BEFORE = frozenset(("DISTINCT", "REDUCED"))


def expand_star(text: str, base: str | None = None) -> str:
    """The query with its `*` written out, where sorting would show another order."""
    if "*" not in text or (star := _star(found := list(tokenize(text)))) is None:
        return text
    written = list(dict.fromkeys(t.text[1:] for t in found if t.kind == "variable"))
    if written == sorted(written):
        return text
    visible = _visible(text, base)
    ordered = [name for name in written if name in visible]
    if len(ordered) != len(visible) or not ordered:  # a name is spelt with escapes
        return text
    names = " ".join(f"?{name}" for name in ordered)
    return f"{text[: star.end - 1]} {names} {text[star.end :]}"


def _star(found: Sequence[Token]) -> Token | None:
    """The `*` of the outermost SELECT."""
    forms = (i for i, t in enumerate(found) if t.kind == "word" and t.text.upper() in _FORMS)
    first = next(forms, len(found))
    form, *rest = found[first:] or [Token("", "", 0)]
    if form.text.upper() != "SELECT":
        return None
    behind = rest[1:] if rest and rest[0].text.upper() in _BEFORE else rest
    return behind[0] if behind and behind[0].text == "*" else None


def _visible(text: str, base: str | None) -> frozenset[str]:
    """The variables of `*`, told by the engine: asked of nothing, a query costs its planning."""
    if contains_service(text):  # the engine would call it
        return frozenset()
    store = ox.Store()
    try:
        result = with_functions(
            lambda known: store.query(text, base_iri=base, custom_functions=known)
        )
    except (SyntaxError, RuntimeError, ValueError):  # met again, and said, where it matters
        return frozenset()
    assert isinstance(result, ox.QuerySolutions)
    return frozenset(variable.value for variable in result.variables)
