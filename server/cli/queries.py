"""Saved queries: queries list, queries remove."""

from __future__ import annotations

from dataclasses import asdict

import click

from server.cli.output.common import current_instance, json_option, show, table
from server.saved_queries.store import SavedQueryStore


@click.group()
def queries() -> None:
    """Saved queries and their short URLs."""


@queries.command("list")
@json_option
def list_queries(as_json: bool) -> None:
    """List saved queries, the newest first."""
    saved = SavedQueryStore(current_instance()).all()
    rows = [(one.short, one.at, one.mn or one.en, one.text.partition("\n")[0]) for one in saved]
    show([asdict(one) for one in saved], as_json, table(("short", "at", "нэр", "query"), rows))


@queries.command()
@click.argument("short")
@json_option
def remove(short: str, as_json: bool) -> None:
    """Delete a saved query. Its short URL returns 404 afterwards."""
    SavedQueryStore(current_instance()).remove(short)
    show({"removed": short}, as_json, [f"{short}: removed"])
