"""What a publisher writes to gain the points of a metric: the property, and in what form."""

from __future__ import annotations

from dataclasses import dataclass

PROFILE = "DCAT-AP-MN 0.1"


@dataclass(frozen=True, slots=True)
class MetricMend:
    """How to mend what a metric misses: properties (as CURIEs), and what to write, mn and en."""

    properties: tuple[str, ...]
    mn: str
    en: str


_ANSWERS = ("хүсэлтэд 200–399 кодоор хариулдаг байх", "answer a request with a status of 200–399")
_FILE_TYPE = (
    "ЕХ-ны файлын төрлийн жагсаалтын код, жишээ нь CSV",
    "a code of the EU list of file types, for example CSV",
)

MENDS: dict[str, MetricMend] = {
    "keywordAvailability": MetricMend(
        ("dcat:keyword",), "3–7 түлхүүр үг, монгол, англиар", "3–7 keywords, in mn and in en"
    ),
    "categoryAvailability": MetricMend(
        ("dcat:theme",), "ЕХ-ны 13 сэдвийн нэг", "one of the 13 themes of the EU list"
    ),
    "spatialAvailability": MetricMend(
        ("dct:spatial",), "засаг захиргааны нэгж, жишээ нь улс, аймаг",
        "an administrative unit, for example the country or an aimag",
    ),
    "temporalAvailability": MetricMend(
        ("dct:temporal",), "эхэлсэн, дууссан огноо", "the first and the last day"
    ),
    "accessUrlStatusCode": MetricMend(("dcat:accessURL",), *_ANSWERS),
    "downloadUrlAvailability": MetricMend(
        ("dcat:downloadURL",), "файлыг өөрийг нь өгөх хаяг", "an address that gives the file itself"
    ),
    "downloadUrlStatusCode": MetricMend(("dcat:downloadURL",), *_ANSWERS),
    "formatAvailability": MetricMend(("dct:format",), *_FILE_TYPE),
    "mediaTypeAvailability": MetricMend(
        ("dcat:mediaType",), "IANA-гийн медиа төрөл, жишээ нь text/csv",
        "a media type of IANA's list, for example text/csv",
    ),
    "formatMediaTypeVocabularyAlignment": MetricMend(
        ("dct:format", "dcat:mediaType"), "хоёуланг нь жагсаалтын кодоор",
        "both as codes of their lists",
    ),
    "formatMediaTypeNonProprietary": MetricMend(
        ("dct:format",), "өмчийн бус хэлбэр, жишээ нь XLSX-ийн оронд CSV",
        "a format that nobody owns, for example CSV in place of XLSX",
    ),
    "formatMediaTypeMachineInterpretable": MetricMend(
        ("dct:format",), "машин уншдаг хэлбэр, жишээ нь PDF-ийн оронд CSV, JSON",
        "a format that programs read, for example CSV or JSON in place of PDF",
    ),
    "dcatApCompliance": MetricMend(
        ("dct:title", "dct:description", "dct:publisher", "dcat:distribution"),
        "DCAT-AP-ийн заавал бичих талбар, зөв төрлөөр",
        "the mandatory fields of DCAT-AP, with values of the right type",
    ),
    "licenceAvailability": MetricMend(
        ("dct:license",), "файл бүрд лиценз", "a licence on every file"
    ),
    "knownLicence": MetricMend(
        ("dct:license",), "ЕХ-ны лицензийн жагсаалтын код, жишээ нь CC_BY_4_0",
        "a code of the EU list of licences, for example CC_BY_4_0",
    ),
    "accessRightsAvailability": MetricMend(
        ("dct:accessRights",), "нээлттэй бол PUBLIC", "PUBLIC where it is open to all"
    ),
    "accessRightsVocabularyAlignment": MetricMend(
        ("dct:accessRights",), "PUBLIC, RESTRICTED, NON_PUBLIC-ийн нэг",
        "one of PUBLIC, RESTRICTED, NON_PUBLIC",
    ),
    "contactPointAvailability": MetricMend(
        ("dcat:contactPoint",), "албан тушаал, албаны э-шуудан; хүний нэр биш",
        "an office and its e-mail, not the name of a person",
    ),
    "publisherAvailability": MetricMend(
        ("dct:publisher",), "байгууллагын 7 оронтой регистр", "the body's register number, 7 digits"
    ),
    "rightsAvailability": MetricMend(
        ("dct:rights",), "ашиглах эрхийн мэдэгдэл, файл бүрд", "a statement of rights on every file"
    ),
    "byteSizeAvailability": MetricMend(("dcat:byteSize",), "хэмжээг байтаар", "the size in bytes"),
    "dateIssuedAvailability": MetricMend(
        ("dct:issued",), "нийтэлсэн огноо: ОООО-СС-ӨӨ", "the date of issue: YYYY-MM-DD"
    ),
    "dateModifiedAvailability": MetricMend(
        ("dct:modified",), "өөрчилсөн огноо: ОООО-СС-ӨӨ", "the date of change: YYYY-MM-DD"
    ),
}  # fmt: skip
"""Metric → how to mend it; the convention is the profile DCAT-AP-MN (docs/dcat-ap-mn.md)."""
