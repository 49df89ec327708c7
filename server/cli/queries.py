"""Commands about saved queries: queries list, queries remove."""

from __future__ import annotations

from dataclasses import asdict

import click

from server.cli.common import current_instance, fail_clearly, json_option, show, table
from server.saved_queries.store import SavedQueryStore


@click.group()
def queries() -> None:
    """Queries that people have saved under short addresses."""


@queries.command("list")
@json_option
@fail_clearly
def list_queries(as_json: bool) -> None:
    """List them, the newest first."""
    found = SavedQueryStore(current_instance()).all()
    rows = [(one.short, one.at, one.mn or one.en, one.text.partition("\n")[0]) for one in found]
    show([asdict(one) for one in found], as_json, table(("short", "at", "нэр", "query"), rows))


@queries.command()
@click.argument("short")
@fail_clearly
def remove(short: str) -> None:
    """Forget one; its address answers 404 from now on."""
    SavedQueryStore(current_instance()).remove(short)
