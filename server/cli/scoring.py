"""Metadata quality: score, check-urls."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from fractions import Fraction
from typing import Any

import click

from graph.core.instance import Instance
from graph.ledger.events import now
from loaders import link_checks, quality
from loaders.link_checks import HostRate, Prober, ProbeResult, UrlChecks
from loaders.link_checks.probe import ERRORS
from loaders.pipeline.model import LoadOutcome
from loaders.quality import Assessment
from server.cli.output.common import current_instance, json_option, show, table
from server.cli.output.completion import SOURCE
from server.cli.output.progress import reporter
from shapes.quality.indicators import INDICATORS
from shapes.quality.law import STATUSES, counts
from shapes.quality.metrics import DIMENSIONS, MAX_POINTS, METRICS, RATINGS
from shapes.quality.score import Score

_RATINGS = {name: f"{mn} · {name}" for _, name, mn in RATINGS}


@click.command()
@click.argument("target", type=SOURCE, metavar="[FILE|URL|SOURCE]", required=False)
@click.option("--dry-run", is_flag=True, help="Show the scores without publishing them.")
@click.option("--datasets", "show_datasets", is_flag=True, help="Show each dataset as well.")
@click.option("--wait", default=0.0, help="Seconds to wait while another process writes.")
@click.option(
    "--allow-private",
    is_flag=True,
    help="Request the URL even where its host is this machine or in a private network.",
)
@json_option
def score(
    target: str | None,
    dry_run: bool,
    show_datasets: bool,
    wait: float,
    allow_private: bool,
    as_json: bool,
) -> None:
    """Score the published metadata (405 points), and publish the scores as source `quality`.

    Of a FILE, URL or SOURCE the scores are only shown; it needs no instance, and is read as by
    `ulzii validate`. URLs count only if `ulzii check-urls` has checked them. The exit code does not
    depend on the scores.
    """
    if target:
        assessment, outcome = _of_document(target, allow_private=allow_private), None
    else:
        instance = current_instance()
        assessment = quality.assess(instance)
        outcome = None if dry_run else _publish(instance, assessment, wait)
    show(_facts(assessment, outcome), as_json, _report(assessment, outcome, show_datasets))


def _of_document(target: str, *, allow_private: bool) -> Assessment:
    from loaders.quality.document import assess_document
    from server.cli.validating import candidate_of

    logging.getLogger("rdflib").setLevel(logging.CRITICAL)  # what is ill-typed costs points
    return assess_document(candidate_of(target, allow_private=allow_private))


def _publish(instance: Instance, assessment: Assessment, wait: float) -> LoadOutcome:
    with reporter(quality.SOURCE) as progress:
        return quality.publish(instance, assessment, reporter=progress, wait=wait)


def _facts(assessment: Assessment, outcome: LoadOutcome | None) -> dict[str, Any]:
    scores = assessment.scores
    return {
        "at": assessment.at,
        "most": MAX_POINTS,
        "catalogue": _values(scores.catalogue),
        "organisations": [_values(one) for one in scores.organisations],
        "datasets": [_values(one) for one in scores.datasets],
        "coverage": [asdict(item) for item in assessment.items],
        "version": outcome.version if outcome else None,
    }


def _values(score: Score) -> dict[str, Any]:
    numbers = {**score.points, **score.dimensions, "score": score.total, **score.indicators}
    facts: dict[str, Any] = {"subject": score.subject, "datasets": score.datasets}
    facts |= {key: round(float(value), 4) for key, value in numbers.items()}
    facts["notMeasured"] = [m.id for m in METRICS if m.id not in score.points]
    return facts | {"rating": score.rating}


def _report(
    assessment: Assessment, outcome: LoadOutcome | None, show_datasets: bool
) -> Iterator[str]:
    scores = assessment.scores
    whole = scores.catalogue
    yield f"каталог · catalogue: {_short(whole.total)} / {MAX_POINTS}, {_RATINGS[whole.rating]}"
    yield ""
    yield from _metrics(whole)
    if waiting := sum("accessUrlStatusCode" not in one.points for one in scores.datasets):
        what = "`ulzii check-urls`" if assessment.is_published else "зөвхөн нийтэлсний дараа"
        yield f"? {waiting} багцын хаягийг шалгаагүй: {what} · URLs not checked"
    yield ""
    yield from _table("байгууллага · organisation", assessment, scores.organisations)
    if show_datasets:
        yield ""
        yield from _table("өгөгдлийн багц · dataset", assessment, scores.datasets)
    if assessment.is_published:
        yield ""
        yield from _coverage(assessment)
    if outcome:
        yield f"quality: {outcome.status}, version {outcome.version}"


def _metrics(score: Score) -> list[str]:
    rows: list[tuple[object, ...]] = []
    for dimension in DIMENSIONS:
        most = sum(m.points for m in METRICS if m.dimension == dimension.id)
        reached = score.dimensions[dimension.id]
        rows.append(("", f"{dimension.mn} · {dimension.en}".upper(), _short(reached), most))
        rows += [
            (m.number, f"{m.mn} · {m.en}", _points(score.points, m.id), m.points)
            for m in METRICS
            if m.dimension == dimension.id
        ]
    own = [(i.mn, i.en, score.indicators[i.id]) for i in INDICATORS if i.id in score.indicators]
    rows += [("+", f"{mn} · {en}", f"{float(share):.0%}", "") for mn, en, share in own]
    return table(("№", "хэмжүүр · metric", "оноо · points", "дээд · maximum"), rows)


def _points(points: Mapping[str, Fraction], metric: str) -> str:
    return _short(points[metric]) if metric in points else "?"


def _short(value: Fraction) -> str:
    return f"{float(value):.1f}".removesuffix(".0")


def _table(title: str, assessment: Assessment, scores: tuple[Score, ...]) -> list[str]:
    head = (title, "багц · datasets", "F", "A", "I", "R", "C", "нийт · total", "үнэлгээ · rating")
    return table(head, [_row(assessment.label(one.subject), one) for one in scores])


def _row(label: str, score: Score) -> tuple[object, ...]:
    parts = map(_short, score.dimensions.values())
    return label, score.datasets, *parts, _short(score.total), _RATINGS[score.rating]


def _coverage(assessment: Assessment) -> Iterator[str]:
    """Coverage of the law: the number of items of each status, by organisation."""
    if not assessment.items:
        yield "хууль · law: заалтын жагсаалт ачаалаагүй · the scheme of items is not loaded"
        return
    rows = [
        (assessment.label(organisation), f"{' · '.join(STATUSES[status])}: {number}")
        for organisation, numbers in counts(assessment.items)
        for status, number in numbers.items()
        if number
    ]
    yield from table(("байгууллага · organisation", "хуулийн заалт · items of the act"), rows)


@click.command("check-urls")
@click.option(
    "--days", default=14.0, show_default=True, help="Days after which a URL is checked again."
)
@click.option("--limit", default=0, help="Maximum number of URLs to check (0: all that are due).")
@click.option("--pause", default=1.0, show_default=True, help="Seconds between requests to a host.")
@click.option(
    "--private", "allow_private", is_flag=True, help="Also check URLs in private networks."
)
@json_option
def check_urls(days: float, limit: int, pause: float, allow_private: bool, as_json: bool) -> None:
    """Check the access and download URLs of the catalogue, and store the results."""
    instance = current_instance()
    with quality.open_published(instance) as store:
        urls = link_checks.addresses(store)
    with UrlChecks(link_checks.store_path(instance)) as checks:
        due = checks.due(urls, now(), days)[: limit or None]
        with Prober(allow_private=allow_private) as prober, reporter("check-urls") as progress:
            results = list(link_checks.run(due, checks, prober, progress, HostRate(pause)))
    rows = [(one.url, one.status or "", _remark(one)) for one in results]
    lines = table(("хаяг · URL", "HTTP", ""), rows) if rows else []
    rest = f"{len(results)} шалгасан · checked, {len(urls)} хаяг · URLs"
    show([asdict(one) for one in results], as_json, [*lines, rest, *_warning(results)])


def _warning(results: list[ProbeResult]) -> list[str]:
    """A warning if no host responded: then this machine is probably offline."""
    if not results or any(
        one.status or one.error in link_checks.DEFINITE_ERRORS for one in results
    ):
        return []
    return [
        "Нэг ч хаяг хариулсангүй, юу ч хадгалаагүй. · No host responded, nothing stored. Offline?"
    ]


def _remark(result: ProbeResult) -> str:
    if result.error:
        return " · ".join(ERRORS[result.error])
    page = "хуудас · a web page" if result.html else result.media_type
    return f"{page} → {result.final}" if result.redirects else page
