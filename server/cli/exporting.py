"""Exporting files: export."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from graph.export import export as export_catalogue
from server.cli.output.common import counted, current_instance, json_option, show


@click.command()
@click.option(
    "--catalogue",
    type=click.Path(dir_okay=False, path_type=Path),
    required=True,
    help="The file to write: .ttl, .rdf, .jsonld or .nt.",
)
@json_option
def export(catalogue: Path, as_json: bool) -> None:
    """Write the whole catalogue of the current snapshot as DCAT-AP."""
    done = export_catalogue(current_instance(), catalogue)
    datasets, statements = counted(done.datasets, "dataset"), counted(done.statements, "statement")
    text = f"{datasets}, {statements} of snapshot {done.snapshot}"
    show(asdict(done) | {"file": str(catalogue)}, as_json, [f"{catalogue}: {text}"])
