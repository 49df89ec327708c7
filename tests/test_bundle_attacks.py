"""What a courier may do to an evidence bundle: `ulzii verify-bundle` and the script that has none
of our code name it both, and end with the exit code that says so."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest
from click.testing import CliRunner

from graph.core.instance import Instance
from graph.evidence_bundles import check_bundle
from server.cli import main
from tests.bundle_attacks import ATTACKS
from tests.evidence_bundles import CLAIM, Members, key, made, manifest_with, recorded, zipped

__all__ = ["recorded"]
pytestmark = pytest.mark.slow


class Told(NamedTuple):
    """What a checker ended with: its exit code, and all that it printed."""

    code: int
    text: str


def by_command(path: Path, verifier: str) -> Told:
    done = CliRunner().invoke(main, ["verify-bundle", str(path), "--key", verifier])
    return Told(done.exit_code, done.output)


def by_script(path: Path, verifier: str) -> Told:
    command = [sys.executable, "-I", str(check_bundle.__file__), str(path), verifier]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8")
    return Told(done.returncode, done.stdout + done.stderr)


CHECKERS = [pytest.param(by_command, 6, id="command"), pytest.param(by_script, 1, id="script")]
Checker = Callable[[Path, str], Told]


def archived(*extra: tuple[str, bytes], packed: int = zipfile.ZIP_DEFLATED) -> Callable[..., bytes]:
    """A bundle with further members, packed in some way."""

    def write(members: Members) -> bytes:
        out = io.BytesIO()
        with warnings.catch_warnings(), zipfile.ZipFile(out, "w", packed, compresslevel=1) as file:
            warnings.simplefilter("ignore")
            for name, data in [*members.items(), *extra]:
                file.writestr(name, data)
        return out.getvalue()

    return write


def with_manifest(change: Callable[[bytes], bytes]) -> Callable[[Members], bytes]:
    def write(members: Members) -> bytes:
        return archived()({**members, "manifest.json": change(members["manifest.json"])})

    return write


HUGE = bytes(60 << 20)
FILES: dict[str, Callable[[Members], bytes]] = {
    "a key that stands twice": with_manifest(lambda m: m.replace(b"{", b'{\n "absent": true,', 1)),
    "the same key with its own value": with_manifest(
        lambda m: m.replace(b' "first"', b' "absent": false,\n "first"', 1)
    ),
    "a path that stands twice": with_manifest(
        lambda m: m.replace(b'"paths": {', b'"paths": {\n  "origins": [],', 1)
    ),
    "a key that nobody knows": with_manifest(lambda m: m.replace(b"{", b'{\n "by": "me",', 1)),
    "a member above": archived(("../x", b"x")),
    "an absolute member": archived(("/etc/x", b"x")),
    "a member of Windows": archived(("C:\\x", b"x")),
    "a member with look-alike letters": archived(("\u0441heckpoint", b"x")),
    "a member with a blank": archived(("records 1", b"x")),
    "two members of one name": archived(("checkpoint", b"x")),
    "packed without a limit": archived(packed=zipfile.ZIP_BZIP2),
    "a bomb": lambda members: archived(*((f"x{n}", HUGE) for n in range(5)))(
        {**members, "checkpoint": HUGE}
    ),
    "cut short": lambda members: archived()(members)[:-30],
    "no zip": lambda _: b"PK" * 50,
    "nothing": lambda _: b"",
}


@pytest.mark.parametrize(("check", "refused"), CHECKERS)
@pytest.mark.parametrize("name", FILES)
def test_a_file_that_is_not_as_it_was_made_is_refused(
    recorded: Instance, tmp_path: Path, name: str, check: Checker, refused: int
) -> None:
    path = tmp_path / "x.zip"
    path.write_bytes(FILES[name](made(recorded)))
    told = check(path, key(recorded).strip())
    assert told.code == refused, told.text
    assert told.text.startswith("not proven: ")
    assert "Traceback" not in told.text and "PROVEN" not in told.text


@pytest.mark.parametrize("name", ATTACKS)
def test_the_script_names_the_attacks_too(recorded: Instance, tmp_path: Path, name: str) -> None:
    members = ATTACKS[name][0](recorded, made(recorded, captures="public"), tmp_path)
    with pytest.raises((ValueError, KeyError)):
        list(check_bundle.Bundle().claims(str(zipped(members, tmp_path)), key(recorded)))


@pytest.mark.parametrize(("check", "_"), CHECKERS)
def test_what_is_not_proven_is_told(
    recorded: Instance, tmp_path: Path, check: Checker, _: int
) -> None:
    verifier = tmp_path / "verifier.txt"
    verifier.write_text(key(recorded))
    members = made(recorded, captures="private")
    noted = {**members, "checkpoint": members["checkpoint"] + "— minister AAAA\n".encode()}
    told = check(zipped(noted, tmp_path), str(verifier))
    assert told.code == 0, told.text
    assert "not enclosed" in told.text
    assert "1 " in told.text and "signatures" in told.text and "not checked" in told.text
    whole = check(zipped(made(recorded, captures="public"), tmp_path), str(verifier))
    assert (whole.code, "not enclosed" in whole.text) == (0, False)


@pytest.mark.parametrize(("check", "_"), CHECKERS)
def test_letters_that_look_alike_are_spelled(
    recorded: Instance, tmp_path: Path, check: Checker, _: int
) -> None:
    other = CLAIM.replace("#claim", "#\u0441laim")
    members = made(recorded, other, absent=True, source="emongolia-local")
    told = check(zipped(members, tmp_path), key(recorded).strip())
    assert (told.code, "#\u0441laim-1281" in told.text) == (0, True)
    assert "#\\u0441laim-1281" in told.text


def test_a_bundle_without_its_paths_is_no_bundle(recorded: Instance, tmp_path: Path) -> None:
    path = zipped(manifest_with(made(recorded), paths={}), tmp_path)
    assert json.loads(made(recorded)["manifest.json"])["paths"]
    assert by_script(path, key(recorded).strip()).code == 1
