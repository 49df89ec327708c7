"""The 23 metrics of the MQA, the metadata quality assessment of data.europa.eu: 405 points.

Weights and rules are those of its published methodology; identifiers are the ones its reports use.
A metric of a distribution counts for the dataset's best one (`shapes.quality.score`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pyoxigraph as ox

from shapes.quality.codes import (
    ACCESS_RIGHTS,
    FILE_TYPES,
    LICENCES,
    MACHINE_READABLE,
    MEDIA_TYPES,
    NON_PROPRIETARY,
    CodeList,
)
from shapes.quality.scored_resource import Evidence, ScoredResource
from vocab.namespaces import DCAT, DCT

DATASET, DISTRIBUTION, EITHER = "dataset", "distribution", "either"
"""Where a property is looked up; `either`: on the best distribution, else on the dataset."""

MetricTest = Callable[[ScoredResource, Evidence], bool | None]
"""Whether a resource gets the points; None (no points) if it could not be checked."""


@dataclass(frozen=True, slots=True)
class QualityDimension:
    """A group of metrics, with its names."""

    id: str
    mn: str
    en: str


@dataclass(frozen=True, slots=True)
class QualityMetric:
    """One row of the table."""

    number: int
    dimension: str
    id: str
    mn: str
    en: str
    points: int
    level: str
    check: MetricTest


def has(predicate: ox.NamedNode) -> MetricTest:
    """Whether a property has a value."""
    return lambda thing, _: bool(thing.values(predicate))


def in_list(predicate: ox.NamedNode, codes: CodeList) -> MetricTest:
    """Whether a value of a property is a code of a list."""
    return lambda thing, _: any(value in codes for value in thing.values(predicate))


def all_of(*checks: MetricTest) -> MetricTest:
    """Whether all checks hold."""
    return lambda thing, evidence: all(check(thing, evidence) for check in checks)


def responds(predicate: ox.NamedNode) -> MetricTest:
    """Whether one of the URLs of a property responds; None if none of them was probed yet."""

    def check(thing: ScoredResource, evidence: Evidence) -> bool | None:
        urls = [value.iri for value in thing.resources(predicate)]
        probed = [evidence.addresses[url] for url in urls if url in evidence.addresses]
        return any(one.responds for one in probed) if probed or not urls else None

    return check


def conforms(thing: ScoredResource, evidence: Evidence) -> bool | None:
    """Whether nothing in a dataset, its distributions and what they link to violates a shape."""
    if evidence.violating is None:
        return None
    files = thing.resources(DCAT.distribution)
    checked = {iri for one in (thing, *files) for iri in (one.iri, *one.linked_iris())}
    return evidence.violating.isdisjoint(checked)


FINDABILITY = "findability"
ACCESSIBILITY = "accessibility"
INTEROPERABILITY = "interoperability"
REUSABILITY = "reusability"
CONTEXTUALITY = "contextuality"

DIMENSIONS = (
    QualityDimension(FINDABILITY, "олдоц", "findability"),
    QualityDimension(ACCESSIBILITY, "хүртээмж", "accessibility"),
    QualityDimension(INTEROPERABILITY, "харилцан ажиллах чадвар", "interoperability"),
    QualityDimension(REUSABILITY, "дахин ашиглах боломж", "reusability"),
    QualityDimension(CONTEXTUALITY, "нөхцөл мэдээлэл", "contextuality"),
)

_ALIGNED = all_of(in_list(DCT.format, FILE_TYPES), in_list(DCAT.mediaType, MEDIA_TYPES))
_F, _A, _I, _R, _C = (dimension.id for dimension in DIMENSIONS)
_D, _d, _E = DATASET, DISTRIBUTION, EITHER

# fmt: off
METRICS = tuple(QualityMetric(number, *row) for number, row in enumerate((
    (_F, "keywordAvailability", "түлхүүр үгтэй", "has keywords", 30, _D, has(DCAT.keyword)),
    (_F, "categoryAvailability", "сэдэвтэй", "has a theme", 30, _D, has(DCAT.theme)),
    (_F, "spatialAvailability", "орон зайн хамрах хүрээтэй", "has a spatial coverage",
     20, _D, has(DCT.spatial)),
    (_F, "temporalAvailability", "цаг хугацааны хамрах хүрээтэй", "has a temporal coverage",
     20, _D, has(DCT.temporal)),
    (_A, "accessUrlStatusCode", "хандах хаяг хариулдаг", "the access address answers",
     50, _d, responds(DCAT.accessURL)),
    (_A, "downloadUrlAvailability", "татах хаягтай", "has a download address",
     20, _d, has(DCAT.downloadURL)),
    (_A, "downloadUrlStatusCode", "татах хаяг хариулдаг", "the download address answers",
     30, _d, responds(DCAT.downloadURL)),
    (_I, "formatAvailability", "файлын төрөлтэй", "has a format", 20, _d, has(DCT.format)),
    (_I, "mediaTypeAvailability", "медиа төрөлтэй", "has a media type",
     10, _d, has(DCAT.mediaType)),
    (_I, "formatMediaTypeVocabularyAlignment", "файлын болон медиа төрөл нь жагсаалтын код",
     "format and media type are codes of the lists", 10, _d, _ALIGNED),
    (_I, "formatMediaTypeNonProprietary", "файлын төрөл нь өмчийн бус",
     "the format is not proprietary", 20, _d, in_list(DCT.format, NON_PROPRIETARY)),
    (_I, "formatMediaTypeMachineInterpretable", "машин унших файлын төрөлтэй",
     "the format is machine-readable", 20, _d, in_list(DCT.format, MACHINE_READABLE)),
    (_I, "dcatApCompliance", "DCAT-AP-д нийцдэг", "conforms to DCAT-AP", 30, _D, conforms),
    (_R, "licenceAvailability", "лицензтэй", "has a licence", 20, _d, has(DCT.license)),
    (_R, "knownLicence", "лиценз нь жагсаалтын код", "the licence is a code of the list",
     10, _d, in_list(DCT.license, LICENCES)),
    (_R, "accessRightsAvailability", "хандах эрхтэй", "has access rights",
     10, _D, has(DCT.accessRights)),
    (_R, "accessRightsVocabularyAlignment", "хандах эрх нь жагсаалтын код",
     "access rights are a code of the list", 5, _D, in_list(DCT.accessRights, ACCESS_RIGHTS)),
    (_R, "contactPointAvailability", "холбоо барих хаягтай", "has a contact point",
     20, _D, has(DCAT.contactPoint)),
    (_R, "publisherAvailability", "нийтлэгчтэй", "has a publisher", 10, _D, has(DCT.publisher)),
    (_C, "rightsAvailability", "ашиглах эрхийн мэдэгдэлтэй", "has a statement of rights",
     5, _d, has(DCT.rights)),
    (_C, "byteSizeAvailability", "файлын хэмжээтэй", "has a file size", 5, _d, has(DCAT.byteSize)),
    (_C, "dateIssuedAvailability", "нийтэлсэн огноотой", "has a date of issue",
     5, _E, has(DCT.issued)),
    (_C, "dateModifiedAvailability", "өөрчилсөн огноотой", "has a date of modification",
     5, _E, has(DCT.modified)),
), start=1))
# fmt: on

MAX_POINTS = sum(metric.points for metric in METRICS)

RATINGS = (
    (351, "excellent", "маш сайн"),
    (221, "good", "сайн"),
    (121, "sufficient", "хангалттай"),
    (0, "bad", "муу"),
)
"""Minimum total of each rating, its name, its Mongolian name."""
