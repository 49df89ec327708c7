"""What a loader must offer: records of captures, and statements of a record.

A loader is a module of this package with two functions; the pipeline does everything else
(fetching, archiving, logging, checking, publishing):

    def records(captures: Sequence[Capture], context: Context) -> Iterator[Record]
    def statements(record: Record, context: Context) -> Iterator[Statement]

`records` raises InputError (file, row, column) when the input as a whole is broken. `statements`
raises Rejected for a record that cannot be mapped and Skipped for one passed over on purpose.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol, cast

from graph.core.errors import ConfigError
from graph.core.iris import Names
from loaders.record import Capture, Record, Statement
from loaders.source import Source


@dataclass(frozen=True, slots=True)
class Context:
    """What a mapping may know: its source and the instance's names. Nothing else, so that the
    same bytes and the same mapping give the same statements."""

    source: Source
    names: Names


class Loader(Protocol):
    """The two functions of a loader module."""

    def records(self, captures: Sequence[Capture], context: Context) -> Iterator[Record]:
        """All records of all captures, in order."""

    def statements(self, record: Record, context: Context) -> Iterator[Statement]:
        """The statements of one record."""


def find(source: Source) -> Loader:
    """The loader a source asks for.

    Raises ConfigError when there is none of that name.
    """
    try:
        module = importlib.import_module(f"loaders.{source.loader}")
    except ModuleNotFoundError as error:
        raise ConfigError(
            f"no loader “{source.loader}”", where=str(source.path), hint="See loaders/*.py."
        ) from error
    return cast(Loader, module)
