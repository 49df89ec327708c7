"""Versions compared: what changed, from which row to which, whose change it was; time lines."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graph.archive import Archive
from graph.core.errors import ConfigError
from graph.core.instance import Instance, open_instance
from graph.history import comparison
from graph.history.pairs import ThingChange, thing
from graph.history.published import SourceVersion, one_of, versions, visible
from graph.history.rows import AllRows, FewRows
from graph.history.timeline import blame, timeline
from graph.history.walk import ChangedLine, numbered_difference
from graph.ledger import Ledger
from graph.statements import patch
from loaders.pipeline.load import load
from server.cli import main
from tests.replays import new_instance
from tests.test_bad_input import source

P = "http://purl.org/dc/terms/"


def turtle(*lines: str) -> bytes:
    return "".join(f"<http://e/{line} .\n" for line in lines).encode()


FIRST = turtle(f'1> <{P}title> "One"@en', f'2> <{P}title> "Two"@en', f'3> <{P}title> "Three"@en')
SECOND = turtle(
    f'1> <{P}title> "Uno"@en', f'2> <{P}alternative> "Two"@en', f'3> <{P}title> "Three"@mn'
)
THIRD = turtle(f'1> <{P}title> "One"@en', f'4> <{P}title> "Four"@en')


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """`things` in three versions."""
    folder = tmp_path_factory.mktemp("compared")
    instance = new_instance(folder)
    for text in (FIRST, SECOND, THIRD):
        (folder / "things.ttl").write_bytes(text)
        assert load(instance, source(folder, more="reject_limit = 0.9")).status == "published"
    return folder


@pytest.fixture
def told(template: Path, tmp_path: Path) -> Instance:
    shutil.copytree(template / "data", tmp_path / "data")
    return open_instance(tmp_path / "data")


def ulzii(instance: Instance, *command: str) -> Result:
    return CliRunner().invoke(main, ["--data", str(instance.root), *command])


def two(instance: Instance, old: int, new: int) -> tuple[SourceVersion, SourceVersion]:
    known = versions(Ledger(instance).events, "things")
    return one_of(known, "things", old), one_of(known, "things", new)


def compared(instance: Instance, old: int, new: int, *, places: bool = False) -> list[ThingChange]:
    archive = Archive(instance.archive)
    pair = two(instance, old, new)
    return list(comparison.things(archive, instance.names, *pair, places=places))


def kinds(found: list[ThingChange]) -> dict[str, list[str]]:
    return {one.subject: [change.kind for change in one.changes] for one in found}


def test_a_deletion_and_an_addition_belong_together(told: Instance) -> None:
    found = kinds(compared(told, 1, 2))
    assert found == {
        "http://e/1": ["changed"],
        "http://e/2": ["renamed"],
        "http://e/3": ["retyped"],
    }
    assert kinds(compared(told, 2, 3)) == {
        "http://e/1": ["changed"],
        "http://e/2": ["deleted"],
        "http://e/3": ["deleted"],
        "http://e/4": ["added"],
    }


def test_versions_that_are_no_neighbours_are_compared(told: Instance) -> None:
    assert kinds(compared(told, 1, 3)) == {
        "http://e/2": ["deleted"],
        "http://e/3": ["deleted"],
        "http://e/4": ["added"],
    }
    assert kinds(compared(told, 3, 1))["http://e/4"] == ["deleted"]
    assert compared(told, 2, 2) == []


def test_patch_and_walk_say_the_same(told: Instance) -> None:
    for old, new in ((1, 2), (2, 3)):
        assert kinds(compared(told, old, new)) == kinds(compared(told, old, new, places=True))


def test_the_rows_of_both_sides(told: Instance) -> None:
    pair = two(told, 1, 2)
    archive = Archive(told.archive)
    first, second = (one.load["captures"][0] for one in pair)
    (few,) = [one for one in compared(told, 1, 2) if one.subject == "http://e/1"]
    (all_,) = [one for one in compared(told, 1, 2, places=True) if one.subject == "http://e/1"]
    for change, rows in (
        (few.changes[0], FewRows(archive, *pair)),
        (all_.changes[0], AllRows(archive, *pair)),
    ):
        assert change.old is not None and change.new is not None
        (old,), (new,) = rows.rows(change.old), rows.rows(change.new)
        assert (old.capture, new.capture) == (first, second)
        assert old.locator == new.locator == "iri=http://e/1"


def test_schema_only_and_values_only(told: Instance) -> None:
    found = compared(told, 1, 2)
    chosen = {
        form: [one.subject[-1] for one in comparison.of_form(found, form)]
        for form in ("", "schema", "values")
    }
    assert chosen == {"": ["1", "2", "3"], "schema": ["2", "3"], "values": ["1"]}


def test_the_diff_is_printed_with_rows_and_numbers(told: Instance) -> None:
    done = ulzii(told, "diff", "things", "1", "2")
    assert done.exit_code == 0, done.output
    assert f'~ <{P}title> "One"@en → "Uno"@en  [agency]' in done.output
    assert f'» <{P}alternative> "Two"@en (was <{P}title>)' in done.output
    assert "3 things (2 schema only, 1 values only)" in done.output
    one = ulzii(told, "diff", "things", "1", "2", "--entity", "http://e/3").output
    assert ("http://e/3" in one, "http://e/1" in one) == (True, False)


def test_the_diff_as_json_is_whole(told: Instance) -> None:
    for limit, rows in (("0", 3), ("1", 1)):
        done = ulzii(told, "diff", "things", "1", "3", "--json", "--limit", limit)
        facts = json.loads(done.output)
        assert len(facts["things"]) == rows
        assert facts["counts"]["kinds"]["deleted"] == 2
        assert facts["counts"]["whose"] == {"agency": 3}
        first = facts["things"][0]["changes"][0]["old"]["rows"][0]
        assert first["record"].endswith("#iri=http://e/2")


def test_what_is_not_there_is_named(told: Instance) -> None:
    assert "has no version 9" in ulzii(told, "diff", "things", "1", "9").output
    assert "nothing of “thing”" in ulzii(told, "history", "thing").output
    assert "no version of any source" in ulzii(told, "history", "http://e/9").output


def test_the_versions_of_a_source(told: Instance) -> None:
    facts = json.loads(ulzii(told, "history", "things", "--json").output)
    assert [(one["version"], one["adds"], one["deletes"]) for one in facts] == [
        (1, None, None),
        (2, 3, 3),
        (3, 2, 3),
    ]
    lines = ulzii(told, "history", "things").output.splitlines()
    assert [line.split()[0] for line in lines] == ["version", "3", "2", "1"]


def moments(instance: Instance, iri: str) -> list[Any]:
    events = Ledger(instance).events
    return timeline(instance, events, iri, {"things": versions(events, "things")})


def test_the_time_line_of_a_thing(told: Instance) -> None:
    found = moments(told, "http://e/1")
    assert [one.version.number for one in found] == [1, 2, 3]
    assert [one.change.changes[0].kind for one in found] == ["added", "changed", "changed"]
    assert [one.version.number for one in moments(told, "http://e/2")] == [1, 2, 3]
    assert [one.version.number for one in moments(told, "http://e/4")] == [3]
    shown = ulzii(told, "history", "http://e/4").output
    assert ("things version 3" in shown, '"Four"@en' in shown) == (True, True)


def test_blame_names_the_version_that_brought_a_statement(told: Instance) -> None:
    """A statement that was gone for a while is owed to the version that brought it back."""
    (brought,) = blame(moments(told, "http://e/1"))
    assert (brought.value, brought.version.number) == ('"One"@en', 3)
    assert blame(moments(told, "http://e/2")) == []
    facts = json.loads(ulzii(told, "history", "http://e/4", "--blame", "--json").output)
    assert [(one["version"], one["object"]) for one in facts] == [(3, '"Four"@en')]


def test_a_gap_in_what_may_be_seen_is_read(told: Instance) -> None:
    """A version in between that may not be shown changed it: the next one shows the difference."""
    events = Ledger(told).events
    known = versions(events, "things")
    found = timeline(told, events, "http://e/2", {"things": [known[0], known[2]]})
    assert [one.version.number for one in found] == [1, 3]


def test_a_restricted_version_is_for_those_who_may_read_it(told: Instance) -> None:
    known = versions(Ledger(told).events, "things")
    closed = [SourceVersion({**one.load, "visibility": "restricted"}, one.publish) for one in known]
    assert visible([closed[0], *known[1:]], frozenset()) == known[1:]
    assert visible([*known[:2], closed[2]], frozenset()) == []
    assert visible(closed, frozenset({"things"})) == closed
    assert visible(closed, None) == closed


def test_a_source_that_is_unknown_has_no_version() -> None:
    with pytest.raises(ConfigError, match="nothing of"):
        one_of([], "things", None)


numbers = st.sets(st.integers(10, 25))
unhurried = settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)


@unhurried
@given(numbers, numbers)
def test_places_are_those_in_the_versions(first: set[int], second: set[int]) -> None:
    old, new = ([b"%d\n" % n for n in sorted(one)] for one in (first, second))
    found = list(numbered_difference(old, new))
    assert [(sign, line) for sign, _, line in found] == list(patch.difference(old, new))
    for sign, place, line in found:
        assert (old if sign == "D" else new)[place] == line


lines = st.lists(
    st.tuples(st.sampled_from("DA"), st.sampled_from("pqr"), st.sampled_from(['"a"', '"b"@en'])),
    unique=True,
    max_size=12,
)


@unhurried
@given(lines)
def test_every_changed_line_is_in_one_change(group: list[tuple[str, str, str]]) -> None:
    changed = [
        ChangedLine("stated", sign, n, None, f"<http://e/1> <http://e/{p}> {value} .".encode())
        for n, (sign, p, value) in enumerate(group)
    ]
    if changed:
        found = [one for change in thing(changed).changes for one in change.lines]
        assert sorted(found) == sorted(changed)
