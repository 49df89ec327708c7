"""Every alteration of an evidence bundle is named: members, records, paths, keys and archives."""

from __future__ import annotations

import json
import re
import shutil
import warnings
import zipfile
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from graph.archive import Archive, frames
from graph.core.errors import IntegrityError
from graph.core.instance import Instance
from graph.evidence_bundles import build, check_bundle, verify
from graph.evidence_bundles.model import BundleRequest
from graph.ledger import Ledger, event
from server.cli import main
from tests.bundle_attacks import ATTACKS
from tests.evidence_bundles import (
    CLAIM,
    FACTS,
    FREE,
    base64_of,
    key,
    made,
    manifest_with,
    recorded,
    unzipped,
    without,
    zipped,
)

__all__ = ["recorded"]
pytestmark = pytest.mark.slow


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


@pytest.mark.parametrize("name", ATTACKS)
def test_attacks_are_named(recorded: Instance, tmp_path: Path, name: str) -> None:
    attack, message = ATTACKS[name]
    members = attack(recorded, made(recorded, captures="public"), tmp_path)
    with pytest.raises(IntegrityError, match=message):
        verify.verify(zipped(members, tmp_path), key(recorded))


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
    with pytest.raises(IntegrityError, match=r"^checkpoint: the log of this key did not sign it"):
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
    forged = f"{Ledger(recorded).verifier().name}\n{size}\n{base64_of(bytes(32))}\n"
    with pytest.raises(IntegrityError, match="checkpoint: forked"):
        verify.verify(path, key(recorded), kept=Ledger(recorded)._signer().sign(forged))
    assert rest
    with pytest.raises(IntegrityError, match="the kept checkpoint is not signed by this key"):
        verify.verify(path, key(recorded), kept=now.replace(size, f"{size}0", 1))


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


@pytest.mark.parametrize("data", [b"", b"PK\x05\x06" + bytes(18), b"x" * 100])
def test_what_is_no_bundle_is_refused(tmp_path: Path, data: bytes, recorded: Instance) -> None:
    path = tmp_path / "x.zip"
    path.write_bytes(data)
    with pytest.raises(IntegrityError):
        verify.verify(path, key(recorded))


def test_a_zip_bomb_is_refused_before_it_is_unpacked(tmp_path: Path, recorded: Instance) -> None:
    path = tmp_path / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as file:
        for number in range(5):
            file.writestr(str(number), bytes(60 << 20))
    with pytest.raises(IntegrityError, match="too large"):
        verify.verify(path, key(recorded))


def test_what_no_signature_is_over_is_refused_or_told(recorded: Instance, tmp_path: Path) -> None:
    members = made(recorded)
    for changes, told in {
        (("format", "ulzii-evidence@v1"),): "its format is ulzii-evidence@v1",
        (("approved", "by the minister"),): "not known: .'approved'",
    }.items():
        path = zipped(manifest_with(members, **dict(changes)), tmp_path)
        with pytest.raises(IntegrityError, match=told):
            verify.verify(path, key(recorded))
        with pytest.raises(ValueError, match=r"format is not known|rewritten|too many values"):
            list(check_bundle.Bundle().claims(str(path), key(recorded)))
    twice = members["manifest.json"].replace(b"{", b'{"format": "x",', 1)
    with pytest.raises(IntegrityError, match="a key stands twice"):
        verify.verify(zipped({**members, "manifest.json": twice}, tmp_path), key(recorded))
    packed = json.dumps(json.loads(members["manifest.json"])).encode()
    with pytest.raises(IntegrityError, match="rewritten by another program") as refused:
        verify.verify(zipped({**members, "manifest.json": packed}, tmp_path), key(recorded))
    assert "Take the bundle anew" in refused.value.hint
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
