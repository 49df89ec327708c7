"""Khoroos, works, and sums: what is stated and what the works sum to.

A group of works is `{cube}#{khoroo}-{year}`, all years of a khoroo `{cube}#{khoroo}`; claims and
sums are parts of the dataset (`#claim-…`, `#sum-…`), as those of other texts.
"""

from __future__ import annotations

from collections.abc import Iterator

import pyoxigraph as ox

from graph.core import iris
from loaders.formats.catalogue import PropertyObject, about, in_languages
from loaders.formats.cubes.observations import DimensionCode, ObservationTexts
from loaders.formats.cubes.periods import period, period_code
from loaders.formats.mapping import code, decimal, language_text
from loaders.pipeline.protocol import LoaderContext
from loaders.pipeline.record import INFERRED, Mapped, Record
from loaders.systems.local_fund import rows
from vocab.namespaces import (
    CORE,
    DCT,
    FOAF,
    PLACE,
    PROV,
    QB,
    RDF,
    RDFS,
    SDMX_DIMENSION,
    SDMX_MEASURE,
    SKOS,
)

_AU = "au"


def khoroo(record: Record, context: LoaderContext) -> Iterator[Mapped]:
    """A khoroo and its code, which the description of the source gives and the file does not."""
    key, district = record.data["code"], record.data["district"]
    labels = _names(key, context)
    place, concept = ox.NamedNode(iris.place(key)), ox.NamedNode(iris.concept(_AU, key))
    unit: list[PropertyObject] = [(RDF.type, PLACE.Khoroo), (RDF.type, DCT.Location)]
    yield from about(place, [*unit, *in_languages(RDFS.label, labels)], "khoroo", INFERRED)
    pairs: list[PropertyObject] = [
        (RDF.type, SKOS.Concept),
        (SKOS.inScheme, ox.NamedNode(iris.scheme(_AU))),
        (SKOS.notation, code(key)),
        (SKOS.broader, ox.NamedNode(iris.concept(_AU, district["code"]))),
        (FOAF.focus, place),
        *in_languages(SKOS.prefLabel, labels),
    ]
    yield from about(concept, pairs, "khoroo", INFERRED)


def work(record: Record, context: LoaderContext) -> Iterator[Mapped]:
    """A work: khoroo, year, its number there, what was done, and its amount in MNT."""
    data, cube = record.data, _cube(context)
    year, number = period_code(data["year"]), data["number"]
    key = [
        (SDMX_DIMENSION.refArea, _area(data["khoroo"])),
        (SDMX_DIMENSION.refPeriod, year),
        (ox.NamedNode(f"{cube}#work"), DimensionCode(number, _work_node(cube, number))),
    ]
    made = ObservationTexts(cube, key)
    if data["amount"] in rows.NONE_STATED:
        made.add_missing(data["amount"], "")
        made.add_symbol(data["amount"])
    else:
        made.add_figure(f"{SDMX_MEASURE.obsValue} {decimal(data['amount'])}")
    made.add(RDFS.label, language_text(data["title"], "mn"), "title")
    yield made.statements()
    yield from period(data["year"])
    yield from _number(cube, number)


def _number(cube: str, number: str) -> Iterator[Mapped]:
    """The number of a work as a concept: what it counts is told apart by khoroo and year."""
    labels = {"mn": f"{number}-р ажил", "en": f"work {number}"}
    list_ = ox.NamedNode(f"{cube}#works")
    pairs: list[PropertyObject] = [
        (RDF.type, SKOS.Concept),
        (SKOS.inScheme, list_),
        (SKOS.topConceptOf, list_),
        (SKOS.notation, code(number)),
        *in_languages(SKOS.prefLabel, labels),
    ]
    yield from about(_work_node(cube, number), pairs, "number")


def stated(record: Record, context: LoaderContext) -> Iterator[Mapped]:
    """A sum that the file states, as a claim about its works."""
    key = record.data["group"]
    quoted = ox.NamedNode(context.names.capture(record.capture.digest, record.locator))
    pairs: list[PropertyObject] = [
        (RDF.type, CORE.Claim),
        (RDF.value, decimal(record.data["amount"])),
        (CORE.about, ox.NamedNode(f"{_cube(context)}#{key}")),
        (PROV.wasQuotedFrom, quoted),
        *_part_of(context),
        *_labels(("Хэлсэн дүн", "Sum stated"), key, context),
    ]
    yield from about(_part(context, f"claim-{key}"), pairs, "stated-sum")


def group(record: Record, context: LoaderContext) -> Iterator[Mapped]:
    """The works of a khoroo, in a year or in all years, and their sum."""
    key, works, cube = record.data["group"], record.data["works"], _cube(context)
    node = ox.NamedNode(f"{cube}#{key}")
    members: list[PropertyObject] = [
        (QB.observation, ox.NamedNode("/".join((cube, d["khoroo"], d["year"], d["number"]))))
        for d in (one.data for one in works)
    ]
    kind: list[PropertyObject] = [(RDF.type, QB.ObservationGroup)]
    labels = _labels(("Хийсэн ажил", "Works"), key, context)
    yield from about(node, [*kind, *labels, *members], "group")
    computed: list[PropertyObject] = [
        (RDF.type, CORE.ComputedValue),
        (RDF.value, decimal(rows.total(works))),
        (CORE.about, node),
        (CORE.rule, ox.NamedNode(iris.rule("sum-of-rows"))),
        (PROV.wasDerivedFrom, node),
        *_part_of(context),
        *_labels(("Ажлын нийлбэр", "Sum of works"), key, context),
    ]
    yield from about(_part(context, f"sum-{key}"), computed, "sum-of-rows", INFERRED)


def _names(khoroo_code: str, context: LoaderContext) -> dict[str, str]:
    """The names of a khoroo, with its district."""
    for district in context.source.options["districts"].values():
        for number, key in district["khoroos"].items():
            if key == khoroo_code:
                return {
                    "mn": f"{district['mn']} дүүрэг, {number}-р хороо",
                    "en": f"{district['en']} district, khoroo {number}",
                }
    raise KeyError(khoroo_code)


def _labels(what: tuple[str, str], key: str, context: LoaderContext) -> list[PropertyObject]:
    """The labels of something of a group: what it is, the khoroo, and the year if it is of one."""
    place, _, year = key.partition("-")
    names = _names(place, context)
    texts = {lang: f"{text}: {names[lang]}" for lang, text in zip(("mn", "en"), what, strict=True)}
    when = {"mn": f", {year} он", "en": f", {year}"} if year else {"mn": "", "en": ""}
    return in_languages(RDFS.label, {lang: text + when[lang] for lang, text in texts.items()})


def _dataset(context: LoaderContext) -> str:
    return context.names.dataset(context.source.id, context.source.options["dataset"])


def _cube(context: LoaderContext) -> str:
    return context.names.cube(_dataset(context))


def _part(context: LoaderContext, name: str) -> ox.NamedNode:
    return ox.NamedNode(f"{_dataset(context)}#{name}")


def _part_of(context: LoaderContext) -> list[PropertyObject]:
    return [(DCT.isPartOf, ox.NamedNode(_dataset(context)))]


def _area(key: str) -> DimensionCode:
    return DimensionCode(key, ox.NamedNode(iris.concept(_AU, key)))


def _work_node(cube: str, number: str) -> ox.NamedNode:
    return ox.NamedNode(f"{cube}#work-{number}")
