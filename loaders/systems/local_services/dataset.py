"""The dataset: the news item it is made from, its period and its observations.

The dataset is `{base}id/dataset/{source}/{date of the item}`; its observations are parts of its
cube (`/cube/065`).
"""

from __future__ import annotations

import calendar
from collections.abc import Iterator

import pyoxigraph as ox

from graph.core import iris
from loaders.formats.catalogue import PropertyObject, about, in_languages
from loaders.formats.mapping import date, integer, typed
from loaders.pipeline.protocol import LoaderContext
from loaders.pipeline.record import INFERRED, Record, Statement
from loaders.systems.local_services.names import (
    area,
    dataset_iris,
    fact_of,
    period_iri,
    unit_code,
)
from vocab.namespaces import (
    DCAT,
    DCT,
    PROV,
    QB,
    RDF,
    RDFS,
    SDMX_DIMENSION,
    SDMX_MEASURE,
    SKOS,
    SPDX,
    XSD,
)  # fmt: skip


def item(record: Record, context: LoaderContext) -> Iterator[Statement]:
    """The news item: its date, its author, and that the dataset is derived from it."""
    names, day = dataset_iris(record, context), record.data["item"]
    text, capture = names.part("text"), context.names.capture(record.capture.digest)
    derived = [(PROV.wasDerivedFrom, text), (PROV.wasDerivedFrom, ox.NamedNode(capture))]
    yield from about(names.dataset, derived, "item")
    author = ox.NamedNode(iris.organisation(context.source.publisher))
    pairs: list[PropertyObject] = [
        (RDF.type, PROV.Entity),
        (DCT.date, date(day)),
        (PROV.wasAttributedTo, author),
        *in_languages(RDFS.label, {"mn": f"Яамны мэдээ, {day}", "en": f"News item of {day}"}),
    ]
    yield from about(text, pairs, "item")


def text_read(record: Record, context: LoaderContext) -> Iterator[Statement]:
    """The SHA-256 of the text that the facts were read from.

    A table of facts only states it: then the text is not held, which a note says, and figures lead
    to the rows of the table and no further.
    """
    names = dataset_iris(record, context)
    checksum = names.part("text-checksum")
    yield Statement(names.part("text"), SPDX.checksum, checksum, "text")
    pairs: list[PropertyObject] = [
        (RDF.type, SPDX.Checksum),
        (SPDX.algorithm, SPDX.checksumAlgorithm_sha256),
        (SPDX.checksumValue, typed(fact_of(record).value, XSD.hexBinary)),
    ]
    yield from about(checksum, pairs, "text")
    if fact_of(record).value != record.capture.digest:
        notes = in_languages(SKOS.note, _NOT_HELD)
        yield from about(names.part("text"), notes, "text-not-held", INFERRED)


_NOT_HELD = {
    "mn": "Эх бичвэрийг энд хадгалаагүй: зөвхөн хэшийг нь мэднэ. Тоонууд түүнээс гараар хөрвүүлсэн "
    "хүснэгтийн мөрүүд дээр төгсөнө.",
    "en": "The text itself is not held here: only its hash is known. The figures end at the rows "
    "of a table that was transcribed from it.",
}


def period(record: Record, context: LoaderContext) -> Iterator[Statement]:
    """The period: from the first day of its first month to the last day of its last month."""
    first, last = record.data["period"]
    year, month = map(int, last.split("-"))
    node = period_iri(record)
    pairs: list[PropertyObject] = [
        (RDF.type, DCT.PeriodOfTime),
        (DCAT.startDate, date(f"{first}-01")),
        (DCAT.endDate, date(f"{last}-{calendar.monthrange(year, month)[1]}")),
    ]
    yield from about(node, pairs, "period")
    yield Statement(dataset_iris(record, context).dataset, DCT.temporal, node, "period")


def observation(record: Record, context: LoaderContext) -> Iterator[Statement]:
    """The number of services that one aimag put online."""
    names, unit = dataset_iris(record, context), unit_code(record)
    node = ox.NamedNode(f"{names.cube}/{unit}")
    pairs: list[PropertyObject] = [
        (RDF.type, QB.Observation),
        (QB.dataSet, ox.NamedNode(names.cube)),
        (SDMX_DIMENSION.refArea, area(unit)),
        (SDMX_DIMENSION.refPeriod, period_iri(record)),
        (SDMX_MEASURE.obsValue, integer(fact_of(record).value)),
    ]
    yield from about(node, pairs, "aimag-count")
    yield Statement(names.rows, QB.observation, node, "aimag-count")
