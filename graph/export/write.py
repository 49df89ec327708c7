"""Write the catalogue to a file, atomically: the same fragments as on the pages, on one page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from graph import snapshots
from graph.catalogue import listing
from graph.catalogue.page import whole_catalogue
from graph.catalogue.syntax import N_TRIPLES, SYNTAXES
from graph.core.errors import ConfigError, storage_error
from graph.core.files import open_atomic
from graph.core.instance import Instance


@dataclass(frozen=True, slots=True)
class Exported:
    """The result: name of the snapshot, number of statements, number of dcat:Datasets."""

    snapshot: str
    statements: int
    datasets: int


def export(instance: Instance, path: Path) -> Exported:
    """Write the catalogue of the current snapshot as DCAT-AP.

    The same snapshot gives the same bytes.

    Raises ConfigError for an unknown extension and where nothing is published yet, StorageError
    where the file cannot be written.
    """
    syntax = SYNTAXES.get(path.suffix.removeprefix("."))
    if syntax is None:
        raise ConfigError(
            f"“{path.suffix}” is not the extension of a known RDF syntax",
            where=str(path),
            hint=f"Use one of {', '.join(f'.{name}' for name in SYNTAXES)}.",
        )
    found, now = listing.current(instance), snapshots.current(instance)
    assert now is not None
    try:
        with open_atomic(path) as file:
            for part in whole_catalogue(found, instance, syntax):
                file.write(part)
    except OSError as error:
        raise storage_error(error, str(path)) from error
    return Exported(now.name, sum(1 for _ in lines(instance)), found.count(listing.Selection()))


def lines(instance: Instance) -> Iterator[bytes]:
    """The catalogue of the current snapshot as N-Triples lines, without line feeds."""
    found = listing.current(instance)
    for part in whole_catalogue(found, instance, N_TRIPLES):
        yield from part.splitlines()
