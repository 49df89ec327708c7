"""A version of a source: its patch from the previous one, and its events in the ledger."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from graph.archive import Archive
from graph.core.iris import Names
from graph.ledger import Event, Ledger, event
from graph.statements import patch
from graph.statements.layer import Layer
from graph.statements.patch import Patch
from graph.versions.state import PUBLIC

Layers = Mapping[str, Layer]


@dataclass(frozen=True, slots=True)
class BuildInfo:
    """From what a version was made: the index of its Fetch event, captures and code by digest.

    `counts` are numbers of records; `rejects` and `skips` are digests of lists of the records that
    were not mapped. `visibility` is public or restricted. `marks` is the digest of the roots over
    the items that the records are (graph.evidence.item_trees), empty where there are none.
    """

    fetch: int
    captures: Sequence[str]
    code: str
    environment: Mapping[str, str]
    counts: Mapping[str, int]
    rejects: str
    skips: str
    visibility: str = PUBLIC
    marks: str = ""


@dataclass(frozen=True, slots=True)
class ValidationInfo:
    """How a version was validated: shapes and report by digest, and the versions of references."""

    shapes: str
    report: str
    references: Mapping[str, int] = field(default_factory=dict)
    counts: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewVersion:
    """A version to be logged: its source with title, its layers, how it was made and validated.

    `previous` is the Load event of the published version and `changes` the patch from it; both are
    None for a first version. `held` is why it waits for approval; nothing where it does not.
    """

    source: str
    title: Mapping[str, str]
    previous: Event | None
    layers: Layers
    changes: Patch | None
    build: BuildInfo
    validation: ValidationInfo
    held: Sequence[str] = ()


def next_number(previous: Event | None) -> int:
    """The number of the next version; 1 where there is none before."""
    return int(previous["version"]) + 1 if previous else 1


def changes_since(
    previous: Event | None, source: str, layers: Layers, archive: Archive, names: Names
) -> Patch | None:
    """The archived patch from the previous version to these layers; None for a first version."""
    # a first version is its own key frame: a patch would repeat all its lines
    if previous is None:
        return None
    changes = _changes(previous, source, layers, archive, names)
    old, new = previous["version"], next_number(previous)
    return patch.write(archive, changes, names.version(source, old), names.version(source, new))


def _changes(
    previous: Event, source: str, layers: Layers, archive: Archive, names: Names
) -> Iterator[tuple[str, str, bytes]]:
    for name, new in layers.items():
        # compared with their line feeds, which are stripped from the few that differ
        with archive.open(previous["layers"][name]["lines"]) as old, archive.open(new.lines) as now:
            for sign, line in patch.difference(old, now):
                yield names.graph(source, name), sign, line[:-1]


def log(ledger: Ledger, version: NewVersion) -> tuple[Event, Event]:
    """Append the Load and the Validate event of a version, and return them.

    Publishing it is another step (`graph.publication.publish`).
    """
    load, validate = ledger.append(_load_event(version), _validate_event(version))
    return load, validate


def _load_event(version: NewVersion) -> Event:
    build, changes = version.build, version.changes
    return event(
        "Load",
        source=version.source,
        version=next_number(version.previous),
        title=dict(version.title),
        visibility=build.visibility,
        fetch=build.fetch,
        captures=list(build.captures),
        code=build.code,
        environment=dict(build.environment),
        layers={name: one.to_json() for name, one in version.layers.items()},
        counts=dict(build.counts),
        rejects=build.rejects,
        skips=build.skips,
        patch=changes.to_json() if changes else None,
        held=list(version.held),
        **({"marks": build.marks} if build.marks else {}),
    )


def _validate_event(version: NewVersion) -> Event:
    validation = version.validation
    return event(
        "Validate",
        source=version.source,
        version=next_number(version.previous),
        shapes=validation.shapes,
        references=dict(validation.references),
        report=validation.report,
        counts=dict(validation.counts),
    )
