"""Bytes behind the signed lines: what this instance announced is finished, all else is foreign."""

from __future__ import annotations

from pathlib import Path

import pytest

from graph.core.errors import IntegrityError
from graph.core.instance import Instance
from graph.ledger import Ledger, announcement, event, events, recovery

Tail = tuple[bytes, bytes]


@pytest.fixture
def tail(instance: Instance) -> Tail:
    """Two lines that were announced, and what announced them; nothing of them is appended yet."""
    ledger, before = Ledger(instance), checkpoint(instance)
    lines, announced = b"", b""

    def keep(folder: Path) -> None:
        nonlocal announced
        announced = (folder / announcement.NAME).read_bytes()
        (folder / announcement.NAME).unlink()

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(announcement, "remove", keep)
        ledger.append(key_event(ledger), key_event(ledger, 1))
    signed = entries(instance).read_bytes().splitlines(keepends=True)
    lines = b"".join(signed[1:])
    entries(instance).write_bytes(signed[0])
    (instance.ledger / "checkpoint").write_bytes(before)
    return lines, announced


def key_event(ledger: Ledger, ahead: int = 0) -> events.Event:
    return ledger.draft(event("Key", action="add", verifier="Өлзий"), ahead)


def entries(instance: Instance) -> Path:
    return instance.ledger / "entries.ndjson"


def checkpoint(instance: Instance) -> bytes:
    return (instance.ledger / "checkpoint").read_bytes()


def add(instance: Instance, data: bytes) -> None:
    with entries(instance).open("ab") as file:
        file.write(data)


def announce(instance: Instance, data: bytes) -> None:
    (instance.ledger / announcement.NAME).write_bytes(data)


def test_every_cut_of_an_announced_tail_comes_to_the_same_log(
    instance: Instance, tail: Tail
) -> None:
    lines, announced = tail
    first, before = entries(instance).read_bytes(), checkpoint(instance)
    for cut in range(len(lines) + 1):
        entries(instance).write_bytes(first + lines[:cut])
        (instance.ledger / "checkpoint").write_bytes(before)
        announce(instance, announced)
        ledger = Ledger(instance)
        assert ledger.size == 1  # until it is signed nobody believes it
        assert recovery.recover(instance, ledger)
        assert entries(instance).read_bytes() == first + lines
        assert Ledger(instance).size == 3
        assert not (instance.ledger / announcement.NAME).exists()
    assert cut > 150


def test_a_crash_after_signing_leaves_a_file_to_remove(instance: Instance, tail: Tail) -> None:
    _, announced = tail
    announce(instance, announced)
    recovery.recover(instance, Ledger(instance))
    announce(instance, announced)
    assert recovery.recover(instance, Ledger(instance))
    assert not recovery.recover(instance, Ledger(instance))
    assert Ledger(instance).size == 3


def test_nothing_is_read_behind_the_checkpoint(instance: Instance, tail: Tail) -> None:
    lines, _ = tail
    add(instance, lines)
    ledger = Ledger(instance)
    assert (ledger.size, ledger.tail) == (1, lines)


@pytest.mark.parametrize(
    ("garbage", "where"),
    [
        (b"copied", "lines 2 to 3"),
        (b'{"type":"Publish","index":1}\n', "line 2"),
        (b"\xff\xfe no line feed", "line 2"),
        (b"\n", "line 2"),
    ],
)
def test_a_foreign_tail_is_refused_and_named(
    instance: Instance, tail: Tail, garbage: bytes, where: str
) -> None:
    lines, _ = tail
    before = checkpoint(instance)
    add(instance, lines if garbage == b"copied" else garbage)
    with pytest.raises(IntegrityError, match="did not announce") as caught:
        recovery.recover(instance, Ledger(instance))
    assert caught.value.where.endswith(where)
    assert checkpoint(instance) == before


def test_foreign_lines_beside_an_announcement_are_refused(instance: Instance, tail: Tail) -> None:
    lines, announced = tail
    first = entries(instance).read_bytes()
    announce(instance, announced)
    for foreign in (lines.replace(b"add", b"bad"), lines + lines, lines + b"x"):
        entries(instance).write_bytes(first + foreign)
        with pytest.raises(IntegrityError, match="did not announce"):
            recovery.recover(instance, Ledger(instance))
    assert Ledger(instance).size == 1


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        (b'"add"', b'"bad"', "do not lead to the checkpoint"),
        (b"\n3\n", b"\n4\n", "not signed by the log's key"),
        (b"\n\n", b"\n", "not signed by the log's key"),
    ],
)
def test_an_edited_announcement_is_refused(
    instance: Instance, tail: Tail, old: bytes, new: bytes, says: str
) -> None:
    _, announced = tail
    announce(instance, announced.replace(old, new))
    with pytest.raises(IntegrityError, match=says):
        recovery.recover(instance, Ledger(instance))
    assert Ledger(instance).size == 1


def test_what_is_foreign_is_set_aside_and_not_signed(instance: Instance, tail: Tail) -> None:
    lines, _ = tail
    before = checkpoint(instance)
    add(instance, lines + b'{"type":"Ke')
    moved = recovery.set_aside(instance, Ledger(instance))
    assert moved is not None
    assert (moved.first, moved.last) == (2, 4)
    assert moved.path.read_bytes() == lines + b'{"type":"Ke'
    assert checkpoint(instance) == before
    assert recovery.set_aside(instance, Ledger(instance)) is None
    assert not recovery.recover(instance, Ledger(instance))
    Ledger(instance).append(key_event(Ledger(instance)))
    assert Ledger(instance).size == 2


def test_times_do_not_fall_where_the_clock_does(
    instance: Instance, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    ledger = Ledger(instance)
    monkeypatch.setattr(events, "now", lambda: "2001-01-01T00:00:00+08:00")
    (written,) = ledger.append(event("Key", action="add", verifier="x"))
    assert written["at"] == ledger[0]["at"]
    assert "2001-01-01" in caplog.text
