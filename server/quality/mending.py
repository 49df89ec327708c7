"""What a publisher writes to gain the points of a metric: the property, and in what form."""

from __future__ import annotations

from dataclasses import dataclass, replace

from server.quality.scores import NOT_ASKED, QualityOf

PROFILE = "DCAT-AP-MN 0.1"


@dataclass(frozen=True, slots=True)
class MetricMend:
    """How to mend what a metric misses: properties (as CURIEs), and what to write, in plain words
    with an example, mn and en; what is written as it stands is between backticks."""

    properties: tuple[str, ...]
    mn: str
    en: str


_ANSWERS = (
    "Хаягаа хөтчөөр нээж шалга: алдаагүй нээгдэх (код 200–399) ёстой. Хаяг өөрчлөгдсөн бол шинэ "
    "хаягийг нь бич.",
    "Open the address in a browser: it must answer without an error (a status of 200–399). Where "
    "it moved, write the new address.",
)
_STATED = (
    "Хаяг заагаагүй бол эхлээд хаягийг нь бич. ",
    "Where no address is stated, state one first. ",
)
_ANY = tuple(first + then for first, then in zip(_STATED, _ANSWERS, strict=True))
"""Of many datasets, or of one whose addresses are not known here."""
_NONE_STATED = (
    "Татах хаяг заагаагүй тул хариулах хаяг алга. Дарахад файл шууд татагдах хаягийг бич. Жишээ: "
    "`https://example.mn/mal-2024.csv`.",
    "No download address is stated, so there is none that could answer. State the address that "
    "downloads the file itself. Example: `https://example.mn/livestock-2024.csv`.",
)

MENDS: dict[str, MetricMend] = {
    "keywordAvailability": MetricMend(
        ("dcat:keyword",),
        "Хүн хайх байсан 3–7 үг монгол, англиар бич. Жишээ: `мал`, `хонь`, `livestock`.",
        "Write 3–7 words that people would search for, in Mongolian and English. Example: `мал`, "
        "`livestock`, `sheep`.",
    ),
    "categoryAvailability": MetricMend(
        ("dcat:theme",),
        "ЕХ-ны 13 сэдвээс нэгийг сонго. Жишээ: мал аж ахуй бол `AGRI`, эрүүл мэнд бол `HEAL`.",
        "Choose one of the 13 themes of the EU list. Example: `AGRI` for livestock, `HEAL` for "
        "health.",
    ),
    "spatialAvailability": MetricMend(
        ("dct:spatial",),
        "Өгөгдөл ямар нутгийг хамарсныг бич: улс, аймаг, сум. Жишээ: `Монгол Улс`, `Архангай`.",
        "Say which area the data cover: the country, an aimag, a soum. Example: `Mongolia`, "
        "`Arkhangai`.",
    ),
    "temporalAvailability": MetricMend(
        ("dct:temporal",),
        "Өгөгдөл ямар хугацааных болохыг эхний, сүүлийн өдрөөр бич. Жишээ: `2020-01-01`-ээс "
        "`2024-12-31`.",
        "Say which time the data are about, by the first and the last day. Example: `2020-01-01` "
        "to `2024-12-31`.",
    ),
    "accessUrlStatusCode": MetricMend(("dcat:accessURL",), *_ANY),
    "downloadUrlAvailability": MetricMend(
        ("dcat:downloadURL",),
        "Дарахад файл шууд татагдах хаяг бич, танилцуулах хуудсынх биш. Жишээ: "
        "`https://example.mn/mal-2024.csv`.",
        "Give the address that downloads the file itself, not that of a page about it. Example: "
        "`https://example.mn/livestock-2024.csv`.",
    ),
    "downloadUrlStatusCode": MetricMend(("dcat:downloadURL",), *_ANY),
    "formatAvailability": MetricMend(
        ("dct:format",),
        "Файл бүрийн төрлийг ЕХ-ны жагсаалтын кодоор бич. Жишээ: `CSV`, `XLSX`, `JSON`.",
        "Give the type of each file by its code in the EU list. Example: `CSV`, `XLSX`, `JSON`.",
    ),
    "mediaTypeAvailability": MetricMend(
        ("dcat:mediaType",),
        "Файл бүрийн медиа төрлийг IANA-гийн нэрээр бич. Жишээ: CSV файл бол `text/csv`.",
        "Give the media type of each file by its name at IANA. Example: `text/csv` for a CSV file.",
    ),
    "formatMediaTypeVocabularyAlignment": MetricMend(
        ("dct:format", "dcat:mediaType"),
        "Файлын төрөл, медиа төрлийг чөлөөт үгээр биш, жагсаалтын кодоор хоёуланг нь бич. Жишээ: "
        "`Excel файл` биш `XLSX`.",
        "Give both the type and the media type of a file as codes of their lists, not in free "
        "words. Example: `XLSX`, not `Excel file`.",
    ),
    "formatMediaTypeNonProprietary": MetricMend(
        ("dct:format",),
        "Төлбөртэй програм шаарддаггүй, нээлттэй хэлбэрээр бас нийтэл. Жишээ: `XLSX`-ийн хажууд "
        "`CSV`.",
        "Publish in an open format too, one that needs no program to be bought. Example: `CSV` "
        "beside `XLSX`.",
    ),
    "formatMediaTypeMachineInterpretable": MetricMend(
        ("dct:format",),
        "Програм мөр, баганыг нь уншиж чадах хэлбэрээр нийтэл. Жишээ: `PDF`-ийн оронд `CSV`, "
        "`JSON`.",
        "Publish in a format whose rows and columns programs can read. Example: `CSV` or `JSON` in "
        "place of `PDF`.",
    ),
    "dcatApCompliance": MetricMend(
        ("dct:title", "dct:description", "dct:publisher", "dcat:distribution"),
        "Заавал бичих дөрвийг бүгдийг нь бич: гарчиг, тайлбар, нийтлэгч, файл; огноо, хаяг зөв "
        "хэлбэртэй байна. Жишээ: огноо `2024-12-31`.",
        "Give all four that are mandatory: title, description, publisher and file; dates and "
        "addresses in the right form. Example: the date `2024-12-31`.",
    ),
    "licenceAvailability": MetricMend(
        ("dct:license",),
        "Файл бүрд ямар нөхцөлөөр ашиглаж болохыг хэлэх лиценз бич. Жишээ: `CC BY 4.0` (нэрийг "
        "нь дурдаад чөлөөтэй ашиглана).",
        "Put a licence on every file, which says how it may be used. Example: `CC BY 4.0` (free "
        "to use when the source is named).",
    ),
    "knownLicence": MetricMend(
        ("dct:license",),
        "Лицензээ өөрийн үгээр биш, ЕХ-ны жагсаалтын кодоор бич. Жишээ: `CC_BY_4_0`.",
        "Give the licence as a code of the EU list, not in your own words. Example: `CC_BY_4_0`.",
    ),
    "accessRightsAvailability": MetricMend(
        ("dct:accessRights",),
        "Өгөгдлийг хэн авч болохыг бич. Жишээ: бүгдэд нээлттэй бол `PUBLIC`.",
        "Say who may get the data. Example: `PUBLIC` where they are open to all.",
    ),
    "accessRightsVocabularyAlignment": MetricMend(
        ("dct:accessRights",),
        "Хандах эрхийг гурван кодын нэгээр бич: `PUBLIC` (нээлттэй), `RESTRICTED` "
        "(хязгаарлагдмал), `NON_PUBLIC` (хаалттай).",
        "Give the access rights as one of three codes: `PUBLIC`, `RESTRICTED` (under conditions), "
        "`NON_PUBLIC`.",
    ),
    "contactPointAvailability": MetricMend(
        ("dcat:contactPoint",),
        "Асуулт хүлээн авах алба, түүний э-шууданг бич, хүний нэр биш. Жишээ: `Мэдээллийн алба, "
        "data@example.mn`.",
        "Name the office that answers questions, and its e-mail, not a person. Example: `Data "
        "office, data@example.mn`.",
    ),
    "publisherAvailability": MetricMend(
        ("dct:publisher",),
        "Нийтэлсэн байгууллагыг 7 оронтой регистрийн дугаараар нь бич. Жишээ: `1234567`.",
        "Name the body that publishes by its register number, 7 digits. Example: `1234567`.",
    ),
    "rightsAvailability": MetricMend(
        ("dct:rights",),
        "Файл бүрд эрхийн тухай нэг өгүүлбэр бич. Жишээ: `Эх сурвалжийг дурдаж чөлөөтэй ашиглана`.",
        "Put a sentence about rights on every file. Example: `Free to use; name the source`.",
    ),
    "byteSizeAvailability": MetricMend(
        ("dcat:byteSize",),
        "Файл бүрийн хэмжээг байтаар, цэг, таслалгүй бич. Жишээ: `48213`.",
        "Give the size of each file in bytes, as digits alone. Example: `48213`.",
    ),
    "dateIssuedAvailability": MetricMend(
        ("dct:issued",),
        "Анх нийтэлсэн өдрийг он-сар-өдрөөр бич. Жишээ: `2024-03-15`.",
        "Give the day of first publication as year-month-day. Example: `2024-03-15`.",
    ),
    "dateModifiedAvailability": MetricMend(
        ("dct:modified",),
        "Хамгийн сүүлд өөрчилсөн өдрийг он-сар-өдрөөр бич. Жишээ: `2024-11-30`.",
        "Give the day of the last change as year-month-day. Example: `2024-11-30`.",
    ),
}  # fmt: skip
"""Metric → how to mend it; the convention is the profile DCAT-AP-MN (docs/dcat-ap-mn.md)."""


def mend_of(quality: QualityOf, metric: str) -> MetricMend:
    """How to mend what a metric misses of a thing: where no address is stated, none can be opened.

    An address that was not asked yet (no points, not even 0) is stated.
    """
    points = {one.metric.id: one.points for one in quality.metrics}
    mend = MENDS[metric]
    if metric == "downloadUrlStatusCode" and points["downloadUrlAvailability"] == 0:
        return replace(mend, mn=_NONE_STATED[0], en=_NONE_STATED[1])
    if metric in NOT_ASKED and quality.datasets == 1 and points[metric] is None:
        return replace(mend, mn=_ANSWERS[0], en=_ANSWERS[1])
    return mend
