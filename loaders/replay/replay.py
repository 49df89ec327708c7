"""Replays a version: its archived captures through its archived loader, sorted and hashed by
today's code, compared with its Load event."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from graph.archive import Archive
from graph.core import limited_process
from graph.core.errors import IntegrityError
from graph.core.instance import Instance
from graph.ledger import Event, Events
from graph.statements import layer
from graph.statements.layer import INFERRED, STATED, Layer
from graph.statements.rowmap import Origins
from graph.statements.sorting import Sorter
from loaders.bundles import unpack
from loaders.bundles.imports import installed_version
from loaders.replay import job, process, written
from loaders.replay.job import Context, Folder, Inputs
from loaders.replay.process import ReplayFailed

LAYERS = (STATED, INFERRED)
"""What a loader makes. Findings come from the rules; their report is another check."""


class Verdict(StrEnum):
    """What a replay says of a version."""

    PROVEN = "proven"  # the same hashes
    DIFFERENT = "different"  # other hashes from the same bytes, code and environment
    UNDECIDED = "undecided"  # it could not be run, or ran on something else


@dataclass(frozen=True, slots=True)
class Difference:
    """A hash that is not the logged one: of the `lines`, `root` or `rows` of a layer."""

    layer: str
    of: str
    logged: str
    made: str


@dataclass(frozen=True, slots=True)
class Replayed:
    """The outcome: `reason` says why it is not proven.

    `environment` has the packages whose version is not the recorded one: name → recorded, here.
    `taken_as_empty` are the `__init__.py` that the bundle lacks.
    """

    load: Event
    verdict: Verdict
    reason: str = ""
    layers: Mapping[str, Layer] | None = None
    differences: tuple[Difference, ...] = ()
    environment: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    taken_as_empty: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class MadeLayers:
    """What archived code made: layers by name, whose lines are in `archive` while it is open."""

    layers: Mapping[str, Layer]
    archive: Archive
    taken_as_empty: tuple[str, ...]


def replay(instance: Instance, events: Events, load: Event) -> Replayed:
    """Replay one version, given by its Load event."""
    changed = changed_environment(load)
    archive = Archive(instance.archive)
    try:
        if written.is_write(events, archive, load):
            return Replayed(load, Verdict.UNDECIDED, "it was written over HTTP, not loaded")
        inputs = job.inputs_of(events, archive, load)
        with mapped(instance, load["code"], inputs, job.context_of(events, load)) as made:
            return _compare(load, made, changed)
    except IntegrityError as error:
        return Replayed(load, Verdict.UNDECIDED, str(error), environment=changed)
    except ReplayFailed as error:
        undecided = error.is_missing or changed
        verdict = Verdict.UNDECIDED if undecided else Verdict.DIFFERENT
        return Replayed(load, verdict, str(error), environment=changed)


@contextmanager
def mapped(instance: Instance, code: str, inputs: Inputs, context: Context) -> Iterator[MadeLayers]:
    """Map captures by the loader of a code bundle, given by digest, in a fresh folder.

    Raises ReplayFailed, and IntegrityError where a blob is missing or damaged.
    """
    with TemporaryDirectory(prefix="ulzii-replay-") as name:
        root = Path(name)
        folder = Folder(root, instance, context)
        unpacked = unpack.unpack(Archive(instance.archive), code, root / "bundle")
        folder.write(unpacked, inputs)
        kept = root / "made"
        kept.mkdir()
        archive = Archive(kept, incoming=kept / "blobs")
        yield MadeLayers(_layers(folder, inputs, archive), archive, unpacked.taken_as_empty)


def _layers(folder: Folder, inputs: Inputs, archive: Archive) -> dict[str, Layer]:
    limits = limited_process.limits_for(inputs.size)
    origins = Origins()
    with Sorter(archive.root) as stated, Sorter(archive.root) as inferred:
        lines = {STATED: stated, INFERRED: inferred}
        for message in process.messages(folder.root, limits, folder.supply):
            _add(message, origins, lines)
        return {name: layer.write(one.sorted(), origins, archive) for name, one in lines.items()}


def _add(message: Mapping[str, Any], origins: Origins, lines: Mapping[str, Sorter]) -> None:
    """Put the statements of a record into their layers, as `loaders.pipeline.map_records` does:
    rules are numbered in order of mention, over all layers."""
    number = origins.record(*message["record"])
    made = [(name, origins.rule(rule), text.encode()) for name, rule, text in message["lines"]]
    for name in dict.fromkeys(name for name, _, _ in made):
        of_layer = [(text, rule) for one, rule, text in made if one == name]
        lines[name].extend(number, [text for text, _ in of_layer], [rule for _, rule in of_layer])


def _compare(load: Event, made: MadeLayers, changed: Mapping[str, tuple[str, str]]) -> Replayed:
    differences = tuple(_differences(load, made.layers))
    verdict, reason = Verdict.PROVEN, ""
    if differences and changed:
        verdict, reason = Verdict.UNDECIDED, "other hashes, on other versions of packages"
    elif differences:
        verdict, reason = Verdict.DIFFERENT, "other hashes"
    return Replayed(load, verdict, reason, made.layers, differences, changed, made.taken_as_empty)


def _differences(load: Event, made: Mapping[str, Layer]) -> Iterator[Difference]:
    for name, one in made.items():
        logged = load["layers"][name]
        for what, value in (("lines", one.lines), ("root", one.root), ("rows", one.rows)):
            if logged[what] != value:
                yield Difference(name, what, logged[what], value)


def changed_environment(load: Event) -> dict[str, tuple[str, str]]:
    """The packages whose version is another one here; Ulzii's own is in the bundle."""
    recorded = load["environment"].items()
    pairs = ((name, was, installed_version(name)) for name, was in recorded if name != "ulzii")
    return {name: (was, here) for name, was, here in pairs if was != here}
