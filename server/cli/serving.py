"""Commands that answer: serve, query, and the end of demo."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import click

from graph import snapshots, visibility
from graph.federation import Service
from graph.federation.settings import listed
from graph.instance import Instance
from graph.ledger import Ledger
from graph.lock import writing
from graph.queries import FORMATS, Answer, Limits, Query, inspect, run_once
from graph.recovery import recover
from server.cli.common import fail_clearly, instance, table
from server.scratch.local import is_loopback
from server.scratch.serve import serve as serve_scratch
from server.serve import serve as serve_instance
from server.settings import Settings

EXAMPLE = """\
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX foaf: <http://xmlns.com/foaf/0.1/>
PREFIX sdmx-dimension: <http://purl.org/linked-data/sdmx/2009/dimension#>
PREFIX sdmx-measure: <http://purl.org/linked-data/sdmx/2009/measure#>
SELECT ?аймаг ?services WHERE {
  ?o sdmx-dimension:refArea/foaf:focus/rdfs:label ?аймаг ; sdmx-measure:obsValue ?services .
  ?o <http://purl.org/linked-data/cube#dataSet> ?cube . FILTER(lang(?аймаг) = "mn")
  FILTER(CONTAINS(STR(?cube), "emongolia-local"))
} ORDER BY DESC(?services)"""


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8008, show_default=True)
@click.option("--workers", type=int, default=None, help="Query workers (processors + 1).")
@click.option("--timeout", default=30.0, show_default=True, help="Seconds a query may take.")
@click.option("--memory", default=1024, show_default=True, help="MiB a query may use.")
@click.option("--result", default=256, show_default=True, help="MiB an answer may have.")
@click.option("--rows", default=0, help="Rows or triples an answer may have (0: any).")
@click.option(
    "--budget",
    type=float,
    default=None,
    help="Seconds of query time a client may use a minute; 0: any (60, on loopback 0).",
)
@click.option(
    "--proxies",
    default=0,
    show_default=True,
    help="How many of your proxies stand in front and add to X-Forwarded-For.",
)
@click.option(
    "--cache", default=256, show_default=True, help="MiB of answers each web process keeps."
)
@click.option("--log", is_flag=True, help="Log queries, without texts and people, in logs/.")
@click.option(
    "--scratch", is_flag=True, help="An empty store in memory to test with, loopback only."
)
@click.option("--service", "services", multiple=True, help="An endpoint for SERVICE to call.")
@click.option(
    "--private-service",
    "private",
    multiple=True,
    help="One in a private network, or on this machine.",
)
@fail_clearly
def serve(
    host: str,
    port: int,
    workers: int | None,
    timeout: float,
    memory: int,
    result: int,
    rows: int,
    budget: float | None,
    proxies: int,
    cache: int,
    log: bool,
    scratch: bool,
    services: tuple[str, ...],
    private: tuple[str, ...],
) -> None:
    """Serve the instance until Ctrl-C."""
    if scratch:
        serve_scratch(host, port, on_ready=_tell)
        return
    of = instance()
    prepare(of)
    limits = Limits(
        timeout=timeout,
        memory=memory << 20,
        result=result << 20,
        rows=rows,
        budget=_budget(host, proxies) if budget is None else budget,
    )
    settings = Settings(proxies=proxies, log=log, cache=cache << 20)
    allowed = [*listed(of), *map(Service, services), *(Service(url, True) for url in private)]
    serve_instance(
        of,
        host,
        port,
        workers=workers,
        limits=limits,
        settings=settings,
        services=allowed,
        on_ready=_tell,
    )


def _budget(host: str, proxies: int = 0) -> float:
    """No budget for people on their own machine."""
    return 60.0 if proxies or not is_loopback(host) else 0.0


def _tell(address: str) -> None:
    click.echo(f"Өлзий · Ulzii answers at {address} (Ctrl-C stops it)")


def prepare(of: Instance) -> None:
    """Finish what a crash left, if nobody else is writing."""
    with writing(of, "serve", wait=60.0):
        recover(of, Ledger(of))


def serve_demo(of: Instance, host: str, port: int) -> None:
    """Serve, and say where to look first."""

    def tell(address: str) -> None:
        _tell(address)
        click.echo(f"  start page       {address}")
        click.echo(f"  SPARQL           {address}sparql")
        click.echo(f"  a dataset        {address}id/dataset/emongolia-local/2022-07-19")
        click.echo(f"  try\n\n{EXAMPLE}\n")
        click.echo(f"  or open          {address}sparql?{urlencode({'query': EXAMPLE})}")

    prepare(of)
    serve_instance(of, host, port, limits=Limits(budget=_budget(host)), on_ready=tell)


@click.command()
@click.argument("text", required=False)
@click.option("--file", "-f", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--format", "-F", "form", type=click.Choice(["table", *(f.name for f in FORMATS)]), default=None
)
@click.option("--json", "as_json", is_flag=True, help="Print SPARQL results JSON.")
@click.option("--timeout", default=60.0, show_default=True, help="Seconds the query may take.")
@fail_clearly
def query(
    text: str | None, file: Path | None, form: str | None, as_json: bool, timeout: float
) -> None:
    """Ask the current snapshot, without a server. Without TEXT or --file, standard input is read.

    A table on a terminal; SPARQL results JSON or Turtle where the output goes elsewhere.
    """
    asked = text or (file.read_text("utf-8") if file else sys.stdin.read())
    wanted = "json" if as_json else form or ("table" if _tabular(asked) else "")
    run = Query(asked, format="json" if wanted == "table" else wanted)
    of = instance()
    with run_once(of, run, limits=Limits(timeout=timeout), readable=_all(of)) as answer:
        _print(answer, as_table=wanted == "table")


def _all(of: Instance) -> tuple[str, ...]:
    """Whoever can read the instance's directory may see what is restricted."""
    now = snapshots.current(of)
    return tuple(visibility.listed(now)) if now else ()


def _tabular(text: str) -> bool:
    """Whether a table is what people would rather look at: on a terminal, but not for a graph."""
    return sys.stdout.isatty() and inspect(text, Limits().text).kind == "results"


def _print(answer: Answer, as_table: bool) -> None:
    body = b"".join(answer.blocks())
    if as_table:
        click.echo("\n".join(_rows(json.loads(body))))
    else:
        click.echo(body, nl=not body.endswith(b"\n"))


def _rows(found: dict[str, Any]) -> list[str]:
    if "boolean" in found:
        return ["true" if found["boolean"] else "false"]
    names = found["head"]["vars"]
    rows = [[b.get(n, {}).get("value", "") for n in names] for b in found["results"]["bindings"]]
    return table(names, rows)
