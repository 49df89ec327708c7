"""Everything that can go wrong, in one small tree.

UlziiError
├── InputError         an agency's file or answer is broken: says file, row, column
│   ├── Unreadable     a write's body is not what its media type says
│   └── RulesBroken    a write whose statements violate a shape: says which, where and why
├── Changed            a write on the condition that nobody else has written, and somebody has
├── Conflict           a graph that a write wants to make is there, or one it wants is missing
├── NotAllowed         a write into a graph that is not the writer's
├── ConfigError        a source description, an instance or an option is wrong
├── BusyError          another process is writing this instance
├── StorageError       the disk refused: full, read-only, permissions
├── IntegrityError     archive, ledger or store is not what the ledger says
└── QueryError         a query was refused or could not be finished (see graph.queries)
    ├── QuerySyntaxError     it is not SPARQL: says line and column
    ├── QueryRefused         it asks for what strangers' queries may not do
    ├── QueryTooComplex      nested or chained deeper than the engine bears
    ├── QueryTooLarge        its text, or its result, is over the limit
    ├── QueryNotAcceptable   its kind of result cannot be written in the format asked for
    ├── QueryUnsupported     the engine lacks something it uses
    ├── QueryTimeout         its time was up, waiting included
    ├── QueryCancelled       nobody wants its answer any more
    ├── QueueFull            too many queries are waiting
    ├── SnapshotGone         the snapshot it names is kept no longer
    ├── QueryThrottled       this client asks too much: too many at once, or over its budget
    ├── ServiceFailed        another endpoint, asked by SERVICE, gave nothing that can be used
    └── EngineFailure        it used more memory than allowed, or crashed the engine

Each says what is wrong, where, and what to do about it.
"""

from __future__ import annotations

import errno
from typing import Any


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


def to_dict(error: UlziiError) -> dict[str, Any]:
    """An error as plain values, for another process."""
    return {"kind": type(error).__name__, **vars(error)}


def from_dict(values: dict[str, Any]) -> UlziiError:
    """The error that `told` told."""
    kind: type[UlziiError] = globals()[values.pop("kind")]
    error = kind.__new__(kind)
    vars(error).update(values)
    Exception.__init__(error, str(error))
    return error


class InputError(UlziiError):
    """A source's input cannot be used. `where` is file, row and column as far as known."""

    exit_code = 3


class InputUnreadable(InputError):
    """The body of a write cannot be read: nothing was logged."""


class RulesBroken(InputError):
    """The statements of a write violate shapes. `results` as in a validation report, the report
    itself is in the archive under its digest."""

    def __init__(self, what: str, *, results: list[dict[str, Any]], report: str) -> None:
        self.results = results
        self.report = report
        super().__init__(what, hint="Correct what the results name, and write again.")


class PreconditionFailed(UlziiError):
    """What a write was made for is not what is there now."""

    exit_code = 8


class WriteConflict(UlziiError):
    """The state of the graphs forbids a write."""

    exit_code = 8


class PermissionDenied(UlziiError):
    """A write touches what its writer may not change."""

    exit_code = 9


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


class QueryError(UlziiError):
    """A query was refused or could not be finished.

    `line` and `column` count from 1, 0 where no place is known; `excerpt` is the line and under it
    a mark at the column; `what_mn` and `hint_mn` say what and hint in Mongolian.
    """

    exit_code = 7

    def __init__(
        self,
        what: str,
        *,
        where: str = "",
        hint: str = "",
        line: int = 0,
        column: int = 0,
        excerpt: str = "",
        what_mn: str = "",
        hint_mn: str = "",
    ) -> None:
        self.line = line
        self.column = column
        self.excerpt = excerpt
        self.what_mn = what_mn
        self.hint_mn = hint_mn
        place = f"line {line}, column {column}" if line else ""
        super().__init__(what, where=where or place, hint=hint)

    def __str__(self) -> str:
        shown = "".join(f"\n  {line}" for line in self.excerpt.split("\n") if line)
        return super().__str__() + shown


class QuerySyntaxError(QueryError):
    """Not SPARQL."""


class QueryRefused(QueryError):
    """The query asks for something that is switched off, such as SERVICE."""


class QueryTooComplex(QueryError):
    """Nested or chained deeper than the engine bears."""


class QueryTooLarge(QueryError):
    """The text or the result of a query is over the limit."""


class QueryNotAcceptable(QueryError):
    """The format cannot carry this kind of result, such as CSV for CONSTRUCT."""


class QueryUnsupported(QueryError):
    """The engine lacks something that the query uses."""


class QueryTimeout(QueryError):
    """The time was up; waiting in the queue counts."""


class QueueFull(QueryError):
    """Too many queries are waiting."""


class SnapshotGone(QueryError):
    """The snapshot that was asked for is not there any more."""


class QueryCancelled(QueryError):
    """Whoever asked has hung up, or had it cancelled."""


class QueryThrottled(QueryError):
    """This client asks too much; `retry` is after how many seconds to ask again."""

    def __init__(self, what: str, *, retry: int, hint: str = "") -> None:
        self.retry = retry
        super().__init__(what, hint=hint)


class ServiceFailed(QueryError):
    """Another endpoint that the query names in SERVICE gave nothing that can be used."""


class EngineFailure(QueryError):
    """The query used more memory than allowed, or crashed the engine."""


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
