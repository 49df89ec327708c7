"""The IRIs of things, sources, graphs and events; no other module builds IRIs (docs/names.md).

Two kinds: IRIs that are the same in every instance (`DEF`, `SCHEME`, `RULE`, `ID`), and IRIs under
the instance's own base (`Names`).
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

ROOT = "https://w3id.org/ulzii/"
DEF = ROOT + "def/"
SCHEME = ROOT + "scheme/"
RULE = ROOT + "rule/"
ID = ROOT + "id/"
SHARED = (
    DEF,
    SCHEME,
    RULE,
    *(f"{ID}{kind}/" for kind in ("place", "org", "law", "period", "change")),
)
"""What is the same in every instance begins so; the rest of ROOT is the default base's."""

# RFC 3986 unreserved and sub-delimiters that are safe in one path segment
_SEGMENT = "-._~!$'()*,;=:@"


def segment(text: str) -> str:
    """Percent-encode one path segment: ASCII, case kept, never a slash."""
    if text.isascii() and text.isalnum():  # most are, and `quote` takes long to find out
        return text
    return quote(text, safe=_SEGMENT)


def place(key: str) -> str:
    """A place; its key is the first land-agency code, which never changes and is never parsed."""
    return f"{ID}place/{segment(key)}"


def organisation(key: str) -> str:
    """An organisation: 7-digit register number, or `x-{slug}` while none is known."""
    return f"{ID}org/{segment(key)}"


def law(number: str) -> str:
    """A law by its legalinfo.mn number."""
    return f"{ID}law/{segment(number)}"


def period(key: str) -> str:
    """A period: `2024`, `1970--2024`, `2022-03--2022-06`."""
    return f"{ID}period/{segment(key)}"


def concept(scheme: str, notation: str) -> str:
    """A concept of a scheme."""
    return f"{SCHEME}{segment(scheme)}/{segment(notation)}"


def scheme(name: str) -> str:
    """A concept scheme."""
    return f"{SCHEME}{segment(name)}"


def rule(name: str, version: int | str = 1) -> str:
    """A rule that makes or checks statements."""
    return f"{RULE}{name}/{version}"


@dataclass(frozen=True, slots=True)
class Names:
    """The IRIs under one instance's base, which ends in a slash."""

    base: str

    @property
    def endpoint(self) -> str:
        """The SPARQL endpoint; relative IRIs in queries refer to it."""
        return f"{self.base}sparql"

    def dataset(self, source: str, local: str) -> str:
        """An agency's dataset: `{base}id/dataset/{source}/{local id}`."""
        return f"{self.base}id/dataset/{segment(source)}/{segment(local)}"

    def cube(self, dataset: str) -> str:
        """Our qb:DataSet made from a dataset (given by IRI)."""
        return f"{dataset}/cube"

    def distribution(self, dataset: str, file: str) -> str:
        """A distribution of a dataset (given by IRI)."""
        return f"{dataset}/file/{segment(file)}"

    def record(self, resource: str) -> str:
        """The dcat:CatalogRecord about a dataset or service (given by IRI)."""
        return f"{resource}#record"

    def record_of_foreign(self, source: str, key: str) -> str:
        """Our dcat:CatalogRecord about a dataset with an IRI of others, by a hash of that IRI."""
        return f"{self.base}id/record/{segment(source)}/{key}"

    def service(self, key: str) -> str:
        """A data service or group of services."""
        return f"{self.base}id/service/{key}"

    def source_catalog(self, source: str, local: str | None = None) -> str:
        """A catalogue that a source does not name: its only one, or one of several."""
        own = f"{self.base}id/catalog/{segment(source)}"
        return own if local is None else f"{own}/{local}"

    def thing(self, source: str, local: str, key: str) -> str:
        """What a row of a source's table describes: `{base}id/thing/{source}/{table}/{key}`."""
        return f"{self.base}id/thing/{segment(source)}/{segment(local)}/{segment(key)}"

    def value(self, source: str, key: str) -> str:
        """What a source describes without naming it, by a hash: an agent, a contact, a place."""
        return f"{self.base}id/value/{segment(source)}/{key}"

    def part(self, owner: str, key: str) -> str:
        """A part of something (given by IRI), such as a checksum, by a hash."""
        return f"{owner}#part-{key}"

    def finding(self, source: str, rule_name: str, key: str) -> str:
        """A finding of one rule in one source."""
        return f"{self.base}finding/{segment(source)}/{segment(rule_name)}/{key}"

    def source(self, source: str) -> str:
        """A source: a feed that is loaded."""
        return f"{self.base}id/source/{segment(source)}"

    def harvested(self, source: str) -> str:
        """What relative IRIs in a local file of a source refer to."""
        return f"{self.source(source)}/"

    def report(self, source: str) -> str:
        """The harvest report of a source: what its last load changed, rejected and found."""
        return f"{self.source(source)}/report"

    def version(self, source: str, number: int) -> str:
        """Version `number` of a source."""
        return f"{self.source(source)}/v/{number}"

    def graph(self, source: str, layer: str = "stated") -> str:
        """The named graph of one layer of a source; `stated` has no suffix."""
        return self.graph_at(self.graph_name(source, layer))

    def graph_name(self, source: str, layer: str = "stated") -> str:
        """The name of a named graph, which ends its IRI: `nso`, `nso/findings`."""
        return segment(source) + ("" if layer == "stated" else f"/{layer}")

    def graph_at(self, name: str) -> str:
        """The IRI of the named graph with this name."""
        return f"{self.base}graph/{name}"

    def dump(self, name: str) -> str:
        """The document with all statements of the named graph with this name."""
        return f"{self.graph_at(name)}.nt"

    def void(self, graph: str = "") -> str:
        """The VoID description of a named graph (`nso/inferred`), or of all data (no name)."""
        return f"{self.base}void/{graph}" if graph else f"{self.base}void"

    def is_void(self, iri: str) -> bool:
        """Whether an IRI is a VoID description, or a part of one."""
        own = f"{self.base}void"  # asked for every subject of a load
        return iri.startswith(own) and iri[len(own) :][:1] in ("", "#", "/")

    def event(self, index: int) -> str:
        """An event of the ledger."""
        return f"{self.base}log/{index}"

    def capture(self, digest: str, locator: str = "") -> str:
        """A capture by its SHA-256, with an optional locator as fragment (`row=7`, `char=3,9`)."""
        fragment = f"#{locator}" if locator else ""
        return f"{self.base}capture/sha256-{digest}{fragment}"

    def code(self, kind: str, name: str, digest: str) -> str:
        """A registered piece of code: mapping, shapes or vocabulary."""
        return f"{self.base}code/{kind}/{segment(name)}/sha256-{digest}"

    def statement(self, digest: str) -> str:
        """A statement by the SHA-256 of its canonical line."""
        return f"{self.base}statement/sha256-{digest}"

    @property
    def catalog(self) -> str:
        """The catalogue."""
        return f"{self.base}catalog"
