"""The append-only log: one event a line, and a signed checkpoint over all of them.

A leaf of the RFC 6962 tree is the exact bytes of a line without its line feed. Whoever reads
believes the first lines only, as many as the checkpoint signs. The order of writes, which lets a
crash be finished without signing a foreign line:

    1  ledger/next      the lines and the signed checkpoint they lead to (atomic, synced)
    2  the archive      the blobs these lines name, out of staging
    3  entries.ndjson   the lines, synced
    4  checkpoint       that note (atomic, synced)
    5  ledger/next      removed

`graph.ledger.recovery` goes on from wherever that was left.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

from graph.archive import Archive
from graph.core.errors import IntegrityError
from graph.core.files import write_atomic
from graph.core.instance import Instance
from graph.ledger import announcement, cosigned, events, faults, manifests, merkle, sealing
from graph.ledger.checkpoints import (
    CHECKPOINT,
    PUBLIC_KEY,
    read_checkpoint,
    read_signer,
    read_verifier,
)
from graph.ledger.events import Event
from graph.ledger.note import Checkpoint, Signer, Verifier
from graph.ledger.table import EventFacts, Events, EventTable, facts_of

ENTRIES = "entries.ndjson"

_logger = logging.getLogger(__name__)


class Ledger:
    """The log of one instance. Reading needs no key; appending reads it from `keys/`.

    Raises IntegrityError when the checkpoint is not signed by the key that log/0 names, or when
    signed lines are missing or changed.
    """

    def __init__(self, instance: Instance, *, new: bool = False) -> None:
        """`new`: it has no first line yet; any other log without lines has lost them."""
        self._instance = instance
        self._entries = instance.ledger / ENTRIES
        self._new = new
        self._table = EventTable(self._entries, Archive(instance.archive))
        self._tree = merkle.Frontier()
        self._verifier: Verifier | None = None
        self.refresh()

    def refresh(self) -> None:
        """Read what was signed since the last look, by this process or another.

        Nothing of it is believed before its root is the signed one; after an error this log is as
        it was.
        """
        if self._new and not (self._instance.ledger / CHECKPOINT).exists():
            return
        signed = self.checkpoint()
        if signed.size < self.size:
            raise faults.rolled_back(self._entries, self.size, signed.size)
        tree, added = self._tree.copy(), list[tuple[int, bytes, EventFacts]]()
        sealed = dict[int, bytes]()
        for line in self._lines_from(self._table.end, signed.size - self.size):
            leaf = merkle.leaf_hash(line)
            tree.append_hash(leaf)
            if sealing.is_sealed(line):
                sealed[len(added)] = line
            added.append((len(line), leaf, facts_of(line)))
        if (tree.size, tree.root) != (signed.size, signed.root):
            lines = self._read_lines(self._table.end, signed.size - self.size)
            raise faults.changed(self._instance, self._entries, self.size, lines, signed)
        if not self.size:
            self._check_first_key()
        for place, line in sealed.items():  # after the root, which says that they are ours
            added[place] = (*added[place][:2], self._table.facts_of(line))
        # together at the end: an error above leaves everything as it was
        self._table.add(added)
        self._tree = tree

    def _read_lines(self, offset: int, most: int) -> list[bytes]:
        return [*self._lines_from(offset, most)]

    def _lines_from(self, offset: int, most: int) -> Iterator[bytes]:
        """Up to so many whole lines, without their line feeds, from an offset in bytes."""
        if most <= 0:
            return
        try:
            with self._entries.open("rb", buffering=1 << 18) as file:
                file.seek(offset)
                # a line without its line feed is still being written
                yield from (line[:-1] for line in islice(file, most) if line.endswith(b"\n"))
        except FileNotFoundError:
            return
        except OSError as error:
            raise faults.unreadable(self._entries, error) from error

    def lines(self) -> list[bytes]:
        """The signed lines as they are in the file."""
        return self._read_lines(0, self.size)

    def _check_first_key(self) -> None:
        """The log names its key in its first line, so the key cannot be exchanged beside it."""
        lines = self._read_lines(0, 1)
        first = faults.decode(lines[0], 0, self._entries) if lines else {}
        if first.get("type") != "Key" or first.get("verifier") != str(self.verifier()):
            raise IntegrityError(
                "this is not the key that the log began with (log/0)",
                where=str(self._instance.ledger / PUBLIC_KEY),
                hint=f"log/0 names {first.get('verifier')}",
            )

    @property
    def path(self) -> Path:
        """The file of the lines."""
        return self._entries

    @property
    def size(self) -> int:
        """Number of events."""
        return self._tree.size

    @property
    def root(self) -> bytes:
        """Root of the tree over all events."""
        return self._tree.root

    @property
    def tail(self) -> bytes:
        """The bytes behind the signed lines: a crash's, or foreign. Nobody believes them."""
        try:
            with self._entries.open("rb") as file:
                file.seek(self._table.end)
                return file.read()
        except FileNotFoundError:
            return b""
        except OSError as error:
            raise faults.unreadable(self._entries, error) from error

    def __iter__(self) -> Iterator[Event]:
        return iter(self.events)

    def __getitem__(self, index: int) -> Event:
        return self.events[index]

    @property
    def events(self) -> Events:
        """All events, parsed when they are asked for."""
        return Events(self._table, self.size)

    def prefix(self, size: int) -> Events:
        """The first `size` events."""
        return Events(self._table, size)

    def event(self, index: int) -> Event:
        """The event log/{index}. Raises IndexError where there is none."""
        return self.events[index]

    def line(self, index: int) -> bytes:
        """The signed line of an event, without line feed. Raises IndexError where there is none."""
        return self._table.line(range(self.size)[index])

    def leaf_hash(self, index: int) -> bytes:
        """The hash of a line, as a leaf of the tree. Raises IndexError where there is none."""
        return self._table.leaf(range(self.size)[index])

    def facts(self, index: int) -> EventFacts:
        """Kind, source, version and time of an event, which is not parsed for it."""
        return self._table.facts(range(self.size)[index])

    def find(self, kind: str = "", source: str = "", version: int = 0) -> Iterator[Event]:
        """The events of a kind, about a source, of a version; what is left out is any. In order."""
        return self.events.find(kind, source, version)

    def last(self, kind: str, source: str, size: int | None = None) -> Event | None:
        """The newest event of a kind about a source, among the first `size`."""
        return self.prefix(self.size if size is None else size).last(kind, source)

    def draft(self, item: Event, ahead: int = 0) -> Event:
        """An event as it would be appended now, `ahead` places further: index and time added.

        Times never fall: where the clock is behind the last event, that one's time is used.
        """
        now, last = events.now(), self.facts(-1).at if self.size else ""
        if now < last:
            _logger.warning("the clock says %s; the last event is of %s", now, last)
        return {**item, "index": self.size + ahead, "at": max(now, last)}

    def append(self, *items: Event) -> list[Event]:
        """Append events and sign; drafts keep their time, others get index and time now.

        Raises IntegrityError where the body of a sealed event is lost: what is restricted, and has
        to be sealed, is not known then.
        """
        for error in self.events.lost.values():
            raise error
        written = [i if "index" in i else self.draft(i, n) for n, i in enumerate(items)]
        cosigned.check_not_behind(self._instance, self.verifier(), self.size)
        # a snapshot was made from drafts before they are logged: each must get its place
        if [i["index"] for i in written] != list(range(self.size, self.size + len(written))):
            raise IntegrityError("the ledger grew under a draft", where=str(self._entries))
        archive = Archive(self._instance.archive)
        logged = sealing.logged(written, lambda source: self.last("Load", source), archive)
        lines = [events.encode(item) for item in logged]
        faults.check_lengths(lines, self._entries)
        archive.sync(digest for item in logged for digest in manifests.digests(item, archive))
        announcement.write(self._instance.ledger, lines, self._note(lines))
        self.finish_append()
        return written

    def _note(self, lines: Sequence[bytes]) -> str:
        """The signed checkpoint over the log with these lines."""
        return self._signer().sign(self.checkpoint_with(lines).text())

    def checkpoint_with(self, lines: Sequence[bytes]) -> Checkpoint:
        """The checkpoint the log would have with these lines."""
        tree = self._tree_with(lines)
        return Checkpoint(self.verifier().name, tree.size, tree.root)

    def _tree_with(self, lines: Sequence[bytes]) -> merkle.Frontier:
        tree = self._tree.copy()
        for line in lines:
            tree.append(line)
        return tree

    def finish_append(self) -> None:
        """Append what is announced and not yet appended, and sign: steps 2 to 5.

        Only the writer may call it. Raises IntegrityError where the bytes behind the signed lines
        are not the beginning of the announced ones.
        """
        folder = self._instance.ledger
        announced = announcement.read(folder, self.verifier())
        if announced is None:
            return
        data, tail = announced.data, self.tail  # a crash may have left the first bytes of them
        if not data.startswith(tail):
            raise faults.foreign(self._entries, self.size, tail)
        archive = Archive(self._instance.archive)
        for line in announced.lines:
            # listed before any is moved: the manifest is one of them
            archive.admit([*manifests.digests(events.decode(line), archive)])
        _append(self._entries, data[len(tail) :])
        write_atomic(folder / CHECKPOINT, announced.note.encode(), mode=0o600)
        self.refresh()
        faults.keep_copy(self._instance, self._entries, len(data) - len(tail))
        announcement.remove(folder)

    def sign(self, text: str) -> str:
        """A signed note over a text of ours that is no checkpoint (`ulzii-…@v1` in its first line).

        Raises ValueError for what could be taken for a checkpoint: a programming error.
        """
        if not text.startswith("ulzii-"):
            raise ValueError("only a checkpoint may begin with the log's origin")
        return self._signer().sign(text)

    def _signer(self) -> Signer:
        return read_signer(self._instance, self.verifier())

    def verifier(self) -> Verifier:
        """The public key this log is checked with.

        Raises IntegrityError where it is missing, not readable, or of another base.
        """
        if self._verifier is None:
            self._verifier = read_verifier(self._instance)
        return self._verifier

    def checkpoint(self) -> Checkpoint:
        """The signed checkpoint.

        Raises IntegrityError when it is missing, badly signed or of another log.
        """
        return read_checkpoint(self._instance, self.verifier())

    def root_at(self, size: int) -> bytes:
        """Root over the first `size` lines."""
        return merkle.tree_root(self._read_lines(0, min(size, self.size)))


def _append(path: Path, data: bytes) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
