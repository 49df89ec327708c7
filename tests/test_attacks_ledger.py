"""Attacks on the ledger, its key and the pointer: each is named, and nobody signs or shows it."""

from __future__ import annotations

import pytest

from graph.core.errors import IntegrityError
from graph.core.instance import CONFIG, Instance
from graph.ledger import Ledger, event
from graph.ledger.note import Signer
from server.cli.serving import prepare
from tests import attacked, parts
from tests.attacked import checkpoint, named, ulzii, verify
from tests.ledger_attacks import ALL, KEYS, LINES, SIZE, copied_line, with_next

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("name", parts.each(3, ALL))
def test_it_is_named_and_nobody_goes_on(victim: Instance, name: str) -> None:
    attack, expected = ALL[name]
    attack(victim)
    verdict = verify(victim)
    assert named(verdict, expected), verdict
    before = attacked.contents(victim)
    for command in (["recover"], ["rebuild"], ["load", "law"]):
        done = ulzii(victim, *command)
        assert done.exit_code in {2, 6}, (command, done.output)
    with pytest.raises(IntegrityError):
        prepare(victim)  # `ulzii serve`
    assert attacked.contents(victim) == before, "signed, published or changed by a refused writer"


@pytest.mark.parametrize("name", parts.each(3, [*LINES, *KEYS]))
def test_a_query_on_a_damaged_ledger_is_refused(victim: Instance, name: str) -> None:
    ALL[name][0](victim)
    done = ulzii(victim, "query", "SELECT * { GRAPH ?g { ?s ?p ?o } }", "-F", "csv")
    assert done.exit_code == 6
    assert attacked.SECRET not in done.output


def test_a_foreign_tail_is_not_believed_by_readers(victim: Instance) -> None:
    copied_line(victim)
    assert Ledger(victim).size == SIZE
    assert f"ledger {SIZE} events" in ulzii(victim, "status").output


def test_a_signature_by_an_unknown_key_is_ignored(victim: Instance) -> None:
    text = checkpoint(victim).read_text()
    for name in ("witness.example", attacked.signer(victim).name):
        other = Signer.generate(lambda _, name=name: name)  # type: ignore[misc]
        text += other.sign("x\n").rpartition("\n\n")[2]
    checkpoint(victim).write_text(text)
    assert verify(victim).code == 0


def test_a_foreign_tail_is_set_aside_and_all_is_well(victim: Instance) -> None:
    with_next()(victim)
    signed = checkpoint(victim).read_bytes()
    done = ulzii(victim, "recover", "--set-aside")
    assert done.exit_code == 0, done.output
    assert f"line {SIZE + 1}" in done.output
    assert checkpoint(victim).read_bytes() == signed
    assert verify(victim) == (0, [])


def test_the_base_cannot_be_changed(victim: Instance) -> None:
    config = victim.root / CONFIG
    config.write_text(config.read_text().replace("example.mn", "example.com"))
    verdict = verify(victim)
    assert named(verdict, "instance.toml|base of this instance is https://example.com/")
    assert ulzii(victim, "query", "ASK {}").exit_code == 6


POINTERS = {
    "outside": (b"../x", "/current: the pointer does not name a snapshot"),
    "absolute": (b"/etc", "/current: the pointer does not name a snapshot"),
    "empty": (b"", "/current: the pointer does not name a snapshot"),
    "binary": (b"\xff\x00", "/current: the pointer does not name a snapshot"),
    "a line feed more": (b"22\n", "/current: the pointer does not name a snapshot"),
    "other digits": ("２２".encode(), "/current: the pointer does not name a snapshot"),
    "an older snapshot": (b"12", "the store shows 12, the ledger says 22"),
    "no such snapshot": (b"99", "the store shows 99, the ledger says 22"),
    "no such generation": (b"22-2", "22-2: the current snapshot is missing"),
}


@pytest.mark.parametrize("name", POINTERS)
def test_an_edited_pointer_is_named(victim: Instance, name: str) -> None:
    data, expected = POINTERS[name]
    (victim.snapshots / "current").write_bytes(data)
    assert named(verify(victim), expected)
    assert ulzii(victim, "query", "ASK {}").exit_code in {0, 6, 7}


def test_rebuilding_mends_the_pointer(victim: Instance) -> None:
    (victim.snapshots / "current").write_bytes(b"../x")
    assert ulzii(victim, "rebuild").exit_code == 0
    assert verify(victim) == (0, [])


def test_no_pointer_and_a_directory_for_it_are_named(victim: Instance) -> None:
    pointer = victim.snapshots / "current"
    pointer.unlink()
    assert named(verify(victim), "the store shows 0, the ledger says 22")
    pointer.mkdir()
    assert named(verify(victim), "/current: the pointer does not name a snapshot")


def test_times_that_fall_are_named(victim: Instance) -> None:
    ledger = Ledger(victim)
    old = {**event("Key", action="add", verifier="x"), "index": SIZE}
    ledger.append({**old, "at": "2001-01-01T00:00:00+08:00"})
    assert named(verify(victim, "--level", "0"), f"line {SIZE + 1}: its time 2001.* is before")
