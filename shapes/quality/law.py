"""Coverage of the law: which items of open information an organisation publishes.

Only items that were read in the act on transparency of public information (2021) are in the
scheme; what is not there is unknown. An item is called missing only where a recorded duty
(`openness:Obligation`) binds the organisation; otherwise it is not assessed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pyoxigraph as ox

from shapes.quality.indicators import fresh
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
"""What can be said of an item, in Mongolian and English."""


@dataclass(frozen=True, slots=True)
class LegalItem:
    """An item of the act for one organisation; `datasets` publish it."""

    organisation: str
    item: str
    notation: str
    status: str
    datasets: tuple[str, ...] = ()


def coverage(store: ox.Store, evidence: Evidence) -> list[LegalItem]:
    """Every item of the scheme for every organisation that publishes datasets or has a duty."""
    known = items(store)
    published: dict[str, list[ScoredResource]] = {iri: [] for item in known for iri in _bound(item)}
    for dataset in datasets(store):
        for publisher in dataset.things(DCT.publisher)[:1]:
            published.setdefault(publisher.iri, []).append(dataset)
    return [
        _item(ScoredResource(store, ox.NamedNode(organisation)), found, item, evidence)
        for organisation, found in sorted(published.items())
        if not organisation.startswith("_:")
        for item in known
    ]


def items(store: ox.Store) -> list[ScoredResource]:
    """The items that were read, by IRI."""
    found = ScoredResource(store, SCHEME).subjects(SKOS.inScheme)
    return sorted(found, key=lambda thing: thing.iri)


def _bound(item: ScoredResource) -> Iterator[str]:
    """The organisations that have a duty about an item."""
    for duty in item.subjects(OPENNESS.item):
        yield from (one.iri for one in duty.things(_ODRL.assignee))
        for kind in duty.things(OPENNESS.holderKind):
            yield from (one.iri for one in kind.subjects(ORG.classification))


def _item(
    organisation: ScoredResource,
    published: list[ScoredResource],
    item: ScoredResource,
    evidence: Evidence,
) -> LegalItem:
    showing = [one for one in published if item.node in one.values(OPENNESS.disclosesItem)]
    duties = [duty for duty in item.subjects(OPENNESS.item) if _binds(duty, organisation)]
    absent = "missing" if duties else "not-assessed"
    status = _refreshed(showing, duties, evidence) if showing else absent
    notation = next((text.value for text in item.texts(SKOS.notation)), "")
    iris = tuple(one.iri for one in showing)
    return LegalItem(organisation.iri, item.iri, notation, status, iris)


def _refreshed(
    showing: list[ScoredResource], duties: list[ScoredResource], evidence: Evidence
) -> str:
    """In time where one of the datasets is; late where one is known to be.

    The time is the duty's, where it states one, else the one the dataset declares.
    """
    due = [frequency for duty in duties for frequency in duty.values(DCT.accrualPeriodicity)]
    known = {fresh(one, evidence, due) for one in showing}
    return "in-time" if True in known else "late" if False in known else "published"


def _binds(duty: ScoredResource, organisation: ScoredResource) -> bool:
    """A duty names the organisation, or a kind of holder the organisation is classified as."""
    kinds = set(organisation.values(ORG.classification))
    return organisation.node in duty.values(_ODRL.assignee) or any(
        kind in kinds for kind in duty.values(OPENNESS.holderKind)
    )


def counts(found: Sequence[LegalItem]) -> Iterator[tuple[str, dict[str, int]]]:
    """How many items of each status an organisation has."""
    for organisation in sorted({one.organisation for one in found}):
        statuses = [one.status for one in found if one.organisation == organisation]
        yield organisation, {name: statuses.count(name) for name in STATUSES}
