"""Write files atomically: after a crash the file has its old or its new content, never a part.

And read TOML files, with an error that names the file.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from graph.core.errors import ConfigError, StorageError


def fsync(path: Path) -> None:
    """Flush a file's content, or the names in a directory, to the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write_atomic(path: Path, data: bytes, mode: int = 0o644) -> None:
    """Replace the content of `path` by `data` atomically."""
    with open_atomic(path, mode) as file:
        file.write(data)


@contextmanager
def open_atomic(path: Path, mode: int = 0o644) -> Iterator[BinaryIO]:
    """A binary file to write that replaces `path` when the block ends.

    If the block raises, `path` stays as it was. `mode` is for a new file. Raises StorageError for a
    device, pipe or directory, which a rename would replace.
    """
    if path.exists() and not path.is_file():
        raise StorageError("this is no regular file, so it is not replaced", where=str(path))
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(path.name + ".new")  # same directory: rename is atomic on one device
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
            file.flush()
            # before the rename, or a power cut could leave the new name with no content
            os.fsync(file.fileno())
        draft.replace(path)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
    fsync(path.parent)  # the rename itself is durable only with the directory


def read_toml(path: Path) -> dict[str, Any]:
    """The table in a file.

    Raises ConfigError unless it can be read, and is TOML in UTF-8.
    """
    try:
        return tomllib.loads(path.read_text("utf-8-sig"))  # editors on Windows begin with a mark
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        hint = "Correct the TOML file there."
        raise ConfigError(str(error), where=str(path), hint=hint) from error
    except RecursionError as error:  # tomllib has no limit of its own
        raise ConfigError("its values are nested too deeply", where=str(path)) from error
    except OSError as error:
        raise ConfigError(error.strerror or "cannot be read", where=str(path)) from error
