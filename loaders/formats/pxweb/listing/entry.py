"""The dataset of a listed table, and its distribution for each path.

The period of the list is the publisher's where it begins before it ends. Where it is written with
its end first, the dates are put in order in the inferred layer, and a finding says so.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from itertools import chain
from typing import Any

import pyoxigraph as ox

from graph.core import iris
from loaders.formats import catalogue
from loaders.formats.catalogue import PropertyObject, about, in_languages
from loaders.formats.cubes import metadata
from loaders.formats.mapping import code, date, date_time, language_text
from loaders.formats.pxweb.listing import periods
from loaders.formats.pxweb.listing.rows import ListedPaths, ListedTable, dataset
from loaders.pipeline.protocol import LoaderContext
from loaders.pipeline.record import INFERRED, STATED, LoadFinding, Mapped, Record, Statement
from vocab.namespaces import (
    ADMS,
    DCAT,
    DCT,
    EU_FILE_TYPE,
    EU_LICENCE,
    EU_THEME,
    RDF,
    SKOS,
)

API_TITLES = {"en": "PX-Web API", "mn": "PX-Web API"}


def statements(record: Record, context: LoaderContext) -> Iterator[Mapped]:
    """The statements of one row, and what is found about its titles and period."""
    table, row = record.data["table"], record.data["row"]
    number = table.paths.index(row.folders)
    node = ox.NamedNode(dataset(context.names, context.source.id, table.id))
    described = chain(
        _titles(node, row, table.titles()),
        _of_row(node, row, context),
        _updated(node, row, table),
        _of_table(node, table, number, context),
    )
    yield from catalogue.entry(
        context.names, node, described, described=context.source.options["described"]
    )
    yield from _distribution(node, table, row, context)
    yield from _findings(node, table, row, record)


def _of_table(
    node: ox.NamedNode, table: ListedPaths, number: int, context: LoaderContext
) -> Iterator[Statement]:
    """What does not depend on the path, from the table's first row."""
    if number:
        return
    publisher = ox.NamedNode(iris.organisation(context.source.publisher))
    identifier = ox.NamedNode(f"{node.value}#agency-id")
    pairs: list[PropertyObject] = [
        (RDF.type, DCAT.Dataset),
        (DCT.identifier, code(f"{context.source.id}:{table.id}")),
        (ADMS.identifier, identifier),
        (DCT.publisher, publisher),
    ]
    yield from about(node, pairs, "dataset")
    spatial = (DCT.spatial, ox.NamedNode(iris.place("mn")))
    yield from about(node, [spatial], "table-default", INFERRED)
    named: list[PropertyObject] = [
        (RDF.type, ADMS.Identifier),
        (SKOS.notation, code(table.id)),
        (ADMS.schemaAgency, code(context.source.options["agency"])),
    ]
    yield from about(identifier, named, "agency-id")
    yield from catalogue.agent(publisher, context.source.options["publisher"])


def _titles(node: ox.NamedNode, row: ListedTable, titles: Mapping[str, str]) -> Iterator[Statement]:
    """The titles of the first path, from each path that has them."""
    for lang, text in row.titles.items():
        if text == titles.get(lang):
            title = language_text(text, lang)
            yield Statement(node, DCT.title, title, "table-title")
            # a list has no descriptions, but DCAT-AP demands one: the title is used
            yield Statement(node, DCT.description, title, "description-from-title", INFERRED)


def _of_row(node: ox.NamedNode, row: ListedTable, context: LoaderContext) -> Iterator[Statement]:
    """What each path adds: languages, a theme by its folders, a period."""
    languages: list[PropertyObject] = [
        (DCT.language, metadata.LANGUAGES[lang]) for lang in row.titles
    ]
    yield from about(node, languages, "list-language", INFERRED)
    if theme := _theme(row, listing(context).get("themes", {})):
        yield Statement(node, DCAT.theme, EU_THEME[theme], "theme-of-folder", INFERRED)
    yield from _temporal(node, row)


def _updated(node: ox.NamedNode, row: ListedTable, table: ListedPaths) -> Iterator[Statement]:
    """When the table changed: by its first row, since DCAT has one date."""
    if row is table.rows[0] and row.updated:
        yield Statement(node, DCT.modified, date_time(row.updated), "table-updated")


def _theme(row: ListedTable, themes: Mapping[str, str]) -> str:
    """The theme of the nearest folder that has one."""
    for depth in range(len(row.folders), 0, -1):
        if theme := themes.get("/".join(row.folders[:depth])):
            return theme
    return ""


def _temporal(node: ox.NamedNode, row: ListedTable) -> Iterator[Statement]:
    span = periods.span(row.start, row.end)
    if span is None:
        return
    swapped = periods.is_reversed(row.start, row.end)
    period = ox.NamedNode(iris.period(span.key))
    rule, layer = ("period-put-in-order", INFERRED) if swapped else ("period-of-list", STATED)
    yield Statement(node, DCT.temporal, period, rule, layer)
    pairs: list[PropertyObject] = [
        (RDF.type, DCT.PeriodOfTime),
        (DCAT.startDate, date(span.start)),
        (DCAT.endDate, date(span.end)),
    ]
    yield from about(period, pairs, "period")


def _distribution(
    node: ox.NamedNode, table: ListedPaths, row: ListedTable, context: LoaderContext
) -> Iterator[Statement]:
    described = context.source.options["service"]
    key, service = _key(row, table), ox.NamedNode(context.names.service(described["key"]))
    file = ox.NamedNode(context.names.distribution(node.value, key))
    addresses = [row.address(listing(context)["root"].format(lang=lang)) for lang in row.titles]
    pairs: list[PropertyObject] = [
        (RDF.type, DCAT.Distribution),
        *in_languages(DCT.title, API_TITLES),
        *((DCAT.accessURL, ox.NamedNode(address)) for address in addresses),
        (DCAT.accessService, service),
        (DCT.format, EU_FILE_TYPE.JSON),
        *((DCT.description, text) for text in _other_titles(row, table)),
    ]
    yield Statement(node, DCAT.distribution, file, "distribution")
    yield from about(file, pairs, "distribution")
    yield from terms(file, row.id, context)
    yield Statement(service, DCAT.servesDataset, node, "data-service")
    yield from catalogue.service(
        context.names,
        described["key"],
        titles=described["title"],
        endpoint=described["endpoint"],
        publisher=ox.NamedNode(iris.organisation(context.source.publisher)),
    )


def _other_titles(row: ListedTable, table: ListedPaths) -> Iterator[ox.Literal]:
    """The titles that a table has under this path, where the first path has others."""
    for lang, text in row.titles.items():
        if text != table.titles().get(lang):
            yield language_text(text, lang)


def _key(row: ListedTable, table: ListedPaths) -> str:
    """The first path has the key that a table with one path has; others a hash of their folders."""
    if row.folders == table.paths[0]:
        return "px-api"
    return f"px-api-{hashlib.sha256('/'.join(row.folders).encode()).hexdigest()[:8]}"


def terms(file: ox.NamedNode, table: str, context: LoaderContext) -> Iterator[Statement]:
    """The licence that a table's own page states, where it was read; else the terms of use."""
    licences: Mapping[str, Mapping[str, str]] = context.source.options.get("licences", {})
    if stated := licences.get(table):
        licence = EU_LICENCE[stated["licence"]]
        yield Statement(file, DCT.license, licence, "licence-of-table-page")
        return
    key = listing(context)["rights"]
    yield Statement(file, DCT.rights, ox.NamedNode(iris.concept("rights", key)), "terms-of-use")
    yield from metadata.rights(key, context.source.options["rights"][key])


def listing(context: LoaderContext) -> Mapping[str, Any]:
    """`[options.listing]` of the source."""
    found: Mapping[str, Any] = context.source.options["listing"]
    return found


def _findings(
    node: ox.NamedNode, table: ListedPaths, row: ListedTable, record: Record
) -> Iterator[LoadFinding]:
    for kind, detail in chain(_period_problems(row), _path_problems(table, row)):
        yield LoadFinding(kind, node, record.location, detail=detail)


def _period_problems(row: ListedTable) -> Iterator[tuple[str, str]]:
    written = f"{row.start} – {row.end}"
    if not row.has_period:
        return
    if not row.start or not row.end:
        yield "period-missing", ""
    elif periods.is_reversed(row.start, row.end):
        yield "period-reversed", written
    elif periods.span(row.start, row.end) is None:
        yield "period-unreadable", written


def _path_problems(table: ListedPaths, row: ListedTable) -> Iterator[tuple[str, str]]:
    """Told once for each path after the first, by its first row."""
    path = table.paths.index(row.folders)
    if not path or row is not next(one for one in table.rows if one.folders == row.folders):
        return
    yield "table-under-paths", " · ".join("/".join(folders) for folders in table.paths)
    if table.titles(path) != table.titles():
        yield "table-titles-differ", " · ".join(table.titles(path).values())
