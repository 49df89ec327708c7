"""Sources: sources, sources add."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from itertools import chain
from pathlib import Path
from typing import Any

import click

from graph.core.errors import ConfigError
from graph.core.instance import CONFIG, open_instance
from graph.ledger import Event, Ledger
from graph.ledger.events import now
from graph.reports.harvest import HarvestReport
from graph.reports.schedule import schedule
from graph.versions.state import PUBLIC, RESTRICTED
from loaders.editable import sources as editable
from loaders.pipeline import source
from loaders.pipeline.source import Source
from server.cli.output import harvest
from server.cli.output.common import (
    current_instance,
    data_directory,
    json_option,
    show,
    table,
)
from server.cli.output.completion import SOURCE
from server.cli.output.held import held_facts, held_lines


@click.group(invoke_without_command=True)
@json_option
@click.pass_context
def sources(context: click.Context, as_json: bool) -> None:
    """List the bundled sources and those of the instance: where each stands, and when it is due."""
    if context.invoked_subcommand:
        return
    events = _events()
    held = held_facts(events)
    moment = now()
    facts: list[dict[str, Any]] = []
    for one in known_sources().values():
        row: dict[str, Any] = {"id": one.id, "loader": one.loader, "frequency": one.frequency}
        row |= {"mn": one.title.get("mn", ""), "en": one.title.get("en", "")}
        row |= {"held": next((load for load in held if load["source"] == one.id), None)}
        where = schedule(events, one.id, one.frequency, moment) if not one.editable else None
        facts.append(row | (asdict(where) | {"is_due": where.is_due(moment)} if where else {}))
    rows = [[_shown(row, key) for key in _COLUMNS] for row in facts]
    show(facts, as_json, [*table([*_COLUMNS.values()], rows), *held_lines(held)])
    for error in wrong_descriptions().values():
        click.echo(f"! {error}", err=True)


_COLUMNS = {
    "id": "id",
    "loader": "loader",
    "state": "state",
    "checked": "last checked",
    "changed": "last changed",
    "due": "due",
    "mn": "нэр",
    "en": "title",
}
"""Key in the JSON → head of the column."""


def _shown(row: Mapping[str, Any], key: str) -> str:
    """A cell of the table; times to the minute."""
    if key == "state":
        return str(row.get("state", "written over HTTP"))
    if key == "due" and row.get("is_due"):
        return "now"
    text = str(row.get(key, ""))
    return text[:16].replace("T", " ") if key in {"checked", "changed", "due"} else text


def _events() -> Sequence[Event]:
    root = data_directory()
    if not (root / CONFIG).exists():
        return []
    ledger = Ledger(open_instance(root))
    return ledger.prefix(ledger.size)


def known_sources() -> dict[str, Source]:
    """All sources by id, references first: those of the instance, if there is one, and the bundled
    ones. Descriptions that are wrong are left out."""
    return source.in_order([*_own()[0].values(), *source.read_all().values()])


def wrong_descriptions() -> dict[str, ConfigError]:
    """What is wrong with descriptions of the instance, by their file names without ending."""
    return {path.stem: error for path, error in _own()[1].items()}


def _own() -> tuple[dict[str, Source], dict[Path, ConfigError]]:
    root = data_directory()
    return source.read_each(open_instance(root).sources) if (root / CONFIG).exists() else ({}, {})


@sources.command()
@click.argument("name", type=SOURCE, metavar="ID")
@json_option
def report(name: str, as_json: bool) -> None:
    """What the newest load of a source added, changed, deleted, rejected and found; first what a
    later run rejected that was given up.

    The server has the same of the published version at /id/source/ID/report.
    """
    instance = current_instance()
    found, stopped = harvest.report_of(instance, name), harvest.stopped(instance, name)
    if found is None and stopped is None:
        raise ConfigError(f"nothing of “{name}” was loaded", hint="`ulzii sources` lists sources.")
    facts: dict[str, Any] = found.to_json() if found else {"source": name}
    facts |= {"stopped": asdict(stopped) if stopped else None}
    lines = chain(
        harvest.stopped_lines(name, stopped) if stopped else (),
        _report_lines(found) if found else (),
    )
    show(facts, as_json, lines)


def _report_lines(found: HarvestReport) -> Iterator[str]:
    run = found.last_run
    yield (
        f"{found.source}: version {found.version} (log/{found.load}),"
        f" last run {run.at}: {run.outcome}"
    )
    yield from (f"  {reason}" for reason in run.reasons)
    yield from harvest.lines(found, whole=True)


@sources.command()
@click.argument("name", metavar="ID")
@click.option(
    "--editable", "is_editable", is_flag=True, help="The source is written over HTTP (required)."
)
@click.option("--title-mn", default="", help="Title in Mongolian (required).")
@click.option("--title-en", default="", help="Title in English (required).")
@click.option("--restricted", is_flag=True, help="Readable only with a token.")
@click.option(
    "--reference",
    multiple=True,
    metavar="SOURCE",
    help="Source that its validation may refer to; repeatable.",
)
@click.option("--publisher", default="", help="Key of the publishing organisation.")
@json_option
def add(
    name: str,
    is_editable: bool,
    title_mn: str,
    title_en: str,
    restricted: bool,
    reference: tuple[str, ...],
    publisher: str,
    as_json: bool,
) -> None:
    """Add an editable source to the instance. Its statements are written over HTTP."""
    if not is_editable or not (title_mn and title_en):
        raise ConfigError(
            "--editable, --title-mn and --title-en are required",
            hint="Describe a source that is fetched in a TOML file: `ulzii load FILE.toml`.",
        )
    instance = current_instance()
    added = editable.add(
        instance,
        name,
        {"mn": title_mn, "en": title_en},
        visibility=RESTRICTED if restricted else PUBLIC,
        references=reference,
        publisher=publisher,
    )
    facts = {"id": added.id, "graph": instance.names.graph(added.id), "file": str(added.path)}
    hint = f"`ulzii token add NAME --write {added.id}` creates a token to write it."
    show(facts, as_json, [facts["graph"], hint])
