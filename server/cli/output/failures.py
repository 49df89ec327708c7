"""What goes wrong in a command: one message and an exit code; no traceback reaches a user."""

from __future__ import annotations

import errno
import os
import sqlite3
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import click

from graph.core.errors import (
    BusyError,
    ConfigError,
    IntegrityError,
    StorageError,
    UlziiError,
    storage_error,
)

INTERRUPTED = 130
"""The exit code after Ctrl-C: 128 and the number of the signal, as shells have it."""

_TRACEBACK = "ULZII_TRACEBACK"
_FULL = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
_SQLITE: dict[int, Callable[[str], UlziiError]] = {
    sqlite3.SQLITE_FULL: lambda _: storage_error(_FULL),
    sqlite3.SQLITE_READONLY: StorageError,
    sqlite3.SQLITE_CANTOPEN: StorageError,
    sqlite3.SQLITE_IOERR: StorageError,
    sqlite3.SQLITE_BUSY: lambda text: BusyError(text, hint="Try again later."),
    sqlite3.SQLITE_CORRUPT: IntegrityError,
    sqlite3.SQLITE_NOTADB: IntegrityError,
}
"""Primary result code (https://sqlite.org/rescode.html) → the error."""


@contextmanager
def reported() -> Iterator[None]:
    """Run a command: what goes wrong in it is printed, and its exit code raised as SystemExit."""
    try:
        with _written():
            yield
    except (click.ClickException, click.exceptions.Exit, click.Abort, BrokenPipeError):
        raise  # click's own
    except KeyboardInterrupt:
        _say("\nulzii: interrupted")
        raise SystemExit(INTERRUPTED) from None
    except Exception as error:
        known = as_error(error)
        _give_up_output()
        if os.environ.get(_TRACEBACK):
            traceback.print_exception(error)
        _say(f"ulzii: {known}")
        raise SystemExit(known.exit_code) from error


@contextmanager
def _written() -> Iterator[None]:
    """Write what a block printed when it ends, here, where a full disk can still be told."""
    try:
        yield
    except click.exceptions.Exit:  # --help, and codes
        _flush()
        raise
    _flush()


def _say(text: str) -> None:
    with suppress(OSError):  # a full disk under standard error must not change the exit code
        click.echo(text, err=True)


def as_error(error: Exception) -> UlziiError:
    """Any exception as an error that says what is wrong and what to do."""
    if isinstance(error, UlziiError):
        return error
    if isinstance(error, ConnectionError | TimeoutError):
        return UlziiError(str(error), hint="Check the connection, and try again.")
    if isinstance(error, OSError):
        return storage_error(error)
    if isinstance(error, sqlite3.Error):
        return _sqlite(error)
    if isinstance(error, UnicodeDecodeError):
        return ConfigError(f"this is not text in UTF-8: {error}", hint="Save the file as UTF-8.")
    if isinstance(error, MemoryError):
        return UlziiError("there is not enough memory", hint="Close other programs, or load less.")
    return UlziiError(
        f"unexpected {type(error).__name__}: {error}",
        hint=f"This is a fault of Ulzii. {_TRACEBACK}=1 shows where; please report it.",
    )


def _sqlite(error: sqlite3.Error) -> UlziiError:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF  # extended codes keep the primary one below
    return _SQLITE.get(code, StorageError)(f"SQLite: {error}")


def _give_up_output() -> None:
    """Where the output cannot be written, what is left of it must not fail again at exit."""
    try:
        _flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _flush() -> None:
    if sys.stdout is not None:  # as where the shell closed it: >&-
        sys.stdout.flush()
