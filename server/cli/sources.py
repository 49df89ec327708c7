"""Sources: sources, sources add."""

from __future__ import annotations

from typing import Any

import click

from graph.core.errors import ConfigError
from graph.core.instance import CONFIG, open_instance
from graph.ledger import Ledger
from graph.versions.state import PUBLIC, RESTRICTED
from loaders.editable import sources as editable
from loaders.pipeline import source
from loaders.pipeline.source import Source
from server.cli.output import harvest
from server.cli.output.common import (
    current_instance,
    data_directory,
    fail_clearly,
    json_option,
    show,
    table,
)
from server.cli.output.held import held_facts, held_lines


@click.group(invoke_without_command=True)
@json_option
@click.pass_context
@fail_clearly
def sources(context: click.Context, as_json: bool) -> None:
    """List the bundled sources and those of the instance, and which loads are held."""
    if context.invoked_subcommand:
        return
    rows = [
        (s.id, s.loader, s.title.get("mn", ""), s.title.get("en", ""))
        for s in known_sources().values()
    ]
    held = _held()
    facts: list[dict[str, Any]] = [
        dict(zip(("id", "loader", "mn", "en"), row, strict=True))
        | {"held": next((one for one in held if one["source"] == row[0]), None)}
        for row in rows
    ]
    show(facts, as_json, [*table(("id", "loader", "нэр", "title"), rows), *held_lines(held)])


def _held() -> list[dict[str, Any]]:
    root = data_directory()
    return held_facts(Ledger(open_instance(root))) if (root / CONFIG).exists() else []


def known_sources() -> dict[str, Source]:
    """All sources by id: those of the instance, if there is one, and the bundled ones."""
    root = data_directory()
    own = editable.own(open_instance(root)) if (root / CONFIG).exists() else {}
    return {**own, **source.read_all()}


@sources.command()
@click.argument("name", metavar="ID")
@json_option
@fail_clearly
def report(name: str, as_json: bool) -> None:
    """What the newest load of a source added, changed, deleted, rejected and found.

    The server has the same of the published version at /id/source/ID/report.
    """
    found = harvest.report_of(current_instance(), name)
    if found is None:
        raise ConfigError(f"nothing of “{name}” was loaded", hint="`ulzii sources` lists sources.")
    run = found.last_run
    head = f"{name}: version {found.version} (log/{found.load}), last run {run.at}: {run.outcome}"
    reasons = [f"  {reason}" for reason in run.reasons]
    show(found.to_json(), as_json, [head, *reasons, *harvest.lines(found, whole=True)])


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
@fail_clearly
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
