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

# fmt: off
METRICS = (
    QualityMetric(1, FINDABILITY, "keywordAvailability",
                  mn="түлхүүр үгтэй",
                  en="has keywords",
                  points=30, level=DATASET, check=has(DCAT.keyword)),
    QualityMetric(2, FINDABILITY, "categoryAvailability",
                  mn="сэдэвтэй",
                  en="has a theme",
                  points=30, level=DATASET, check=has(DCAT.theme)),
    QualityMetric(3, FINDABILITY, "spatialAvailability",
                  mn="орон зайн хамрах хүрээтэй",
                  en="has a spatial coverage",
                  points=20, level=DATASET, check=has(DCT.spatial)),
    QualityMetric(4, FINDABILITY, "temporalAvailability",
                  mn="цаг хугацааны хамрах хүрээтэй",
                  en="has a temporal coverage",
                  points=20, level=DATASET, check=has(DCT.temporal)),
    QualityMetric(5, ACCESSIBILITY, "accessUrlStatusCode",
                  mn="хандах хаяг хариулдаг",
                  en="the access address answers",
                  points=50, level=DISTRIBUTION, check=responds(DCAT.accessURL)),
    QualityMetric(6, ACCESSIBILITY, "downloadUrlAvailability",
                  mn="татах хаягтай",
                  en="has a download address",
                  points=20, level=DISTRIBUTION, check=has(DCAT.downloadURL)),
    QualityMetric(7, ACCESSIBILITY, "downloadUrlStatusCode",
                  mn="татах хаяг хариулдаг",
                  en="the download address answers",
                  points=30, level=DISTRIBUTION, check=responds(DCAT.downloadURL)),
    QualityMetric(8, INTEROPERABILITY, "formatAvailability",
                  mn="файлын төрөлтэй",
                  en="has a format",
                  points=20, level=DISTRIBUTION, check=has(DCT.format)),
    QualityMetric(9, INTEROPERABILITY, "mediaTypeAvailability",
                  mn="медиа төрөлтэй",
                  en="has a media type",
                  points=10, level=DISTRIBUTION, check=has(DCAT.mediaType)),
    QualityMetric(10, INTEROPERABILITY, "formatMediaTypeVocabularyAlignment",
                  mn="файлын болон медиа төрөл нь жагсаалтын код",
                  en="format and media type are codes of the lists",
                  points=10, level=DISTRIBUTION, check=_ALIGNED),
    QualityMetric(11, INTEROPERABILITY, "formatMediaTypeNonProprietary",
                  mn="файлын төрөл нь өмчийн бус",
                  en="the format is not proprietary",
                  points=20, level=DISTRIBUTION, check=in_list(DCT.format, NON_PROPRIETARY)),
    QualityMetric(12, INTEROPERABILITY, "formatMediaTypeMachineInterpretable",
                  mn="машин унших файлын төрөлтэй",
                  en="the format is machine-readable",
                  points=20, level=DISTRIBUTION, check=in_list(DCT.format, MACHINE_READABLE)),
    QualityMetric(13, INTEROPERABILITY, "dcatApCompliance",
                  mn="DCAT-AP-д нийцдэг",
                  en="conforms to DCAT-AP",
                  points=30, level=DATASET, check=conforms),
    QualityMetric(14, REUSABILITY, "licenceAvailability",
                  mn="лицензтэй",
                  en="has a licence",
                  points=20, level=DISTRIBUTION, check=has(DCT.license)),
    QualityMetric(15, REUSABILITY, "knownLicence",
                  mn="лиценз нь жагсаалтын код",
                  en="the licence is a code of the list",
                  points=10, level=DISTRIBUTION, check=in_list(DCT.license, LICENCES)),
    QualityMetric(16, REUSABILITY, "accessRightsAvailability",
                  mn="хандах эрхтэй",
                  en="has access rights",
                  points=10, level=DATASET, check=has(DCT.accessRights)),
    QualityMetric(17, REUSABILITY, "accessRightsVocabularyAlignment",
                  mn="хандах эрх нь жагсаалтын код",
                  en="access rights are a code of the list",
                  points=5, level=DATASET, check=in_list(DCT.accessRights, ACCESS_RIGHTS)),
    QualityMetric(18, REUSABILITY, "contactPointAvailability",
                  mn="холбоо барих хаягтай",
                  en="has a contact point",
                  points=20, level=DATASET, check=has(DCAT.contactPoint)),
    QualityMetric(19, REUSABILITY, "publisherAvailability",
                  mn="нийтлэгчтэй",
                  en="has a publisher",
                  points=10, level=DATASET, check=has(DCT.publisher)),
    QualityMetric(20, CONTEXTUALITY, "rightsAvailability",
                  mn="ашиглах эрхийн мэдэгдэлтэй",
                  en="has a statement of rights",
                  points=5, level=DISTRIBUTION, check=has(DCT.rights)),
    QualityMetric(21, CONTEXTUALITY, "byteSizeAvailability",
                  mn="файлын хэмжээтэй",
                  en="has a file size",
                  points=5, level=DISTRIBUTION, check=has(DCAT.byteSize)),
    QualityMetric(22, CONTEXTUALITY, "dateIssuedAvailability",
                  mn="нийтэлсэн огноотой",
                  en="has a date of issue",
                  points=5, level=EITHER, check=has(DCT.issued)),
    QualityMetric(23, CONTEXTUALITY, "dateModifiedAvailability",
                  mn="өөрчилсөн огноотой",
                  en="has a date of modification",
                  points=5, level=EITHER, check=has(DCT.modified)),
)
# fmt: on

MAX_POINTS = sum(metric.points for metric in METRICS)

RATINGS = (
    (351, "excellent", "маш сайн"),
    (221, "good", "сайн"),
    (121, "sufficient", "хангалттай"),
    (0, "bad", "муу"),
)
"""Minimum total of each rating, its name, its Mongolian name."""
