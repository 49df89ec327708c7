"""What the pages of history name: sources that can be asked for, things, properties."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeVar

import pyoxigraph as ox

from graph.history.pairs import StatementChange
from graph.history.published import SourceVersion
from graph.history.timeline import BlamedLine, Moment
from graph.search.collation import sort_key
from server.http.language import choose
from server.pages.layout.writing import number_text
from server.trace.naming import NUMBERS
from vocab.namespaces import DQV


@dataclass(frozen=True, slots=True)
class SourceToAsk:
    """A source whose versions can be asked for: names, newest version and when it was published,
    and the version before it (0: none)."""

    id: str
    title: Mapping[str, str]
    newest: int
    at: str
    before: int


def _to_ask(source: str, known: list[SourceVersion]) -> SourceToAsk:
    newest = known[-1]
    title = dict(newest.load.get("title", {})) or {"": source}
    before = known[-2].number if len(known) > 1 else 0
    return SourceToAsk(source, title, newest.number, newest.at, before)


def named(things: Iterable[Mapping[str, Any]]) -> list[str]:
    """The properties that changes speak of, and the things that are values."""
    changes = [change for one in things for change in one["changes"]]
    stated = [change[key] for change in changes for key in ("old", "new") if change[key]]
    values = (one["object"] for one in stated)
    return [*(one["predicate"] for one in (*changes, *stated)), *map(iri_of, values)]


def iri_of(value: str) -> str:
    """The IRI that a term in N-Triples is; empty for others."""
    return value[1:-1] if value.startswith("<") else ""


Said = TypeVar("Said", BlamedLine, StatementChange)


def findings_last(said: Iterable[Said]) -> list[Said]:
    """What is said of a thing, links to findings behind all else: they may be thousands."""
    return sorted(said, key=lambda one: one.predicate == DQV.hasQualityAnnotation.value)


def readers(one: Moment) -> Moment:
    """A moment of a time line in the order in which people read its changes."""
    changes = tuple(findings_last(one.change.changes))
    return replace(one, change=one.change._replace(changes=changes))


def to_ask(known: Mapping[str, list[SourceVersion]]) -> list[SourceToAsk]:
    """Sources by their names in the reader's language."""
    found = [_to_ask(source, versions) for source, versions in known.items()]
    return sorted(found, key=lambda one: sort_key(choose(dict(one.title)) or one.id))


def spoken(value: str) -> tuple[str, str]:
    """The text of a literal in N-Triples, and its language; a number is written as one. Of other
    terms it is the term itself."""
    if not value.startswith('"'):
        return value, ""
    (told,) = ox.parse(f"<urn:s> <urn:p> {value} .", ox.RdfFormat.N_TRIPLES)
    literal = told.object
    assert isinstance(literal, ox.Literal)
    if literal.datatype in NUMBERS:
        return number_text(literal.value), ""
    return literal.value, literal.language or ""
