"""Attacks on the ledger, its key and what announces its lines, each with what names it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from graph.core.instance import Instance
from graph.ledger import Ledger, event
from graph.ledger.note import Signer
from tests import attacked
from tests.attacked import checkpoint, entries

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
