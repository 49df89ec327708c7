"""Several sources are loaded one after the other and published in one snapshot."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path

import pytest

from graph import snapshots
from graph.audit.verify import verify
from graph.core import limited_process
from graph.core.errors import UlziiError
from graph.core.instance import Instance
from graph.core.progress import Reporter, SilentReporter
from graph.ledger import Ledger, of_kinds
from graph.store.embedded import EmbeddedStore
from graph.versions.state import state
from graph.void import refresh
from loaders.pipeline.load import load
from loaders.pipeline.model import LoadOutcome
from loaders.pipeline.source import BUNDLED, Source, read
from loaders.together.load import load_together
from tests import parts

pytestmark = pytest.mark.slow

SOURCE = """
id = "{0}"
loader = "rdf"
files = ["{0}.ttl"]
media_type = "text/turtle"
references = [{1}]
[title]
mn = "Туршилт"
en = "Trial"
"""
TITLE = '<id/{}> <http://purl.org/dc/terms/title> "{}"@mn .\n'


def source(folder: Path, name: str, text: str, references: str = "") -> Source:
    (folder / f"{name}.toml").write_text(SOURCE.format(name, references), "utf-8")
    (folder / f"{name}.ttl").write_text(text, "utf-8")
    return read(folder / f"{name}.toml")


def three(folder: Path) -> list[Source]:
    return [
        source(folder, "first", TITLE.format("a", "нэг")),
        source(folder, "second", TITLE.format("b", "хоёр"), '"first"'),
        source(folder, "third", TITLE.format("c", "гурав"), '"second"'),
    ]


def together(instance: Instance, sources: list[Source]) -> list[LoadOutcome]:
    return load_together(instance, sources, lambda _: nullcontext(SilentReporter()))


def shown(instance: Instance) -> set[str]:
    now = snapshots.current(instance)
    assert now is not None
    store = EmbeddedStore(now.path, read_only=True)
    found = {one for one in store.graphs() if not one.endswith(("/provenance", "/void"))}
    store.close()
    return {one.rpartition("/")[2] for one in found}


def kinds(instance: Instance) -> list[str]:
    return [
        f"{e['type']} {e['source']}" for e in of_kinds(list(Ledger(instance)), "Load", "Publish")
    ]


def test_all_are_logged_one_by_one_and_published_in_one_snapshot(
    instance: Instance, tmp_path: Path
) -> None:
    done = together(instance, three(tmp_path))
    assert [(one.status, one.version) for one in done] == [("published", 1)] * 3
    names = ["first", "second", "third"]
    assert kinds(instance) == [f"Load {n}" for n in names] + [f"Publish {n}" for n in names]
    now = snapshots.current(instance)
    assert now is not None
    assert {one.snapshot for one in done} == {now.number} == {Ledger(instance).size}
    assert len(snapshots.list_all(instance)) == 1
    assert shown(instance) == set(names)
    assert list(verify(instance)) == []


def test_a_later_source_refers_to_one_that_is_not_published_yet(
    instance: Instance, tmp_path: Path
) -> None:
    together(instance, three(tmp_path))
    ledger = Ledger(instance)
    references = {e["source"]: e["references"] for e in of_kinds(list(ledger), "Validate")}
    assert references == {"first": {}, "second": {"first": 1}, "third": {"second": 1}}


def test_only_what_is_new_is_published_and_nothing_where_nothing_is(
    instance: Instance, tmp_path: Path
) -> None:
    sources = three(tmp_path)
    together(instance, sources)
    size = Ledger(instance).size
    again = together(instance, sources)
    assert [one.status for one in again] == ["same"] * 3
    assert not list(of_kinds(list(Ledger(instance))[size:], "Publish"))
    sources[1] = source(tmp_path, "second", TITLE.format("b", "шинэ"), '"first"')
    done = together(instance, sources)
    assert [(one.source, one.version) for one in done if one.snapshot] == [("second", 2)]
    assert list(verify(instance)) == []


def test_what_was_loaded_before_a_source_that_fails_is_published(
    instance: Instance, tmp_path: Path
) -> None:
    sources = three(tmp_path)
    sources[1] = source(tmp_path, "second", "this is no Turtle")
    with pytest.raises(UlziiError):
        together(instance, sources)
    assert shown(instance) == {"first"}
    assert list(verify(instance)) == []


class Killed(BaseException):
    """Stands for kill -9: nothing of ours handles it."""


class DyingReporter(SilentReporter):
    """Ends a load at one of its steps."""

    def __init__(self, last: str) -> None:
        self._last = last

    def step(self, name: str, total: int | None = None) -> None:
        if name == self._last:
            raise Killed


@pytest.mark.parametrize(("where", "step"), parts.each(2, [("third", "map"), ("ulzii", "publish")]))
def test_a_run_that_was_killed_is_finished_by_the_next_without_mapping_again(
    instance: Instance, tmp_path: Path, where: str, step: str
) -> None:
    def reporting(title: str) -> nullcontext[Reporter]:
        return nullcontext(DyingReporter(step) if title == where else SilentReporter())

    sources = three(tmp_path)
    with pytest.raises(Killed):
        load_together(instance, sources, reporting)
    assert not state(list(Ledger(instance)))
    logged = kinds(instance)
    done = together(instance, sources)
    assert [(one.status, one.version) for one in done] == [("published", 1)] * 3
    assert kinds(instance)[: len(logged)] == logged
    assert [one for one in kinds(instance) if one.startswith("Load")] == [
        f"Load {one.id}" for one in sources
    ]
    assert shown(instance) == {one.id for one in sources}
    assert list(verify(instance)) == []


def test_a_single_load_finishes_it_too_and_other_bytes_are_mapped(
    instance: Instance, tmp_path: Path
) -> None:
    def reporting(title: str) -> nullcontext[Reporter]:
        return nullcontext(DyingReporter("publish") if title == "ulzii" else SilentReporter())

    sources = three(tmp_path)
    with pytest.raises(Killed):
        load_together(instance, sources, reporting)
    first = load(instance, sources[0])
    assert (first.status, first.version, len(kinds(instance))) == ("published", 1, 4)
    changed = source(tmp_path, "second", TITLE.format("b", "шинэ"), '"first"')
    second = load(instance, changed)
    assert (second.status, second.version) == ("published", 1)
    assert kinds(instance)[4:] == ["Load second", "Publish second"]
    assert list(verify(instance)) == []


def test_small_files_of_this_project_are_mapped_without_another_process(
    instance: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a process was started")

    monkeypatch.setattr(limited_process, "run", refuse)
    together(instance, [read(BUNDLED / "vocab-place.toml")])
    assert state(list(Ledger(instance)))["vocab-place"]["counts"]["mapped"]
    with pytest.raises(AssertionError):
        together(instance, three(instance.root.parent))


def test_the_description_of_a_first_publication_is_all_in_the_store(instance: Instance) -> None:
    together(instance, [read(BUNDLED / "vocab-place.toml")])
    now = snapshots.current(instance)
    assert now is not None
    store = EmbeddedStore(now.path, read_only=True)
    counted = refresh.lines(instance, list(Ledger(instance)))
    assert store.held_lines(instance.names.graph("void")) == counted
    assert {*counted} <= {*store.lines(None)}
