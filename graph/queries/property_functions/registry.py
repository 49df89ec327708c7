"""What names and terms of a query mean, and the property functions that can be named."""

from __future__ import annotations

from collections.abc import Sequence

import pyoxigraph as ox

from graph.core.errors import QuerySyntaxError, QueryUnsupported
from graph.queries.property_functions import spatial_search, text_search
from graph.queries.property_functions.calls import ArgumentValue, PropertyFunction
from graph.queries.syntax.tokens import Token, tokenize
from vocab.terms import Object

TEXT = "http://jena.apache.org/text#"
SPATIAL = "http://jena.apache.org/spatial#"
FUNCTIONS: dict[str, PropertyFunction] = {
    f"{TEXT}query": text_search.QUERY,
    **{SPATIAL + name: function for name, function in spatial_search.FUNCTIONS.items()},
}
"""The property functions by their IRI."""

_FORMS = frozenset(("SELECT", "ASK", "CONSTRUCT", "DESCRIBE"))
_SUBJECT, _PREDICATE = "urn:x-ulzii:", "<urn:x-ulzii:is>"


class FunctionNames:
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
                message_mn=f"<{iri}> энд алга",
                hint_mn=f"Эдгээр бий: {known}.",
            )
        return iri if iri in FUNCTIONS else ""

    def terms(self, written: Sequence[str]) -> list[ArgumentValue | None]:
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
        return [o if isinstance(o, Object) else None for o in objects]


def _prologue(text: str) -> tuple[str, list[str]]:
    """What stands before the query's form, and the prefixes declared there."""
    prefixes: list[str] = []
    previous = ""
    for token in tokenize(text):
        word = token.text.upper()
        if token.kind == "word" and word in _FORMS:
            return text[: token.end - len(token.text)], list(dict.fromkeys(prefixes))
        if previous == "PREFIX":
            prefixes.append(token.text.rstrip(":"))
        previous = word
    return text, []
