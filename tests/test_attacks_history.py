"""Attacks on what the ledger was: set back, forked, exchanged, edited under a reader."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from graph.core.errors import IntegrityError
from graph.core.instance import Instance
from graph.ledger import Ledger, event
from graph.ledger.merkle import tree_root
from graph.ledger.note import Checkpoint, Signer
from tests import attacked
from tests.attacked import checkpoint, named, ulzii, verify
from tests.ledger_attacks import SIZE, line, lines, set_back, write

pytestmark = pytest.mark.slow


# --- against what was kept elsewhere ---


@pytest.fixture
def kept(victim: Instance) -> tuple[Path, Path]:
    """A checkpoint and a key, kept elsewhere."""
    paths = victim.root.parent / "kept-checkpoint", victim.root.parent / "kept-key"
    for path, name in zip(paths, ("checkpoint", "verifier.txt"), strict=True):
        shutil.copy(victim.ledger / name, path)
    return paths


def test_growth_is_no_problem(victim: Instance, kept: tuple[Path, Path]) -> None:
    Ledger(victim).append(event("Key", action="add", verifier="x"))
    for options in (("--against", kept[0]), ("--key", kept[1]), ("--key", kept[1].read_text())):
        assert verify(victim, *options, "--level", "0").code == 0


def set_back_whole(instance: Instance) -> None:
    set_back(instance, 17)
    for path in instance.snapshots.glob("22*"):
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    (instance.snapshots / "current").write_text("17")


def test_a_rollback_is_named(victim: Instance, kept: tuple[Path, Path]) -> None:
    set_back_whole(victim)
    assert not [p for p in verify(victim, "--level", "0").of() if "set back" in p]
    expected = "ndjson: set back: the kept checkpoint has 22 events, the ledger 17"
    assert named(verify(victim, "--against", kept[0]), expected)


def test_a_fork_is_named(victim: Instance, kept: tuple[Path, Path]) -> None:
    set_back(victim, 17)
    Ledger(victim).append(*[event("Key", action="add", verifier="x")] * 6)
    expected = "ndjson: forked: the first 22 lines are not those the kept checkpoint signs"
    assert named(verify(victim, "--against", kept[0], "--level", "0"), expected)


def new_log(instance: Instance) -> None:
    """The same events under a new key from log/0 on: consistent in itself."""
    old, new = attacked.signer(instance), Signer.generate(lambda _: attacked.signer(instance).name)
    first, *rest = lines(instance)
    write(instance, first.replace(str(old.verifier).encode(), str(new.verifier).encode()), *rest)
    root = tree_root(line[:-1] for line in lines(instance))
    checkpoint(instance).write_text(new.sign(Checkpoint(new.name, SIZE, root).text()))
    (instance.ledger / "verifier.txt").write_text(f"{new.verifier}\n")


def test_another_key_from_the_beginning_is_named(victim: Instance, kept: tuple[Path, Path]) -> None:
    new_log(victim)
    assert verify(victim, "--level", "0").code == 0
    assert named(verify(victim, "--key", kept[1], "--level", "0"), "the key was exchanged")
    assert named(verify(victim, "--against", kept[0], "--level", "0"), "another log's, or the key")
    both = verify(victim, "--against", kept[0], "--key", kept[1], "--level", "0")
    assert named(both, "forked")
    assert named(both, "the key was exchanged")


def test_key_and_checkpoint_of_another_log_are_an_exchanged_key(
    victim: Instance, kept: tuple[Path, Path]
) -> None:
    """The lines are as they were: it is not they that were changed."""
    own = lines(victim)
    new_log(victim)
    write(victim, *own)
    found = verify(victim, "--key", kept[1], "--level", "0")
    assert named(found, "the key was exchanged")


def test_a_checkpoint_of_another_log_is_named(victim: Instance, kept: tuple[Path, Path]) -> None:
    other = Signer.generate(lambda _: "example.mn/log/00000000")
    kept[0].write_text(other.sign(Checkpoint(other.name, 3, b"\x01" * 32).text()))
    assert named(verify(victim, "--against", kept[0], "--level", "0"), "it is another log's")
    kept[1].write_text(str(other.verifier))
    both = verify(victim, "--against", kept[0], "--key", kept[1], "--level", "0")
    assert named(both, "the checkpoint is of “example.mn/log/00000000”")


@pytest.mark.parametrize("data", [b"", b"\xff\xfe", b"x\n\ny\n", b"a+b+c"])
def test_garbage_that_was_kept_is_named(
    victim: Instance, kept: tuple[Path, Path], data: bytes
) -> None:
    kept[0].write_bytes(data)
    for option in (["--against"], ["--key", kept[1], "--against"], ["--key"]):
        done = ulzii(victim, "verify", "--level", "0", *option, kept[0])
        assert done.exit_code in {2, 6}, (option, done.output)


def test_a_ledger_that_is_set_back_under_a_reader_is_refused(victim: Instance) -> None:
    ledger = Ledger(victim)
    set_back(victim, 17)
    with pytest.raises(IntegrityError, match="set back: it had 22 events"):
        ledger.refresh()


def test_edited_new_lines_are_not_believed_at_the_second_look(victim: Instance) -> None:
    """A reader that runs on meets a line that was edited after it was signed."""
    whole, signed = lines(victim), checkpoint(victim).read_bytes()
    set_back(victim, 17)
    ledger = Ledger(victim)
    write(victim, *whole)
    checkpoint(victim).write_bytes(signed)
    line(SIZE - 2, b'"Load"', b'"Code"')(victim)
    for _ in range(2):
        with pytest.raises(IntegrityError, match="the line was changed after it was signed"):
            ledger.refresh()
        assert ledger.size == 17
