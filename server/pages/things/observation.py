"""The page of an observation: the figure, what it is a figure of, its dataset, what was found."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pyoxigraph as ox
from flask import g

from server.core.context import AppContext
from server.cubes.structure import UnitOfMeasure, last_part
from server.http.language import LANGUAGES
from server.pages.findings.summary import queries as summary_queries
from server.pages.findings.summary import summaries
from server.pages.layout.parts_of_names import NamedPart, written_once
from server.pages.layout.units import unit_text
from server.pages.layout.writing import Texts, number_text
from server.pages.thing import ThingDocument
from server.pages.things import incoming
from server.pages.things.datasets import dataset_items
from server.sparql import internal_queries
from server.sparql.internal_queries import QueryRow
from server.sparql.labels import Labels, labels, labels_query
from server.texts import TEXTS
from vocab.namespaces import SDMX_ATTRIBUTE, SKOS
from vocab.terms import Object


@dataclass(frozen=True, slots=True)
class ObservedValue:
    """The value of an observation in a dimension, `iri`, and its names by language."""

    iri: str
    value: Object
    names: Texts


_ByKind = Mapping[str, Sequence[QueryRow]]


def queries(iri: str) -> list[str]:
    """The queries that its IRI alone decides (server.resources.class_pages)."""
    names = ("pages/things/observation", "pages/things/observation_findings")
    return [text for name in names for text in internal_queries.texts_of(name, [iri])]


def page(context: AppContext, thing: ThingDocument) -> str:
    """Its page."""
    by_kind = defaultdict[str, list[QueryRow]](list)
    for row in internal_queries.select(context.pool, "pages/things/observation", [thing.iri]):
        by_kind[row["kind"].value].append(row)
    datasets = [*dict.fromkeys(row["value"].value for row in by_kind["dataset"])]
    findings = _findings(context, thing)
    with internal_queries.joined(
        labels_query(context, _iris(by_kind)),
        internal_queries.texts_of("pages/things/dataset_items", datasets),
        summary_queries(findings),
    ):
        named = labels(context, _iris(by_kind))
        found, said = dataset_items(context, datasets), summaries(context, findings)
    values = [_value(row, named) for row in by_kind["dimension"]]
    unit = _unit(by_kind, named)
    return thing.render(
        "things/observation.html",
        names=_names(values, named),
        values=values,
        parts_of_name=written_once(_parts(values, named), g.language),
        value_labels=named,
        figures=[number_text(row["value"].value) for row in by_kind["measure"]],
        unit=unit,
        status=_status(thing),
        symbol=thing.text(SKOS.note),
        dataset=found[0] if found else None,
        findings=said,
        incoming=incoming.read(context, thing),
    )


def _iris(by_kind: _ByKind) -> list[str]:
    terms = (row[name] for rows in by_kind.values() for row in rows for name in ("of", "value"))
    return [term.value for term in terms if isinstance(term, ox.NamedNode)]


def _value(row: QueryRow, named: Labels) -> ObservedValue:
    """A code or period without a name is called by the end of its IRI."""
    value = row["value"]
    names = named.get(value.value) or {"": last_part(value.value).replace("--", "–")}
    return ObservedValue(row["of"].value, value, names)


def _parts(values: Sequence[ObservedValue], named: Labels) -> list[NamedPart]:
    return [(one.names, named.get(one.iri, {})) for one in values]


def _names(values: Sequence[ObservedValue], named: Labels) -> Texts:
    """What the figure is a figure of, in each language; a part without a name in one is called as
    in another."""
    parts = _parts(values, named)
    return {
        tag: ", ".join(_in(one, tag) for one in written_once(parts, tag))
        for tag in LANGUAGES
        if values
    }


def _in(names: Texts, tag: str) -> str:
    return next(names[one] for one in (tag, "", *LANGUAGES, *names) if one in names)


def _unit(by_kind: _ByKind, named: Labels) -> str:
    """The unit with its power of ten: its own before that of its cube; empty where it has none."""
    own = by_kind["unit"]
    rows = own or by_kind["cube_unit"]
    powers = by_kind["power"] or ([] if own else by_kind["cube_power"])
    if len(rows) != 1:
        return ""
    digits = powers[0]["value"].value.rpartition("-")[2] if powers else ""
    power = int(digits) if digits.isdecimal() else 0
    return unit_text(UnitOfMeasure(named.get(rows[0]["value"].value, {}), power))


def _status(thing: ThingDocument) -> str:
    """The key of the text for its SDMX status; empty where it has none, or one without a text."""
    key = "status_" + last_part(thing.text(SDMX_ATTRIBUTE.obsStatus)).rpartition("-")[2]
    return key if key in TEXTS else ""


def _findings(context: AppContext, thing: ThingDocument) -> list[str]:
    rows = internal_queries.select(context.pool, "pages/things/observation_findings", [thing.iri])
    return [row["finding"].value for row in rows]
