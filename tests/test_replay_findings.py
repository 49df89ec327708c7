"""The rules over archived statements give the logged report and findings."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from graph.audit.model.problem import Fault
from graph.audit.verify import verify
from graph.core.instance import Instance
from graph.ledger import Event, Ledger
from loaders.pipeline import code_digest
from loaders.pipeline.load import load
from loaders.replay import findings
from loaders.replay.findings import replay_findings
from loaders.replay.replay import Verdict
from tests.replays import new_instance
from tests.test_bad_input import source
from tests.test_foreign_findings import described


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Instance:
    folder = tmp_path_factory.mktemp("findings")
    instance = new_instance(folder)
    (folder / "things.ttl").write_bytes(b'<id/1> <http://purl.org/dc/terms/title> "One"@en .\n')
    load(instance, source(folder))
    load(instance, described(folder, "foreign = true"))
    return instance


def loads(instance: Instance) -> dict[str, Event]:
    return {item["source"]: item for item in Ledger(instance) if item["type"] == "Load"}


def files(folder: Path) -> dict[str, bytes]:
    return {
        str(path): hashlib.sha256(path.read_bytes()).digest()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_findings_are_proven_and_nothing_is_written(loaded: Instance) -> None:
    before = files(loaded.root)
    done = replay_findings(loaded, Ledger(loaded).events, loads(loaded)["things"])
    assert (done.verdict, done.reason) == (Verdict.PROVEN, "")
    assert files(loaded.root) == before


def test_a_foreign_catalogue_is_undecided(loaded: Instance) -> None:
    done = replay_findings(loaded, Ledger(loaded).events, loads(loaded)["portal"])
    assert done.verdict is Verdict.UNDECIDED
    assert "foreign" in done.reason


def test_other_rules_are_undecided(loaded: Instance, monkeypatch: pytest.MonkeyPatch) -> None:
    known = code_digest.shapes_files()
    fewer = {name: path for name, path in known.items() if name != min(known)}
    monkeypatch.setattr(code_digest, "shapes_files", lambda: fewer)
    done = replay_findings(loaded, Ledger(loaded).events, loads(loaded)["things"])
    assert (done.verdict, done.reason) == (Verdict.UNDECIDED, "it was held against other rules")


def test_findings_that_the_rules_do_not_give_are_named_by_verify(
    loaded: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = findings._logged

    def more(*arguments: Any) -> tuple[set[bytes], int]:
        lines, met = real(*arguments)
        return lines | {b"<https://a.example/x> <https://a.example/y> <https://a.example/z> ."}, met

    monkeypatch.setattr(findings, "_logged", more)
    named = [*_level_5(loaded)]
    assert [(p.level, p.fault) for p in named] == [(5, Fault.PROBLEM), (5, Fault.NOT_RECORDED)]
    assert "1 statements of findings are not those of the report" in named[0].message


def test_another_report_is_named(loaded: Instance, monkeypatch: pytest.MonkeyPatch) -> None:
    item = loads(loaded)["things"]
    events = Ledger(loaded).events
    validate = events[item["index"] + 1]
    monkeypatch.setitem(validate, "report", "0" * 64)
    done = replay_findings(loaded, events, item)
    assert (done.verdict, done.reason) == (Verdict.DIFFERENT, "the rules give another report")


def _level_5(instance: Instance) -> Iterator[Any]:
    nothing: Any = lambda *_: iter(())  # noqa: E731
    for problem in verify(instance, 5, further=[nothing, findings.check]):
        if problem.level == 5:
            yield problem
