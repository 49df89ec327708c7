"""What changed: diff."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import click

from graph.archive import Archive
from graph.core.instance import Instance
from graph.history import comparison, facts
from graph.history.comparison import ChangeCounts
from graph.history.pairs import ThingChange
from graph.history.published import SourceVersion, one_of, versions
from graph.history.rows import AllRows, FewRows, RowFinder
from graph.ledger import Ledger
from graph.trace import question
from loaders.replay.whose import Attribution, attribution
from server.cli.output.changes import count_lines, thing_lines
from server.cli.output.common import current_instance, json_option
from server.cli.output.completion import SOURCE

_LIMIT, _MOST = 20, 30  # things, and changes of each, whose rows are looked up one by one


@click.command()
@click.argument("source", type=SOURCE)
@click.argument("old", metavar="V1", type=click.IntRange(1))
@click.argument("new", metavar="V2", type=click.IntRange(1))
@click.option("--entity", default="", metavar="IRI", help="Only what changed of this thing.")
@click.option(
    "--only",
    type=click.Choice(["schema", "values"]),
    default=None,
    help="Things of which only the schema, or only values changed.",
)
@click.option("--limit", default=_LIMIT, show_default=True, help="Things to list; 0: all.")
@click.option("--whose", is_flag=True, help="Replay, to tell the agency's changes from ours.")
@json_option
def diff(
    source: str,
    old: int,
    new: int,
    entity: str,
    only: str | None,
    limit: int,
    whose: bool,
    as_json: bool,
) -> None:
    """What changed between two versions of a source, thing by thing: old row, new row.

    +: added, -: deleted, ~: another value, »: another property, °: another class, language or type.
    """
    if old == new:
        raise click.BadParameter("V1 and V2 are the same version; name two of them")
    instance = current_instance()
    events = Ledger(instance).events
    known = versions(events, source)
    two = one_of(known, source, old), one_of(known, source, new)
    owners = attribution(instance, events, *two, run=whose)
    thing = question.entity(entity, instance.names) if entity else ""
    _Comparison(instance, *two, owners, thing, only or "", limit).show(as_json)


@dataclass(frozen=True, slots=True)
class _Comparison:
    """What is printed of two versions, in one pass over their changes."""

    instance: Instance
    old: SourceVersion
    new: SourceVersion
    owners: Attribution
    entity: str
    only: str
    limit: int

    def show(self, as_json: bool) -> None:
        """Print the things as they are found, then the numbers."""
        counts = ChangeCounts()
        listed = self._listed(counts)
        if as_json:
            self._print_json(listed, counts)
            return
        for text in self._head():
            click.echo(text)
        for one in listed:
            click.echo("\n".join(thing_lines(one)))
        click.echo("\n".join(count_lines(facts.count_facts(counts))))
        click.echo(f"checked: {facts.CHECKED}")

    def _listed(self, counts: ChangeCounts) -> Iterator[dict[str, Any]]:
        rows, names = self._rows(), self.instance.names
        for one in self._things():
            counts.add(one)
            for change in one.changes:
                counts.whose[self.owners.of_change(change)] += 1
            if not self.limit or counts.things <= self.limit:
                most = _MOST if self.limit else None
                yield facts.thing_facts(one, names, rows, self.owners.of_change, most)

    def _things(self) -> Iterator[ThingChange]:
        found = comparison.things(
            Archive(self.instance.archive),
            self.instance.names,
            self.old,
            self.new,
            places=not self.limit,
        )
        chosen = (one for one in found if not self.entity or one.subject == self.entity)
        return comparison.of_form(chosen, self.only)

    def _rows(self) -> RowFinder:
        archive = Archive(self.instance.archive)
        kind = FewRows if self.limit else AllRows
        return kind(archive, self.old, self.new)

    def _head(self) -> Iterator[str]:
        old, new = self.old, self.new
        yield f"{new.source} version {old.number} ({old.at}) → version {new.number} ({new.at})"
        owner = f"{self.owners.everywhere}: " if self.owners.everywhere else ""
        yield f"whose change: {owner}{self.owners.reason}"

    def _print_json(self, listed: Iterator[dict[str, Any]], counts: ChangeCounts) -> None:
        """One object, written piece by piece: there may be hundreds of thousands of things."""
        names = self.instance.names
        head = {
            "source": self.new.source,
            "old": facts.version_facts(self.old, names),
            "new": facts.version_facts(self.new, names),
            "whose": {"everywhere": self.owners.everywhere, "reason": self.owners.reason},
        }
        click.echo(json.dumps(head, ensure_ascii=False)[:-1] + ', "things": [')
        for number, one in enumerate(listed):
            click.echo(("," if number else "") + json.dumps(one, ensure_ascii=False))
        tail = json.dumps(facts.count_facts(counts), ensure_ascii=False)
        click.echo(f'], "counts": {tail}, "checked": {json.dumps(facts.CHECKED)}}}')
