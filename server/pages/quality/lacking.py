"""`/quality/lacking`: the datasets that lack points of a metric, as a page and as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from graph.core.iris import ROOT
from server.core.context import AppContext
from server.cubes.export import safe_cell
from server.http.problem_details import HttpProblem
from server.pages.quality.overview import AT_ONCE, scored, subject_of
from server.quality.mending import MENDS
from server.sparql import internal_queries
from server.sparql.labels import labels
from shapes.quality.metrics import METRICS, QualityMetric

CATALOGUE = "catalog"
_METRIC = f"{ROOT}scheme/metric/"
_COLUMNS = ("name_mn", "name_en", "address", "lacks", "fields", "how_to_mend")
_NAMED_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class LackingDatasets:
    """The datasets (IRIs) of `of` (`catalog`, `org/x-nso`: the thing `subject`) without all points
    of a metric, lowest scores first."""

    metric: QualityMetric
    of: str
    subject: str
    datasets: tuple[str, ...]

    def page(self, number: int) -> tuple[str, ...]:
        """The datasets on a page, from 1. Raises HttpProblem (404) where there is none."""
        if not 0 < number <= self.pages:
            raise HttpProblem(
                404,
                f"there is no page {number}",
                hint=f"The last page is {self.pages}.",
                detail_mn=f"{number} дугаар хуудас алга",
                hint_mn=f"Сүүлийн хуудас нь {self.pages}.",
            )
        return self.datasets[(number - 1) * AT_ONCE : number * AT_ONCE]

    @property
    def pages(self) -> int:
        """How many pages there are, at least one."""
        return max(1, -(-len(self.datasets) // AT_ONCE))


def read(context: AppContext, metric: str, of: str) -> LackingDatasets:
    """What lacks a metric. Raises HttpProblem (404) where there is no such metric or thing."""
    known = next((one for one in METRICS if one.id == metric), None)
    subject = subject_of(context, of)
    if known is None or not subject:
        raise HttpProblem(
            404,
            "there is no such metric, or this was not scored",
            hint="`metric` is one of: " + ", ".join(MENDS),
            detail_mn="ийм хэмжүүр алга, эсвэл үүнийг үнэлээгүй",
            hint_mn="/quality хуудасны холбоосыг ашиглана уу.",
        )
    rows = internal_queries.select(context.pool, "quality/points", [_METRIC + metric])
    short = {row["dataset"].value for row in rows if _points(row["points"].value) < known.points}
    every = scored(context, "" if of == CATALOGUE else subject)
    return LackingDatasets(known, of, subject, tuple(iri for iri, _ in every if iri in short))


def _points(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation:  # what is no number cannot be short of one
        return Decimal("Infinity")


def as_csv(context: AppContext, found: LackingDatasets, language: str) -> Iterator[str]:
    """A row for each dataset: its names, its page, what it lacks, in which field, how to mend it.

    `language`: `mn` or `en`, that of the last columns.
    """
    mend, is_mn = MENDS[found.metric.id], language == "mn"
    said = (
        found.metric.mn if is_mn else found.metric.en,
        " ".join(mend.properties),
        (mend.mn if is_mn else mend.en).replace("`", ""),
    )
    yield _line(_COLUMNS)
    for start in range(0, len(found.datasets), _NAMED_AT_ONCE):
        some = found.datasets[start : start + _NAMED_AT_ONCE]
        names = labels(context, some)
        for iri in some:
            address = context.urls.absolute(context.urls.described(iri))
            named = (names.get(iri, {}).get(tag, "") for tag in ("mn", "en"))
            yield _line((*named, address, *said))


def _line(values: Iterable[str]) -> str:
    out = io.StringIO()
    csv.writer(out).writerow(map(safe_cell, values))
    return out.getvalue()
