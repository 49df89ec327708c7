"""`ulzii trace`: from a statement to its record, mapping, checks and events."""

from __future__ import annotations

import json
from pathlib import Path

import click

from graph.archive import Archive
from graph.core.iris import Names
from graph.ledger import Ledger
from graph.trace.formats import jsonable, text
from graph.trace.model import Trace
from graph.trace.question import parse
from graph.trace.records.capture_text import CaptureText
from graph.trace.records.view import RecordView
from graph.trace.tracing import Scope, Tracer
from server.cli.output.common import current_instance

_FORMATS = ("text", "json", "ttl", "nt", "prov", "jsonld", "rdf")
NOT_STATED = 11  # exit code


@click.command()
@click.argument("asked", metavar="'S P O'|STATEMENT-IRI|ENTITY")
@click.option("--source", default="", metavar="ID", help="Only what this source states.")
@click.option("--version", type=int, default=None, help="In this version, not the published one.")
@click.option("--format", "form", type=click.Choice(_FORMATS), default="text", show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def trace(asked: str, source: str, version: int | None, form: str, as_json: bool) -> None:
    """Where a statement comes from: record, file, mapping, checks, log.

    A statement is written as in N-Triples or Turtle, with the usual prefixes and with IRIs relative
    to the base: '</id/place/065> rdfs:label "Архангай"@mn'. Personal data in shown records is
    masked. Exit code 11: nothing of it is stated now.
    """
    instance = current_instance()
    ledger = Ledger(instance)
    question = parse(asked, instance.names)
    tracer = Tracer(instance, ledger.prefix(ledger.size), Archive(instance.archive), _shown)
    found = tracer.trace(question, Scope(source, version, None), asked)
    click.echo(_written(found, "json" if as_json else form, instance.names), nl=False)
    if not found.is_stated:
        raise SystemExit(NOT_STATED)


def _shown(archive: Archive, cache: Path, capture: CaptureText, locator: str) -> RecordView | None:
    from loaders.tables.showing import read_record  # what reads tables takes a while to import

    return read_record(archive, cache, capture, locator)


def _written(found: Trace, form: str, names: Names) -> str:
    if form == "json":
        return json.dumps(jsonable.trace(found, names), ensure_ascii=False, indent=2) + "\n"
    if form == "text":
        return "".join(f"{line}\n" for line in text.lines(found, names))
    from graph.trace.formats import rdf  # it imports the query service, which takes a while

    return rdf.write(found, names, form).decode()
