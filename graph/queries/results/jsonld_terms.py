"""The names that the JSON-LD context of the vocabularies has for properties and classes."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple


class ContextTerm(NamedTuple):
    """A name and what it stands for. `kind` says which values it is for: `@id` for IRIs and blank
    nodes (always as an array), `@language` for texts by language, the IRI of a datatype for its
    literals, and empty for all values."""

    name: str
    iri: str
    kind: str = ""

    def definition(self, iri: str) -> str | dict[str, str]:
        """The name's definition in a context, where its IRI is written as given."""
        if self.kind == "@id":
            return {"@id": iri, "@type": "@id", "@container": "@set"}
        if self.kind == "@language":
            return {"@id": iri, "@container": "@language"}
        return {"@id": iri, "@type": self.kind} if self.kind else iri


@cache
def context_terms() -> dict[str, ContextTerm]:
    """All terms by IRI."""
    context: dict[str, Any] = json.loads((files("vocab") / "context.jsonld").read_bytes())
    names: dict[str, Any] = context["@context"]
    prefixes = {k: v for k, v in names.items() if isinstance(v, str) and v.startswith("http")}

    def whole(compact: str) -> str:
        prefix, _, local = compact.partition(":")
        return prefixes[prefix] + local if prefix in prefixes else compact

    found = {}
    for name, told in names.items():
        defined = told if isinstance(told, dict) else {"@id": told}
        iri = str(defined["@id"]) if name[0] != "@" and name not in prefixes else "@"
        if not iri.startswith("@"):
            kind = defined.get("@type") or defined.get("@container", "")
            found[whole(iri)] = ContextTerm(name, whole(iri), whole(kind))
    return found
