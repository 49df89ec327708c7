"""Local URLs for IRIs, and IRIs for local URLs.

Whatever host the server runs on, `{base}id/x` is at `/id/x`. The IRIs of
`https://w3id.org/ulzii/`, which all instances share, are at the same paths in every instance.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import quote, unquote, urlencode

from graph.core.iris import ROOT, segment
from graph.queries.syntax.prefixes import PREFIXES

_FOREIGN = "/resource/"
_THINGS = ("/id/", "/rule/", "/def/")


@dataclass(frozen=True, slots=True)
class Urls:
    """The URLs of one instance.

    `base` begins its IRIs. `public` begins the absolute URLs of its pages: links that harvesters
    follow are made from it, never from the host that a request names.
    """

    base: str
    public: str = ""

    def absolute(self, path: str) -> str:
        """The absolute URL of a local path (`/catalog.ttl`)."""
        return (self.public or self.base) + path.removeprefix("/")

    def reachable(self, path: str, requested: str) -> str:
        """The absolute URL of a local path; below the root that was requested only where nobody
        said where the service is reachable."""
        return (self.public or requested) + path.removeprefix("/")

    def iris(self, path: str) -> list[str]:
        """The IRIs that a raw local path (`/id/place/065`) can stand for.

        Percent-encoding is normalised to the form in which IRIs are minted. An IRI that others
        minted is one segment (`/resource/https%3A%2F%2Fexample.org%2Fd`).
        """
        if path.startswith(_FOREIGN):
            return [unquote(path.removeprefix(_FOREIGN))]
        parts = (segment(unquote(part)) for part in path.lstrip("/").split("/"))
        tail = "/".join(parts)
        return list(dict.fromkeys([self.base + tail, ROOT + tail]))

    def href(self, iri: str) -> str:
        """The target of a link to an IRI: local if this server can describe it."""
        for root in (self.base, ROOT):
            if iri.startswith(root):
                return "/" + iri[len(root) :]
        return iri if iri.startswith(("http://", "https://", "mailto:")) else ""

    def local(self, iri: str) -> str:
        """The local path under which this server describes an IRI, whoever minted it."""
        href = self.href(iri)
        return href if href.startswith("/") else _FOREIGN + quote(iri, safe="")

    def document(self, path: str, extension: str) -> str:
        """The URL of a resource's document in one format."""
        return f"{path}.{extension}"

    def redirected(self, path: str, extension: str, given: Iterable[tuple[str, str]]) -> str:
        """The URL of a document that a request is sent on to, with what else its address says.

        `given`: the parameters of the request; the format is in the path now.
        """
        kept = [pair for pair in given if pair[0] != "format"]
        query = urlencode(kept, quote_via=quote)
        return self.document(path, extension) + (f"?{query}" if query else "")

    def page(self, iri: str) -> str:
        """The target of a link to the page of an IRI: its HTML document, without a redirect."""
        href = self.href(iri)
        path, mark, fragment = href.partition("#")
        return f"{path}.html{mark}{fragment}" if path.startswith(_THINGS) else href

    def described(self, iri: str) -> str:
        """The target of a link to the page of an IRI that this server describes, whoever minted
        it."""
        href = self.href(iri)
        return self.page(iri) if href.startswith("/") else f"{self.local(iri)}.html"

    def short(self, iri: str) -> str:
        """An IRI for display: `skos:prefLabel`, or the path below the base."""
        cut = max(iri.rfind("#"), iri.rfind("/")) + 1
        prefix = next((p for p, n in PREFIXES.items() if n == iri[:cut]), None)
        if prefix:
            return f"{prefix}:{iri[cut:]}"
        for root in (self.base, ROOT):
            if iri.startswith(root):
                return unquote(iri[len(root) :])
        return unquote(iri)

    def sparql(self, query: str, more: Iterable[tuple[str, str]] = ()) -> str:
        """The URL of a query's result; `more` are other parameters."""
        return "/sparql?" + urlencode([("query", query), *more], quote_via=quote)
