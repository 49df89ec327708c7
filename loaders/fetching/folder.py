"""The folder of a fetch in progress: its lock, the bytes that came, and a journal of the responses.

    staging/fetch/{source}/lock       held by the process that fetches the source
    staging/fetch/{source}/blobs/     bytes that no event refers to yet
    staging/fetch/{source}/journal    one line for each answer, after a line about the run

The journal lets a run go on that was killed. It is believed for a day, for the same description of
the source, and after the server gave the run's first answer again (`loaders.fetching.run`).
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from graph.archive import Archive
from graph.core.errors import BusyError
from graph.core.instance import Instance
from graph.publication.writer_lock import hold_lock
from loaders.fetching import manifest
from loaders.fetching.model import FetchedRun, FetchResponse

_BELIEVED = timedelta(days=1)
_LOCK = "lock"


@dataclass(slots=True)
class RunFolder:
    """The folder of one source; `fingerprint` stands for the source's description."""

    path: Path
    archive: Archive
    fingerprint: str

    @property
    def _journal(self) -> Path:
        return self.path / "journal"

    def earlier(self) -> dict[str, FetchResponse]:
        """The answers of a run that did not end, by the keys of their requests; without those whose
        bytes are gone."""
        lines = self._lines()
        if not lines or not self._is_believed(lines[0]):
            return {}
        answers = map(manifest.response, lines[1:])
        return {one.key: one for one in answers if one.digest in self.archive}

    def _lines(self) -> list[dict[str, Any]]:
        try:
            text = self._journal.read_bytes()
        except FileNotFoundError:
            return []
        whole = text[: text.rfind(b"\n") + 1]  # the last line may be cut
        try:
            return [json.loads(line) for line in whole.splitlines()]
        except ValueError:
            return []

    def _is_believed(self, head: dict[str, Any]) -> bool:
        age = datetime.now(UTC) - datetime.fromisoformat(head["started"])
        return head["fingerprint"] == self.fingerprint and timedelta() <= age < _BELIEVED

    def start(self) -> None:
        """Begin a new journal."""
        head = {"started": datetime.now(UTC).isoformat(), "fingerprint": self.fingerprint}
        self._journal.write_text(json.dumps(head) + "\n", "utf-8")

    def add(self, response: FetchResponse) -> None:
        """Write an answer to the journal."""
        (entry,) = manifest.entries([response])
        with self._journal.open("a", encoding="utf-8") as file:
            file.write(json.dumps(entry, ensure_ascii=False) + "\n")

    def has_journal(self) -> bool:
        """Whether anything came from a server in this run."""
        return self._journal.exists()

    def clear_unless_resumable(self) -> None:
        """Delete the folder of a run that had nothing from a server: local files stay."""
        if not self.has_journal():
            shutil.rmtree(self.path, ignore_errors=True)

    def finish(self, run: FetchedRun) -> None:
        """After the event of a run is written: its bytes are archived, the rest is of no use.

        Only where a server failed, the journal stays: the next run may go on there.
        """
        if run.error or not run.failure:
            shutil.rmtree(self.path, ignore_errors=True)


@contextmanager
def run_folder(
    instance: Instance, source: str, fingerprint: str, wait: float
) -> Iterator[RunFolder]:
    """The folder of a source, locked; wait at most `wait` seconds for another process.

    Raises BusyError.
    """
    _remove_abandoned(instance)
    path = instance.fetching / source
    with _locked(path, f"fetch {source}", wait):
        yield RunFolder(path, Archive(instance.archive, path / "blobs"), fingerprint)


@contextmanager
def _locked(path: Path, purpose: str, wait: float = 0.0) -> Iterator[None]:
    """Hold the lock of a folder, which is made if need be."""
    while True:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        with hold_lock(path / _LOCK, purpose, wait) as handle:
            if _is_at(handle, path / _LOCK):
                yield
                return
        # it was deleted with its folder by the process that was waited for


def _is_at(handle: int, path: Path) -> bool:
    """Whether an open file is the one that is at a path now."""
    try:
        return os.path.samestat(os.fstat(handle), path.stat())
    except FileNotFoundError:
        return False


def _remove_abandoned(instance: Instance) -> None:
    """Delete what nobody goes on with any more, of sources that are not fetched now."""
    oldest = (datetime.now(UTC) - _BELIEVED).timestamp()
    for path in instance.fetching.glob("*"):
        with suppress(BusyError, FileNotFoundError):
            if path.stat().st_mtime < oldest:
                with _locked(path, "clean up"):
                    shutil.rmtree(path, ignore_errors=True)
