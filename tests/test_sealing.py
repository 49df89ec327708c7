"""Events about restricted sources are sealed: their lines say nothing, and all else works on."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from graph.archive import Archive
from graph.audit.verify import verify
from graph.core.errors import IntegrityError
from graph.core.instance import Instance
from graph.evidence_bundles import build
from graph.evidence_bundles import verify as bundles
from graph.evidence_bundles.model import BundleRequest
from graph.ledger import Ledger, event, recovery, sealing
from graph.queries import Pool
from graph.statements import canonical
from graph.versions.state import state
from server.app import create_app
from server.cli import main
from tests.test_publish import publish
from vocab.namespaces import RDF, RDFS

pytestmark = pytest.mark.slow
LINE = canonical.line(RDF.type, RDF.type, RDF.Property)
OTHER = canonical.line(RDF.type, RDFS.comment, RDF.Property)


def lines_about(instance: Instance, text: bytes) -> list[bytes]:
    return [line for line in Ledger(instance).lines() if text in line]


def problems(instance: Instance) -> list[str]:
    return [problem.message for problem in verify(instance)]


def test_lines_say_nothing_and_the_events_are_read_all_the_same(instance: Instance) -> None:
    publish(instance, "open", [LINE])
    publish(instance, "secret-source", [LINE], visibility="restricted")
    ledger = Ledger(instance)
    assert lines_about(instance, b"secret") == []
    assert {*json.loads(ledger.line(ledger.size - 1))} == {"at", "digest", "index", "kind", "type"}
    found = list(ledger.find(source="secret-source"))
    assert [item["type"] for item in found][-3:] == ["Load", "Validate", "Publish"]
    assert all("sealed" in item for item in found)
    assert ledger.facts(ledger.size - 1).source == "secret-source"
    assert problems(instance) == []
    publish(instance, "secret-source", [LINE, OTHER], visibility="restricted")
    assert problems(instance) == []
    done = CliRunner().invoke(main, ["--data", str(instance.root), "rebuild"])
    assert (done.exit_code, problems(instance)) == (0, [])


def test_a_source_that_becomes_public_is_logged_openly(instance: Instance) -> None:
    publish(instance, "source", [LINE], visibility="restricted")
    assert lines_about(instance, b'"source":"source"') == []
    publish(instance, "source", [LINE, OTHER])
    assert len(lines_about(instance, b'"source":"source"')) == 3  # Load, Validate, Publish
    publish(instance, "source", [LINE], visibility="restricted")
    assert len(lines_about(instance, b'"source":"source"')) == 3  # the first Fetch is sealed too
    assert problems(instance) == []


def test_the_same_event_has_another_body_each_time(instance: Instance) -> None:
    ledger = Ledger(instance)
    archive, item = Archive(instance.archive), {**ledger[0], "index": 7}
    first, second = (sealing.sealed(item, archive) for _ in range(2))
    assert first["digest"] != second["digest"]
    assert sealing.unsealed(first, archive) == {**item, "sealed": first["digest"]}


DESCRIPTION = """\
id = "hidden"
loader = "rdf"
visibility = "restricted"
files = ["hidden.ttl"]
media_type = "text/turtle"

[title]
mn = "Далд"
en = "Hidden"
"""


def load(instance: Instance, text: str) -> Result:
    (instance.sources).mkdir(exist_ok=True)
    (instance.sources / "hidden.toml").write_text(DESCRIPTION, "utf-8")
    (instance.sources / "hidden.ttl").write_text(text, "utf-8")
    return CliRunner().invoke(main, ["--data", str(instance.root), "load", "hidden"])


def test_from_its_first_fetch_on_a_restricted_source_is_sealed(instance: Instance) -> None:
    failed = load(instance, "this is not Turtle")
    assert failed.exit_code != 0, failed.output
    done = load(instance, f"<{RDF.type.value}> a <{RDF.Property.value}> .")
    assert done.exit_code == 0, done.output
    again = load(instance, f"<{RDF.type.value}> a <{RDF.Property.value}> .")
    assert again.exit_code == 0, again.output
    assert lines_about(instance, b"hidden") == []
    kinds = {item["type"] for item in Ledger(instance) if "sealed" in item}
    assert kinds == {"Fetch", "Code", "Quarantine", "Load", "Validate", "Publish"}
    assert problems(instance) == []


def test_a_crash_before_the_lines_is_finished(
    instance: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is announced names bodies that wait in staging."""
    ledger = Ledger(instance)
    item = event("Code", kind="mapping", name="secret", digest=put(instance, b""), files={})

    def die(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr("graph.ledger.log._append", die)
        ledger.append({**item, "visibility": "restricted"})
    again = Ledger(instance)
    assert again.size == 1
    assert recovery.recover(instance, again)
    assert again[1]["name"] == "secret"
    assert problems(instance) == []


def put(instance: Instance, data: bytes) -> str:
    return Archive(instance.archive).put(data)


@pytest.mark.parametrize(
    ("attack", "message"),
    [
        ("missing", "the blob is missing"),
        ("damaged", "the blob is damaged"),
        ("swapped", "the blob is damaged"),
    ],
)
def test_a_body_that_is_not_its_own_is_named(instance: Instance, attack: str, message: str) -> None:
    publish(instance, "secret", [LINE], visibility="restricted")
    ledger = Ledger(instance)
    *_, one, other = (_path(instance, item["sealed"]) for item in ledger if "sealed" in item)
    one.chmod(0o600)
    if attack == "missing":
        one.unlink()
    else:
        one.write_bytes(b"x" if attack == "damaged" else other.read_bytes())
    again = Ledger(instance)  # the log itself is whole, and is opened
    assert again.size == ledger.size
    with pytest.raises(IntegrityError, match=message):
        again[again.size - 2]
    (problem,) = verify(instance)
    assert (problem.level, problem.where) == (0, str(one))
    assert f"log/{again.size - 2}" in problem.message and message in problem.message


def test_a_log_with_a_lost_body_is_listed_and_proven_and_opens_nothing(
    instance: Instance, pool: Pool
) -> None:
    """Nobody knows which source the lost event was about: no line about any is shown."""
    publish(instance, "open", [LINE])
    publish(instance, "secret", [LINE], visibility="restricted")
    ledger = Ledger(instance)
    lost = next(item for item in ledger if item["type"] == "Load" and "sealed" in item)
    _path(instance, lost["sealed"]).unlink()
    listed = CliRunner().invoke(main, ["--data", str(instance.root), "log", "--last", "0"])
    assert listed.exit_code == 0, listed.output
    assert "its body is lost" in listed.output
    proven = CliRunner().invoke(main, ["--data", str(instance.root), "prove", str(lost["index"])])
    assert proven.exit_code == 0, proven.output
    page = create_app(instance, pool).test_client()
    rows = page.get("/log?format=json").json
    assert rows is not None
    assert {row["index"] for row in rows["events"] if row["lost"]} == {lost["index"]}
    assert {row["source"] for row in rows["events"]} == {""}
    one = page.get(f"/log/{lost['index']}.json").json
    assert one is not None and one["lost"] and one["event"] is None
    assert page.get("/log/checkpoint").status_code == 200
    (problem,) = verify(instance)
    assert f"log/{lost['index']}" in problem.message
    again = Ledger(instance)
    with pytest.raises(IntegrityError, match="the blob is missing"):  # who may see what
        state(again.events)
    with pytest.raises(IntegrityError, match="the blob is missing"):  # what is to be sealed
        again.append(event("Code", kind="shapes", name="x", digest="0" * 64, files={}))


def _path(instance: Instance, digest: str) -> Path:
    return instance.archive / digest[:2] / digest[2:]


def test_evidence_of_a_restricted_source_holds_the_bodies(
    instance: Instance, tmp_path: Path
) -> None:
    load(instance, f"<{RDF.type.value}> a <{RDF.Property.value}> .")
    statement = LINE.decode()
    path = tmp_path / "x.zip"
    path.write_bytes(build.build(instance, BundleRequest(statement, readable=None)))
    key = str(Ledger(instance).verifier())
    assert any(", says " in one and "published" in one for one in bundles.verify(path, key)["said"])
    assert sum(name.startswith("sealed/") for name in bundles.members(path)) >= 3
