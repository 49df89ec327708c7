"""Whose change it was: decided by mapping the old bytes with the new code."""

from __future__ import annotations

import json
from collections.abc import Mapping

import pytest
from click.testing import CliRunner

from graph.archive import Archive
from graph.core.instance import Instance
from graph.history import comparison
from graph.history.published import SourceVersion, versions
from graph.ledger import Ledger
from loaders.pipeline.load import load
from loaders.replay.whose import Attribution, Whose, attribution
from server.cli import main
from tests.editable import put, with_sources
from tests.replays import file_of, new_instance, with_code
from tests.test_bad_input import source
from tests.test_history import FIRST, SECOND, P
from tests.test_replay import DRIVEN

pytestmark = pytest.mark.slow

NEW_CODE = f"""

_before = statements


def statements(record, context):
    import pyoxigraph as ox

    for one in _before(record, context):
        if one.object.value == "Two" and one.predicate.value.endswith("title"):
            one = one._replace(predicate=ox.NamedNode("{P}alternative"))
        if not (one.object.value == "Three" and one.object.language == "en"):
            yield one
"""


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Instance:
    folder = tmp_path_factory.mktemp("whose")
    instance = new_instance(folder)
    for text in (FIRST, SECOND):
        (folder / "things.ttl").write_bytes(text)
        load(instance, source(folder))
    return instance


def two(
    instance: Instance, code: str = "", environment: Mapping[str, str] | None = None
) -> tuple[SourceVersion, SourceVersion]:
    """Both versions; the new one as if its mapping had been another one."""
    old, new = versions(Ledger(instance).events, "things")
    made = new.load
    if code:
        made = with_code(instance, made, {DRIVEN: file_of(instance, made, DRIVEN) + code})
    made = {**made, "environment": {**made["environment"], **(environment or {})}}
    return old, SourceVersion(made, new.publish)


def owners(
    instance: Instance, pair: tuple[SourceVersion, SourceVersion], made: Attribution
) -> dict[str, Whose]:
    found = comparison.things(Archive(instance.archive), instance.names, *pair)
    return {one.subject[-1]: made.of_change(one.changes[0]) for one in found}


def test_the_same_mapping_means_the_agency(told: Instance) -> None:
    pair = two(told)
    made = attribution(told, Ledger(told).events, *pair, run=False)
    assert owners(told, pair, made) == dict.fromkeys("123", Whose.AGENCY)


def test_the_same_bytes_mean_us(told: Instance) -> None:
    old, new = two(told)
    again = SourceVersion({**new.load, "fetch": old.load["fetch"], "code": "0" * 64}, new.publish)
    assert attribution(told, Ledger(told).events, old, again, run=False).everywhere == Whose.OURS


def test_what_the_new_code_makes_of_the_old_bytes_decides(told: Instance) -> None:
    pair, events = two(told, NEW_CODE), Ledger(told).events
    before = attribution(told, events, *pair, run=False)
    assert (before.everywhere, "replays it" in before.reason) == (Whose.UNDECIDED, True)
    decided = {"1": Whose.AGENCY, "2": Whose.OURS, "3": Whose.BOTH}
    for run in (True, False):  # the second time it is known
        made = attribution(told, events, *pair, run=run)
        assert owners(told, pair, made) == decided, made.reason


@pytest.mark.ci
def test_a_damaged_cache_is_made_again(told: Instance) -> None:
    pair, events = two(told, NEW_CODE + "\n"), Ledger(told).events
    attribution(told, events, *pair, run=True)
    for path in (told.cache / "whose").iterdir():
        path.write_bytes(b"[]\nax")
    assert attribution(told, events, *pair, run=False).everywhere == Whose.UNDECIDED
    assert attribution(told, events, *pair, run=True).flags


def test_code_that_does_not_read_the_old_bytes_decides_nothing(told: Instance) -> None:
    broken = "\n\ndef statements(record, context):\n    raise ValueError(record)\n"
    made = attribution(told, Ledger(told).events, *two(told, broken), run=True)
    assert (made.everywhere, "does not read the old bytes" in made.reason) == (
        Whose.UNDECIDED,
        True,
    )


@pytest.mark.ci
def test_another_environment_must_give_the_new_version_first(told: Instance) -> None:
    """Else what is made of the old bytes here says nothing of the code."""
    older = {"pyoxigraph": "0.4.0"}
    proven = attribution(told, Ledger(told).events, *two(told, NEW_CODE + "\n\n", older), run=True)
    assert proven.flags
    other = NEW_CODE.replace("Three", "Uno")
    made = attribution(told, Ledger(told).events, *two(told, other, older), run=True)
    assert (made.everywhere, "cannot be replayed here" in made.reason) == (Whose.UNDECIDED, True)


def test_a_write_is_the_writers(instance: Instance) -> None:
    with_sources(instance)
    for value in ("1", "2"):
        put(instance, f'<http://e/a> <http://e/p> "{value}" .')
    pair = versions(Ledger(instance).events, "notes")
    made = attribution(instance, Ledger(instance).events, *pair, run=True)
    assert (made.everywhere, made.reason) == (Whose.AGENCY, "it was written over HTTP")


def test_the_command_says_whose(told: Instance) -> None:
    command = ["--data", str(told.root), "diff", "things", "1", "2", "--json"]
    facts = json.loads(CliRunner().invoke(main, command).output)
    assert facts["whose"]["everywhere"] == "agency"
    assert {c["whose"] for one in facts["things"] for c in one["changes"]} == {"agency"}
