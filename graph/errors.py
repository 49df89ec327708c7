"""Everything that can go wrong, in one small tree.

UlziiError
├── InputError         an agency's file or answer is broken: says file, row, column
├── ConfigError        a source description, an instance or an option is wrong
├── BusyError          another process is writing this instance
├── StorageError       the disk refused: full, read-only, permissions
├── IntegrityError     archive, ledger or store is not what the ledger says
└── QueryError         a query was refused or could not be finished (see graph.queries)

Each says what is wrong, where, and what to do about it.
"""

from __future__ import annotations

import errno


class UlziiError(Exception):
    """Base of all errors a user should see as a message, never as a traceback."""

    exit_code = 1

    def __init__(self, what: str, *, where: str = "", hint: str = "") -> None:
        self.what = what
        self.where = where
        self.hint = hint
        super().__init__(str(self))

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        advice = f"\n  {self.hint}" if self.hint else ""
        return f"{place}{self.what}{advice}"


class InputError(UlziiError):
    """A source's input cannot be used. `where` is file, row and column as far as known."""

    exit_code = 3


class ConfigError(UlziiError):
    """A setting, a source description or an instance is wrong."""

    exit_code = 2


class BusyError(UlziiError):
    """Another process holds the writer's lock."""

    exit_code = 4


class StorageError(UlziiError):
    """The file system refused a write."""

    exit_code = 5


class IntegrityError(UlziiError):
    """Bytes are not what the ledger says they are."""

    exit_code = 6


_ADVICE = {
    errno.ENOSPC: "Free some space and load again; the last published version is still served.",
    errno.EDQUOT: "Raise the quota and load again; the last published version is still served.",
    errno.EROFS: "Mount the data directory writable.",
    errno.EACCES: "Give this user write access to the data directory.",
}


def storage_error(error: OSError, where: str = "") -> StorageError:
    """Turn an operating-system error into one that says what to do."""
    advice = _ADVICE.get(error.errno or 0, "")
    return StorageError(
        error.strerror or str(error), where=where or str(error.filename or ""), hint=advice
    )
