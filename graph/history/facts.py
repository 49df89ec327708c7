"""Changes as plain values, for JSON."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

from graph.core.iris import Names
from graph.history.comparison import ChangeCounts
from graph.history.pairs import StatementChange, ThingChange, parts
from graph.history.published import SourceVersion
from graph.history.rows import RowFinder
from graph.history.walk import ChangedLine
from graph.statements.rowmap import Origin

Owner = Callable[[StatementChange], str]
"""Whose a change is."""

CHECKED = "lines, patch and row maps were compared with their hashes in the log first"
"""What is said of a comparison: a file that was changed is named in its place (graph.archive)."""


def version_facts(one: SourceVersion, names: Names) -> dict[str, Any]:
    """A version: its IRI and number, its events, and what they say of it."""
    load = one.load
    return {
        "iri": names.version(one.source, one.number),
        "version": one.number,
        "load": names.event(load["index"]),
        "publish": names.event(one.publish["index"]),
        "loaded": load["at"],
        "published": one.at,
        "code": load["code"],
        "environment": load["environment"],
        "statements": {name: layer["statements"] for name, layer in load["layers"].items()},
        "records": load["counts"],
        "adds": load["patch"]["adds"] if load["patch"] else None,
        "deletes": load["patch"]["deletes"] if load["patch"] else None,
    }


def thing_facts(
    one: ThingChange,
    names: Names,
    rows: RowFinder | None = None,
    owner: Owner | None = None,
    most: int | None = None,
) -> dict[str, Any]:
    """The changes of a thing, or so many of them; with rows where they are to be found, and whose
    each change is. `omitted` is the number of the others."""
    shown = one.changes[:most]
    return {
        "subject": one.subject,
        "schema_only": one.is_of_schema,
        "changes": [_change(change, names, rows, owner) for change in shown],
        "omitted": len(one.changes) - len(shown),
    }


def _change(
    one: StatementChange, names: Names, rows: RowFinder | None, owner: Owner | None
) -> dict[str, Any]:
    facts: dict[str, Any] = {"kind": one.kind, "layer": one.layer, "predicate": one.predicate}
    for key, line in (("old", one.old), ("new", one.new)):
        facts[key] = _statement(line, names, rows) if line else None
    if owner:
        facts["whose"] = owner(one)
    return facts


def _statement(one: ChangedLine, names: Names, rows: RowFinder | None) -> dict[str, Any]:
    _, predicate, value = parts(one.line)
    facts: dict[str, Any] = {
        "statement": names.statement(hashlib.sha256(one.line).hexdigest()),
        "predicate": predicate[1:-1].decode(),
        "object": value.decode(),
    }
    if rows:
        facts["rows"] = [row_facts(row, names) for row in rows.rows(one)]
    return facts


def row_facts(one: Origin, names: Names) -> dict[str, str]:
    """A record from which a statement was made, and the rule that made it."""
    return {
        "capture": names.capture(one.capture),
        "record": names.capture(one.capture, one.locator),
        "locator": one.locator,
        "rule": one.rule,
    }


def count_facts(counts: ChangeCounts) -> dict[str, Any]:
    """What changed in numbers."""
    return {
        "things": counts.things,
        "schema_only": counts.schema_only,
        "value_only": counts.value_only,
        "kinds": dict(counts.kinds),
        "properties": dict(counts.properties.most_common()),
        **({"whose": dict(counts.whose)} if counts.whose else {}),
    }
