"""The published scores of a dataset, an organisation or the catalogue (docs/quality.md)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from graph.queries import Pool
from server.sparql import internal_queries
from server.sparql.internal_queries import QueryRow
from shapes.quality.indicators import INDICATORS
from shapes.quality.law import STATUSES
from shapes.quality.metrics import (
    DIMENSIONS,
    METRICS,
    RATINGS,
    QualityDimension,
    QualityMetric,
)

_AT_ONCE = 200
"""Things that one query asks for."""
NOT_ASKED = ("accessUrlStatusCode", "downloadUrlStatusCode")
"""Metrics that no measurement has while no address was requested."""


@dataclass(frozen=True, slots=True)
class MetricPoints:
    """A metric, and its points; None where it could not be measured yet."""

    metric: QualityMetric
    points: Decimal | None

    @property
    def missing(self) -> Decimal:
        """The points that it could still give."""
        return self.metric.points - (self.points or Decimal(0))


@dataclass(frozen=True, slots=True)
class DimensionPoints:
    """A dimension, its points, and how many there can be."""

    dimension: QualityDimension
    points: Decimal
    most: int


@dataclass(frozen=True, slots=True)
class IndicatorShare:
    """One of our own indicators: its names, and the share from 0 to 1."""

    id: str
    mn: str
    en: str
    share: Decimal


@dataclass(frozen=True, slots=True)
class ItemStatus:
    """An item of the law and its status (a key of `shapes.quality.law.STATUSES`)."""

    item: str
    status: str


@dataclass(frozen=True, slots=True)
class QualityOf:
    """The score of a thing: `datasets` is how many it is the mean of (1 for a dataset), `at` when a
    value of it last changed (RFC 3339)."""

    subject: str
    total: Decimal
    rating: str
    dimensions: tuple[DimensionPoints, ...]
    metrics: tuple[MetricPoints, ...]
    indicators: tuple[IndicatorShare, ...]
    items: tuple[ItemStatus, ...]
    datasets: int
    at: str

    @property
    def rating_mn(self) -> str:
        """The rating in Mongolian."""
        return next(mn for _, name, mn in RATINGS if name == self.rating)

    @property
    def addresses_asked(self) -> bool:
        """Whether any address was requested: without that, accessibility has no points."""
        return any(m.points is not None for m in self.metrics if m.metric.id == NOT_ASKED[0])

    @property
    def items_by_status(self) -> dict[str, list[str]]:
        """The items of the law that have each status, in the order of the statuses."""
        found = {
            status: [one.item for one in self.items if one.status == status] for status in STATUSES
        }
        return {status: items for status, items in found.items() if items}

    @property
    def to_mend(self) -> list[MetricPoints]:
        """The metrics that lack points, most of them first."""
        short = [one for one in self.metrics if one.missing > 0]
        return sorted(short, key=lambda one: (-one.missing, one.metric.number))


def scores(pool: Pool, subjects: Iterable[str]) -> dict[str, QualityOf]:
    """The scores of some things by IRI; what was not scored is left out."""
    listed, found = list(subjects), dict[str, list[QueryRow]]()
    for start in range(0, len(listed), _AT_ONCE):
        some = listed[start : start + _AT_ONCE]
        for row in internal_queries.select(pool, "quality/measurements", some):
            found.setdefault(row["thing"].value, []).append(row)
    made = {subject: _score(subject, rows) for subject, rows in found.items()}
    return {subject: one for subject, one in made.items() if one is not None}


def score_of(pool: Pool, subject: str) -> QualityOf | None:
    """The score of one thing; None where there is none."""
    return scores(pool, [subject]).get(subject)


def _score(subject: str, rows: list[QueryRow]) -> QualityOf | None:
    values = {row["metric"].value.rpartition("/")[2]: row["value"].value for row in rows}
    if "score" not in values or "rating" not in values:
        return None
    numbers = {key: Decimal(text) for key, text in values.items() if _is_number(text)}
    return QualityOf(
        subject=subject,
        total=numbers["score"],
        rating=values["rating"],
        dimensions=tuple(_dimension(one, numbers) for one in DIMENSIONS),
        metrics=tuple(MetricPoints(one, numbers.get(one.id)) for one in METRICS),
        indicators=tuple(
            IndicatorShare(one.id, one.mn, one.en, numbers[one.id])
            for one in INDICATORS
            if one.id in numbers
        ),
        items=tuple(_items(rows)),
        datasets=int(numbers.get("datasets", 1)),
        at=max((row["time"].value for row in rows if "time" in row), default=""),
    )


def _is_number(text: str) -> bool:
    return text.replace(".", "", 1).isdecimal()


def _dimension(dimension: QualityDimension, numbers: Mapping[str, Decimal]) -> DimensionPoints:
    most = sum(metric.points for metric in METRICS if metric.dimension == dimension.id)
    return DimensionPoints(dimension, numbers.get(dimension.id, Decimal(0)), most)


def _items(rows: Iterable[QueryRow]) -> list[ItemStatus]:
    found = [ItemStatus(row["about"].value, row["value"].value) for row in rows if "about" in row]
    return sorted(found, key=lambda one: one.item)
