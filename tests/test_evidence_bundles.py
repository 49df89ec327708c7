"""Evidence bundles: what they prove offline, and that every alteration is named."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from graph.archive import Archive
from graph.core.errors import ConfigError, IntegrityError
from graph.core.instance import Instance
from graph.evidence import item_trees
from graph.evidence_bundles import check_bundle, verify
from graph.evidence_bundles.enclosed import RecordEncloser
from graph.ledger import Ledger
from graph.ledger.merkle import leaf_hash
from graph.statements.rowmap import Origin
from graph.transparency import asking, witnesses
from graph.transparency.witnesses import Witness
from server.cli import main
from tests.auditors import Auditor, serving
from tests.evidence_bundles import (
    BASE,
    CLAIM,
    FREE,
    VALUE,
    key,
    made,
    manifest_with,
    recorded,
    run,
    unzipped,
    without,
    zipped,
)

__all__ = ["recorded"]
pytestmark = pytest.mark.slow


def test_a_claim_is_proven_down_to_the_bytes_of_its_row(recorded: Instance, tmp_path: Path) -> None:
    members = made(recorded, captures="public")
    assert members["records/1"] == b"total,lead,1281\n"
    said = verify.verify(zipped(members, tmp_path), key(recorded))
    line = members["statement.nt"].decode()[:-1]
    assert said["statement"] == line
    assert said["said"][0].startswith("emongolia-local version 1 (stated), published ")
    assert said["said"][0].endswith(f", says {line}: PROVEN")
    assert said["said"][1].startswith("made from row=5 of 17935e0d")
    assert said["said"][1].endswith(" by headline-claim: PROVEN")
    assert said["said"][2:] == [
        "records/1 is of that file; that it is row=5, as logged: PROVEN",
        f"README.txt: {FREE}",
    ]
    assert said["proven"] == {"statement": True, "origin": True, "record": True}
    assert said["is_whole"]
    assert said["log"] == key(recorded).partition("+")[0]
    explained = members["README.txt"].decode()
    assert "Then its origin and its record are proven as well." in explained
    assert "nor that others see the same log" in explained
    assert f"{recorded.base}help/check_bundle.py" in explained


def test_of_captures_is_enclosed_what_their_source_allows(
    recorded: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    def kinds() -> set[str]:
        return {name.partition("/")[0] for name in made(recorded)}

    for said, shown in {
        "private": set[str](),
        "records": {"records"},
        "public": {"records"},  # it is a row: no piece of the file is needed
    }.items():
        monkeypatch.setattr("graph.trace.access.of_source", lambda *_, said=said: said)
        assert kinds() & {"records", "pieces"} == shown


@pytest.mark.parametrize(
    "statement",
    [
        f"<{BASE}law/",
        f"<{BASE}dataset/nso/",
        "inferred",
        "findings",
    ],
)
def test_every_kind_of_statement_has_its_bundle(
    recorded: Instance, tmp_path: Path, statement: str
) -> None:
    line = some_line(recorded, statement)
    said = verify.verify(zipped(made(recorded, line, captures="public"), tmp_path), key(recorded))
    assert said["is_whole"] and said["proven"]["origin"] and said["proven"]["record"] is not False
    assert said["said"][0].endswith(f", says {line}: PROVEN")


def some_line(instance: Instance, wanted: str) -> str:
    """A published line: of a layer, or whose beginning is as wanted."""
    archive = Archive(instance.archive)
    start = wanted.encode()
    for load in Ledger(instance):
        if load["type"] != "Load":
            continue
        for layer, facts in load["layers"].items():
            with archive.open(facts["lines"]) as lines:
                for line in lines:
                    if layer == wanted or line.startswith(start):
                        return line.decode()[:-1]
    return wanted


def test_the_script_needs_none_of_our_code(recorded: Instance, tmp_path: Path) -> None:
    printed = CliRunner().invoke(main, ["verify-bundle", "--script"]).output
    assert len(printed.splitlines()) <= 100  # an auditor reads it whole
    assert max(map(len, printed.splitlines())) <= 100
    assert not re.search(r"^\s*(import|from) (graph|loaders|server)", printed, re.MULTILINE)
    script = tmp_path / "check_bundle.py"
    script.write_text(printed, "utf-8")
    path = zipped(made(recorded), tmp_path)
    command = [sys.executable, "-I", str(script), str(path), key(recorded)]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert "says <" in done.stdout
    command[-1] = str(Ledger(recorded).verifier()).replace("+A", "+B", 1)
    path.write_bytes(path.read_bytes()[:-1])
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", cwd=tmp_path)
    assert done.returncode == 1
    assert done.stderr.startswith("not proven: ")


def test_absence_is_proven_by_the_subject_or_its_neighbours(
    recorded: Instance, tmp_path: Path
) -> None:
    own = made(recorded, CLAIM.replace(" 1281", " 1282"), source="emongolia-local", absent=True)
    assert "subject.nt" in own
    subjects = [f"<{BASE}zzz>", "<http://a/>", f"<{BASE}nothing>"]
    for subject in subjects:
        more = made(recorded, f"{subject} {VALUE} 1", source="emongolia-local", absent=True)
        said = verify.verify(zipped(more, tmp_path), key(recorded))
        assert f", does not say, if its lines are sorted, {subject} " in said["said"][0]
        assert said["absent"] and said["is_whole"]
        assert "ulzii verify --level 2" in more["README.txt"].decode()
    told = json.loads(more["manifest.json"])
    fewer = manifest_with(more, leaves=told["leaves"][1:], first=told["first"] + 1)
    path = zipped(fewer, tmp_path)
    with pytest.raises(IntegrityError, match="the version says otherwise"):
        verify.verify(path, key(recorded))
    with pytest.raises(ConfigError, match="this version says it"):
        made(recorded, CLAIM, source="emongolia-local", absent=True)


def test_large_captures_are_proven_by_pieces(instance: Instance) -> None:
    """A record that is no row or element, over the border of two pieces of 64 KiB."""
    archive, kind = Archive(instance.archive), item_trees.PIECE
    data = b"".join(b"%d,%d\n" % (n, n * n) for n in range(20_000))
    digest = archive.put(data)
    tree = item_trees.make(io.BytesIO(data), kind)
    assert tree is not None
    origin = Origin(digest, "char=65530,65560", "r")
    encloser = RecordEncloser(archive, instance.cache, "public", {digest: {kind: tree}})
    found = encloser.enclose([origin])
    ((name, kind_of, first, parts),) = found.places
    assert (name, kind_of, first, len(parts)) == ("records/1", kind, 0, 2)
    assert found.members[name] == data[65530:65560]
    for number, part in enumerate(parts, first):
        path = [one.hex() for one in found.paths[part]]
        leaf = leaf_hash(found.members[part])
        assert check_bundle.fold(leaf, number, tree.count, path).hex() == tree.root


def test_a_cell_of_a_table_is_proven_by_the_parts_of_the_row_map_that_it_needs(
    recorded: Instance, tmp_path: Path
) -> None:
    line = some_line(recorded, f"<{BASE}dataset/nso/DT_NSO_1001_109V1/cube/total/x-khentii/2024>")
    members = made(recorded, line, captures="records")
    assert sum(len(data) for name, data in members.items() if name.startswith("rows/")) < 200_000
    said = verify.verify(zipped(members, tmp_path), key(recorded))
    assert said["proven"] == {"statement": True, "origin": True, "record": True}
    with pytest.raises(IntegrityError, match=r"^marks: it is missing from the bundle"):
        verify.verify(zipped(without(members, "marks"), tmp_path), key(recorded))


def test_witnesses_are_checked_when_their_keys_are_given(
    recorded: Instance, tmp_path: Path
) -> None:
    own = Instance(Path(shutil.copytree(recorded.root, tmp_path / "own")), recorded.base)
    verifier = Ledger(own).verifier()
    with serving(Auditor(logs={verifier.name: verifier})) as office:
        witnesses.write(own, [Witness(office.vkey, office.url)])
        asking.ask_all(own)
    path = zipped(made(own), tmp_path)
    assert f"cosigned by {office.name}" in verify.verify(path, key(own), [office.vkey])["said"][-1]
    stranger = Auditor(name="other.example/w").vkey
    with pytest.raises(IntegrityError, match=r"checkpoint: not cosigned by other\.example/w"):
        verify.verify(path, key(own), [stranger])


def test_the_commands(recorded: Instance, tmp_path: Path) -> None:
    path = str(tmp_path / "claim.zip")
    assert run(recorded, "bundle", CLAIM, "-o", path).exit_code == 0
    line = (unzipped(Path(path).read_bytes())["statement.nt"])[:-1]
    iri = recorded.names.statement(hashlib.sha256(line).hexdigest())
    again = str(tmp_path / "again.zip")
    assert run(recorded, "bundle", iri, "-o", again).exit_code == 0
    assert Path(path).read_bytes() == Path(again).read_bytes()
    verifier = str(recorded.ledger / "verifier.txt")
    done = CliRunner().invoke(main, ["verify-bundle", path, "--key", verifier, "--json"])
    told = json.loads(done.output)
    assert (done.exit_code, told["proven"]["statement"], told["source"]) == (
        0,
        True,
        "emongolia-local",
    )
    done = CliRunner().invoke(main, ["verify-bundle", path, "--key", "hello"])
    assert (done.exit_code, "expected one line" in done.output) == (2, True)
    Path(path).write_bytes(b"PK")
    done = CliRunner().invoke(main, ["verify-bundle", path, "--key", verifier])
    assert (done.exit_code, "not a zip file" in done.output) == (6, True)
    for wrong in (
        [CLAIM.replace("1281", "9")],
        [f"<{BASE}place/065>"],
        ["sha256-" + "0" * 64],
        [CLAIM, "--source", "nowhere"],
        [CLAIM, "--source", "nso", "--version", "99"],
    ):
        assert run(recorded, "bundle", *wrong, "-o", path).exit_code == 2
    assert CliRunner().invoke(main, ["verify-bundle", path]).exit_code == 2


def test_a_statement_is_proven_in_the_root_of_its_version(recorded: Instance) -> None:
    told = json.loads(run(recorded, "prove", CLAIM, "--json").output)
    path = [base64.b64decode(one).hex() for one in told["path"]]
    root = check_bundle.fold(leaf_hash(told["leaf"].encode()), told["index"], told["size"], path)
    load = Ledger(recorded)[told["load"]]
    assert root.hex() == told["root"] == load["layers"]["stated"]["root"]
    assert told["statement"] in told["leaf"].splitlines()
    assert told["root"] in run(recorded, "prove", CLAIM).output
    assert run(recorded, "prove", CLAIM.replace("1281", "9")).exit_code == 2


def test_of_what_is_computed_the_event_is_named(recorded: Instance, tmp_path: Path) -> None:
    statement = f'<{BASE}source/nso/v/1> dcat:version "1"'
    done = run(recorded, "bundle", statement, "-o", str(tmp_path / "x.zip"))
    assert done.exit_code == 2
    assert re.search(r"it is computed from event [0-9]+ of the log", done.output)
