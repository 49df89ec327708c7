"""Our own indicators, which the 405 points do not cover: shares from 0 to 1, published separately.

A catalogue can have every field filled in while every address responds with the start page; the
indicators measure whether the metadata are true.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

import pyoxigraph as ox

from shapes.quality.metrics import QualityDimension
from shapes.quality.scored_resource import Evidence, ProbedAddress, ScoredResource
from vocab.namespaces import (
    CORE,
    DCAT,
    DCT,
    DQV,
    EU_FILE_TYPE,
    EU_FREQUENCY,
    FOAF,
    MEDIA_TYPE,
    SPDX,
)
from vocab.terms import Term

DIMENSION = QualityDimension("truthfulness", "үнэн зөв байдал", "truthfulness")

IndicatorMeasure = Callable[[ScoredResource, Evidence], Fraction | None]
"""The share of what could be checked; None if nothing could."""


@dataclass(frozen=True, slots=True)
class Indicator:
    """One row of the table."""

    id: str
    mn: str
    en: str
    measure: IndicatorMeasure


def share(values: Iterable[bool | None]) -> Fraction | None:
    """The share of True among the values that are not None; None if there are none."""
    known = [one for one in values if one is not None]
    return Fraction(sum(known), len(known)) if known else None


def _of_files(check: Callable[[ScoredResource, Evidence], bool | None]) -> IndicatorMeasure:
    return lambda thing, evidence: share(
        check(file, evidence) for file in thing.resources(DCAT.distribution)
    )


def _downloaded(file: ScoredResource, evidence: Evidence) -> ProbedAddress | None:
    """The probe of a download URL of a file, if one responded."""
    urls = (value.iri for value in file.resources(DCAT.downloadURL))
    probed = (evidence.addresses[url] for url in urls if url in evidence.addresses)
    return next((one for one in probed if one.responds), None)


_PAGES = {EU_FILE_TYPE.HTML, EU_FILE_TYPE.XHTML}
_PAGE_TYPES = {MEDIA_TYPE["text/html"], MEDIA_TYPE["application/xhtml+xml"]}


def _content_matches(file: ScoredResource, evidence: Evidence) -> bool | None:
    """False for a soft 404: a web page with status 200 in place of the stated file."""
    probe = _downloaded(file, evidence)
    stated_types = {*file.values(DCT.format), *file.values(DCAT.mediaType)}
    return None if probe is None else not probe.html or bool(stated_types & (_PAGES | _PAGE_TYPES))


def _size_matches(file: ScoredResource, evidence: Evidence) -> bool | None:
    probe, stated = _downloaded(file, evidence), file.texts(DCAT.byteSize)
    if probe is None or probe.length is None or not stated:
        return None
    return str(probe.length) in {text.value for text in stated}


def _has_checksum(file: ScoredResource, evidence: Evidence) -> bool | None:
    return bool(file.values(SPDX.checksum))


def _checksum_matches(file: ScoredResource, evidence: Evidence) -> bool | None:
    """Compares SHA-256 only; the IRI or label of the algorithm must end with its name."""
    probe = _downloaded(file, evidence)
    stated = {
        text.value.lower()
        for checksum in file.resources(SPDX.checksum)
        if any(_is_sha256(term) for term in checksum.values(SPDX.algorithm))
        for text in checksum.texts(SPDX.checksumValue)
    }
    return probe.sha256 in stated if probe and probe.sha256 and stated else None


def _is_sha256(term: object) -> bool:
    return str(getattr(term, "value", "")).lower().replace("-", "").endswith("sha256")


PERIODS: dict[Term, int] = {
    EU_FREQUENCY.CONT: 1,
    EU_FREQUENCY.HOURLY: 1,
    EU_FREQUENCY.TRIHOURLY: 1,
    EU_FREQUENCY.DAILY_2: 1,
    EU_FREQUENCY.DAILY: 1,
    EU_FREQUENCY.WEEKLY_2: 7,
    EU_FREQUENCY.WEEKLY: 7,
    EU_FREQUENCY.BIWEEKLY: 14,
    EU_FREQUENCY.MONTHLY: 31,
    EU_FREQUENCY.BIMONTHLY: 62,
    EU_FREQUENCY.QUARTERLY: 92,
    EU_FREQUENCY.ANNUAL_2: 184,
    EU_FREQUENCY.ANNUAL: 366,
    EU_FREQUENCY.BIENNIAL: 731,
    EU_FREQUENCY.DECENNIAL: 3653,
}
"""The maximum length of each period in days, the resolution of dates.

Other frequencies (as needed, irregular, unknown) set no period.
"""


def is_fresh(thing: ScoredResource, evidence: Evidence, due: Iterable[Term] = ()) -> bool | None:
    """Whether a dataset was modified within its period; None if period or date is missing.

    The period is that of the frequencies `due`, else of those it declares itself.
    """
    frequencies = list(due) or thing.values(DCT.accrualPeriodicity)
    periods = [PERIODS[f] for f in frequencies if f in PERIODS]
    changed = [d for d in map(_day, _modified(thing)) if d is not None]
    if not periods or not changed:
        return None
    return (evidence.today - max(changed)).days <= max(periods)


def _modified(thing: ScoredResource) -> list[ox.Literal]:
    return [
        t for one in (thing, *thing.resources(DCAT.distribution)) for t in one.texts(DCT.modified)
    ]


def _day(text: ox.Literal) -> date | None:
    try:
        return date.fromisoformat(text.value[:10])
    except ValueError:
        return None


def _bilingual(thing: ScoredResource, evidence: Evidence) -> Fraction | None:
    """The share that exists of title and description in Mongolian and English."""
    return share(
        any(text.language == language for text in thing.texts(predicate))
        for predicate in (DCT.title, DCT.description)
        for language in ("mn", "en")
    )


_OWN_LINKS = {DQV.hasQualityMetadata, DQV.hasQualityAnnotation}
"""Links from a dataset to our own results, which are not the publisher's metadata."""


def _inferred(thing: ScoredResource, evidence: Evidence) -> Fraction | None:
    """The share of a dataset's properties that its catalogue record lists as inferred."""
    records = thing.subjects(FOAF.primaryTopic)
    properties = thing.properties.keys() - _OWN_LINKS
    listed = {p for record in records for p in record.values(CORE.inferredProperty)}
    return Fraction(len(properties & listed), len(properties)) if records and properties else None


def _stable(thing: ScoredResource, evidence: Evidence) -> Fraction | None:
    """Whether the dataset has the same identifier as in the previous version."""
    previous = (evidence.identifiers or {}).get(thing.iri)
    current = {text.value for text in thing.texts(DCT.identifier)}
    return None if previous is None else Fraction(previous in current)


def _as_share(check: Callable[[ScoredResource, Evidence], bool | None]) -> IndicatorMeasure:
    return lambda thing, evidence: share([check(thing, evidence)])


INDICATORS = (
    Indicator(
        "contentMatch",
        "татах хаягаас хуудас биш, амласан файл ирдэг",
        "the download address gives the file, not a web page",
        _of_files(_content_matches),
    ),
    Indicator(
        "byteSizeMatch",
        "файлын хэмжээ нь заасантай таардаг",
        "the file has the size that is stated",
        _of_files(_size_matches),
    ),
    Indicator(
        "checksumAvailability",
        "хяналтын нийлбэртэй",
        "has a checksum",
        _of_files(_has_checksum),
    ),
    Indicator(
        "checksumMatch",
        "хяналтын нийлбэр нь файлтай таардаг",
        "the checksum is that of the file",
        _of_files(_checksum_matches),
    ),
    Indicator(
        "freshness",
        "зарласан давтамжаараа шинэчлэгдсэн",
        "was updated within the frequency it declares",
        _as_share(is_fresh),
    ),
    Indicator(
        "bilingualCompleteness",
        "гарчиг, тайлбар нь монгол, англи хэлээр",
        "title and description in Mongolian and English",
        _bilingual,
    ),
    Indicator(
        "inferredShare",
        "Өлзийн дүгнэсэн шинжийн эзлэх хувь",
        "share of properties inferred by Ulzii",
        _inferred,
    ),
    Indicator(
        "identifierStability",
        "таних тэмдэг нь өмнөх хувилбартай ижил",
        "the identifier is that of the version before",
        _stable,
    ),
)
