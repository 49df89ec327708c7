"""Addresses on this server for IRIs, and IRIs for addresses; made here and nowhere else.

Whatever host the server runs on, `{base}id/x` is at `/id/x`. The fixed IRIs of
`https://w3id.org/ulzii/` are at the same paths in every instance.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import quote, unquote, urlencode

from graph.core.iris import ROOT, segment
from graph.queries.syntax.prefixes import PREFIXES


@dataclass(frozen=True, slots=True)
class Urls:
    """The addresses of one instance."""

    base: str

    def iris(self, path: str) -> list[str]:
        """The IRIs a local path (`/id/place/065`, raw as requested) can stand for.

        Percent-encoding is brought to the form in which IRIs are minted.
        """
        parts = (segment(unquote(part)) for part in path.lstrip("/").split("/"))
        tail = "/".join(parts)
        return list(dict.fromkeys([self.base + tail, ROOT + tail]))

    def href(self, iri: str) -> str:
        """Where a link to an IRI leads: to this server if it can say something of it."""
        for root in (self.base, ROOT):
            if iri.startswith(root):
                return "/" + iri[len(root) :]
        return iri if iri.startswith(("http://", "https://", "mailto:")) else ""

    def document(self, path: str, extension: str) -> str:
        """The address of a thing's document in one format."""
        return f"{path}.{extension}"

    def short(self, iri: str) -> str:
        """An IRI as people read it: `skos:prefLabel`, or the path below the base."""
        cut = max(iri.rfind("#"), iri.rfind("/")) + 1
        prefix = next((p for p, n in PREFIXES.items() if n == iri[:cut]), None)
        if prefix:
            return f"{prefix}:{iri[cut:]}"
        for root in (self.base, ROOT):
            if iri.startswith(root):
                return unquote(iri[len(root) :])
        return unquote(iri)

    def sparql(self, query: str, more: Iterable[tuple[str, str]] = ()) -> str:
        """The address of a query's answer; `more` are other parameters."""
        return "/sparql?" + urlencode([("query", query), *more], quote_via=quote)
