"""What the levels of `ulzii verify` read, find and hold, and where results are kept."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from graph.archive import Archive
from graph.audit import versions
from graph.audit.verify import verify
from graph.core.instance import Instance
from graph.core.progress import SilentReporter
from graph.evidence import Delimited, record_text, touches
from graph.ledger import Event, Ledger
from graph.statements import patch
from graph.statements.line_blob import line_writer
from server.cli import main
from tests.copies import copied
from tests.versions import lines, log_version, publish


def found(instance: Instance, **options: Any) -> list[str]:
    return [f"{p.level}: {p.message}" for p in verify(instance, 2, **options)]


def altered(instance: Instance, change: Callable[[Event, Archive], None]) -> None:
    """Log the last load once more, with its facts altered."""
    ledger, archive = Ledger(instance), Archive(instance.archive)
    load = json.loads(json.dumps(ledger.last("Load", "s")))
    for key in ("index", "at"):
        del load[key]
    change(load, archive)
    ledger.append(load)


def write_lines(archive: Archive, texts: Sequence[bytes]) -> str:
    with line_writer(archive) as out:
        out.extend([*texts])
    return out.digest


@pytest.fixture(scope="module")
def published(another: Callable[[], Instance]) -> Path:
    """Two versions of a source. Nobody changes the instance."""
    made = another()
    for values in (("a=1", "b=1", "b=2"), ("a=1", "b=2", "c=1")):
        publish(made, "s", lines(*values))
    assert found(made) == []
    return made.root.parent


@pytest.fixture
def loaded(published: Path, tmp_path: Path) -> Instance:
    """A copy of it."""
    return copied(published, tmp_path)


def one_change(archive: Archive, instance: Instance, *changes: tuple[str, str]) -> dict[str, Any]:
    graph = instance.names.graph("s", "stated")
    made = [(graph, sign, lines(value)[0]) for sign, value in changes]
    return patch.write(archive, made, "urn:a", "urn:b").to_json()


@pytest.mark.parametrize(
    ("changes", "expected"),
    {
        "too little": ([("A", "d=1")], "does not lead to"),
        "more than that": ([("D", "a=1"), ("D", "b=2"), ("D", "c=1"), ("A", "d=1")], "not lead to"),
        "what is there": ([("A", "a=1")], "does not lead to"),
    }.values(),
)
def test_a_patch_that_is_not_the_difference_is_named(
    loaded: Instance, changes: list[tuple[str, str]], expected: str
) -> None:
    def change(load: Event, archive: Archive) -> None:
        load["patch"] = one_change(archive, loaded, *changes)

    altered(loaded, change)
    assert any(expected in message for message in found(loaded))


def test_a_patch_of_another_length_or_source_or_none_is_named(loaded: Instance) -> None:
    def longer(load: Event, archive: Archive) -> None:
        load["patch"] = {**one_change(archive, loaded), "adds": 1}

    def foreign(load: Event, archive: Archive) -> None:
        other = [(loaded.names.graph("other", "stated"), "A", lines("a=1")[0])]
        load["patch"] = patch.write(archive, other, "urn:a", "urn:b").to_json()

    def none(load: Event, _: Archive) -> None:
        load["patch"] = None

    for change in (longer, foreign, none):
        altered(loaded, change)
    assert found(loaded) == [
        "2: the patch is not as long as its event says",
        "2: the patch is not as long as its event says",
        "2: it has no patch from the version before",
    ]


def test_lines_out_of_order_and_roots_of_others_are_named(loaded: Instance) -> None:
    def unsorted(load: Event, archive: Archive) -> None:
        load["patch"] = one_change(archive, loaded)
        load["layers"]["stated"]["lines"] = write_lines(archive, lines("c=1", "b=2", "a=1"))

    def another(load: Event, archive: Archive) -> None:
        load["patch"] = one_change(archive, loaded)
        load["layers"]["stated"]["lines"] = write_lines(archive, lines("a=1", "b=2", "c=2"))

    altered(loaded, unsorted)
    altered(loaded, another)
    messages = found(loaded)
    assert "2: the lines of layer stated are not sorted and distinct" in messages
    assert messages.count("2: the Merkle root of layer stated is not the recorded one") == 2


def test_a_root_over_pieces_that_is_not_the_blobs_is_named(loaded: Instance) -> None:
    def change(load: Event, archive: Archive) -> None:
        load["patch"] = one_change(archive, loaded)
        load["layers"]["stated"]["chunks"] = "0" * 64

    altered(loaded, change)
    assert ["its pieces is not the logged one" in message for message in found(loaded)] == [True]


def test_events_without_roots_over_pieces_are_good(loaded: Instance) -> None:
    def change(load: Event, archive: Archive) -> None:
        load["patch"] = one_change(archive, loaded)
        for facts in load["layers"].values():
            del facts["chunks"]

    altered(loaded, change)
    assert found(loaded) == []


def test_a_damaged_layer_is_named_once_and_by_its_hash(loaded: Instance) -> None:
    archive = Archive(loaded.archive)
    loads = list(Ledger(loaded).find("Load"))
    first, second = (archive.path(load["layers"]["stated"]["lines"]) for load in loads)
    good = first.read_bytes()
    first.chmod(0o600)
    first.write_bytes(second.read_bytes())  # another layer, whole
    problems = list(verify(loaded, 2))
    assert [p.level for p in problems if p.where == str(first)] == [1, 2]
    assert "does not match its SHA-256" in problems[0].message
    assert "named by log/2" in problems[0].message
    first.write_bytes(good)
    assert found(loaded) == []


def test_a_sample_reads_what_is_published_and_some_others(instance: Instance) -> None:
    for number in range(6):
        publish(instance, "s", lines(f"a={number}"))
    publish(instance, "other", lines("b=1"))
    log_version(instance, "s", lines("a=9"))
    ledger = Ledger(instance)
    for sample, number in ((0, 2), (2, 4), (99, 8), (None, 8)):
        chosen = versions.steps(ledger, sample)
        assert len(chosen) == number
        names = {(step.load["source"], step.load["version"]) for step in chosen}
        assert {("s", 6), ("other", 1)} <= names
        indexes = [step.load["index"] for step in chosen]
        assert all(one < other for one, other in pairwise(indexes))
        assert found(instance, sample=sample) == []
    # those that are not drawn are still hashed
    archive = Archive(instance.archive)
    load = next(ledger.find("Load", "s"))
    archive.path(load["layers"]["stated"]["lines"]).unlink()
    assert any("is missing" in message for message in found(instance, sample=0))


def test_further_levels_follow(instance: Instance) -> None:
    publish(instance, "s", lines("a=1"))
    asked = []

    def check(*_: object) -> Any:
        asked.append(1)
        return iter(())

    assert list(verify(instance, 3, SilentReporter(), further=[check])) == []
    assert asked == []
    assert list(verify(instance, 4, SilentReporter(), further=[check])) == []
    assert asked == [1]


def command(instance: Instance, *options: str) -> Any:
    return CliRunner().invoke(main, ["--data", str(instance.root), "verify", *options])


def test_a_result_is_kept_where_nothing_is_verified(instance: Instance, tmp_path: Path) -> None:
    publish(instance, "s", lines("a=1"))
    kept = tmp_path / "verified.json"
    assert command(instance, "--level", "2", "--record", str(kept)).exit_code == 0
    facts = json.loads(kept.read_text("utf-8"))
    assert (facts["level"], facts["problems"], facts["size"]) == (2, [], Ledger(instance).size)
    assert facts["at"].endswith("+08:00")
    for folder in (instance.ledger, instance.archive, instance.snapshots, instance.keys):
        refused = command(instance, "--record", str(folder / "x.json"))
        assert refused.exit_code != 0
        assert "outside" in refused.output
        assert not (folder / "x.json").exists()
    Archive(instance.archive).path(Ledger(instance)[2]["layers"]["stated"]["rows"]).unlink()
    assert command(instance, "--level", "1", "--record", str(kept)).exit_code == 6
    assert len(json.loads(kept.read_text("utf-8"))["problems"]) == 1


@pytest.mark.parametrize(
    "edit", ["DELETE FROM touched WHERE load = 5", "INSERT INTO touched VALUES (1, 5)"]
)
def test_an_edited_table_of_changed_subjects_is_named(instance: Instance, edit: str) -> None:
    publish(instance, "s", lines("a=1"))
    publish(instance, "s", lines("a=2"))
    ledger = Ledger(instance)
    load = [*ledger.find("Load")][-1]
    touches.touched(instance, ledger.events, "s", "https://example.org/a")
    assert list(verify(instance, 2)) == []
    with sqlite3.connect(instance.cache / touches.DATABASE) as opened:
        opened.execute(edit.replace("5", str(load["index"])))
    (problem,) = verify(instance, 2)
    assert f"the subjects that log/{load['index']} changed" in problem.message


def test_edited_places_of_rows_are_named(instance: Instance) -> None:
    publish(instance, "s", lines("a=1"))
    archive = Archive(instance.archive)
    capture = archive.put(b"a;b\n1;2\n")
    record_text(archive, instance.cache, capture, "row=2", Delimited(";"))
    (kept,) = (instance.cache / "marks").iterdir()
    named = [p.message for p in verify(instance, 2) if str(kept) in p.where]
    assert named == []
    kept.write_bytes(kept.read_bytes().replace(b'"rows": 2', b'"rows": 1'))
    named = [p.message for p in verify(instance, 2) if str(kept) in p.where]
    assert named == ["the places of its rows are others than in the file"]


@pytest.mark.parametrize("name", ["origins", "records", "head"])
def test_a_root_over_origins_that_is_not_the_row_maps_is_named(loaded: Instance, name: str) -> None:
    def change(load: Event, archive: Archive) -> None:
        load["patch"] = one_change(archive, loaded)
        load["layers"]["stated"][name] = "0" * 64

    altered(loaded, change)
    expected = f"2: the root “{name}” of a row map is not the logged one"
    assert found(loaded) == [expected]
