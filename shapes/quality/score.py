"""Adding up: a dataset's points, and the means of an organisation and a catalogue.

For each distribution all its metrics are summed, and the one with the highest sum speaks for the
dataset; of equals it is the first, by IRI. A date on that distribution makes the dataset's own
superfluous; without distributions their metrics give nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

import pyoxigraph as ox

from shapes.quality.indicators import INDICATORS
from shapes.quality.metrics import (
    DATASET,
    DIMENSIONS,
    DISTRIBUTION,
    EITHER,
    METRICS,
    RATINGS,
)
from shapes.quality.scored_resource import Evidence, ScoredResource, datasets
from vocab.namespaces import DCAT, DCT

_POINTS = {metric.id: metric.points for metric in METRICS}
_DIMENSION = {metric.id: metric.dimension for metric in METRICS}
_STABILITY = "identifierStability"

MetricValues = dict[str, bool | None]


@dataclass(frozen=True, slots=True)
class Score:
    """What a dataset reaches, or a group of datasets on average.

    `points` by metric, only of what could be looked at; `own` by indicator, 0 to 1; `best` is the
    distribution that speaks for a dataset.
    """

    subject: str
    points: Mapping[str, Fraction]
    own: Mapping[str, Fraction]
    datasets: int = 1
    best: str = ""

    @property
    def total(self) -> Fraction:
        """Of 405."""
        return sum(self.points.values(), Fraction())

    @property
    def dimensions(self) -> dict[str, Fraction]:
        """Points by dimension."""
        sums = {dimension.id: Fraction() for dimension in DIMENSIONS}
        for metric, points in self.points.items():
            sums[_DIMENSION[metric]] += points
        return sums

    @property
    def rating(self) -> str:
        """`excellent`, `good`, `sufficient` or `bad`."""
        return rating(self.total)


def rating(total: Fraction | int) -> str:
    """The rating of a total (351, 221 and 121 points are the least of the better three)."""
    return next(name for least, name, _ in RATINGS if total >= least)


@dataclass(frozen=True, slots=True)
class Scores:
    """Everything about one catalogue; organisations by IRI, "" for datasets without publisher."""

    datasets: tuple[Score, ...]
    organisations: tuple[Score, ...]
    catalogue: Score


def score(store: ox.Store, evidence: Evidence, catalogue: str = "") -> Scores:
    """Score every dataset of a catalogue graph, its organisations, and all of it.

    `catalogue` is the IRI the whole is told of, by default the graph's own dcat:Catalog.
    """
    things = datasets(store)
    single = tuple(of_dataset(thing, evidence) for thing in things)
    members: dict[str, list[Score]] = {}
    for thing, one in zip(things, single, strict=True):
        for publisher in thing.things(DCT.publisher)[:1]:
            members.setdefault(publisher.iri, []).append(one)
    groups = tuple(mean(iri, found) for iri, found in sorted(members.items()))
    lost = len((evidence.identifiers or {}).keys() - {thing.iri for thing in things})
    return Scores(single, groups, mean(catalogue or _catalogue(store), single, lost))


def _catalogue(store: ox.Store) -> str:
    found = store.quads_for_pattern(None, DCAT.dataset, None, ox.DefaultGraph())
    iris = {q.subject.value for q in found if isinstance(q.subject, ox.NamedNode)}
    return min(iris, default="")


def of_dataset(thing: ScoredResource, evidence: Evidence) -> Score:
    """The points of one dataset."""
    files = [(file, _values(file, evidence, DISTRIBUTION, EITHER)) for file in _files(thing)]
    best, chosen = max(files, key=lambda pair: _sum(pair[1]), default=(None, MetricValues()))
    of_it = _values(thing, evidence, DATASET, EITHER)
    values = of_it | {name: value or of_it.get(name, value) for name, value in chosen.items()}
    measured = {i.id: i.measure(thing, evidence) for i in INDICATORS}
    return Score(
        thing.iri,
        {m.id: _worth(m.id, values.get(m.id, False)) for m in METRICS if _known(values, m.id)},
        {name: share for name, share in measured.items() if share is not None},
        best=best.iri if best else "",
    )


def _files(thing: ScoredResource) -> list[ScoredResource]:
    return thing.things(DCAT.distribution)


def _values(thing: ScoredResource, evidence: Evidence, *levels: str) -> MetricValues:
    return {m.id: m.check(thing, evidence) for m in METRICS if m.level in levels}


def _sum(values: MetricValues) -> int:
    return sum(_POINTS[name] for name, reached in values.items() if reached)


def _known(values: MetricValues, name: str) -> bool:
    return values.get(name, False) is not None


def _worth(name: str, reached: bool | None) -> Fraction:
    return Fraction(_POINTS[name] if reached else 0)


def mean(subject: str, scores: Sequence[Score], lost: int = 0) -> Score:
    """The mean of several datasets.

    A metric nobody could look at counts as no points, as it does for one dataset; a metric that
    was looked at for none of them is left out. `lost` datasets were in the version before.
    """
    points = {
        metric.id: sum((s.points.get(metric.id, Fraction()) for s in scores), Fraction())
        / len(scores)
        for metric in METRICS
        if any(metric.id in s.points for s in scores)
    }
    own = {i.id: _mean((s.own[i.id] for s in scores if i.id in s.own), 0) for i in INDICATORS}
    own[_STABILITY] = _mean((s.own[_STABILITY] for s in scores if _STABILITY in s.own), lost)
    return Score(subject, points, {k: v for k, v in own.items() if v is not None}, len(scores))


def _mean(values: Iterable[Fraction], lost: int) -> Fraction | None:
    found = list(values)
    return sum(found, Fraction()) / (len(found) + lost) if found or lost else None
