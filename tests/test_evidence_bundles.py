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
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from graph.archive import Archive, frames
from graph.core.errors import ConfigError, IntegrityError
from graph.core.instance import Instance, open_instance
from graph.evidence import item_trees
from graph.evidence_bundles import build, check_bundle, verify
from graph.evidence_bundles.enclosed import RecordEncloser
from graph.evidence_bundles.model import BundleRequest
from graph.ledger import Ledger, event
from graph.ledger.merkle import leaf_hash
from graph.statements.rowmap import Origin
from graph.transparency import asking, witnesses
from graph.transparency.tree import Tree
from graph.transparency.witnesses import Witness
from server.cli import main
from tests.auditors import Auditor, serving

pytestmark = pytest.mark.slow

BASE = "https://w3id.org/ulzii/id/"
VALUE = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#value>"
CLAIM = f"<{BASE}dataset/emongolia-local/2022-07-19#claim-1281> {VALUE} 1281"
FACTS = "17935e0df2e9b12c1642a228dbdab75df9b4825e63a2c890cba786879513785f"
FREE = check_bundle.WORDS[False]
Members = dict[str, bytes]


@pytest.fixture(scope="module")
def recorded(loaded_demo: Path, tmp_path_factory: pytest.TempPathFactory) -> Instance:
    """Ledger and archive of the demo, which is all that a bundle is made from."""
    root = tmp_path_factory.mktemp("recorded") / "data"
    for name in ("ledger", "archive", "keys"):
        shutil.copytree(loaded_demo / name, root / name)
    shutil.copy(loaded_demo / "instance.toml", root)
    return open_instance(root)


def key(instance: Instance) -> str:
    return (instance.ledger / "verifier.txt").read_text("utf-8")


def made(instance: Instance, statement: str = CLAIM, **more: Any) -> Members:
    return unzipped(build.build(instance, BundleRequest(statement, readable=None, **more)))


def unzipped(data: bytes) -> Members:
    with zipfile.ZipFile(io.BytesIO(data)) as file:
        return {name: file.read(name) for name in file.namelist()}


def zipped(members: Members, folder: Path) -> Path:
    path = folder / "bundle.zip"
    with zipfile.ZipFile(path, "w") as file:
        for name, data in members.items():
            file.writestr(name, data)
    return path


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


def altered(data: bytes) -> bytes:
    """One letter or digit in the middle is another one."""
    places = [n for n, byte in enumerate(data) if chr(byte).isalnum() and byte < 128]
    place = places[len(places) // 2] if places else 0
    return data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]


def test_each_altered_member_is_named(recorded: Instance, tmp_path: Path) -> None:
    members = made(recorded, captures="public")
    for name in members.keys() - {"README.txt"}:  # it explains, and proves nothing
        path = zipped({**members, name: altered(members[name])}, tmp_path)
        with pytest.raises(IntegrityError) as refused:
            verify.verify(path, key(recorded))
        # a wrong path in the manifest is named by the member that it is of
        named = refused.value.message.partition(":")[0]
        assert named == name or (name == "manifest.json" and named in members), (name, named)


def test_each_missing_member_is_named_or_told(recorded: Instance, tmp_path: Path) -> None:
    members = made(recorded, captures="public")
    whole = verify.verify(zipped(members, tmp_path), key(recorded))
    for name in members.keys() - {"README.txt"}:
        path = zipped({n: data for n, data in members.items() if n != name}, tmp_path)
        try:
            said = verify.verify(path, key(recorded))
        except IntegrityError as error:
            assert name in error.message, (name, error.message)
        else:  # less is told
            assert len(said["said"]) < len(whole["said"])


Attack = Callable[[Instance, Members, Path], Members]


def another_log(instance: Instance, members: Members, folder: Path) -> Members:
    """A proof from a log of the same events under another key, so of another checkpoint."""
    other = Instance(Path(shutil.copytree(instance.root, folder / "other")), instance.base)
    Ledger(other).append(event("Code", kind="shapes", name="x", digest="0" * 64, files={}))
    others = json.loads(made(other)["manifest.json"])["paths"]
    return manifest_with(members, paths=others)


def edited_record(_: Instance, members: Members, __: Path) -> Members:
    return {**members, "records/1": b"total,lead,1282\n"}


def another_row(_: Instance, members: Members, __: Path) -> Members:
    """Row 4 of the same file, with its good path, in the place of row 5."""
    return manifest_with(members, records=[["records/1", "row", 3, ["records/1"]]])


def another_origin(_: Instance, members: Members, __: Path) -> Members:
    """The record of another row: a number that is not in the tags of the subject."""
    return {**members, "rows/17": members["rows/17"].replace(b"row=5", b"row=6")}


def truncated_row(_: Instance, members: Members, __: Path) -> Members:
    return {**members, "rows/17": members["rows/17"][:-2]}


def edited_statement(_: Instance, members: Members, __: Path) -> Members:
    return {**members, "statement.nt": members["statement.nt"].replace(b'"1281"', b'"1282"')}


def edited_subject(_: Instance, members: Members, __: Path) -> Members:
    both = ("statement.nt", "subject.nt")
    return {**members, **{n: members[n].replace(b'"1281"', b'"1282"') for n in both}}


def edited_manifest(**changes: Any) -> Attack:
    def attack(_: Instance, members: Members, __: Path) -> Members:
        return manifest_with(members, **changes)

    return attack


def edited_event(_: Instance, members: Members, __: Path) -> Members:
    name = next(n for n in members if b'"type":"Load"' in members[n] and n.endswith(".json"))
    return {**members, name: members[name].replace(b'"version":1', b'"version":2')}


def later_checkpoint(instance: Instance, members: Members, folder: Path) -> Members:
    """The checkpoint of a later state: the proofs do not lead to it."""
    other = Instance(Path(shutil.copytree(instance.root, folder / "later")), instance.base)
    Ledger(other).append(event("Code", kind="shapes", name="x", digest="0" * 64, files={}))
    return {**members, "checkpoint": (other.ledger / "checkpoint").read_bytes()}


def early_checkpoint(instance: Instance, members: Members, _: Path) -> Members:
    """A checkpoint of before the events: it cannot speak of them."""
    tree = Tree()
    for line in Ledger(instance).lines()[:40]:
        tree.append(leaf_hash(line))
    text = f"{Ledger(instance).verifier().name}\n40\n"
    note = Ledger(instance)._signer().sign(text + _base64(tree.root(40)) + "\n")
    return {**members, "checkpoint": note.encode()}


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()


SIGNED = r": it or its path is wrong"
ATTACKS: dict[str, tuple[Attack, str]] = {
    "proof of another log": (another_log, rf"events/\d+\.json{SIGNED}"),
    "edited record": (edited_record, f"records/1{SIGNED}"),
    "the record of another row": (another_row, f"records/1{SIGNED}"),
    "another origin": (another_origin, f"rows/17{SIGNED}"),
    "truncated row of the row map": (truncated_row, f"rows/17{SIGNED}"),
    "edited statement": (edited_statement, r"statement\.nt: the version says otherwise"),
    "edited subject": (edited_subject, rf"subject\.nt{SIGNED}"),
    "edited event": (edited_event, rf"events/\d+\.json{SIGNED}"),
    "a later checkpoint": (later_checkpoint, rf"events/\d+\.json{SIGNED}"),
    "a checkpoint of before": (early_checkpoint, rf"events/\d+\.json{SIGNED}"),
    "another subject": (edited_manifest(first=3), rf"subject\.nt{SIGNED}"),
    "more records": (edited_manifest(records=[["", "", 0, []]] * 2), "more or fewer records"),
    "absent": (edited_manifest(absent=True), "the version says otherwise"),
    "another layer": (edited_manifest(layer="inferred"), rf"subject\.nt{SIGNED}"),
    "no leaves": (edited_manifest(leaves=[]), "the version says otherwise"),
    "another event": (edited_manifest(publish=[0]), r"events/0\.json"),
    "no paths": (edited_manifest(paths={}), r"events/\d+\.json: it lacks"),
}


@pytest.mark.parametrize("name", ATTACKS)
def test_attacks_are_named(recorded: Instance, tmp_path: Path, name: str) -> None:
    attack, message = ATTACKS[name]
    members = attack(recorded, made(recorded, captures="public"), tmp_path)
    with pytest.raises(IntegrityError, match=message):
        verify.verify(zipped(members, tmp_path), key(recorded))


def without(members: Members, *starts: str) -> Members:
    return {name: data for name, data in members.items() if not name.startswith(starts)}


def manifest_with(members: Members, **changes: Any) -> Members:
    told = json.loads(members["manifest.json"]) | changes
    spelled = json.dumps(told, ensure_ascii=False, indent=1)  # as they are written
    return {**members, "manifest.json": spelled.encode()}


def test_what_the_courier_may_have_written_is_never_called_proven(
    recorded: Instance, tmp_path: Path
) -> None:
    """No place for the record: so it is not told to be one, and a file more is named."""
    members = made(recorded, captures="records")
    forged = manifest_with(members, records=[["records/1", "row", 4, []]])
    forged |= {"records/1": b"forged", "extra.txt": b"x"}
    path = zipped(without(forged, "marks"), tmp_path)
    said = verify.verify(path, key(recorded))
    assert said["proven"] == {"statement": True, "origin": True, "record": None}
    assert {f"extra.txt: {FREE}", f"records/1: {FREE}"} <= {*said["said"]}
    assert all(line.isprintable() for line in said["said"])
    command = ["verify-bundle", str(path), "--key", key(recorded).strip(), "--json"]
    done = CliRunner().invoke(main, command)
    assert (done.exit_code, json.loads(done.output)["proven"]) == (13, said["proven"])


def test_a_version_that_did_not_log_its_roots_leaves_the_record_unproven(
    recorded: Instance, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("graph.evidence.origin_proof", lambda *_: None)
    members = made(recorded)
    claims = check_bundle.Bundle.event

    def older(self: check_bundle.Bundle, number: int) -> Any:
        item = claims(self, number)
        for facts in item.get("layers", {}).values():
            del facts["origins"]
        return item

    monkeypatch.setattr(check_bundle.Bundle, "event", older)
    said = verify.verify(zipped(members, tmp_path), key(recorded))
    assert (said["proven"]["origin"], said["is_whole"]) == (False, False)
    assert f"which record it was made from: {FREE}" in said["said"]
    assert "did not log it" in members["README.txt"].decode()


def test_members_that_no_event_names_prove_nothing(recorded: Instance, tmp_path: Path) -> None:
    """An event that is not sealed: no member stands for what is not named."""
    members = made(recorded, captures="records")
    forged = json.dumps({"type": "Publish", "source": "forged"}).encode()
    said = verify.verify(zipped({**members, "sealed/None": forged}, tmp_path), key(recorded))
    assert (said["source"], said["is_whole"]) == ("emongolia-local", False)
    numbers = sorted(int(name[7:-5]) for name in members if name.startswith("events/"))
    for number in numbers[:-1]:  # all but the Publish event itself
        with pytest.raises(IntegrityError):
            verify.verify(zipped(manifest_with(members, publish=[number]), tmp_path), key(recorded))


@pytest.mark.parametrize("name", ["/etc/x", "../x", "a/../../x", "C:x", "a b", "records/1"])
def test_members_of_odd_or_equal_names_are_refused(
    recorded: Instance, tmp_path: Path, name: str
) -> None:
    path = zipped(made(recorded, captures="records"), tmp_path)
    with warnings.catch_warnings(), zipfile.ZipFile(path, "a") as file:
        warnings.simplefilter("ignore")
        file.writestr(name, b"x")
    with pytest.raises(IntegrityError, match=r"two members of one name|is named so"):
        verify.verify(path, key(recorded))


def test_a_damaged_file_is_refused_without_a_traceback(recorded: Instance, tmp_path: Path) -> None:
    """Bytes flipped here and there, and ends cut off; what still reads has the same statement."""
    data, path = build.build(recorded, BundleRequest(CLAIM, readable=None)), tmp_path / "x.zip"
    statement = unzipped(data)["statement.nt"].decode()[:-1]
    for place in range(0, len(data), max(1, len(data) // 150)):
        flipped = data[:place] + bytes([data[place] ^ 255]) + data[place + 1 :]
        for damaged in (flipped, data[:place]):
            path.write_bytes(damaged)
            try:
                assert verify.verify(path, key(recorded))["statement"] == statement
            except IntegrityError as error:
                assert error.message


@pytest.mark.parametrize("wrong", ["", "hello", "a+b", "a+00000000+AAAA", "a+b+c+d"])
def test_what_is_no_key_is_told(recorded: Instance, tmp_path: Path, wrong: str) -> None:
    with pytest.raises(IntegrityError, match="this is not a verifier key"):
        verify.verify(zipped(made(recorded), tmp_path), wrong)


@pytest.mark.parametrize("name", ["layer", "paths", "records", "leaves", "publish", "first"])
def test_what_the_manifest_lacks_is_named(recorded: Instance, tmp_path: Path, name: str) -> None:
    members = made(recorded)
    told = json.loads(members["manifest.json"])
    del told[name]
    path = zipped({**members, "manifest.json": json.dumps(told).encode()}, tmp_path)
    with pytest.raises(IntegrityError, match=f"missing or not known: .*'{name}'"):
        verify.verify(path, key(recorded))


def test_another_key_is_named(recorded: Instance, another: Any, tmp_path: Path) -> None:
    path = zipped(made(recorded), tmp_path)
    with pytest.raises(IntegrityError, match=r"^checkpoint: "):
        verify.verify(path, key(another()))
    name, _, packed = key(recorded).strip().split("+", 2)
    with pytest.raises(IntegrityError, match="hash does not match"):
        verify.verify(path, f"{name}+00000000+{packed}")


def test_a_damaged_capture_is_named_not_left_out(recorded: Instance) -> None:
    archive = Archive(recorded.archive)
    path, data = archive.path(FACTS), archive.read(FACTS)
    kept = path.read_bytes()
    path.chmod(0o600)
    try:
        path.write_bytes(frames.packed(data.replace(b"1281", b"1289")))
        with pytest.raises(IntegrityError, match=FACTS[2:]):
            made(recorded)
    finally:
        path.write_bytes(kept)


def test_a_stale_or_forked_checkpoint_is_named(recorded: Instance, tmp_path: Path) -> None:
    path = zipped(made(recorded), tmp_path)
    now = (recorded.ledger / "checkpoint").read_text("utf-8")
    assert verify.verify(path, key(recorded), kept=now)
    other = Instance(Path(shutil.copytree(recorded.root, tmp_path / "grown")), recorded.base)
    Ledger(other).append(event("Code", kind="shapes", name="x", digest="0" * 64, files={}))
    with pytest.raises(IntegrityError, match="checkpoint: it is stale"):
        kept = (other.ledger / "checkpoint").read_text("utf-8")
        verify.verify(path, key(recorded), kept=kept)
    size, _, rest = now.partition("\n")[2].partition("\n")
    forged = f"{Ledger(recorded).verifier().name}\n{size}\n{_base64(bytes(32))}\n"
    with pytest.raises(IntegrityError, match="checkpoint: forked"):
        verify.verify(path, key(recorded), kept=Ledger(recorded)._signer().sign(forged))
    assert rest


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


@pytest.mark.parametrize(
    ("old", "new"),
    [('"1281"', '"\\u0031281"'), ("> <", ">  <"), ("> <", ">\t<"), ("#value", "#\\u0076alue")],
)
def test_another_spelling_of_what_is_said_is_not_absent(
    recorded: Instance, tmp_path: Path, old: str, new: str
) -> None:
    members = made(recorded)
    respelt = members["statement.nt"].decode().replace(old, new, 1).encode()
    forged = manifest_with(members, absent=True)
    with pytest.raises(IntegrityError, match=r"statement\.nt: the version says otherwise"):
        verify.verify(zipped({**forged, "statement.nt": respelt}, tmp_path), key(recorded))
    absent = made(recorded, CLAIM.replace(" 1281", " 1282"), source="emongolia-local", absent=True)
    with pytest.raises(IntegrityError, match=r"statement\.nt: the version says otherwise"):
        verify.verify(zipped({**absent, "statement.nt": respelt}, tmp_path), key(recorded))


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
    with pytest.raises(IntegrityError, match=r"no item named .{1,2}marks"):
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


def run(instance: Instance, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["--data", str(instance.root), *arguments])


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


@pytest.mark.parametrize("data", [b"", b"PK\x05\x06" + bytes(18), b"x" * 100])
def test_what_is_no_bundle_is_refused(tmp_path: Path, data: bytes, recorded: Instance) -> None:
    path = tmp_path / "x.zip"
    path.write_bytes(data)
    with pytest.raises(IntegrityError):
        verify.verify(path, key(recorded))


def test_a_zip_bomb_is_refused_before_it_is_unpacked(tmp_path: Path, recorded: Instance) -> None:
    path = tmp_path / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for number in range(5):
            file.writestr(str(number), bytes(60 << 20))
    with pytest.raises(IntegrityError, match="too large"):
        verify.verify(path, key(recorded))


def test_of_what_is_computed_the_event_is_named(recorded: Instance, tmp_path: Path) -> None:
    statement = f'<{BASE}source/nso/v/1> dcat:version "1"'
    done = run(recorded, "bundle", statement, "-o", str(tmp_path / "x.zip"))
    assert done.exit_code == 2
    assert re.search(r"it is computed from event [0-9]+ of the log", done.output)


def test_what_no_signature_is_over_is_refused_or_told(recorded: Instance, tmp_path: Path) -> None:
    members = made(recorded)
    for changes, told in {
        (("format", "ulzii-evidence@v1"),): "its format is ulzii-evidence@v1",
        (("approved", "by the minister"),): "not known: .'approved'",
    }.items():
        path = zipped(manifest_with(members, **dict(changes)), tmp_path)
        with pytest.raises(IntegrityError, match=told):
            verify.verify(path, key(recorded))
        with pytest.raises(
            ValueError, match=r"format is not known|a key stands twice|too many values"
        ):
            list(check_bundle.Bundle().claims(str(path), key(recorded)))
    twice = members["manifest.json"].replace(b"{", b'{"format": "x",', 1)
    with pytest.raises(IntegrityError, match="a key stands twice"):
        verify.verify(zipped({**members, "manifest.json": twice}, tmp_path), key(recorded))
    noted = {**members, "checkpoint": members["checkpoint"] + "— minister AAAA\n".encode()}
    said = verify.verify(zipped(noted, tmp_path), key(recorded))["said"]
    assert any(re.match(r"\d other signatures of the checkpoint: not checked", s) for s in said)


def test_a_look_alike_is_told_from_the_real_one(recorded: Instance, tmp_path: Path) -> None:
    """Cyrillic с in the place of c."""
    other = CLAIM.replace("#claim", "#\u0441laim")
    members = made(recorded, other, absent=True, source="emongolia-local")
    said = verify.verify(zipped(members, tmp_path), key(recorded))["said"]
    assert any("#\\u0441laim-1281" in line for line in said)
    backtick = {n: d.replace("\u0441laim".encode(), b"`laim") for n, d in members.items()}
    with pytest.raises(IntegrityError, match="the version says otherwise"):
        verify.verify(zipped(backtick, tmp_path), key(recorded))
