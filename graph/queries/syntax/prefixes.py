"""The prefixes that graphs are written with in Turtle, TriG, RDF/XML and JSON-LD."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain, islice

import pyoxigraph as ox

from graph.queries.syntax.checks import prologue
from vocab.prefixes import PREFIXES, WELL_KNOWN
from vocab.terms import Triples

__all__ = ["PREFIXES", "WELL_KNOWN", "declared", "for_triples"]

_LOOK_AHEAD = 1000
_TURTLE = ox.RdfFormat.TURTLE
_PLACEHOLDER = "urn:x-ulzii:seen"


def declared(text: str, base: str | None) -> dict[str, str]:
    """The prefixes that a query declares, read by the engine's Turtle parser.

    Empty if the prologue cannot be read as Turtle.
    """
    if "prefix" not in text.lower():
        return {}
    parser = ox.parse(
        f"{prologue(text)}\n<{_PLACEHOLDER}> <{_PLACEHOLDER}> <{_PLACEHOLDER}> .",
        _TURTLE,
        base_iri=base,
    )
    try:
        return parser.prefixes if list(parser) else {}
    except SyntaxError:  # SPARQL allows escapes that Turtle does not
        return {}


def for_triples(
    triples: Iterable[ox.Triple], own: Mapping[str, str] | None = None
) -> tuple[Triples, dict[str, str]]:
    """The same triples, and the prefixes they use; all known prefixes if there are many triples.

    `own` are the prefixes of the query; they take precedence over PREFIXES.
    """
    known = _merge(own or {})
    rest = iter(triples)
    first = list(islice(rest, _LOOK_AHEAD))
    if len(first) == _LOOK_AHEAD:  # the prefixes used further on are not known yet
        return chain(first, rest), known
    iris = {term for triple in first for term in _iris(triple)}
    used = {_namespace(iri) for iri in iris}
    return iter(first), {p: n for p, n in known.items() if n in used or _is_used(n, iris)}


def _merge(own: Mapping[str, str]) -> dict[str, str]:
    """PREFIXES and the query's own, so that each prefix has one namespace and the reverse."""
    named = {namespace: prefix for prefix, namespace in own.items()}
    defaults = {p: n for p, n in PREFIXES.items() if p not in own and n not in named}
    return defaults | {prefix: namespace for namespace, prefix in named.items()}


def _is_used(namespace: str, iris: Iterable[str]) -> bool:
    """Whether an IRI is in a namespace that ends in neither `#` nor `/`, which `_namespace`
    misses."""
    return namespace[-1:] not in {"#", "/"} and any(iri.startswith(namespace) for iri in iris)


def _iris(triple: ox.Triple) -> Iterator[str]:
    for term in (triple.subject, triple.predicate, triple.object):
        if isinstance(term, ox.NamedNode):
            yield term.value
        elif isinstance(term, ox.Literal):
            yield term.datatype.value


def _namespace(iri: str) -> str:
    return iri[: max(iri.rfind("#"), iri.rfind("/")) + 1]
