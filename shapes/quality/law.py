"""Coverage of the law: which items of open information an organisation publishes.

The scheme contains only items that were read in the act on transparency of public information
(2021); others are unknown. An item is missing only if a recorded duty (`openness:Obligation`) binds
the organisation; otherwise it is not assessed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pyoxigraph as ox

from shapes.quality.indicators import is_fresh
from shapes.quality.scored_resource import Evidence, ScoredResource, datasets
from vocab.namespaces import DCT, OPENNESS, ORG, SKOS, Namespace

SCHEME = ox.NamedNode("https://w3id.org/ulzii/scheme/information-item-2021")
_ODRL = Namespace("http://www.w3.org/ns/odrl/2/")

STATUSES = {
    "in-time": ("нийтэлсэн, хугацаандаа шинэчилсэн", "published, refreshed in time"),
    "late": ("нийтэлсэн, хугацаандаа шинэчлээгүй", "published, not refreshed in time"),
    "published": ("нийтэлсэн, шинэчлэл нь тодорхойгүй", "published, refreshing not known"),
    "missing": ("үүрэгтэй ч нийтлээгүй", "a duty, but not published"),
    "not-assessed": ("үнэлээгүй", "not assessed"),
}
"""The statuses of an item, with their names in Mongolian and English."""


@dataclass(frozen=True, slots=True)
class LegalItem:
    """The status of an item of the act for one organisation; `datasets` publish it."""

    organisation: str
    item: str
    notation: str
    status: str
    datasets: tuple[str, ...] = ()


def coverage(store: ox.Store, evidence: Evidence) -> list[LegalItem]:
    """Every item of the scheme for every organisation that publishes datasets or has a duty."""
    legal_items = items(store)
    published: dict[str, list[ScoredResource]] = {
        iri: [] for item in legal_items for iri in _obliged_organisations(item)
    }
    for dataset in datasets(store):
        for publisher in dataset.resources(DCT.publisher)[:1]:
            published.setdefault(publisher.iri, []).append(dataset)
    return [
        _item(ScoredResource(store, ox.NamedNode(organisation)), own_datasets, item, evidence)
        for organisation, own_datasets in sorted(published.items())
        if not organisation.startswith("_:")
        for item in legal_items
    ]


def items(store: ox.Store) -> list[ScoredResource]:
    """The items of the scheme, sorted by IRI."""
    resources = ScoredResource(store, SCHEME).subjects(SKOS.inScheme)
    return sorted(resources, key=lambda thing: thing.iri)


def _obliged_organisations(item: ScoredResource) -> Iterator[str]:
    """The organisations that have a duty about an item."""
    for duty in item.subjects(OPENNESS.item):
        yield from (one.iri for one in duty.resources(_ODRL.assignee))
        for kind in duty.resources(OPENNESS.holderKind):
            yield from (one.iri for one in kind.subjects(ORG.classification))


def _item(
    organisation: ScoredResource,
    published: list[ScoredResource],
    item: ScoredResource,
    evidence: Evidence,
) -> LegalItem:
    publishing = [one for one in published if item.node in one.values(OPENNESS.disclosesItem)]
    duties = [duty for duty in item.subjects(OPENNESS.item) if _binds(duty, organisation)]
    status_if_absent = "missing" if duties else "not-assessed"
    status = _update_status(publishing, duties, evidence) if publishing else status_if_absent
    notation = next((text.value for text in item.texts(SKOS.notation)), "")
    iris = tuple(one.iri for one in publishing)
    return LegalItem(organisation.iri, item.iri, notation, status, iris)


def _update_status(
    publishing: list[ScoredResource], duties: list[ScoredResource], evidence: Evidence
) -> str:
    """`in-time` if one of the datasets is fresh, else `late` if one is known not to be.

    The period is the one the duty states, else the one the dataset declares.
    """
    due = [frequency for duty in duties for frequency in duty.values(DCT.accrualPeriodicity)]
    known = {is_fresh(one, evidence, due) for one in publishing}
    return "in-time" if True in known else "late" if False in known else "published"


def _binds(duty: ScoredResource, organisation: ScoredResource) -> bool:
    """Whether a duty names the organisation, or a kind of holder it is classified as."""
    kinds = set(organisation.values(ORG.classification))
    return organisation.node in duty.values(_ODRL.assignee) or any(
        kind in kinds for kind in duty.values(OPENNESS.holderKind)
    )


def counts(items: Sequence[LegalItem]) -> Iterator[tuple[str, dict[str, int]]]:
    """The number of items of each status, for each organisation."""
    for organisation in sorted({one.organisation for one in items}):
        statuses = [one.status for one in items if one.organisation == organisation]
        yield organisation, {name: statuses.count(name) for name in STATUSES}
