"""The append-only log: one event per line, and a signed checkpoint over all lines.

A leaf of the RFC 6962 tree is the bytes of a line without its line feed. Lines are appended and
synced before the checkpoint is replaced. So after a crash the log may be longer than its checkpoint
(`repair` signs it again) or end in an incomplete line (`repair` moves it to a file of its own), but
it is never shorter.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from graph.core.errors import IntegrityError
from graph.core.files import write_atomic
from graph.core.instance import Instance
from graph.ledger import events, merkle
from graph.ledger.events import Event
from graph.ledger.note import Checkpoint, Signer, Verifier

ENTRIES = "entries.ndjson"
CHECKPOINT = "checkpoint"
PUBLIC_KEY = "verifier.txt"
PRIVATE_KEY = "ledger.pem"


class Ledger:
    """The log of one instance, read into memory.

    Reading needs no key; appending reads it from `keys/`. Raises IntegrityError for a line that is
    not an event in canonical form.
    """

    def __init__(self, instance: Instance) -> None:
        self._instance = instance
        self._entries = instance.ledger / ENTRIES
        self._events: list[Event] = []
        self._tree = merkle.Frontier()
        self._offset = 0
        self._read_new_lines()

    def _read_new_lines(self) -> None:
        """Read the lines that this process or another one appended since the last call."""
        for line in self._lines():
            self._events.append(_read(line, self._tree.size, self._entries))
            self._tree.append(line)

    def _lines(self) -> Iterator[bytes]:
        if not self._entries.exists():
            return
        with self._entries.open("rb") as file:
            file.seek(self._offset)
            for line in file:
                if line.endswith(b"\n"):  # else incomplete: a crash, or a writer at this moment
                    self._offset += len(line)
                    yield line[:-1]

    @property
    def size(self) -> int:
        """Number of events."""
        return self._tree.size

    @property
    def root(self) -> bytes:
        """Root of the Merkle tree over all events."""
        return self._tree.root

    def __iter__(self) -> Iterator[Event]:
        return iter(self._events)

    def __getitem__(self, index: int) -> Event:
        return self._events[index]

    def prefix(self, size: int) -> Sequence[Event]:
        """The first `size` events."""
        return self._events[:size]

    def last(self, kind: str, source: str, size: int | None = None) -> Event | None:
        """The newest event of a kind about a source, among the first `size` events; or None."""
        for item in reversed(self._events[:size]):
            if item["type"] == kind and item.get("source") == source:
                return item
        return None

    def draft(self, item: Event, ahead: int = 0) -> Event:
        """An event with the time of now, and the index it gets `ahead` places after the next."""
        return {**item, "index": self.size + ahead, "at": events.now()}

    def append(self, *items: Event) -> list[Event]:
        """Append events, sign, and return them with index and time; drafts keep theirs.

        Raises IntegrityError where a draft's index is taken: another process has written.
        """
        written = [i if "index" in i else self.draft(i, n) for n, i in enumerate(items)]
        if [i["index"] for i in written] != list(range(self.size, self.size + len(written))):
            raise IntegrityError(
                "another process appended to the ledger after this event was drafted",
                where=str(self._entries),
            )
        # lines before checkpoint: lines without signature can be signed again, a signature over
        # missing lines could not be told from tampering
        _append(self._entries, b"".join(events.encode(i) + b"\n" for i in written))
        self._read_new_lines()
        self.sign()
        return written

    def sign(self) -> None:
        """Replace the checkpoint by one over all lines of the log."""
        signer = Signer.from_pem(self._instance.origin, self._key_file().read_bytes())
        text = Checkpoint(self._instance.origin, self.size, self.root).text()
        write_atomic(self._instance.ledger / CHECKPOINT, signer.sign(text).encode())

    def _key_file(self) -> Path:
        return self._instance.keys / PRIVATE_KEY

    def verifier(self) -> Verifier:
        """The public key that verifies this log's checkpoints."""
        return Verifier.parse((self._instance.ledger / PUBLIC_KEY).read_text("utf-8"))

    def checkpoint(self) -> Checkpoint:
        """The signed checkpoint.

        Raises IntegrityError where it is missing, its signature is invalid, or it is of another
        log.
        """
        path = self._instance.ledger / CHECKPOINT
        try:
            checkpoint = Checkpoint.parse(self.verifier().check(path.read_text("utf-8")))
        except (FileNotFoundError, UnicodeDecodeError) as error:
            raise IntegrityError("the checkpoint cannot be read", where=str(path)) from error
        if checkpoint.origin != self._instance.origin:
            raise IntegrityError(
                f"the checkpoint is of another log, “{checkpoint.origin}”", where=str(path)
            )
        return checkpoint

    def check(self) -> None:
        """Compare the lines with the checkpoint.

        Raises IntegrityError where signed lines are missing or changed. Lines after the signed ones
        are no error: a crash before signing leaves them.
        """
        signed = self.checkpoint()
        where = str(self._entries)
        if signed.size > self.size:
            raise IntegrityError(f"{signed.size - self.size} signed lines are missing", where=where)
        if self.root_at(signed.size) != signed.root:
            raise IntegrityError("lines were changed after they were signed", where=where)

    def root_at(self, size: int) -> bytes:
        """Root of the Merkle tree over the first `size` events."""
        return merkle.tree_root(events.encode(e) for e in self._events[:size])

    def repair(self) -> bool:
        """After a crash: move an incomplete last line to a file, and sign unsigned complete lines.

        Returns whether anything had to be done. Only the holder of the writer's lock may call it.
        Raises IntegrityError where signed lines are missing or changed.
        """
        self.check()  # first: signing a changed log would hide the change
        torn = self._set_aside_torn_line()
        unsigned = self.checkpoint().size < self.size
        if unsigned:
            self.sign()
        return torn or unsigned

    def _set_aside_torn_line(self) -> bool:
        if not self._entries.exists() or self._entries.stat().st_size == self._offset:
            return False
        with self._entries.open("r+b") as file:
            file.seek(self._offset)
            # kept to find the cause of the crash; nothing reads it
            write_atomic(self._entries.with_name(f"torn-{self.size}"), file.read())
            file.truncate(self._offset)
            os.fsync(file.fileno())
        return True


def create(instance: Instance) -> Ledger:
    """Create the ledger of a new instance: its key (file mode 600) and its first event."""
    signer = Signer.generate(instance.origin)
    write_atomic(instance.keys / PRIVATE_KEY, signer.pem(), mode=0o600)
    write_atomic(instance.ledger / PUBLIC_KEY, f"{signer.verifier}\n".encode())
    ledger = Ledger(instance)
    ledger.append(events.event("Key", action="add", verifier=str(signer.verifier)))
    return ledger


def _read(line: bytes, index: int, path: Path) -> Event:
    where = f"{path} line {index + 1}"
    try:
        item = events.decode(line)
    except ValueError as error:
        raise IntegrityError("the line cannot be parsed as an event", where=where) from error
    if events.encode(item) != line or item.get("index") != index:
        raise IntegrityError("the line is not canonical, or not at its place", where=where)
    return item


def _append(path: Path, data: bytes) -> None:
    with path.open("ab") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
