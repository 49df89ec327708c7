"""Our own indicators: what the 405 points do not ask. Shares from 0 to 1, published apart.

A catalogue can have every field filled and every address answering with the start page; these ask
whether what is written is true.
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
"""A share of what could be looked at; None where there is nothing to look at."""


@dataclass(frozen=True, slots=True)
class Indicator:
    """One row of the table."""

    id: str
    mn: str
    en: str
    measure: IndicatorMeasure


def share(found: Iterable[bool | None]) -> Fraction | None:
    """How many of those that are known hold."""
    known = [one for one in found if one is not None]
    return Fraction(sum(known), len(known)) if known else None


def _of_files(check: Callable[[ScoredResource, Evidence], bool | None]) -> IndicatorMeasure:
    return lambda thing, evidence: share(
        check(file, evidence) for file in thing.things(DCAT.distribution)
    )


def _downloaded(file: ScoredResource, evidence: Evidence) -> ProbedAddress | None:
    """What a download address of a file gave, if it answered."""
    urls = (value.iri for value in file.things(DCAT.downloadURL))
    asked = (evidence.addresses[url] for url in urls if url in evidence.addresses)
    return next((one for one in asked if one.answers), None)


_PAGES = {EU_FILE_TYPE.HTML, EU_FILE_TYPE.XHTML}
_PAGE_TYPES = {MEDIA_TYPE["text/html"], MEDIA_TYPE["application/xhtml+xml"]}


def _content_matches(file: ScoredResource, evidence: Evidence) -> bool | None:
    """A soft 404: a web page with status 200 where a file was promised."""
    seen = _downloaded(file, evidence)
    promised = {*file.values(DCT.format), *file.values(DCAT.mediaType)}
    return None if seen is None else not seen.html or bool(promised & (_PAGES | _PAGE_TYPES))


def _size_matches(file: ScoredResource, evidence: Evidence) -> bool | None:
    seen, told = _downloaded(file, evidence), file.texts(DCAT.byteSize)
    if seen is None or seen.length is None or not told:
        return None
    return str(seen.length) in {text.value for text in told}


def _has_checksum(file: ScoredResource, evidence: Evidence) -> bool | None:
    return bool(file.values(SPDX.checksum))


def _checksum_matches(file: ScoredResource, evidence: Evidence) -> bool | None:
    """Only SHA-256 is compared: its name ends the IRI or the label of the algorithm."""
    seen = _downloaded(file, evidence)
    told = {
        text.value.lower()
        for checksum in file.things(SPDX.checksum)
        if any(_is_sha256(term) for term in checksum.values(SPDX.algorithm))
        for text in checksum.texts(SPDX.checksumValue)
    }
    return seen.sha256 in told if seen and seen.sha256 and told else None


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
"""The longest a period lasts, in days; dates have no finer grain.

Others (as needed, irregular, unknown) promise nothing.
"""


def fresh(thing: ScoredResource, evidence: Evidence, due: Iterable[Term] = ()) -> bool | None:
    """Whether a dataset was modified within its period; None where period or date is missing.

    The period is that of the frequencies `due`, else of those it declares itself.
    """
    told = list(due) or thing.values(DCT.accrualPeriodicity)
    periods = [PERIODS[f] for f in told if f in PERIODS]
    changed = [d for d in map(_day, _modified(thing)) if d is not None]
    if not periods or not changed:
        return None
    return (evidence.today - max(changed)).days <= max(periods)


def _modified(thing: ScoredResource) -> list[ox.Literal]:
    return [t for one in (thing, *thing.things(DCAT.distribution)) for t in one.texts(DCT.modified)]


def _day(text: ox.Literal) -> date | None:
    try:
        return date.fromisoformat(text.value[:10])
    except ValueError:
        return None


def _bilingual(thing: ScoredResource, evidence: Evidence) -> Fraction | None:
    """Title and description, Mongolian and English: how many of the four there are."""
    return share(
        any(text.language == language for text in thing.texts(predicate))
        for predicate in (DCT.title, DCT.description)
        for language in ("mn", "en")
    )


_OURS = {DQV.hasQualityMetadata, DQV.hasQualityAnnotation}
"""Links from a dataset to what we found out about it; they describe us, not the dataset."""


def _inferred(thing: ScoredResource, evidence: Evidence) -> Fraction | None:
    """How many of a dataset's properties its catalogue record lists as inferred."""
    records = thing.subjects(FOAF.primaryTopic)
    said = thing.said.keys() - _OURS
    listed = {p for record in records for p in record.values(CORE.inferredProperty)}
    return Fraction(len(said & listed), len(said)) if records and said else None


def _stable(thing: ScoredResource, evidence: Evidence) -> Fraction | None:
    """Whether the identifier is the one the version before gave this dataset."""
    before = (evidence.identifiers or {}).get(thing.iri)
    now = {text.value for text in thing.texts(DCT.identifier)}
    return None if before is None else Fraction(before in now)


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
        _as_share(fresh),
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
