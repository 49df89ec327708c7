"""Take a source out: its last version has no statements, and says why in the log.

It is a publication like others: what the source said stays in the archive and in its earlier
versions, and its datasets become tombstones. It follows from an Approve event, which has the
reason.
"""

from __future__ import annotations

from graph.archive import Archive
from graph.core.errors import ConfigError
from graph.core.instance import Instance
from graph.core.progress import Reporter
from graph.ledger import Event, Ledger
from graph.publication.approval import Decision, decide
from graph.snapshots import Snapshot
from graph.statements import layer
from graph.versions import held, version
from graph.versions.held import APPROVE
from graph.versions.state import PUBLIC, state
from graph.versions.version import BuildInfo, NewVersion, ValidationInfo

_RETIRED = "its source is retired"  # in the log: why the empty version was held
_COUNTS = ("records", "mapped", "rejected", "skipped")


def retire(
    instance: Instance, ledger: Ledger, source: str, reason: str, by: str, reporter: Reporter
) -> tuple[Event, Snapshot | None]:
    """Publish a version of a source without statements; the caller holds the writer's lock.

    Returns its Load event and the snapshot. Raises ConfigError where nothing of it is published.
    """
    published = state(list(ledger)).get(source)
    if published is None or not any(one["statements"] for one in published["layers"].values()):
        raise ConfigError(
            "nothing of it is published", where=source, hint="`ulzii status` lists the sources."
        )
    empty = _empty_version(instance, ledger, published)
    load, _ = version.log(ledger, empty)
    decision = Decision(source, APPROVE, reason=reason, by=by, load=load["index"])
    return decide(instance, ledger, decision, reporter)


def is_retired(published: Event | None) -> bool:
    """Whether the Load event of the published version of a source is that of its retirement."""
    return published is not None and _RETIRED in held.reasons(published)


def _empty_version(instance: Instance, ledger: Ledger, published: Event) -> NewVersion:
    """The version after the published one, made by its code from its last fetch: empty."""
    archive, source = Archive(instance.archive), published["source"]
    layers = {name: layer.empty(archive) for name in layer.NAMES}
    nothing = archive.put(b"[]")
    build = BuildInfo(
        fetch=published["fetch"],
        captures=[],
        code=published["code"],
        environment=published["environment"],
        counts=dict.fromkeys(_COUNTS, 0),
        rejects=nothing,
        skips=nothing,
        visibility=published.get("visibility", PUBLIC),
    )
    return NewVersion(
        source=source,
        title=published.get("title", {"en": source}),
        previous=published,
        layers=layers,
        changes=version.changes_since(published, source, layers, archive, instance.names),
        build=build,
        validation=ValidationInfo(shapes=_shapes(ledger, published), report=nothing),
        held=[_RETIRED],
    )


def _shapes(ledger: Ledger, published: Event) -> str:
    """The shapes by which the published version was checked."""
    checks = (e for e in ledger if e["type"] == "Publish" and e["load"] == published["index"])
    return str(ledger[next(checks)["validate"]]["shapes"])
