"""The command line: `ulzii`."""

from __future__ import annotations

from pathlib import Path

import click

from server.cli.access import token
from server.cli.checking import validate
from server.cli.exporting import export
from server.cli.keeping import init, rebuild, status, verify
from server.cli.loading import demo, load
from server.cli.queries import queries
from server.cli.scoring import check_urls, score
from server.cli.searching import search
from server.cli.serving import query, serve
from server.cli.sources import sources


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    envvar="ULZII_DATA",
    default=Path("ulzii-data"),
    show_default=True,
    help="Directory of the instance (or ULZII_DATA).",
)
@click.version_option(package_name="ulzii")
def main(data: Path) -> None:
    """Өлзий: Mongolia's open government data as one knowledge graph."""


for _command in (
    init,
    demo,
    load,
    sources,
    validate,
    status,
    query,
    search,
    export,
    rebuild,
    verify,
    serve,
    score,
    check_urls,
    token,
    queries,
):
    main.add_command(_command)
