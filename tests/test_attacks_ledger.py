"""Attacks on the ledger, its key and the pointer: each is named, and nobody signs or shows it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from graph.core.errors import IntegrityError
from graph.core.instance import CONFIG, Instance
from graph.ledger import Ledger, event
from graph.ledger.merkle import tree_root
from graph.ledger.note import Checkpoint, Signer
from server.cli.serving import prepare
from tests import attacked, parts
from tests.attacked import checkpoint, entries, named, ulzii, verify

pytestmark = pytest.mark.slow

Attack = Callable[[Instance], object]
SIZE = 22


def lines(instance: Instance) -> list[bytes]:
    return entries(instance).read_bytes().splitlines(keepends=True)


def write(instance: Instance, *kept: bytes) -> None:
    entries(instance).write_bytes(b"".join(kept))


def announced(instance: Instance, size: int) -> bytes:
    return (instance.root.parent / "announced" / str(size)).read_bytes()


def copied_line(instance: Instance) -> None:
    write(instance, *lines(instance), lines(instance)[-1])


def with_next(old: bytes = b"", new: bytes = b"", size: int = SIZE) -> Attack:
    """A forged tail beside the announcement that once led to its lines, perhaps edited."""

    def attack(instance: Instance) -> None:
        text = announced(instance, size)
        write(instance, *lines(instance), text.partition(b"\n\n")[0] + b"\n")
        (instance.ledger / "next").write_bytes(text.replace(old, new) if old else text)

    return attack


def edited_next(instance: Instance) -> None:
    text = announced(instance, SIZE)
    set_back(instance, SIZE - 1)
    (instance.ledger / "next").write_bytes(text.replace(b'"at":"2', b'"at":"3', 1))


def next_of_another_history(instance: Instance) -> None:
    """The log was set back and went another way; what it had announced before is still there."""
    text = announced(instance, SIZE)
    set_back(instance, 17)
    Ledger(instance).append(*[event("Key", action="add", verifier="x")] * 5)
    (instance.ledger / "next").write_bytes(text)


def set_back(instance: Instance, size: int) -> None:
    """The ledger as it was, with the checkpoint of then."""
    write(instance, *lines(instance)[:size])
    note = announced(instance, size).partition(b"\n\n")[2]
    checkpoint(instance).write_bytes(note)


def line(number: int, old: bytes, new: bytes) -> Attack:
    """Edit a line, numbered from 1."""

    def attack(instance: Instance) -> None:
        kept = lines(instance)
        edited = kept[number - 1].replace(old, new, 1)
        assert edited != kept[number - 1]
        write(instance, *kept[: number - 1], edited, *kept[number:])

    return attack


def order(change: Callable[[list[bytes]], list[bytes]]) -> Attack:
    return lambda instance: write(instance, *change(lines(instance)))


TAILS: dict[str, tuple[Attack, str]] = {
    "copied line": (copied_line, rf"ndjson line {SIZE + 1}: a line follows"),
    "its old announcement beside it": (with_next(), f"line {SIZE + 1}: a line follows"),
    "an older announcement": (with_next(size=17), f"line {SIZE + 1}: a line follows"),
    "an edited announcement": (with_next(b'"Publish"', b'"Public"'), f"line {SIZE + 1}: "),
    "a note that is not signed": (with_next(b"\n22\n", b"\n23\n"), "next: .* not signed"),
    "an announcement without a note": (with_next(b"\n\n", b"\n"), "next: .* not signed"),
    "half a line": (lambda i: write(i, *lines(i), b'{"at":'), f"line {SIZE + 1}: a line follows"),
    "carriage returns": (lambda i: write(i, *lines(i), b"a\rb\n"), f"line {SIZE + 1}: a line"),
    "edited announced lines": (edited_next, "next: .* do not lead to the checkpoint"),
    "another history": (next_of_another_history, "next: its key signed another history"),
}
LINES: dict[str, tuple[Attack, str]] = {
    "dropped": (order(lambda kept: kept[:3] + kept[4:]), r"ndjson line 4: .* event log/3"),
    "the last dropped": (order(lambda kept: kept[:-1]), "ndjson: 1 signed lines are missing"),
    "all dropped": (order(lambda _: []), f"ndjson: {SIZE} signed lines are missing"),
    "reordered": (order(lambda k: [*k[:4], k[5], k[4], *k[6:]]), r"ndjson line 5: .* log/4"),
    "doubled": (order(lambda kept: [*kept[:3], *kept[2:]]), r"ndjson line 4: "),
    "edited": (line(10, b'"Load"', b'"Code"'), 'ndjson line 10: log/9 .* was "Load", is "Code"'),
    "edited last": (line(SIZE, b'"Publish"', b'"Approve"'), f"ndjson line {SIZE}: log/{SIZE - 1} "),
    "not canonical": (line(3, b",", b", "), "ndjson line 3: a line is not as it was written"),
    "not JSON": (line(3, b"{", b"<"), "ndjson line 3: .*not readable"),
    "not an object": (line(3, b"{", b"7"), "ndjson line 3: .*not readable"),
    "no UTF-8": (line(3, b"at", b"\xff\xfe"), "ndjson line 3: .*not readable"),
    "deeply nested": (line(3, b"{", b"[" * 99999), "ndjson line 3: .*not readable"),
    "a surrogate": (line(3, b'"at":"', b'"at":"\\ud800'), "ndjson line 3: a line is not as it was"),
    "a huge number": (line(3, b'"index":', b'"index":' + b"9" * 9999), "line 3: .*not readable"),
}


def resigned(text: str) -> Attack:
    """The checkpoint with another text, signed by the log's own key."""

    def attack(instance: Instance) -> None:
        origin, size, root = checkpoint(instance).read_text().split("\n")[:3]
        text_now = text.format(origin=origin, size=size, root=root)
        checkpoint(instance).write_text(attacked.signer(instance).sign(text_now))

    return attack


def replaced(old: bytes, new: bytes, name: str = "checkpoint") -> Attack:
    def attack(instance: Instance) -> None:
        path = instance.ledger / name
        edited = path.read_bytes().replace(old, new)
        assert edited != path.read_bytes()
        path.write_bytes(edited)

    return attack


def file(name: str, data: bytes | None) -> Attack:
    """Replace a file of the ledger; None: delete it."""

    def attack(instance: Instance) -> None:
        path = instance.ledger / name
        path.unlink() if data is None else path.write_bytes(data)

    return attack


def directory(path: Path) -> None:
    path.unlink()
    path.mkdir()


def swapped_key(instance: Instance) -> None:
    """A new pair of keys, the checkpoint signed anew, verifier.txt to match; log/0 is the old."""
    new = Signer.generate(lambda _: attacked.signer(instance).name)
    text = checkpoint(instance).read_text().partition("\n\n")[0] + "\n"
    checkpoint(instance).write_text(new.sign(text))
    (instance.ledger / "verifier.txt").write_text(f"{new.verifier}\n")
    (instance.keys / "ledger.pem").write_bytes(new.pem())


def bad_signature(instance: Instance) -> None:
    """A second signature under the log's key that is not good."""
    good = checkpoint(instance).read_text()
    other = attacked.signer(instance).sign("another text\n").rpartition("\n\n")[2]
    checkpoint(instance).write_text(good + other)


def nothing_left(instance: Instance) -> None:
    entries(instance).unlink()
    checkpoint(instance).unlink()


CHECKPOINT = r"/checkpoint: "
KEY = r"/verifier.txt: "
KEYS: dict[str, tuple[Attack, str]] = {
    "edited size": (replaced(b"\n22\n", b"\n21\n"), CHECKPOINT + ".*no valid signature"),
    "edited root": (resigned("{origin}\n{size}\n" + "A" * 43 + "=\n"), "ndjson: lines were"),
    "leading zero": (resigned("{origin}\n0{size}\n{root}\n"), CHECKPOINT + ".*not a checkpoint"),
    "a sign": (resigned("{origin}\n+{size}\n{root}\n"), CHECKPOINT + ".*not a checkpoint"),
    "extension line": (resigned("{origin}\n{size}\n{root}\nmore\n"), CHECKPOINT + ".*not a check"),
    "short root": (resigned("{origin}\n{size}\nAAAA\n"), CHECKPOINT + ".*not a checkpoint"),
    "another origin": (resigned("e.mn/log\n{size}\n{root}\n"), CHECKPOINT + ".*another log"),
    "another kind of note": (resigned("ulzii-files@v1\n{origin}\n5\n"), CHECKPOINT + ".*not a ch"),
    "bad second signature": (bad_signature, CHECKPOINT + ".*no valid signature"),
    "no signature": (replaced(b"\xe2\x80\x94", b"-"), CHECKPOINT + ".*not readable"),
    "carriage returns": (replaced(b"\n", b"\r\n"), CHECKPOINT),
    "a longer signature line": (replaced(b"=\n", b"=\n\n"), CHECKPOINT),
    "empty": (file("checkpoint", b""), CHECKPOINT),
    "binary": (file("checkpoint", b"\xff\x00\xfe"), CHECKPOINT + ".*cannot be read"),
    "no checkpoint": (file("checkpoint", None), CHECKPOINT + ".*cannot be read"),
    "a directory": (lambda i: directory(checkpoint(i)), CHECKPOINT + ".*cannot be read"),
    "no lines": (file("entries.ndjson", None), f"ndjson: {SIZE} signed lines are missing"),
    "a directory of lines": (lambda i: directory(entries(i)), "ndjson: it cannot be read"),
    "neither": (nothing_left, CHECKPOINT + ".*cannot be read"),
    "swapped key": (swapped_key, KEY + "this is not the key that the log began with"),
    "no key": (file("verifier.txt", None), KEY + ".*cannot be read"),
    "empty key": (file("verifier.txt", b""), KEY + ".*not a verifier key"),
    "binary key": (file("verifier.txt", b"\xff\xfe\x00"), KEY + ".*cannot be read"),
    "garbage key": (file("verifier.txt", b"a+b+c"), KEY + ".*not a verifier key"),
    "key and more": (replaced(b"\n", b"\n#", "verifier.txt"), KEY + ".*not a verifier key"),
    "key and an empty line": (replaced(b"\n", b"\n\n", "verifier.txt"), KEY + ".*not a verifier"),
    "key with a carriage return": (replaced(b"\n", b"\r\n", "verifier.txt"), KEY),
    "another key id": (replaced(b"+", b"+0", "verifier.txt"), KEY),
    "another name": (replaced(b"example", b"exemple", "verifier.txt"), KEY),
}
ALL = {**TAILS, **LINES, **KEYS}


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
