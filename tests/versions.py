"""Versions of sources made without a loader: logged and published as a load does."""

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
from graph.versions.version import BuildInfo, NewVersion, ValidationInfo


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
    instance: Instance, source: str, stated: Sequence[bytes], visibility: str = "public"
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
    more = {"visibility": visibility} if visibility != "public" else {}
    (fetched,) = ledger.append({**fetch, **more})
    changes = version.changes_since(before, source, layers, archive, instance.names)
    build = BuildInfo(
        fetch=fetched["index"],
        captures=[],
        code=nothing,
        environment={},
        counts={"records": 1, "rejected": 0, "skipped": 0},
        rejects=nothing,
        skips=nothing,
        visibility=visibility,
    )
    new = NewVersion(
        source=source,
        title={"en": source},
        previous=before,
        layers=layers,
        changes=changes,
        build=build,
        validation=ValidationInfo(shapes=nothing, report=nothing),
    )
    return version.log(ledger, new)


def publish(
    instance: Instance, source: str, stated: Sequence[bytes], visibility: str = "public"
) -> snapshots.Snapshot:
    logged, checked = log_version(instance, source, stated, visibility)
    return Publisher(instance, Ledger(instance)).publish(logged, checked)
