"""Replay: archived bytes and archived code, and nothing else of ours, give the logged hashes."""

from __future__ import annotations

import json
import shutil
import socket
import tarfile
from pathlib import Path
from typing import Any, get_args

import pyoxigraph as ox
import pytest
from click.testing import CliRunner, Result

from graph.archive import Archive
from graph.core.errors import IntegrityError
from graph.core.instance import Instance, open_instance
from graph.core.limited_process import ProcessLimits
from graph.ledger import Ledger
from loaders.bundles import imports, unpack
from loaders.pipeline import code_digest
from loaders.pipeline.load import load
from loaders.pipeline.record import LoadFinding, Mapped, Statement, WrittenStatements
from loaders.pipeline.source import read_all
from loaders.replay import check, driver, process
from loaders.replay.process import ReplayFailed
from loaders.replay.replay import Difference, Replayed, Verdict
from server.cli import main
from tests import parts
from tests.editable import put, with_sources
from tests.replays import file_of, last_load, new_instance, replayed, shown, with_code
from tests.test_bad_input import source
from tests.test_foreign_findings import CATALOGUE, described

pytestmark = pytest.mark.slow

INSTANCES = Path(__file__).with_name("instances")
DRIVEN = "loaders/catalogues/rdf.py"
TITLES = b'<id/1> <http://purl.org/dc/terms/title> "One"@en .\n'


def ulzii(instance: Instance, *command: str) -> Result:
    return CliRunner().invoke(main, ["--data", str(instance.root), *command])


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """`things` in one version; `portal`, a foreign catalogue, in two: names and dates are kept."""
    folder = tmp_path_factory.mktemp("replayed")
    instance = new_instance(folder)
    (folder / "things.ttl").write_bytes(TITLES)
    load(instance, source(folder))
    load(instance, described(folder, "foreign = true"))
    feed = described(folder, "foreign = true")
    (folder / "portal.ttl").write_text(CATALOGUE.replace('"Roads", "Streets"', '"Ways"@en'))
    assert load(instance, feed).version == 2
    return folder


@pytest.fixture
def loaded(template: Path, tmp_path: Path) -> Instance:
    shutil.copytree(template / "data", tmp_path / "data")
    return open_instance(tmp_path / "data")


def test_every_version_has_the_same_hashes(loaded: Instance) -> None:
    """With the version before, and with what other sources said then."""
    loads = [e for e in Ledger(loaded) if e["type"] == "Load"]
    assert [e["source"] for e in loads] == ["things", "portal", "portal"]
    for one in loads[:1] + loads[2:]:  # the command replays the second
        done = replayed(loaded, one)
        assert (shown(done), done.reason) == (("proven", set()), "")
        assert (done.environment, done.taken_as_empty) == ({}, ())


def test_the_command_says_so(loaded: Instance) -> None:
    done = ulzii(loaded, "replay", "portal", "1")
    assert (done.exit_code, "portal version 1" in done.output) == (0, True)
    assert done.output.count("as logged") == 6
    facts = json.loads(ulzii(loaded, "replay", "things", "--json").output)
    assert (facts["version"], facts["verdict"], facts["differences"]) == (1, "proven", [])
    assert "no version 7" in ulzii(loaded, "replay", "portal", "7").output
    assert "nothing of “ports”" in ulzii(loaded, "replay", "ports").output


def test_the_archived_code_decides_not_the_installed(loaded: Instance) -> None:
    made = last_load(loaded, "things")
    text = file_of(loaded, made, DRIVEN)
    changed = text.replace("\ndef statements(", "\ndef statements_(").rstrip()
    changed += "\n\n\ndef statements(record, context):\n    return iter(())\n"
    done = replayed(loaded, with_code(loaded, made, {DRIVEN: changed}))
    assert done.verdict == "different"
    assert ("stated", "lines") in {(one.layer, one.of) for one in done.differences}


def test_a_module_outside_the_bundle_is_refused(loaded: Instance) -> None:
    """The installed one would be found otherwise, and every source would replay."""
    made = with_code(loaded, last_load(loaded, "things"), {"loaders/formats/rdf.py": None})
    done = replayed(loaded, made)
    assert done.verdict == "undecided"
    assert "the code bundle lacks the module loaders.formats.rdf" in done.reason


@pytest.mark.ci
def test_a_bundle_without_packages_is_run_and_named(loaded: Instance) -> None:
    """Bundles of earlier versions have no `__init__.py` of folders that are not imported."""
    without: dict[str, str | None] = {"graph/__init__.py": None, "loaders/__init__.py": None}
    done = replayed(loaded, with_code(loaded, last_load(loaded, "things"), without))
    assert (done.verdict, done.taken_as_empty) == ("proven", tuple(without))


def test_another_environment_with_another_hash_is_undecided(loaded: Instance) -> None:
    made = last_load(loaded, "things")
    older = {**made, "environment": {**made["environment"], "pyoxigraph": "0.4.0"}}
    stated = {**made["layers"]["stated"], "root": "0" * 64}
    other = {**older, "layers": {**made["layers"], "stated": stated}}
    done = replayed(loaded, other)
    assert shown(done) == ("undecided", {("stated", "root")})
    assert set(done.environment) == {"pyoxigraph"}


def test_a_record_that_broke_a_rule_is_left_out_again(loaded: Instance) -> None:
    """Only the rules know it, and they do not run: the list of rejects names it."""
    made = last_load(loaded, "things")
    archive = Archive(loaded.archive)
    (fetch,) = (e for e in Ledger(loaded) if e["index"] == made["fetch"])
    capture = fetch["responses"][0]["sha256"]
    rows = archive.open(made["layers"]["stated"]["rows"]).read().splitlines()
    locator = rows[1].split(b"\t")[1].decode()
    reason = "No title. (https://w3id.org/ulzii/rule/title/1)"
    rejects = [{"capture": capture, "locator": locator, "reason": reason}]
    done = replayed(loaded, {**made, "rejects": archive.put(json.dumps(rejects).encode())})
    assert done.layers is not None
    assert done.layers["stated"].statements == 0


def test_archived_code_reaches_no_network_and_no_variable(
    loaded: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ULZII_SECRET", "s3cret")
    made = last_load(loaded, "things")
    text = file_of(loaded, made, DRIVEN)
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        probe = (
            "\n\ndef records(captures, context):\n"
            "    import os, socket\n"
            "    print('to nobody')\n"
            f"    tried = socket.socket().connect_ex(('127.0.0.1', {server.getsockname()[1]}))\n"
            "    raise RuntimeError(f'{tried} {os.environ.get(\"ULZII_SECRET\")}')\n"
        )
        done = replayed(loaded, with_code(loaded, made, {DRIVEN: text + probe}))
        with pytest.raises(BlockingIOError):
            server.accept()
    assert done.verdict == "different"
    assert "s3cret" not in done.reason


@pytest.mark.parametrize(
    ("body", "limits", "why"),
    [
        ("while True: pass", ProcessLimits(2 << 30, 1.0), "more time"),
        ("bytearray(8 << 30)", ProcessLimits(1 << 30, 60.0), "more memory"),
        ("import os; os.kill(os.getpid(), 11)", ProcessLimits(1 << 30, 60.0), "crashed"),
    ],
)
def test_what_exceeds_its_limits_is_ended(
    loaded: Instance, tmp_path: Path, body: str, limits: ProcessLimits, why: str
) -> None:
    made = last_load(loaded, "things")
    text = file_of(loaded, made, DRIVEN)
    text += f"\n\ndef records(captures, context):\n    {body}\n    yield\n"
    made = with_code(loaded, made, {DRIVEN: text})
    unpacked = unpack.unpack(Archive(loaded.archive), made["code"], tmp_path / "job" / "bundle")
    job: dict[str, Any] = {"source": unpacked.source, "is_generated": False, "captures": []}
    job |= {"base": loaded.base, "fetched": "", "violating": [], "has_previous": False}
    job |= {"packages": process.packages()}
    (tmp_path / "job" / "job.json").write_text(json.dumps(job))
    with pytest.raises(ReplayFailed, match=why):
        list(process.messages(tmp_path / "job", limits, lambda _: None))


@pytest.mark.parametrize("name", ["../out.py", "/tmp/out.py", "graph/../../out.py", "out.py"])
def test_a_bundle_writes_only_into_its_folder(loaded: Instance, tmp_path: Path, name: str) -> None:
    made = with_code(loaded, last_load(loaded, "things"), {name: "pass"})
    with pytest.raises(IntegrityError, match="no file of a code bundle"):
        unpack.unpack(Archive(loaded.archive), made["code"], tmp_path / "bundle")
    assert replayed(loaded, made).verdict == "undecided"


def test_a_missing_capture_is_undecided(loaded: Instance) -> None:
    made = last_load(loaded, "things")
    Archive(loaded.archive).path(made["captures"][0]).unlink()
    done = replayed(loaded, made)
    assert (done.verdict, "the blob is missing" in done.reason) == ("undecided", True)
    assert ulzii(loaded, "replay", "things").exit_code == 12


def test_a_write_is_not_replayed(instance: Instance) -> None:
    put(with_sources(instance), '<http://e/a> <http://e/p> "1" .')
    done = replayed(instance, last_load(instance, "notes"))
    assert (done.verdict, "written over HTTP" in done.reason) == ("undecided", True)
    assert list(check.check(instance, Ledger(instance), Archive(instance.archive), Silent())) == []


class Silent:
    def step(self, name: str, total: int | None = None) -> None:
        pass

    def advance(self, count: int = 1) -> None:
        pass


def test_the_check_names_what_is_different(loaded: Instance) -> None:
    differs = (Difference("stated", "lines", "0" * 64, "1" * 64),)
    made = Replayed(last_load(loaded, "things"), Verdict.DIFFERENT, "other", differences=differs)
    (problem,) = check._problems(made)
    assert (problem.level, problem.fault) == (4, "problem")
    assert "lines of stated" in problem.message


@pytest.mark.parametrize(
    ("archive", "lacks"),
    parts.each(
        3,
        [
            ("bundled/0435de3.tar.xz", True),
            ("0.1.0.tar.xz", True),
            ("replayed/b29a821.tar.xz", False),
        ],
    ),
)
def test_bundles_of_earlier_versions_are_replayed(
    archive: str, lacks: bool, tmp_path: Path
) -> None:
    """The contract of loaders is frozen: modules moved since, and `Capture` had other fields."""
    with tarfile.open(INSTANCES / archive) as packed:
        packed.extraction_filter = getattr(tarfile, "tar_filter", lambda member, _: member)
        packed.extractall(tmp_path)
    old = open_instance(tmp_path / "data")
    loads = [e for e in Ledger(old) if e["type"] == "Load" and e["source"] != "notes"]
    assert loads
    for one in loads:
        done = replayed(old, one)
        named = "loaders/__init__.py" in done.taken_as_empty
        assert (shown(done), named) == (("proven", set()), lacks), done.reason


def test_statements_in_every_form_are_taken() -> None:
    """What a loader may give grows; each form has to be known here."""
    subject, name = ox.NamedNode("http://e/1"), ox.NamedNode("http://e/name")
    plain = Statement(subject, name, ox.Literal("a"), "rule")
    written = WrittenStatements(subject, [f'{name} "a"', f'{name} "b"'], ["rule", "other"])
    first = ["stated", "rule", '<http://e/1> <http://e/name> "a" .']
    second = ["stated", "other", '<http://e/1> <http://e/name> "b" .']
    assert list(driver.lines_of(plain)) == [first]
    assert list(driver.lines_of(written)) == [first, second]
    assert set(get_args(Mapped)) == {Statement, WrittenStatements, LoadFinding}


def test_a_bundle_is_complete() -> None:
    files = code_digest.mapping_files(read_all()["law"])
    folders = {Path(name).parent for name in files if name.endswith(".py")}
    packages = {one for folder in folders for one in (folder, *folder.parents)} - {Path()}
    assert {f"{one.as_posix()}/__init__.py" for one in packages} <= files.keys()
    assert "loaders/catalogues/turtle/document.py" in files, "only a table names it"
    assert "loaders/catalogues/json_ld/contexts/dcat.jsonld" in files, "a module reads it"
    assert "loaders/systems/opendata_mn/dataset.py" not in files, "another source's loader"


def test_the_environment_has_every_package_that_a_bundle_imports() -> None:
    nso = code_digest.environment(read_all()["nso"])
    law = code_digest.environment(read_all()["law"])
    assert {"python", "ulzii", "pyoxigraph", "pydantic"} <= nso.keys()
    assert "rdflib" in law
    assert all(imports.installed_version(name) == at for name, at in law.items())


@pytest.mark.ci
def test_every_bundled_source_is_replayed(demo: Path) -> None:
    instance = open_instance(demo)
    found = check.check(instance, Ledger(instance), Archive(instance.archive), Silent())
    assert list(found) == []
