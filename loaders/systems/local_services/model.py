"""What each fact says as statements; docs/names.md has the names.

The dataset is `{base}id/dataset/{source}/{date of the item}`; its claims and sum are parts of it
(`#claim-1281`, `#sum`), its observations parts of its cube (`/cube/065`).
"""

from __future__ import annotations

import calendar
from collections.abc import Iterator
from dataclasses import dataclass

import pyoxigraph as ox

from graph.core import iris
from loaders.formats.catalogue import PropertyObject, about, in_languages
from loaders.formats.mapping import code, date, integer, typed
from loaders.pipeline.protocol import LoaderContext
from loaders.pipeline.record import INFERRED, STATED, Record, Statement
from loaders.systems.local_services.facts import OTHERS, Fact
from vocab.namespaces import (
    ADMS,
    CORE,
    CV,
    DCAT,
    DCT,
    FOAF,
    OA,
    PROV,
    QB,
    RDF,
    RDFS,
    SDMX_DIMENSION,
    SDMX_MEASURE,
    SERVICE,
    SPDX,
    XSD,
)  # fmt: skip

_RFC7111 = ox.NamedNode("https://www.rfc-editor.org/rfc/rfc7111")


@dataclass(frozen=True, slots=True)
class _Names:
    """The IRIs around one dataset."""

    dataset: ox.NamedNode
    cube: str
    rows: ox.NamedNode
    group: ox.NamedNode

    def part(self, name: str) -> ox.NamedNode:
        """A part of the dataset."""
        return ox.NamedNode(f"{self.dataset.value}#{name}")


def _names(record: Record, context: LoaderContext) -> _Names:
    dataset = context.names.dataset(context.source.id, record.data["item"])
    cube = context.names.cube(dataset)
    return _Names(
        ox.NamedNode(dataset),
        cube,
        ox.NamedNode(f"{cube}#rows"),
        ox.NamedNode(context.names.service(context.source.id)),
    )


def _fact(record: Record) -> Fact:
    fact = record.data["fact"]
    assert isinstance(fact, Fact)
    return fact


def _unit(record: Record) -> str:
    return str(record.data["names"][_fact(record).name])


def _area(unit: str) -> ox.NamedNode:
    return ox.NamedNode(iris.concept("au", unit))


def _period(record: Record) -> ox.NamedNode:
    return ox.NamedNode(iris.period("--".join(record.data["period"])))


def item(record: Record, context: LoaderContext) -> Iterator[Statement]:
    """The news item: when it appeared, whose it is, and that the dataset is made from it."""
    names, day = _names(record, context), record.data["item"]
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
    """The SHA-256 of the text the facts were read from, which a table of facts only names."""
    names = _names(record, context)
    checksum = names.part("text-checksum")
    yield Statement(names.part("text"), SPDX.checksum, checksum, "text")
    pairs: list[PropertyObject] = [
        (RDF.type, SPDX.Checksum),
        (SPDX.algorithm, SPDX.checksumAlgorithm_sha256),
        (SPDX.checksumValue, typed(_fact(record).value, XSD.hexBinary)),
    ]
    yield from about(checksum, pairs, "text")


def period(record: Record, context: LoaderContext) -> Iterator[Statement]:
    """From the first day of the first month to the last day of the last."""
    first, last = record.data["period"]
    year, month = map(int, last.split("-"))
    node = _period(record)
    pairs: list[PropertyObject] = [
        (RDF.type, DCT.PeriodOfTime),
        (DCAT.startDate, date(f"{first}-01")),
        (DCAT.endDate, date(f"{last}-{calendar.monthrange(year, month)[1]}")),
    ]
    yield from about(node, pairs, "period")
    yield Statement(_names(record, context).dataset, DCT.temporal, node, "period")


def observation(record: Record, context: LoaderContext) -> Iterator[Statement]:
    """How many services of one aimag were put online."""
    names, unit = _names(record, context), _unit(record)
    node = ox.NamedNode(f"{names.cube}/{unit}")
    pairs: list[PropertyObject] = [
        (RDF.type, QB.Observation),
        (QB.dataSet, ox.NamedNode(names.cube)),
        (SDMX_DIMENSION.refArea, _area(unit)),
        (SDMX_DIMENSION.refPeriod, _period(record)),
        (SDMX_MEASURE.obsValue, integer(_fact(record).value)),
    ]
    yield from about(node, pairs, "aimag-count")
    yield Statement(names.rows, QB.observation, node, "aimag-count")


_LABELS = {
    "lead": {"mn": "Мэдээний эхэнд хэлсэн нийт дүн", "en": "Total stated in the lead"},
    "closing": {"mn": "Мэдээний төгсгөлд хэлсэн нийт дүн", "en": "Total stated after the rows"},
    "centres": {"mn": "Хэлсэн төвийн тоо", "en": "Number of centres stated"},
    "sum": {"mn": "Бүх мөрийн нийлбэр", "en": "Sum of all rows"},
}
_CLAIM_RULES = {"lead": "headline-claim", "closing": "closing-claim", "centres": "centres-claim"}


def claim(record: Record, context: LoaderContext) -> Iterator[Statement]:
    """A total stated in prose, and exactly where."""
    names, fact = _names(record, context), _fact(record)
    rule, of_centres = _CLAIM_RULES[fact.name], fact.name == "centres"
    node = names.part("claim-centres" if of_centres else f"claim-{int(fact.value)}")
    digest = record.capture.digest
    source = ox.NamedNode(context.names.capture(digest))
    quoted = ox.NamedNode(context.names.capture(digest, fact.locator))
    pairs: list[PropertyObject] = [
        (RDF.type, CORE.Claim),
        (RDF.value, integer(fact.value)),
        (CORE.about, SERVICE.Centre if of_centres else names.rows),
        (DCT.isPartOf, names.dataset),
        (PROV.wasQuotedFrom, quoted),
        *in_languages(RDFS.label, _LABELS[fact.name]),
    ]
    yield from about(node, pairs, rule)
    yield from _target(quoted, source, node, fact, rule)


def _target(
    quoted: ox.NamedNode, source: ox.NamedNode, owner: ox.NamedNode, fact: Fact, rule: str
) -> Iterator[Statement]:
    """The place in the capture as an annotation can point at it (Web Annotation §4.2)."""
    kind: list[PropertyObject] = [(RDF.type, OA.SpecificResource), (OA.hasSource, source)]
    yield from about(quoted, kind, rule)
    for name, pairs in _selectors(fact).items():
        selector = ox.NamedNode(f"{owner.value}-{name}")
        yield Statement(quoted, OA.hasSelector, selector, rule)
        yield from about(selector, pairs, rule)


def _selectors(fact: Fact) -> dict[str, list[PropertyObject]]:
    """By quote and position in a text (the quote survives a new extraction), else by row."""
    if not fact.exact:
        row: list[PropertyObject] = [(RDF.type, OA.FragmentSelector), (DCT.conformsTo, _RFC7111)]
        return {"row": [*row, (RDF.value, code(fact.locator))]}
    words = {OA.prefix: fact.before, OA.exact: fact.exact, OA.suffix: fact.after}
    quote: list[PropertyObject] = [(p, ox.Literal(v, language="mn")) for p, v in words.items() if v]
    position: list[PropertyObject] = [(OA.start, integer(fact.start)), (OA.end, integer(fact.end))]
    return {
        "quote": [(RDF.type, OA.TextQuoteSelector), *quote],
        "position": [(RDF.type, OA.TextPositionSelector), *position],
    }


def computed_sum(record: Record, context: LoaderContext) -> Iterator[Statement]:
    """The sum over all rows: ours, so it is inferred."""
    names = _names(record, context)
    pairs: list[PropertyObject] = [
        (RDF.type, CORE.ComputedValue),
        (RDF.value, integer(record.data["value"])),
        (CORE.about, names.rows),
        (CORE.rule, ox.NamedNode(iris.rule("sum-of-rows"))),
        (PROV.wasDerivedFrom, names.rows),
        (DCT.isPartOf, names.dataset),
        *in_languages(RDFS.label, _LABELS["sum"]),
    ]
    yield from about(names.part("sum"), pairs, "sum-of-rows", INFERRED)


def centre(record: Record, context: LoaderContext) -> Iterator[Statement]:
    """A centre, known by its aimag only. What is said of “the others” is made by `planned`."""
    fact = _fact(record)
    if fact.name != OTHERS:
        yield from _centre(_unit(record), fact.value, context, "centre", STATED)


def planned(record: Record, context: LoaderContext) -> Iterator[Statement]:
    """The aimags that are not named are the others, whose centres are planned."""
    for unit in record.data["units"]:
        yield from _centre(unit, "planned", context, "centres-by-complement", INFERRED)


def _centre(
    unit: str, status: str, context: LoaderContext, rule: str, layer: str
) -> Iterator[Statement]:
    node = ox.NamedNode(context.names.service(f"emongolia-centre/{unit}"))
    pairs: list[PropertyObject] = [
        (RDF.type, SERVICE.Centre),
        (SERVICE.inUnit, _area(unit)),
        (ADMS.status, ox.NamedNode(iris.concept("centre-status", status))),
    ]
    yield from about(node, pairs, rule, layer)


def through(record: Record, context: LoaderContext) -> Iterator[Statement]:
    """A channel that carries the services, and its page."""
    group, fact = _names(record, context).group, _fact(record)
    channel = ox.NamedNode(f"{group.value}#{fact.name}")
    website = ox.NamedNode(fact.value)
    pairs: list[PropertyObject] = [
        (RDF.type, CV.Channel),
        (DCT.identifier, code(f"{context.source.id}:{fact.name}")),
        (DCT["type"], ox.NamedNode(iris.concept("channel", fact.name))),
        (FOAF.page, website),
    ]
    yield Statement(group, CV.hasChannel, channel, "channel")
    yield from about(channel, pairs, "channel")
    yield Statement(website, RDF.type, FOAF.Document, "channel")


def not_through(record: Record, context: LoaderContext) -> Iterator[Statement]:
    """A channel the source says does not carry them: said, not left to absence."""
    channel = ox.NamedNode(iris.concept("channel", _fact(record).name))
    yield Statement(_names(record, context).group, SERVICE.notOfferedThrough, channel, "no-channel")
