"""An instance with several versions of a synthetic catalogue, of which 4 % of the lines change."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.data import synthetic
from bench.loading.load import SOURCE, new_instance
from graph.archive import Archive
from graph.core.instance import Instance
from graph.ledger import Event, Ledger, event
from graph.publication.publish import Publisher
from graph.statements import layer, sorting
from graph.statements.rowmap import Origins
from graph.versions import version
from graph.versions.version import BuildInfo, NewVersion, ValidationInfo

_ENGLISH = b'"@en .'
"""Three lines of 36 end so; half of them change with each version, which are 4 %."""


@dataclass(frozen=True, slots=True)
class Audited:
    """The instance, its Load events, and the bytes of archive and ledger after each version."""

    instance: Instance
    statements: int
    loads: list[Event]
    sizes: list[int]
    snapshot: int

    @property
    def archive(self) -> Archive:
        """Its archive."""
        return Archive(self.instance.archive)


def make(folder: Path, statements: int, versions: int, *, with_snapshot: bool) -> Audited:
    """Make the instance; the first version is published, with a snapshot where one is wanted."""
    instance = new_instance(folder)
    ledger, archive = Ledger(instance), Archive(instance.archive)
    datasets = statements // synthetic.STATEMENTS
    capture = archive.put(table(statements))
    loads, sizes, snapshot = list[Event](), list[int](), 0
    for number in range(versions):
        before = loads[-1] if loads else None
        made = _layers(archive, capture, datasets, number)
        changes = version.changes_since(before, SOURCE, made, archive, instance.names)
        logged = _log(ledger, archive, capture, before, made, changes)
        if number == 0 and with_snapshot:
            snapshot = size(Publisher(instance, ledger).publish(*logged).path)
        else:
            _publish(ledger, logged)
        loads.append(ledger.event(logged[0]["index"]))
        sizes.append(size(instance.archive) + size(instance.ledger))
    return Audited(instance, datasets * synthetic.STATEMENTS, loads, sizes, snapshot)


def table(rows: int) -> bytes:
    """A table of so many rows, about 45 bytes each."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(["код", "нэр", "тоо"])
    writer.writerows((f"{n:07}", f"Сум {n}, баг {n % 7}", n * 37 % 1000) for n in range(rows))
    return text.getvalue().encode()


def lines(datasets: int, number: int) -> list[bytes]:
    """The sorted lines of a version."""
    return sorted(_at(line.text, n, number) for n, line in enumerate(synthetic.lines(datasets)))


def _at(text: bytes, place: int, number: int) -> bytes:
    if not text.endswith(_ENGLISH):
        return text
    turn = (place + place // synthetic.STATEMENTS) % 2  # the other half with the next version
    return text.removesuffix(_ENGLISH) + b", %d" % ((number + turn) // 2) + _ENGLISH


def _layers(archive: Archive, capture: str, datasets: int, number: int) -> dict[str, layer.Layer]:
    origins = Origins()
    rule = origins.rule("bench")
    for row in range(datasets * synthetic.STATEMENTS):
        origins.record(capture, f"row={row + 2}")
    # records in another order than the lines, as in a file that is not sorted by IRI
    prime = 7_919
    tagged = (
        line + sorting.tag(n * prime % (datasets * synthetic.STATEMENTS), rule)
        for n, line in enumerate(lines(datasets, number))
    )
    made = layer.write(tagged, origins, archive)
    return {"stated": made, "inferred": layer.empty(archive), "findings": layer.empty(archive)}


def _log(
    ledger: Ledger,
    archive: Archive,
    capture: str,
    before: Event | None,
    layers: version.Layers,
    changes: Any,
) -> tuple[Event, Event]:
    nothing = archive.put(b"[]")
    response = {"name": "t.csv", "url": "t.csv", "media_type": "text/csv", "sha256": capture}
    fetch = event("Fetch", source=SOURCE, outcome="changed", manifest=nothing, responses=[response])
    (fetched,) = ledger.append(fetch)
    build = BuildInfo(
        fetch=fetched["index"],
        captures=[capture],
        code=nothing,
        environment={},
        counts={},
        rejects=nothing,
        skips=nothing,
    )
    checked = ValidationInfo(shapes=nothing, report=nothing)
    return version.log(
        ledger,
        NewVersion(
            source=SOURCE,
            title={"en": SOURCE},
            previous=before,
            layers=layers,
            changes=changes,
            build=build,
            validation=checked,
        ),
    )


def _publish(ledger: Ledger, logged: tuple[Event, Event]) -> None:
    """Say that a version is published, without a snapshot of it."""
    load, validate = logged
    ledger.append(
        event(
            "Publish",
            source=SOURCE,
            version=load["version"],
            load=load["index"],
            validate=validate["index"],
            files="",
            approvals=[],
        )
    )


def size(folder: Path) -> int:
    """The bytes of all files below a folder."""
    return sum(path.stat().st_size for path in _files(folder))


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in folder.rglob("*") if path.is_file())
