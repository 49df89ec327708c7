"""The public named graphs that are described in VoID."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from graph.archive import Archive
from graph.core.instance import Instance
from graph.ledger import Event
from graph.statements.layer import FINDINGS, INFERRED, NAMES, STATED, read_with_line_feeds
from graph.versions import provenance
from graph.versions.state import is_public, state
from graph.void.counts import Tally
from graph.void.full_count import LineSource
from graph.void.serialize import GraphDescription

_LAYERS = {
    STATED: ("{}", "{}"),
    INFERRED: ("{}: дүгнэсэн", "{}: inferred"),
    FINDINGS: ("{}: илрүүлсэн зөрүү", "{}: findings"),
}
_PROVENANCE = {"mn": "Гарал үүсэл", "en": "Provenance"}


@dataclass(frozen=True, slots=True)
class CountedGraph:
    """A named graph: its name (`nso/findings`), its sorted lines and their number, its metadata."""

    name: str
    lines: LineSource
    statements: int
    title: Mapping[str, str]
    modified: str
    version: str = ""

    def described(self, tally: Tally) -> GraphDescription:
        """The graph with its statistics, and its first thing as an example."""
        # an IRI with a fragment is a part of a thing
        example = next((line for line in self.lines() if b"#" not in line.split(b" ", 1)[0]), b"")
        subject = example.split(b" ", 1)[0].decode().strip("<>")
        return GraphDescription(self.name, tally, self.title, self.modified, self.version, subject)


def public_graphs(instance: Instance, events: Sequence[Event]) -> Iterator[CountedGraph]:
    """The public named graphs that are not empty, the provenance graph last."""
    names, archive = instance.names, Archive(instance.archive)
    for source, load in state(events).items():
        for layer in NAMES if is_public(load) else ():
            facts = load["layers"][layer]
            if facts["statements"]:
                yield CountedGraph(
                    names.graph_name(source, layer),
                    partial(read_with_line_feeds, archive, facts["lines"]),
                    facts["statements"],
                    _title(load["title"], layer),
                    load["at"],
                    names.version(source, load["version"]),
                )
    own = [line + b"\n" for line in provenance.lines(events, names)]
    last = max((e["at"] for e in events if e["type"] == "Publish"), default="")
    yield CountedGraph(provenance.GRAPH, lambda: own, len(own), _PROVENANCE, last)


def _title(title: Mapping[str, str], layer: str) -> dict[str, str]:
    forms = dict(zip(("mn", "en"), _LAYERS[layer], strict=True))
    return {language: forms.get(language, "{}").format(text) for language, text in title.items()}
