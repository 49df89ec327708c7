"""What the pages of quality show: a score, what it lacks, and the scores it is the mean of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import partial

from flask import g
from markupsafe import Markup

from graph import snapshots
from graph.core.errors import EngineFailure
from graph.lists import index as lists
from graph.lists.kinds import DATASET, KINDS
from graph.queries import Pool
from graph.search.collation import sort_key
from graph.snapshots import Snapshot
from server.cache.lru import Lru
from server.core.context import AppContext
from server.http.language import choose, text
from server.http.problem_details import HttpProblem
from server.pages.figures.charts import ChartSeries, TimeAxis, line_chart
from server.pages.layout.writing import one_decimal
from server.quality.history import ScoredVersion, history
from server.quality.scores import MetricPoints, QualityOf, score_of, scores
from server.sparql import internal_queries
from server.sparql.labels import Labels, labels
from shapes.quality.law import STATUSES
from shapes.quality.metrics import MAX_POINTS, RATINGS

AT_ONCE = 20  # datasets on a page


@dataclass(frozen=True, slots=True)
class RatingCount:
    """How many datasets have a rating: its names, the points it begins and ends with."""

    id: str
    mn: str
    least: int
    most: int
    number: int


@dataclass(frozen=True, slots=True)
class ScoredDatasets:
    """Datasets with the lowest scores first: a page of them, and how many have each rating."""

    ratings: tuple[RatingCount, ...]
    shown: tuple[tuple[str, Decimal], ...]
    rating: str
    number: int
    pages: int


@dataclass(frozen=True, slots=True)
class QualityPage:
    """A page of quality. `path` is its address below `/quality/`; `items` are how many items of the
    law have each status; `chart` is None while there are no two scores to compare."""

    path: str
    subject: str
    score: QualityOf
    lacking: tuple[tuple[MetricPoints, int], ...]
    organisations: tuple[QualityOf, ...]
    datasets: ScoredDatasets | None
    items: tuple[tuple[str, int], ...]
    history: tuple[ScoredVersion, ...]
    chart: Markup | None
    labels: Labels


def read(context: AppContext, path: str, rating: str, page: int) -> QualityPage | None:
    """The page of what a path names (`catalog`, `org/x-nso`, `dataset/nso/…`); None while nothing
    of it was scored. Raises HttpProblem (400, 404) for a rating or a page that there is not."""
    subject = subject_of(context, path)
    score = score_of(context.pool, subject) if subject else None
    if score is None:
        return None
    is_catalogue = path == "catalog"
    organisations = _organisations(context.pool) if is_catalogue else ()
    datasets = None
    if score.datasets > 1 or not path.startswith("dataset/"):
        datasets = _datasets(context, "" if is_catalogue else subject, rating, page)
    past = history(context.instance, path)
    statuses = [item.status for one in (*organisations, score) for item in one.items]
    named = [subject, *(one.subject for one in organisations)]
    named += [iri for iri, _ in datasets.shown] if datasets else []
    names = labels(context, named)
    return QualityPage(
        path=path,
        subject=subject,
        score=score,
        lacking=tuple((one, _lacking(one, score)) for one in score.to_mend),
        organisations=tuple(sorted(organisations, key=partial(_best_first, names))),
        datasets=datasets,
        items=tuple((s, statuses.count(s)) for s in STATUSES if s in statuses),
        history=tuple(past),
        chart=_chart(past),
        labels=names,
    )


def subject_of(context: AppContext, path: str) -> str:
    """The thing that a path names; of those that could be meant the first one that was scored."""
    if path == "catalog":
        return context.instance.names.catalog
    wanted = context.urls.iris(f"id/{path}")
    found = scores(context.pool, wanted)
    return next((iri for iri in wanted if iri in found), "")


def _lacking(one: MetricPoints, score: QualityOf) -> int:
    """How many datasets lack the points of a metric."""
    return round(score.datasets * one.missing / one.metric.points)


def _organisations(pool: Pool) -> tuple[QualityOf, ...]:
    rows = internal_queries.select(pool, "quality/organisations")
    iris = [row["organisation"].value for row in rows]
    return tuple(one for iri, one in scores(pool, iris).items() if "/id/org/" in iri)


def _best_first(names: Labels, one: QualityOf) -> tuple[Decimal, str]:
    return -one.total, sort_key(choose(names.get(one.subject, {})) or one.subject)


Scored = list[tuple[str, Decimal]]
_SCORED = Lru[tuple[str, str, str, str], Scored](16 << 20)
_BYTES = 200  # of an IRI with its points


def scored(context: AppContext, publisher: str) -> Scored:
    """The points of all datasets, or of a publisher's, lowest first, equal ones in the order of the
    reader's list of datasets: read once a snapshot."""
    now = snapshots.current(context.instance)
    key = (str(context.instance.root), now.name if now else "", publisher, g.language)
    found = _SCORED.get(key)
    if found is None:
        name, things = ("published", [publisher]) if publisher else ("datasets", None)
        rows = internal_queries.select(context.pool, f"quality/{name}", things)
        points = [(row["dataset"].value, Decimal(row["points"].value)) for row in rows]
        places = _by_title(now)
        last = len(places)
        found = sorted(points, key=lambda one: (one[1], places.get(one[0], last), one[0]))
        _SCORED.put(key, found, _BYTES * (len(found) + 1))
    return found


def _by_title(now: Snapshot | None) -> dict[str, int]:
    """The place of each dataset in the list by title; none where there are no lists."""
    try:
        found = lists.of(now).iris(KINDS[DATASET], g.language) if now else []
    except EngineFailure:  # published by an earlier version
        found = []
    return {iri: number for number, iri in enumerate(found)}


def _datasets(context: AppContext, publisher: str, rating: str, page: int) -> ScoredDatasets:
    every = scored(context, publisher)
    bounds = _bounds()
    if rating and rating not in bounds:
        raise HttpProblem(
            400,
            f"there is no rating “{rating}”",
            hint=", ".join(bounds),
            detail_mn=f"“{rating}” гэсэн үнэлгээ алга",
        )
    within = [one for one in every if not rating or _is_within(one[1], bounds[rating])]
    pages = max(1, -(-len(within) // AT_ONCE))
    if not 0 < page <= pages:
        raise HttpProblem(
            404,
            f"there is no page {page}",
            hint=f"The last page is {pages}.",
            detail_mn=f"{page} дугаар хуудас алга",
            hint_mn=f"Сүүлийн хуудас нь {pages}.",
        )
    return ScoredDatasets(
        ratings=tuple(
            RatingCount(name, mn, *bounds[name], sum(_is_within(p, bounds[name]) for _, p in every))
            for _, name, mn in RATINGS
        ),
        shown=tuple(within[(page - 1) * AT_ONCE : page * AT_ONCE]),
        rating=rating,
        number=page,
        pages=pages,
    )


def _bounds() -> Mapping[str, tuple[int, int]]:
    """Rating → its least and its most points."""
    most = MAX_POINTS
    found = {}
    for least, name, _ in RATINGS:
        found[name] = (least, most)
        most = least - 1
    return found


def _is_within(points: Decimal, bounds: tuple[int, int]) -> bool:
    return bounds[0] <= points < bounds[1] + 1


def _chart(past: list[ScoredVersion]) -> Markup | None:
    """The line of the scores over days; None where there are no two days."""
    by_day = {date.fromisoformat(one.at[:10]).toordinal(): float(one.points) for one in past}
    if len(by_day) < 2:
        return None
    axis = TimeAxis(
        of_year=lambda year: date(year, 1, 1).toordinal(),
        year_of=lambda day: date.fromordinal(day).year,
        write=lambda day: date.fromordinal(day).isoformat(),
    )
    first, last = min(by_day), max(by_day)
    says = text("score_says").format(
        first=axis.write(first), first_points=one_decimal(by_day[first]),
        last=axis.write(last), last_points=one_decimal(by_day[last]),
    )  # fmt: skip
    title = text("score_history")
    return line_chart([ChartSeries(title, sorted(by_day.items()))], title, says, (), axis)
