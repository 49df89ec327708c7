"""The property functions by IRI, and what the names and terms of a query mean."""

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
"""The property functions by IRI."""

_FORMS = frozenset(("SELECT", "ASK", "CONSTRUCT", "DESCRIBE"))
_SUBJECT, _PREDICATE = "urn:x-ulzii:", "<urn:x-ulzii:is>"


class FunctionNames:
    """Resolves the names and terms of a query by its prologue."""

    def __init__(self, text: str, base: str | None) -> None:
        self._base = base
        self._prologue, prefixes = _prologue(text)
        namespaces = self.terms([f"{prefix}:" for prefix in prefixes])
        self._namespaces = dict(zip(prefixes, namespaces, strict=True))

    def function_iri(self, token: Token) -> str:
        """The IRI of the property function that a token names, or an empty string.

        Raises QueryUnsupported for an unknown function in the namespaces of property functions.
        """
        iri = ""
        if token.kind == "name":
            prefix, _, local = token.text.partition(":")
            namespace = self._namespaces.get(prefix)
            iri = namespace.value + local if isinstance(namespace, ox.NamedNode) else ""
        elif token.kind == "iri":
            (node,) = self.terms([token.text])
            iri = node.value if isinstance(node, ox.NamedNode) else ""
        # without an error, a misspelt function would be a triple pattern that matches nothing
        if iri.startswith((TEXT, SPATIAL)) and iri not in FUNCTIONS:
            known = ", ".join(f"<{name}>" for name in FUNCTIONS)
            raise QueryUnsupported(
                f"the property function <{iri}> does not exist",
                hint=f"Available are {known}.",
                message_mn=f"<{iri}> гэсэн хайлтын функц байхгүй",
                hint_mn=f"Дараах функцууд бий: {known}.",
            )
        return iri if iri in FUNCTIONS else ""

    def terms(self, texts: Sequence[str]) -> list[ArgumentValue | None]:
        """The terms that texts of the query stand for; None for a blank node or triple term.

        The prologue of a query is valid Turtle, so the engine's Turtle parser resolves them.
        """
        if not texts:
            return []
        triples = (f"<{_SUBJECT}{n}> {_PREDICATE} {term} ." for n, term in enumerate(texts))
        text = self._prologue + "\n" + "\n".join(triples)
        try:
            quads = list(ox.parse(text, ox.RdfFormat.TURTLE, base_iri=self._base))
        except SyntaxError as error:
            raise QuerySyntaxError(f"an argument of a search cannot be read: {error}") from error
        parsed = {quad.subject: quad.object for quad in quads}
        objects = (parsed.get(ox.NamedNode(f"{_SUBJECT}{n}")) for n in range(len(texts)))
        return [o if isinstance(o, Object) else None for o in objects]


def _prologue(text: str) -> tuple[str, list[str]]:
    """The text before the query's form, and the prefixes that it declares."""
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
