"""An instance with several versions of a synthetic catalogue, of which 4 % of the lines change.

The texts of a dataset change, a fifth of them with each version: neighbours differ in 4 % of their
lines, and versions that are five or more apart in a fifth of them.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from bench.data import synthetic
from bench.loading.load import SOURCE, new_instance
from graph.archive import Archive
from graph.core.instance import Instance, open_instance
from graph.ledger import Event, Ledger, event
from graph.publication.publish import Publisher
from graph.statements import layer
from graph.statements.blocks import record_tag, rule_tag
from graph.statements.rowmap import Origins
from graph.statements.sorting import Sorter
from graph.versions import version
from graph.versions.version import BuildInfo, NewVersion, ValidationInfo

_TEXTS = (b'"@en .', b'"@mn .')
_KEYWORD = b'keyword> "\xd1\x82'  # the Mongolian one: seven lines of 36 are left
_TURNS = 5
_PRIME = 7919
_BATCH = 10_000
_DESCRIPTION = """\
id = "{source}"
loader = "rdf"
captures = "public"
files = ["t.csv"]
"""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be made.

    Records are one for each statement, in another order than the lines, of a table that stays the
    same: the worst case for who looks them up. With `is_reload` they are one for each dataset, of a
    table that changes with each version, as it is mostly. The newest version has a snapshot where
    one is wanted; without it the instance cannot be served.
    """

    statements: int
    versions: int
    with_snapshot: bool = False
    is_reload: bool = False

    @property
    def datasets(self) -> int:
        """The number of datasets."""
        return self.statements // synthetic.STATEMENTS

    @property
    def lines(self) -> int:
        """The number of statements that they have."""
        return self.datasets * synthetic.STATEMENTS

    @property
    def name(self) -> str:
        """The name of its folder."""
        kinds = ("reload", self.is_reload), ("snapshot", self.with_snapshot)
        parts = (
            "audit",
            str(self.lines),
            str(self.versions),
            *(n for n, wanted in kinds if wanted),
        )
        return "-".join(parts)


@dataclass(frozen=True, slots=True)
class Audited:
    """The instance, its Load events, the bytes of archive and ledger after each version, and those
    of the snapshot and of the files that are made with it (0 where there is none)."""

    instance: Instance
    statements: int
    loads: list[Event]
    sizes: list[int]
    snapshot: int = 0
    beside: int = 0

    @property
    def archive(self) -> Archive:
        """Its archive."""
        return Archive(self.instance.archive)


def make(folder: Path, plan: Plan) -> Audited:
    """The instance of a plan below a folder; one that was made before is read."""
    root = folder / plan.name
    kept = root / "made.json"
    if not kept.exists():
        kept.write_text(json.dumps(_make(root, plan)), "utf-8")
    facts = json.loads(kept.read_text("utf-8"))
    instance = open_instance(root / "data")
    loads = list(Ledger(instance).events.find("Load", SOURCE))
    return Audited(instance, plan.lines, loads, **facts)


def _make(root: Path, plan: Plan) -> dict[str, Any]:
    """The sizes of a new instance."""
    root.mkdir(parents=True)
    instance = new_instance(root)
    ledger = Ledger(instance)
    maker = _Maker(plan, instance, ledger)
    sizes, logged = list[int](), None
    for number in range(plan.versions):
        if logged:
            _publish(ledger, logged)
        logged = maker.version(number)
        sizes.append(size(instance.archive) + size(instance.ledger))
    assert logged
    if not plan.with_snapshot:
        _publish(ledger, logged)
        return {"sizes": sizes}
    path = Publisher(instance, ledger).publish(*logged).path
    files = [one for one in path.parent.glob(f"{path.name}.*") if one.is_file()]
    beside = sum(one.stat().st_size for one in files)
    return {"sizes": sizes, "snapshot": size(path), "beside": beside}


class _Maker:
    """Makes versions of one instance, one after the other."""

    def __init__(self, plan: Plan, instance: Instance, ledger: Ledger) -> None:
        self._plan = plan
        self._instance = instance
        self._ledger = ledger
        self._archive = Archive(instance.archive)
        self._before: Event | None = None

    def version(self, number: int) -> tuple[Event, Event]:
        """Make and log the next version."""
        capture = self._capture(number)
        made = self._layers(capture, self._plan.datasets, number)
        self._before, validate = self._log(SOURCE, self._before, capture, made)
        return self._before, validate

    def _capture(self, number: int) -> str:
        rows = _datasets_table if self._plan.is_reload else _table
        with self._archive.writer() as out:
            for piece in rows(self._plan, number):
                out.write(piece)
        return out.digest

    def _layers(self, capture: str, datasets: int, number: int) -> dict[str, layer.Layer]:
        archive = self._archive
        with Sorter(self._instance.staging) as sorter:
            origins = Origins(sorter.folder)
            rule = origins.rule("bench")
            count = datasets if self._plan.is_reload else datasets * synthetic.STATEMENTS
            for row in range(count):
                origins.record(capture, f"row={row + 2}")
            end = rule_tag(rule)
            found = lines(datasets, number)
            while some := list(islice(found, _BATCH)):
                sorter.extend_blocks(
                    [
                        f"{line.decode()}{record_tag(self._record(n, count))}{end}"
                        for line, n in some
                    ]
                )
            made = layer.write(sorter.sorted(), origins, archive)
        return {"stated": made, "inferred": layer.empty(archive), "findings": layer.empty(archive)}

    def _record(self, place: int, count: int) -> int:
        """The record of a line, of so many."""
        if self._plan.is_reload:
            return place // synthetic.STATEMENTS
        return place * _PRIME % count

    def _log(
        self, source: str, before: Event | None, capture: str, layers: Mapping[str, layer.Layer]
    ) -> tuple[Event, Event]:
        nothing, names = self._archive.put(b"[]"), self._instance.names
        changes = version.changes_since(before, source, layers, self._archive, names)
        build = BuildInfo(
            fetch=self._fetched(source, capture),
            captures=[capture],
            code=before["code"] if before else self._mapping(source),
            environment={},
            counts={},
            rejects=nothing,
            skips=nothing,
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
        return version.log(self._ledger, new)

    def _fetched(self, source: str, capture: str) -> int:
        response = {"name": "t.csv", "url": "t.csv", "media_type": "text/csv", "sha256": capture}
        manifest = self._archive.put(json.dumps([response]).encode())
        fetch = event(
            "Fetch", source=source, outcome="changed", manifest=manifest, responses=[response]
        )
        (fetched,) = self._ledger.append(fetch)
        return int(fetched["index"])

    def _mapping(self, source: str) -> str:
        text = self._archive.put(_DESCRIPTION.format(source=source).encode())
        files = {f"sources/{source}.toml": text}
        self._ledger.append(event("Code", kind="mapping", name=source, digest=text, files=files))
        return text


def lines(datasets: int, number: int) -> Iterator[tuple[bytes, int]]:
    """The lines of a version as they are made, each with its number."""
    for place, line in enumerate(synthetic.lines(datasets)):
        yield _at(line.text, place, number), place


def _at(text: bytes, place: int, number: int) -> bytes:
    if not text.endswith(_TEXTS) or _KEYWORD in text:
        return text
    turn = (place + place // synthetic.STATEMENTS) % _TURNS  # the next fifth with each version
    return b"%b, %d%b" % (text[:-6], (number + turn) // _TURNS, text[-6:])


def _table(plan: Plan, number: int) -> Iterator[bytes]:
    """A table with a row for each statement, about 45 bytes each; the same in every version."""
    rows = ((f"{n:07}", f"Сум {n}, баг {n % 7}", n * 37 % 1000) for n in range(plan.lines))
    yield from _csv(["код", "нэр", "тоо"], rows)


def _datasets_table(plan: Plan, number: int) -> Iterator[bytes]:
    """A table with a row for each dataset: its texts as they are in this version."""
    texts = (
        line[line.index(b'"') + 1 : -6].decode()
        for line, _ in lines(plan.datasets, number)
        if line.endswith(_TEXTS)
    )
    rows = (list(islice(texts, 8)) for _ in range(plan.datasets))
    yield from _csv([f"text {n}" for n in range(8)], rows)


def _csv(head: list[str], rows: Iterator[Sequence[Any]]) -> Iterator[bytes]:
    batch: list[Sequence[Any]] = [head]
    while batch:
        text = io.StringIO(newline="")
        csv.writer(text).writerows(batch)
        yield text.getvalue().encode()
        batch = list(islice(rows, _BATCH))


def _publish(ledger: Ledger, logged: tuple[Event, Event]) -> None:
    """Say that a version is published, without a snapshot of it."""
    load, validate = logged
    ledger.append(
        event(
            "Publish",
            source=load["source"],
            version=load["version"],
            load=load["index"],
            validate=validate["index"],
            files="",
            approvals=[],
        )
    )


def size(folder: Path) -> int:
    """The bytes of all files below a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
