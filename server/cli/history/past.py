"""What was said before: history."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import click

from graph.core.errors import ConfigError
from graph.core.instance import Instance
from graph.history import facts
from graph.history.published import SourceVersion, versions
from graph.history.timeline import BlamedLine, Moment, blame, timeline
from graph.ledger import Events, Ledger
from graph.trace.question import entity
from server.cli.output.changes import thing_lines
from server.cli.output.common import current_instance, json_option, show, table
from server.cli.output.completion import SOURCE


@click.command()
@click.argument("name", type=SOURCE, metavar="ENTITY|SOURCE")
@click.option("--blame", "is_blame", is_flag=True, help="Which version brought each statement.")
@json_option
def history(name: str, is_blame: bool, as_json: bool) -> None:
    """The versions of a source, or the time line of a thing (its IRI, whole or
    relative to the base)."""
    instance = current_instance()
    events = Ledger(instance).events
    if not _is_iri(name):
        known = _known(events, name)
        show([facts.version_facts(one, instance.names) for one in known], as_json, _table(known))
        return
    moments = _moments(instance, events, entity(name, instance.names))
    if is_blame:
        brought = blame(moments)
        show([_blamed(one, instance) for one in brought], as_json, map(_blame_line, brought))
        return
    listed = [_moment(one, instance) for one in moments]
    show(listed, as_json, (text for one in listed for text in _moment_lines(one)))


def _is_iri(name: str) -> bool:
    return any(mark in name for mark in ":/<")


def _known(events: Events, source: str) -> list[SourceVersion]:
    known = versions(events, source)
    if not known:
        raise ConfigError(
            f"nothing of “{source}” is published",
            hint="`ulzii sources` lists the sources; a thing is named by its whole IRI.",
        )
    return known


def _moments(instance: Instance, events: Events, subject: str) -> list[Moment]:
    sources = dict.fromkeys(item["source"] for item in events.find("Publish"))
    known = {source: versions(events, source) for source in sources}
    moments = timeline(instance, events, subject, known)
    if not moments:
        raise ConfigError(
            "no version of any source says anything of this", where=subject, hint=_HINT
        )
    return moments


_HINT = "Give the IRI of a subject as it stands in the data."


def _table(known: Sequence[SourceVersion]) -> list[str]:
    head = ["version", "published", "log", "statements", "+", "-", "records", "mapping"]
    return table(head, [_row(one) for one in reversed(known)])


def _row(one: SourceVersion) -> list[object]:
    load, patch = one.load, one.load["patch"] or {"adds": "", "deletes": ""}
    statements = sum(layer["statements"] for layer in load["layers"].values())
    changed = (patch["adds"], patch["deletes"])
    when = one.at[:16].replace("T", " ")
    numbers = (statements, *changed, load["counts"]["records"])
    return [one.number, when, load["index"], *numbers, load["code"][:12]]


def _moment(one: Moment, instance: Instance) -> dict[str, Any]:
    names, version = instance.names, one.version
    return {
        "source": version.source,
        "version": version.number,
        "published": version.at,
        "load": names.event(version.load["index"]),
        **facts.thing_facts(one.change, names),
    }


def _moment_lines(one: dict[str, Any]) -> Iterator[str]:
    yield f"{one['published'][:16].replace('T', ' ')} {one['source']} version {one['version']}"
    yield from (f"  {text}" for text in list(thing_lines(one))[1:])


def _blamed(one: BlamedLine, instance: Instance) -> dict[str, Any]:
    names, version = instance.names, one.version
    return {
        "layer": one.layer,
        "predicate": one.predicate,
        "object": one.value,
        "source": version.source,
        "version": version.number,
        "published": version.at,
        "load": names.event(version.load["index"]),
    }


def _blame_line(one: BlamedLine) -> str:
    version = one.version
    at = version.at[:16].replace("T", " ")
    return f"{at} {version.source} {version.number} {one.layer}: <{one.predicate}> {one.value}"
