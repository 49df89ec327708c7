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
    were not mapped. `visibility` is public or restricted.
    """

    fetch: int
    captures: Sequence[str]
    code: str
    environment: Mapping[str, str]
    counts: Mapping[str, int]
    rejects: str
    skips: str
    visibility: str = PUBLIC


@dataclass(frozen=True, slots=True)
class ValidationInfo:
    """How a version was validated: shapes and report by digest, and the versions of references."""

    shapes: str
    report: str
    references: Mapping[str, int] = field(default_factory=dict)
    counts: Mapping[str, int] = field(default_factory=dict)


def next_number(before: Event | None) -> int:
    """The number of the next version; 1 where there is none before."""
    return int(before["version"]) + 1 if before else 1


def changes_since(
    before: Event | None, source: str, layers: Layers, archive: Archive, names: Names
) -> Patch | None:
    """The archived patch from the previous version to these layers; None for a first version."""
    # a first version is its own key frame: a patch would repeat all its lines
    if before is None:
        return None
    previous = names.version(source, before["version"])
    this = names.version(source, next_number(before))
    return patch.write(archive, _changes(before, source, layers, archive, names), previous, this)


def _changes(
    before: Event, source: str, layers: Layers, archive: Archive, names: Names
) -> Iterator[tuple[str, str, bytes]]:
    for name, new in layers.items():
        # compared with their line feeds, which are stripped from the few that differ
        with archive.open(before["layers"][name]["lines"]) as old, archive.open(new.lines) as now:
            for sign, line in patch.difference(old, now):
                yield names.graph(source, name), sign, line[:-1]


def log(
    ledger: Ledger,
    source: str,
    title: Mapping[str, str],
    before: Event | None,
    layers: Layers,
    changes: Patch | None,
    made: BuildInfo,
    checked: ValidationInfo,
) -> tuple[Event, Event]:
    """Write the Load and the Validate event of a version; publishing it is another step."""
    number = next_number(before)
    load, validate = ledger.append(
        event(
            "Load",
            source=source,
            version=number,
            title=dict(title),
            visibility=made.visibility,
            fetch=made.fetch,
            captures=list(made.captures),
            code=made.code,
            environment=dict(made.environment),
            layers={name: one.to_json() for name, one in layers.items()},
            counts=dict(made.counts),
            rejects=made.rejects,
            skips=made.skips,
            patch=changes.to_json() if changes else None,
        ),
        event(
            "Validate",
            source=source,
            version=number,
            shapes=checked.shapes,
            references=dict(checked.references),
            report=checked.report,
            counts=dict(checked.counts),
        ),
    )
    return load, validate
