"""Versions and changes as RDF."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import pyoxigraph as ox

from graph.core.iris import Names
from graph.history.published import SourceVersion
from server.history.comparing import ComparedVersions
from vocab.namespaces import DCAT, PROV, RDF, XSD


def described_versions(known: Iterable[SourceVersion], names: Names) -> Iterator[ox.Triple]:
    """The versions of a source as the provenance graph describes them."""
    before = None
    for one in known:
        version = ox.NamedNode(names.version(one.source, one.number))
        at = ox.Literal(one.load["at"], datatype=XSD.dateTime)
        load = ox.NamedNode(names.event(one.load["index"]) + "#activity")
        yield ox.Triple(version, RDF.type, DCAT.Resource)
        yield ox.Triple(version, RDF.type, PROV.Entity)
        yield ox.Triple(version, DCAT.version, ox.Literal(str(one.number)))
        yield ox.Triple(version, DCAT.isVersionOf, ox.NamedNode(names.source(one.source)))
        yield ox.Triple(version, PROV.generatedAtTime, at)
        yield ox.Triple(version, PROV.wasGeneratedBy, load)
        if before is not None:
            yield ox.Triple(version, DCAT.previousVersion, before)
            yield ox.Triple(version, PROV.wasRevisionOf, before)
        before = version


def changed_quads(made: ComparedVersions, names: Names) -> Iterator[str]:
    """The changed statements as N-Quads lines, in one graph for those added, one for those deleted:
    `{base}graph/{source}/diff/{old}..{new}/add` and `…/del`."""
    span = f"{made.old.number}..{made.new.number}"
    graph = f"{names.graph(made.new.source)}/diff/{span}"
    for one in made.things:
        for change in one["changes"]:
            for key, name in (("old", "del"), ("new", "add")):
                if stated := change[key]:
                    yield f"{_triple(one['subject'], stated)} <{graph}/{name}> .\n"


def _triple(subject: str, stated: Mapping[str, Any]) -> str:
    return f"<{subject}> <{stated['predicate']}> {stated['object']}"
