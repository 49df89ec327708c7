"""The local files of a source, and which files a source may read.

A source is described by a file that can come from anywhere. Whatever it reads is archived and can
be published, so its `files` stay in the folder of the description and outside of the instance,
where the signing key is. Symbolic links count as what they lead to.
"""

from __future__ import annotations

from fnmatch import fnmatchcase
from pathlib import Path

from graph.core.errors import ConfigError
from graph.core.instance import Instance
from loaders.pipeline.source import BUNDLED, Source

_PROJECT = BUNDLED.resolve().parents[1]
# the bundled descriptions are part of the project, like the vocabularies and shapes that they name
_BUNDLED_FOLDERS = tuple(_PROJECT / name for name in ("loaders", "shapes", "vocab"))
_HINT = (
    "Put the file into the folder of this TOML file or below it, and outside of the instance; "
    "patterns in `files` are relative to the TOML file."
)


def find(source: Source, pattern: str, instance: Instance) -> list[tuple[str, Path]]:
    """The files that a pattern matches, sorted: the name of each, its path without symbolic links.

    Raises ConfigError when it matches nothing, or a file that the source may not read.
    """
    folder = source.path.parent
    try:
        paths = sorted(folder.glob(pattern)) if not Path(pattern).is_absolute() else [Path(pattern)]
    except (ValueError, NotImplementedError, OSError) as error:  # a name that is too long
        message = getattr(error, "strerror", None) or error
        raise _refused(source, f"“{pattern}” is not a pattern of files: {message}") from error
    if not paths:
        raise _refused(source, f"no file matches “{pattern}”")
    return [(path.name, _checked(path, source, pattern, instance)) for path in paths]


def stated_date(source: Source, name: str) -> str:
    """The date of a file by `[dates]` of the source: YYYY-MM-DD, empty where none is stated.

    The time of the file on this disk says nothing: copying and git change it.
    """
    return next((day for pattern, day in source.dates.items() if fnmatchcase(name, pattern)), "")


def _checked(path: Path, source: Source, pattern: str, instance: Instance) -> Path:
    real = path.resolve()
    if not any(real.is_relative_to(folder) for folder in _folders(source)):
        raise _refused(source, f"“{pattern}” leads out of the folder of this file, to {real}")
    root, own_sources = instance.root.resolve(), instance.sources.resolve()
    if real.is_relative_to(root) and not real.is_relative_to(own_sources):
        raise _refused(source, f"“{pattern}” leads into the instance, to {real}")
    if real.exists() and not real.is_file():
        raise _refused(source, f"“{pattern}” matches {real}, which is not a regular file")
    return real


def _folders(source: Source) -> tuple[Path, ...]:
    own = source.path.parent.resolve()
    return (own, *_BUNDLED_FOLDERS) if own == BUNDLED.resolve() else (own,)


def _refused(source: Source, message: str) -> ConfigError:
    return ConfigError(message, where=f"{source.path} files", hint=_HINT)
