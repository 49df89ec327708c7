"""The definitions of dimensions and metrics in DQV (`scheme/metric/…`), from the tables."""

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
    MAX_POINTS,
    METRICS,
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
_MEAN = (
    "Байгууллага, каталогт багцуудын дундаж.",
    "For organisations and catalogues the mean of their datasets.",
)
_SHARE = ("0-ээс 1 хүртэлх хувь; 405 оноонд орохгүй.", "A share from 0 to 1; not part of the 405.")

Texts = tuple[str, str]


def definitions() -> Iterator[NamedTriple]:
    """Every dimension and metric with its names in Mongolian and English."""
    for name, title in (
        ("metric", ("Хэмжүүр", "Metrics")),
        ("quality-dimension", _DIMENSIONS_TITLE),
    ):
        node = ox.NamedNode(f"{ROOT}scheme/{name}")
        yield node, RDF.type, SKOS.ConceptScheme
        yield from _texts(node, DCT.title, title)
    for dimension in (*DIMENSIONS, DIMENSION, _LAW):
        yield from _dimension(dimension)
    for metric in METRICS:
        yield from _scored_metric(metric)
    for one in INDICATORS:
        yield from _metric(one.id, DIMENSION.id, (one.mn, one.en), _join(_SHARE, _MEAN), maximum=1)
    yield from _totals()


_DIMENSIONS_TITLE = ("Чанарын хэмжээс", "Dimensions of quality")


def _dimension(dimension: QualityDimension) -> Iterator[NamedTriple]:
    node = ox.NamedNode(_DIMENSION + dimension.id)
    yield node, RDF.type, DQV.Dimension
    yield node, RDF.type, SKOS.Concept
    yield node, SKOS.inScheme, ox.NamedNode(f"{ROOT}scheme/quality-dimension")
    yield node, SKOS.notation, ox.Literal(dimension.id)
    yield from _texts(node, SKOS.prefLabel, (dimension.mn, dimension.en))


def _scored_metric(metric: QualityMetric) -> Iterator[NamedTriple]:
    names, number = (metric.mn, metric.en), metric.number
    number_and_points = (
        f"{number}-р хэмжүүр, {metric.points} оноо.",
        f"No {number}: {metric.points} points.",
    )
    definition = _join(number_and_points, _LEVELS[metric.level], _MEAN)
    yield from _metric(metric.id, metric.dimension, names, definition, maximum=metric.points)


def _totals() -> Iterator[NamedTriple]:
    for dimension in DIMENSIONS:
        maximum = sum(m.points for m in METRICS if m.dimension == dimension.id)
        definition = (
            f"Хэмжээсийн оноо, дээд тал нь {maximum}.",
            f"Points of the dimension, at most {maximum}.",
        )
        yield from _metric(
            dimension.id,
            dimension.id,
            (dimension.mn, dimension.en),
            _join(definition, _MEAN),
            maximum=maximum,
        )
    definition = (f"Нийт оноо, дээд тал нь {MAX_POINTS}.", f"All points, at most {MAX_POINTS}.")
    yield from _metric(
        "score", "", ("нийт оноо", "score"), _join(definition, _MEAN), maximum=MAX_POINTS
    )
    ratings = (
        "; ".join(f"{name} ({mn}) ≥ {least}" for least, name, mn in RATINGS) + ".",
        "; ".join(f"{name} ≥ {least}" for least, name, _ in RATINGS) + ".",
    )
    yield from _metric("rating", "", ("үнэлгээ", "rating"), ratings, XSD.string)
    count = ("Хэдэн багцын дундаж болох.", "How many datasets the mean is of.")
    yield from _metric("datasets", "", ("багцын тоо", "number of datasets"), count, XSD.integer)
    yield from _metric("informationItem", _LAW.id, _ITEM_LABEL, _STATUS_DEFINITION, XSD.string)


_ITEM_LABEL = ("хуулийн заалт дахь мэдээлэл", "item of information of the act")
_STATUS_DEFINITION = (
    "Нийтэлсэн эсэх: in-time, late, published, missing, not-assessed. Уншаагүй заалт, хариуцагч нь "
    "тодорхойгүй мэдээллийг дутуу гэхгүй.",
    "Whether it is published: in-time, late, published, missing, not-assessed. Nothing is called "
    "missing unless a recorded duty binds the organisation.",
)


def _metric(
    key: str,
    dimension: str,
    names: Texts,
    definition: Texts,
    datatype: ox.NamedNode = XSD.decimal,
    maximum: int = 0,
) -> Iterator[NamedTriple]:
    node = ox.NamedNode(METRIC + key)
    yield node, RDF.type, DQV.Metric
    yield node, SKOS.inScheme, ox.NamedNode(f"{ROOT}scheme/metric")
    yield node, SKOS.notation, ox.Literal(key)
    yield node, DQV.expectedDataType, datatype
    if dimension:
        yield node, DQV.inDimension, ox.NamedNode(_DIMENSION + dimension)
    if maximum:
        yield node, _SCHEMA.maxValue, ox.Literal(str(maximum), datatype=XSD.integer)
    yield from _texts(node, SKOS.prefLabel, names)
    yield from _texts(node, SKOS.definition, definition)


def _join(*parts: Texts) -> Texts:
    mn, en = zip(*parts, strict=True)
    return " ".join(mn), " ".join(en)


def _texts(
    node: ox.NamedNode, predicate: ox.NamedNode, texts: Iterable[str]
) -> Iterator[NamedTriple]:
    for language, text in zip(("mn", "en"), texts, strict=True):
        yield node, predicate, ox.Literal(text, language=language)
