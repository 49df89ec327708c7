"""Add up the points of datasets, and the means for organisations and a catalogue.

The best distribution of a dataset, the one with the highest sum of points (the first by IRI among
equals), counts for the dataset. A date on that distribution counts like one on the dataset. Without
distributions their metrics give no points.
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
    """The score of a dataset, or the mean score of a group of datasets.

    `points` by metric, without those that could not be checked; `indicators` by name, 0 to 1;
    `best` is the IRI of a dataset's best distribution.
    """

    subject: str
    points: Mapping[str, Fraction]
    indicators: Mapping[str, Fraction]
    datasets: int = 1
    best: str = ""

    @property
    def total(self) -> Fraction:
        """The sum of the points, at most 405."""
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
    """The rating of a total (351, 221 and 121 points are the minimum of the better three)."""
    return next(name for minimum, name, _ in RATINGS if total >= minimum)


@dataclass(frozen=True, slots=True)
class Scores:
    """The scores of one catalogue; the organisation "" stands for datasets without publisher."""

    datasets: tuple[Score, ...]
    organisations: tuple[Score, ...]
    catalogue: Score


def score(store: ox.Store, evidence: Evidence, catalogue: str = "") -> Scores:
    """Score every dataset of a catalogue graph, its organisations, and all of it.

    `catalogue` is the subject of the overall score, by default the graph's own dcat:Catalog.
    """
    things = datasets(store)
    scores = tuple(score_dataset(thing, evidence) for thing in things)
    by_publisher: dict[str, list[Score]] = {}
    for thing, one in zip(things, scores, strict=True):
        for publisher in thing.resources(DCT.publisher)[:1]:
            by_publisher.setdefault(publisher.iri, []).append(one)
    groups = tuple(mean_score(iri, found) for iri, found in sorted(by_publisher.items()))
    missing = len((evidence.identifiers or {}).keys() - {thing.iri for thing in things})
    return Scores(scores, groups, mean_score(catalogue or _catalogue(store), scores, missing))


def _catalogue(store: ox.Store) -> str:
    found = store.quads_for_pattern(None, DCAT.dataset, None, ox.DefaultGraph())
    iris = {q.subject.value for q in found if isinstance(q.subject, ox.NamedNode)}
    return min(iris, default="")


def score_dataset(thing: ScoredResource, evidence: Evidence) -> Score:
    """The score of one dataset."""
    files = [(file, _values(file, evidence, DISTRIBUTION, EITHER)) for file in _files(thing)]
    best, best_values = max(files, key=lambda pair: _sum(pair[1]), default=(None, MetricValues()))
    dataset_values = _values(thing, evidence, DATASET, EITHER)
    # EITHER metrics: the dataset's own value counts if the distribution has none
    values = dataset_values | {
        name: value or dataset_values.get(name, value) for name, value in best_values.items()
    }
    indicators = {i.id: i.measure(thing, evidence) for i in INDICATORS}
    return Score(
        thing.iri,
        {
            m.id: _points(m.id, values.get(m.id, False))
            for m in METRICS
            if _was_checked(values, m.id)
        },
        {name: share for name, share in indicators.items() if share is not None},
        best=best.iri if best else "",
    )


def _files(thing: ScoredResource) -> list[ScoredResource]:
    return thing.resources(DCAT.distribution)


def _values(thing: ScoredResource, evidence: Evidence, *levels: str) -> MetricValues:
    return {m.id: m.check(thing, evidence) for m in METRICS if m.level in levels}


def _sum(values: MetricValues) -> int:
    return sum(_POINTS[name] for name, passed in values.items() if passed)


def _was_checked(values: MetricValues, name: str) -> bool:
    return values.get(name, False) is not None


def _points(name: str, passed: bool | None) -> Fraction:
    return Fraction(_POINTS[name] if passed else 0)


def mean_score(subject: str, scores: Sequence[Score], missing: int = 0) -> Score:
    """The mean of several datasets.

    A metric that could not be checked counts as no points, as for one dataset; a metric that could
    be checked for none of them is left out. `missing`: how many datasets of the previous version
    this one does not have; they count as unstable.
    """
    points = {
        metric.id: sum((s.points.get(metric.id, Fraction()) for s in scores), Fraction())
        / len(scores)
        for metric in METRICS
        if any(metric.id in s.points for s in scores)
    }
    indicators = {
        i.id: _mean((s.indicators[i.id] for s in scores if i.id in s.indicators), 0)
        for i in INDICATORS
    }
    indicators[_STABILITY] = _mean(
        (s.indicators[_STABILITY] for s in scores if _STABILITY in s.indicators), missing
    )
    return Score(
        subject, points, {k: v for k, v in indicators.items() if v is not None}, len(scores)
    )


def _mean(values: Iterable[Fraction], missing: int) -> Fraction | None:
    found = list(values)
    return sum(found, Fraction()) / (len(found) + missing) if found or missing else None
