"""The metadata of a table: the agency's dcat:Dataset with its distributions and its service.

Two resources: what the agency publishes, and the cube that Ulzii makes of it. The cube is also a
distribution of the dataset and says in its title who made it.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

import pyoxigraph as ox

from graph.core import iris
from loaders.formats import catalogue
from loaders.formats.catalogue import PropertyObject, about
from loaders.formats.cubes import metadata, periods
from loaders.formats.mapping import code, language_text, typed
from loaders.formats.pxweb import structure
from loaders.formats.pxweb.cube import PERIODS, Cube
from loaders.formats.pxweb.table import section
from loaders.pipeline.protocol import LoaderContext
from loaders.pipeline.record import INFERRED, Statement
from vocab.namespaces import (
    ADMS,
    DCAT,
    DCT,
    EU_FILE_TYPE,
    EU_FREQUENCY,
    EU_THEME,
    PROV,
    RDF,
    SKOS,
    XSD,
)


def table(cube: Cube, lang: str, context: LoaderContext) -> Iterator[Statement]:
    """The title in one language; with `en` also everything that has no language."""
    in_language = _in_language(cube, lang, context)
    if lang != "en":
        yield from in_language
        return
    yield from catalogue.entry(
        context.names,
        ox.NamedNode(cube.dataset),
        chain(_dataset(cube, context), in_language),
        described=context.source.options["described"],
        parts=[ox.NamedNode(cube.iri)],
    )


def _in_language(cube: Cube, lang: str, context: LoaderContext) -> Iterator[Statement]:
    response, dataset = cube.responses[lang], ox.NamedNode(cube.dataset)
    title = language_text(response.label, lang)
    if not cube.is_listed:
        yield Statement(dataset, DCT.title, title, "table-title")
        # the response has no description, but DCAT-AP demands one: the title is used
        yield Statement(dataset, DCT.description, title, "description-from-title", INFERRED)
        address = ox.NamedNode(cube.table.address.format(lang=lang))
        file = ox.NamedNode(context.names.distribution(cube.dataset, "px-api"))
        yield Statement(file, DCAT.accessURL, address, "distribution")
    yield Statement(dataset, DCT.language, metadata.LANGUAGES[lang], "answer-language", INFERRED)
    for one in (cube, *cube.earlier):
        if lang in one.responses:
            derived = ox.NamedNode(context.names.capture(one.responses[lang].capture.digest))
            yield Statement(ox.NamedNode(cube.iri), PROV.wasDerivedFrom, derived, "cube")


def _dataset(cube: Cube, context: LoaderContext) -> Iterator[Statement]:
    dataset, node = cube.dataset, ox.NamedNode(cube.dataset)
    publisher = ox.NamedNode(iris.organisation(context.source.publisher))
    number = ox.NamedNode(f"{dataset}#agency-id")
    files = [ox.NamedNode(context.names.distribution(dataset, f)) for f in ("px-api", "cube")]
    stated: list[PropertyObject] = [
        (RDF.type, DCAT.Dataset),
        (DCT.identifier, code(f"{context.source.id}:{cube.table.id}")),
        (ADMS.identifier, number),
        (DCT.publisher, publisher),
        (DCT.hasFormat, ox.NamedNode(cube.iri)),
        *((DCAT.distribution, file) for file in files),
    ]
    yield from about(node, stated, "dataset")
    identifier: list[PropertyObject] = [
        (RDF.type, ADMS.Identifier),
        (SKOS.notation, code(cube.table.id)),
        (ADMS.schemaAgency, code(context.source.options["agency"])),
    ]
    yield from about(number, identifier, "agency-id")
    yield from about(node, _inferred(cube, context), "table-default", INFERRED)
    yield from _temporal(cube)
    yield from catalogue.agent(publisher, section(context.source, "publisher"))
    yield from _distributions(cube, context, files[0])
    yield from structure.cube(cube, context)
    yield from _service(cube, context, publisher)


def _inferred(cube: Cube, context: LoaderContext) -> list[PropertyObject]:
    """Properties from the source's TOML: they are Ulzii's statements, not the agency's."""
    table = cube.table
    return [
        (DCAT.theme, EU_THEME[table.theme]),
        (DCAT.temporalResolution, typed(table.resolution, XSD.duration)),
        (DCT.accrualPeriodicity, EU_FREQUENCY[context.source.frequency]),
        (DCT.spatial, ox.NamedNode(iris.place("mn"))),
    ]


def _temporal(cube: Cube) -> Iterator[Statement]:
    """From the first to the last year among the labels; the agency's index has them swapped."""
    axes = [axis for one in (cube, *cube.earlier) for axis in one.axes]
    years = [term.key for axis in axes if axis.axis.role in PERIODS for term in axis.terms]
    if not years:
        return
    key = periods.span(years)
    span = ox.NamedNode(iris.period(key))
    yield Statement(ox.NamedNode(cube.dataset), DCT.temporal, span, "years-of-table", INFERRED)
    yield from periods.period(key)


def _distributions(cube: Cube, context: LoaderContext, api: ox.NamedNode) -> Iterator[Statement]:
    terms: PropertyObject = (DCT.rights, ox.NamedNode(iris.concept("rights", cube.table.rights)))
    service = ox.NamedNode(context.names.service(section(context.source, "service")["key"]))
    api_pairs: list[PropertyObject] = [
        (RDF.type, DCAT.Distribution),
        (DCT.title, language_text("PX-Web API", "en")),
        (DCT.title, language_text("PX-Web API", "mn")),
        (DCAT.accessService, service),
        (DCT.format, EU_FILE_TYPE.JSON),
    ]
    if not cube.is_listed:  # a list of tables knows their addresses and terms
        yield from about(api, [*api_pairs, terms], "distribution")
    yield from metadata.distribution(context.names, cube.dataset, [terms])
    # terms of use from the TOML, as rights: the agency states no licence
    described = section(context.source, "rights", cube.table.rights)
    yield from metadata.rights(cube.table.rights, described)


def _service(cube: Cube, context: LoaderContext, publisher: ox.NamedNode) -> Iterator[Statement]:
    described = section(context.source, "service")
    key, endpoint = described["key"], described["endpoint"]
    yield from catalogue.service(
        context.names,
        key,
        titles=section(context.source, "service", "title"),
        endpoint=endpoint,
        publisher=publisher,
    )
    node = ox.NamedNode(context.names.service(key))
    yield Statement(node, DCAT.servesDataset, ox.NamedNode(cube.dataset), "data-service")
