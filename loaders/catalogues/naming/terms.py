"""Terms as N-Triples text."""

from __future__ import annotations

import pyoxigraph as ox


def is_blank(term: str) -> bool:
    """Whether a term is a blank node."""
    return term.startswith("_:")


def is_literal(term: str) -> bool:
    """Whether a term is a literal."""
    return term.startswith('"')


def text_of(term: str) -> str:
    """The text of an IRI or a literal, without blanks around it; a blank node as it is."""
    if term.startswith("<"):
        return term[1:-1]
    if not is_literal(term):
        return term
    if "\\" not in term:
        return term[1 : term.rindex('"')].strip()
    line = f"<urn:s> <urn:p> {term} .".encode()
    value = next(iter(ox.parse(line, ox.RdfFormat.N_TRIPLES))).object
    return str(getattr(value, "value", "")).strip()
