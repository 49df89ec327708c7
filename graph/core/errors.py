"""Every error that Ulzii reports to users, in one class tree.

UlziiError
├── InputError         an agency's file or response is invalid; says file, row, column
│   ├── InputUnreadable  the body of a write is not valid for its media type
│   └── RulesBroken    the statements of a write violate shapes; says which, where and why
├── PreconditionFailed a conditional write whose graph has changed in the meantime
├── WriteConflict      a graph that a write creates exists already, or one it needs is missing
├── PermissionDenied   a write to a graph that the writer may not change
├── ConfigError        a source description, an instance or an option is invalid
├── BusyError          another process is writing to this instance
├── StorageError       the file system refused a write: full, read-only, no permission
├── IntegrityError     archive, ledger or store differ from what the ledger records
└── QueryError         a query was refused or could not be finished (see graph.queries)
    ├── QuerySyntaxError     not valid SPARQL; says line and column
    ├── QueryRefused         uses a feature that public queries may not use
    ├── QueryTooComplex      nested or chained more deeply than the engine supports
    ├── QueryTooLarge        its text or its result is over the limit
    ├── QueryNotAcceptable   its kind of result cannot be written in the requested format
    ├── QueryUnsupported     uses a feature that the engine lacks
    ├── QueryTimeout         exceeded its time limit, which includes waiting
    ├── QueryCancelled       the client disconnected or cancelled it
    ├── QueueFull            too many queries are waiting
    ├── SnapshotGone         the snapshot it names is no longer kept
    ├── QueryThrottled       the client has too many queries at once, or is over its budget
    ├── ServiceFailed        an endpoint called by SERVICE gave no usable result
    └── EngineFailure        used more memory than allowed, or crashed the engine

Each error says what is wrong, where, and what to do about it.
"""

from __future__ import annotations

import errno
from typing import Any


class UlziiError(Exception):
    """Base of all errors that a user sees as a message, never as a traceback.

    `message` says what is wrong, `where` the file, IRI or position if known, `hint` what to do.
    `exit_code` is the exit status of the command line. `timing` is set for requests: the seconds
    that the refused one waited, and those that it ran.
    """

    exit_code = 1
    timing: tuple[float, float] | None = None

    def __init__(self, message: str, *, where: str = "", hint: str = "") -> None:
        self.message = message
        self.where = where
        self.hint = hint
        super().__init__(str(self))

    def __str__(self) -> str:
        prefix = f"{self.where}: " if self.where else ""
        hint = f"\n  {self.hint}" if self.hint else ""
        return f"{prefix}{self.message}{hint}"


def to_dict(error: UlziiError) -> dict[str, Any]:
    """An error as plain values, to send to another process."""
    return {"kind": type(error).__name__, **vars(error)}


def from_dict(values: dict[str, Any]) -> UlziiError:
    """The error that `to_dict` made these values of."""
    kind: type[UlziiError] = globals()[values.pop("kind")]
    error = kind.__new__(kind)  # without __init__, whose parameters differ from class to class
    vars(error).update(values)
    Exception.__init__(error, str(error))
    return error


class InputError(UlziiError):
    """A source's input cannot be used. `where` is file, row and column, as far as known.

    `rejected` are the records that were rejected before it was given up, each as place and reason.
    """

    exit_code = 3
    rejected: tuple[tuple[str, str], ...] = ()


class InputUnreadable(InputError):
    """The body of a write cannot be parsed; nothing was logged."""


class RulesBroken(InputError):
    """The statements of a write violate shapes.

    `results` are the results of the validation report; `report` is the digest of the whole
    report in the archive.
    """

    def __init__(self, message: str, *, results: list[dict[str, Any]], report: str) -> None:
        self.results = results
        self.report = report
        super().__init__(message, hint="Correct what the results name, and write again.")


class PreconditionFailed(UlziiError):
    """The graph has changed since the state that a conditional write names."""

    exit_code = 8


class WriteConflict(UlziiError):
    """A write conflicts with the current state of the graphs."""

    exit_code = 8


class PermissionDenied(UlziiError):
    """The writer may not change a graph that the write changes."""

    exit_code = 9


class ConfigError(UlziiError):
    """A setting, a source description or an instance is invalid."""

    exit_code = 2


class BusyError(UlziiError):
    """Another process holds the writer lock."""

    exit_code = 4


class StorageError(UlziiError):
    """The file system refused a write."""

    exit_code = 5


class IntegrityError(UlziiError):
    """Stored bytes differ from what the ledger records."""

    exit_code = 6


class QueryError(UlziiError):
    """A query was refused or could not be finished.

    `line` and `column` count from 1 and are 0 if the position is unknown; `excerpt` is the line
    with a mark under the column; `message_mn` and `hint_mn` are message and hint in Mongolian.
    """

    exit_code = 7

    def __init__(
        self,
        message: str,
        *,
        where: str = "",
        hint: str = "",
        line: int = 0,
        column: int = 0,
        excerpt: str = "",
        message_mn: str = "",
        hint_mn: str = "",
    ) -> None:
        self.line = line
        self.column = column
        self.excerpt = excerpt
        self.message_mn = message_mn
        self.hint_mn = hint_mn
        position = f"line {line}, column {column}" if line else ""
        super().__init__(message, where=where or position, hint=hint)

    def __str__(self) -> str:
        excerpt = "".join(f"\n  {line}" for line in self.excerpt.split("\n") if line)
        return super().__str__() + excerpt


class QuerySyntaxError(QueryError):
    """The text is not valid SPARQL."""


class QueryRefused(QueryError):
    """The query uses a feature that is disabled, such as SERVICE."""


class QueryTooComplex(QueryError):
    """The query is nested or chained more deeply than the engine supports."""


class QueryTooLarge(QueryError):
    """The text or the result of a query is over the limit."""


class QueryNotAcceptable(QueryError):
    """The format cannot carry this kind of result, such as CSV for CONSTRUCT."""


class QueryUnsupported(QueryError):
    """The query uses a feature that the engine lacks."""


class QueryTimeout(QueryError):
    """The query exceeded its time limit; waiting in the queue counts."""


class QueueFull(QueryError):
    """Too many queries are waiting."""


class SnapshotGone(QueryError):
    """The requested snapshot is no longer kept."""


class QueryCancelled(QueryError):
    """The client disconnected or cancelled the query."""


class QueryThrottled(QueryError):
    """The client is over its limits; `retry` is the number of seconds to wait."""

    def __init__(
        self, message: str, *, retry: int, hint: str = "", message_mn: str = "", hint_mn: str = ""
    ) -> None:
        self.retry = retry
        super().__init__(message, hint=hint, message_mn=message_mn, hint_mn=hint_mn)


class ServiceFailed(QueryError):
    """An endpoint that the query calls with SERVICE gave no usable result."""


class EngineFailure(QueryError):
    """The query used more memory than allowed, or crashed the engine."""


_HINTS = {
    errno.ENOSPC: "Free some space there and try again; what is published stays as it is.",
    errno.EDQUOT: "Raise the quota and try again; what is published stays as it is.",
    errno.EROFS: "Mount the data directory writable.",
    errno.EACCES: "Give this user write access to the data directory.",
}


def storage_error(error: OSError, where: str = "") -> StorageError:
    """The error of the operating system as one that says what to do."""
    return StorageError(
        error.strerror or str(error),
        where=where or str(error.filename or ""),
        hint=_HINTS.get(error.errno or 0, ""),
    )
