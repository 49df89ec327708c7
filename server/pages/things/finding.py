"""The page of a finding: its sentence, the numbers it compares, its rule, where to go on."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from server.core.context import AppContext
from server.pages.findings.summary import FindingSummary, summaries
from server.pages.findings.summary import queries as summary_queries
from server.pages.layout.writing import Texts, texts_by_language
from server.pages.thing import ThingDocument
from server.pages.things import incoming
from server.pages.things.datasets import dataset_items
from server.sparql import internal_queries
from server.sparql.internal_queries import QueryRow
from server.sparql.labels import labels, labels_query
from vocab.namespaces import CORE, QB
from vocab.terms import Object

_KINDS: dict[Object, str] = {
    CORE.Claim: "claim",
    CORE.ComputedValue: "computed",
    QB.Observation: "observation",
}


@dataclass(frozen=True, slots=True)
class ComparedValue:
    """A value that a finding is about: `claim`, `computed` (by Ulzii), `observation`, or none.

    `quoted` is the IRI of the record it was quoted from, empty where it is not a quotation.
    """

    iri: str
    kind: str
    value: str
    name: Texts
    quoted: str


def queries(iri: str) -> list[str]:
    """The queries that its IRI alone decides (server.resources.class_pages)."""
    parts = internal_queries.texts_of("pages/things/finding_parts", [iri])
    return [*summary_queries([iri]), *parts]


def page(context: AppContext, thing: ThingDocument) -> str:
    """Its page."""
    found = summaries(context, [thing.iri])
    shown = found[0] if found else FindingSummary(thing.iri, context.urls.page(thing.iri))
    rows = internal_queries.select(context.pool, "pages/things/finding_parts", [thing.iri])
    datasets = _datasets(rows, shown)
    with internal_queries.joined(
        internal_queries.texts_of("pages/things/dataset_items", datasets),
        labels_query(context, shown.things),
    ):
        items, about = dataset_items(context, datasets), labels(context, shown.things)
    return thing.render(
        "things/finding.html",
        finding=shown,
        compared=_compared(rows),
        datasets=items,
        about_labels=about,
        incoming=incoming.read(context, thing),
        contact=context.instance.contact,
    )


def _compared(rows: list[QueryRow]) -> list[ComparedValue]:
    """The values that are compared, what Ulzii computed last."""
    by_part = defaultdict[str, list[QueryRow]](list)
    for row in rows:
        if "value" in row:
            by_part[row["part"].value].append(row)
    found = [
        ComparedValue(
            iri,
            next((_KINDS[row["class"]] for row in said if "class" in row), ""),
            said[0]["value"].value,
            texts_by_language(row.get("name") for row in said),
            next((row["quoted"].value for row in said if "quoted" in row), ""),
        )
        for iri, said in by_part.items()
    ]
    return sorted(found, key=lambda one: (one.kind == "computed", one.quoted, one.iri))


def _datasets(rows: list[QueryRow], finding: FindingSummary) -> list[str]:
    """The datasets of what it is about; the thing itself where it is a dataset."""
    parts = {row["dataset"].value for row in rows if "dataset" in row}
    return sorted(parts) or [iri for iri in finding.things if "/id/dataset/" in iri][:1]
