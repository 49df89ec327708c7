"""The metrics themselves as DQV: what `scheme/metric/…` leads to, made from the tables."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pyoxigraph as ox

from shapes.quality.dqv import METRIC, ROOT, NamedTriple
from shapes.quality.indicators import DIMENSION, INDICATORS
from shapes.quality.metrics import (
    DATASET,
    DIMENSIONS,
    DISTRIBUTION,
    EITHER,
    METRICS,
    MOST,
    RATINGS,
    QualityDimension,
    QualityMetric,
)
from vocab.namespaces import DCT, DQV, RDF, SKOS, XSD, Namespace

_SCHEMA = Namespace("https://schema.org/")
_DIMENSION = ROOT + "scheme/quality-dimension/"
_LAW = QualityDimension("law", "хуулийн хэрэгжилт", "coverage of the law")

_LEVELS = {
    DATASET: ("Өгөгдлийн багцаас харна.", "Looked for on the dataset."),
    DISTRIBUTION: ("Хамгийн сайн түгээлтээс харна.", "Looked for on the best distribution."),
    EITHER: (
        "Хамгийн сайн түгээлтээс, тэнд байхгүй бол багцаас харна.",
        "Looked for on the best distribution, else on the dataset.",
    ),
}
_OF = (
    "Байгууллага, каталогт багцуудын дундаж.",
    "For organisations and catalogues the mean of their datasets.",
)
_SHARE = ("0-ээс 1 хүртэлх хувь; 405 оноонд орохгүй.", "A share from 0 to 1; not part of the 405.")

Texts = tuple[str, str]


def definitions() -> Iterator[NamedTriple]:
    """Every dimension and metric with its names, Mongolian and English."""
    for name, title in (("metric", ("Хэмжүүр", "Metrics")), ("quality-dimension", _QUALITY)):
        node = ox.NamedNode(f"{ROOT}scheme/{name}")
        yield node, RDF.type, SKOS.ConceptScheme
        yield from _texts(node, DCT.title, title)
    for dimension in (*DIMENSIONS, DIMENSION, _LAW):
        yield from _dimension(dimension)
    for metric in METRICS:
        yield from _points(metric)
    for one in INDICATORS:
        yield from _metric(one.id, DIMENSION.id, (one.mn, one.en), _joined(_SHARE, _OF), most=1)
    yield from _totals()


_QUALITY = ("Чанарын хэмжээс", "Dimensions of quality")


def _dimension(dimension: QualityDimension) -> Iterator[NamedTriple]:
    node = ox.NamedNode(_DIMENSION + dimension.id)
    yield node, RDF.type, DQV.Dimension
    yield node, RDF.type, SKOS.Concept
    yield node, SKOS.inScheme, ox.NamedNode(f"{ROOT}scheme/quality-dimension")
    yield node, SKOS.notation, ox.Literal(dimension.id)
    yield from _texts(node, SKOS.prefLabel, (dimension.mn, dimension.en))


def _points(metric: QualityMetric) -> Iterator[NamedTriple]:
    names, number = (metric.mn, metric.en), metric.number
    counted = (
        f"{number}-р хэмжүүр, {metric.points} оноо.",
        f"No {number}: {metric.points} points.",
    )
    told = _joined(counted, _LEVELS[metric.level], _OF)
    yield from _metric(metric.id, metric.dimension, names, told, most=metric.points)


def _totals() -> Iterator[NamedTriple]:
    for dimension in DIMENSIONS:
        most = sum(m.points for m in METRICS if m.dimension == dimension.id)
        told = (
            f"Хэмжээсийн оноо, дээд тал нь {most}.",
            f"Points of the dimension, at most {most}.",
        )
        yield from _metric(
            dimension.id, dimension.id, (dimension.mn, dimension.en), _joined(told, _OF), most=most
        )
    told = (f"Нийт оноо, дээд тал нь {MOST}.", f"All points, at most {MOST}.")
    yield from _metric("score", "", ("нийт оноо", "score"), _joined(told, _OF), most=MOST)
    ratings = (
        "; ".join(f"{name} ({mn}) ≥ {least}" for least, name, mn in RATINGS) + ".",
        "; ".join(f"{name} ≥ {least}" for least, name, _ in RATINGS) + ".",
    )
    yield from _metric("rating", "", ("үнэлгээ", "rating"), ratings, XSD.string)
    count = ("Хэдэн багцын дундаж болох.", "How many datasets the mean is of.")
    yield from _metric("datasets", "", ("багцын тоо", "number of datasets"), count, XSD.integer)
    yield from _metric("informationItem", _LAW.id, _ITEM, _STATUS, XSD.string)


_ITEM = ("хуулийн заалт дахь мэдээлэл", "item of information of the act")
_STATUS = (
    "Нийтэлсэн эсэх: in-time, late, published, missing, not-assessed. Уншаагүй заалт, хариуцагч нь "
    "тодорхойгүй мэдээллийг дутуу гэхгүй.",
    "Whether it is published: in-time, late, published, missing, not-assessed. Nothing is called "
    "missing unless a recorded duty binds the organisation.",
)


def _metric(
    key: str,
    dimension: str,
    names: Texts,
    told: Texts,
    datatype: ox.NamedNode = XSD.decimal,
    most: int = 0,
) -> Iterator[NamedTriple]:
    node = ox.NamedNode(METRIC + key)
    yield node, RDF.type, DQV.Metric
    yield node, SKOS.inScheme, ox.NamedNode(f"{ROOT}scheme/metric")
    yield node, SKOS.notation, ox.Literal(key)
    yield node, DQV.expectedDataType, datatype
    if dimension:
        yield node, DQV.inDimension, ox.NamedNode(_DIMENSION + dimension)
    if most:
        yield node, _SCHEMA.maxValue, ox.Literal(str(most), datatype=XSD.integer)
    yield from _texts(node, SKOS.prefLabel, names)
    yield from _texts(node, SKOS.definition, told)


def _joined(*parts: Texts) -> Texts:
    mn, en = zip(*parts, strict=True)
    return " ".join(mn), " ".join(en)


def _texts(
    node: ox.NamedNode, predicate: ox.NamedNode, texts: Iterable[str]
) -> Iterator[NamedTriple]:
    for language, text in zip(("mn", "en"), texts, strict=True):
        yield node, predicate, ox.Literal(text, language=language)
