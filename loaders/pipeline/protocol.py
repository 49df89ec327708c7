"""What a loader must offer: records of captures, and statements of a record.

A loader is a module named in LOADERS with two functions; the pipeline does everything else
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
from loaders.pipeline.record import Capture, Record, Statement
from loaders.pipeline.source import Source

LOADERS = {
    "admin_units": "loaders.systems.admin_units",
    "editable": "loaders.editable",
    "local_services": "loaders.systems.local_services",
    "opendata_mn": "loaders.systems.opendata_mn",
    "pxweb": "loaders.formats.pxweb",
    "rdf": "loaders.formats.rdf",
}
"""`loader = "…"` in a source description → its module. The names are stable; modules may move."""


@dataclass(frozen=True, slots=True)
class LoaderContext:
    """What a mapping may know: its source and the instance's names. Nothing else, so that the
    same bytes and the same mapping give the same statements."""

    source: Source
    names: Names


class Loader(Protocol):
    """The two functions of a loader module."""

    def records(self, captures: Sequence[Capture], context: LoaderContext) -> Iterator[Record]:
        """All records of all captures, in order."""

    def statements(self, record: Record, context: LoaderContext) -> Iterator[Statement]:
        """The statements of one record."""


def find(source: Source) -> Loader:
    """The loader a source asks for.

    Raises ConfigError when there is none of that name.
    """
    return cast(Loader, importlib.import_module(module_name(source)))


def module_name(source: Source) -> str:
    """The dotted name of the module a source asks for.

    Raises ConfigError when there is no loader of that name.
    """
    try:
        return LOADERS[source.loader]
    except KeyError as error:
        raise ConfigError(
            f"no loader “{source.loader}”",
            where=f"{source.path} loader",
            hint=f"It is one of: {', '.join(LOADERS)}.",
        ) from error
