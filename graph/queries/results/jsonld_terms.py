"""The terms for properties and classes in the JSON-LD context of the vocabularies."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple


class ContextTerm(NamedTuple):
    """A term of the context.

    `kind` says which values it is for: `@id` for IRIs and blank nodes (always as an array),
    `@language` for strings by language, the IRI of a datatype for its literals, empty for all.
    """

    name: str
    iri: str
    kind: str = ""

    def definition(self, iri: str) -> str | dict[str, str]:
        """The definition of the term in a context, with its IRI as given (it may be compact)."""
        if self.kind == "@id":
            return {"@id": iri, "@type": "@id", "@container": "@set"}
        if self.kind == "@language":
            return {"@id": iri, "@container": "@language"}
        return {"@id": iri, "@type": self.kind} if self.kind else iri


@cache
def context_terms() -> dict[str, ContextTerm]:
    """The terms of the context by the IRI of their property or class."""
    context: dict[str, Any] = json.loads((files("vocab") / "context.jsonld").read_bytes())
    entries: dict[str, Any] = context["@context"]
    prefixes = {k: v for k, v in entries.items() if isinstance(v, str) and v.startswith("http")}

    def expand(compact: str) -> str:
        prefix, _, local = compact.partition(":")
        return prefixes[prefix] + local if prefix in prefixes else compact

    terms = {}
    for name, entry in entries.items():
        definition = entry if isinstance(entry, dict) else {"@id": entry}
        iri = str(definition["@id"]) if name[0] != "@" and name not in prefixes else "@"
        if not iri.startswith("@"):  # neither a keyword nor a name for one
            kind = definition.get("@type") or definition.get("@container", "")
            terms[expand(iri)] = ContextTerm(name, expand(iri), expand(kind))
    return terms
