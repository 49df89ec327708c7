"""`ulzii query`: queries on the current snapshot, without a server."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import click

from graph import snapshots
from graph.core.instance import Instance
from graph.queries import FORMATS, Query, QueryAnswer, QueryLimits, inspect, run_once
from graph.snapshots import visibility
from server.cli.output.common import current_instance, table


@click.command()
@click.argument("text", required=False)
@click.option("--file", "-f", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--format", "-F", "form", type=click.Choice(["table", *(f.name for f in FORMATS)]), default=None
)
@click.option("--json", "as_json", is_flag=True, help="Print SPARQL results JSON.")
@click.option("--timeout", default=60.0, show_default=True, help="Time limit in seconds.")
def query(
    text: str | None, file: Path | None, form: str | None, as_json: bool, timeout: float
) -> None:
    """Run a query on the current snapshot, without a server.

    The query is TEXT, a file (--file) or standard input. The result is a table on a terminal;
    elsewhere SPARQL results JSON, or Turtle.
    """
    query_text = text or (file.read_text("utf-8") if file else sys.stdin.read())
    output = "json" if as_json else form or ("table" if _tabular(query_text) else "")
    run = Query(query_text, format="json" if output == "table" else output)
    instance = current_instance()
    with run_once(
        instance, run, limits=QueryLimits(timeout=timeout), readable=_all_restricted(instance)
    ) as answer:
        _print(answer, as_table=output == "table")


def _all_restricted(instance: Instance) -> tuple[str, ...]:
    """All restricted graphs: who can read the instance's directory can read them anyway."""
    now = snapshots.current(instance)
    return tuple(visibility.read_restricted(now)) if now else ()


def _tabular(text: str) -> bool:
    """Whether to show a table: on a terminal, unless the result is a graph."""
    return sys.stdout.isatty() and inspect(text, QueryLimits().text).kind == "results"


def _print(answer: QueryAnswer, as_table: bool) -> None:
    body = b"".join(answer.blocks())
    if as_table:
        click.echo("\n".join(_rows(json.loads(body))))
    else:
        click.echo(body, nl=not body.endswith(b"\n"))


def _rows(results: dict[str, Any]) -> list[str]:
    if "boolean" in results:
        return ["true" if results["boolean"] else "false"]
    names = results["head"]["vars"]
    rows = [[b.get(n, {}).get("value", "") for n in names] for b in results["results"]["bindings"]]
    return table(names, rows)
