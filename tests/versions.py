"""Versions of sources made by hand: logged and published as a load does."""

from __future__ import annotations

from collections.abc import Sequence

import pyoxigraph as ox

from graph import snapshots
from graph.archive import Archive
from graph.core.instance import Instance
from graph.ledger import Event, Ledger, event
from graph.publication.publish import Publisher
from graph.statements import canonical, layer
from graph.statements.rowmap import Origins
from graph.statements.sorting import Sorter
from graph.versions import version
from graph.versions.state import state
from graph.versions.version import BuildInfo, ValidationInfo


def lines(*values: str) -> list[bytes]:
    """One statement per value; `a=1` and `a=2` have the same subject."""
    subject = "http://e/{}".format
    return [
        canonical.line(
            ox.NamedNode(subject(v.split("=")[0])), ox.NamedNode("http://e/p"), ox.Literal(v)
        )
        for v in values
    ]


def log_version(
    instance: Instance, source: str, stated: Sequence[bytes], seen: str = "public"
) -> tuple[Event, Event]:
    """Log a version as the pipeline does, without publishing it."""
    ledger, archive = Ledger(instance), Archive(instance.archive)
    before = state(list(ledger)).get(source)
    origins = Origins()
    record = origins.record(archive.put(b"bytes"), "row=2")
    with Sorter(instance.staging) as sorter:
        sorter.extend(record, stated, [origins.rule("r")] * len(stated))
        made = layer.write(sorter.sorted(), origins, archive)
    layers = {"stated": made, "inferred": layer.empty(archive), "findings": layer.empty(archive)}
    nothing = archive.put(b"[]")
    fetch = event("Fetch", source=source, outcome="changed", manifest=nothing, responses=[])
    (fetched,) = ledger.append(fetch)
    changes = version.changes_since(before, source, layers, archive, instance.names)
    how = BuildInfo(fetched["index"], [], nothing, {}, {}, nothing, nothing, seen)
    checked = ValidationInfo(nothing, nothing)
    return version.log(ledger, source, {"en": source}, before, layers, changes, how, checked)


def publish(
    instance: Instance, source: str, stated: Sequence[bytes], seen: str = "public"
) -> snapshots.Snapshot:
    logged, checked = log_version(instance, source, stated, seen)
    return Publisher(instance, Ledger(instance)).publish(logged, checked)
