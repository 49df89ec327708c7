"""`ulzii search`: full-text search in the current snapshot."""

from __future__ import annotations

import json
from dataclasses import asdict

import click

from graph import snapshots
from graph.core.errors import ConfigError
from graph.search.excerpt import ExcerptPart
from graph.search.query import Hit, SearchScope, find
from server.cli.output.common import current_instance

_ADVICE = "Try fewer words, or the beginning of one: завх*"


@click.command()
@click.argument("text")
@click.option("--limit", default=10, show_default=True, type=click.IntRange(min=1))
@click.option("--lang", default="", help="Only texts in this language: mn, en, none, …")
@click.option("--property", "properties", multiple=True, help="Only values of this property (IRI).")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object per line.")
def search(text: str, limit: int, lang: str, properties: tuple[str, ...], as_json: bool) -> None:
    """Find resources by words in their names and descriptions, best matches first.

    Words match in any inflected form and spelling. "…" matches the exact form, завх* a prefix; OR
    and -without are supported. Restricted graphs are not searched.
    """
    now = snapshots.current(current_instance())
    if now is None:
        raise ConfigError("nothing is published yet", hint="Load a source with `ulzii load`.")
    hits = find(now, text, SearchScope(properties, lang, per="thing"), limit)
    for hit in hits:
        click.echo(json.dumps(asdict(hit), ensure_ascii=False) if as_json else _shown(hit, text))
    if not hits:  # on standard error, so that a program still reads no lines
        click.echo(f"“{text}”: nothing found in snapshot {now.name}. {_ADVICE}", err=True)


def _shown(hit: Hit, text: str) -> str:
    tag = f" @{hit.language}" if hit.language else ""
    return f"{hit.score:.2f}  {_marked(hit.snippet(text))}{tag}\n      {hit.iri}"


def _marked(pieces: list[ExcerptPart]) -> str:
    return "".join(click.style(p.text, bold=True) if p.is_match else p.text for p in pieces)
