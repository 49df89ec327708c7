"""Where the services are offered: centres and channels."""

from __future__ import annotations

from collections.abc import Iterator

import pyoxigraph as ox

from graph.core import iris
from loaders.formats.catalogue import PropertyObject, about
from loaders.formats.mapping import code
from loaders.pipeline.protocol import LoaderContext
from loaders.pipeline.record import INFERRED, STATED, Record, Statement
from loaders.systems.local_services.facts import OTHERS
from loaders.systems.local_services.names import (
    area,
    dataset_iris,
    fact_of,
    unit_code,
)
from vocab.namespaces import (
    ADMS,
    CV,
    DCT,
    FOAF,
    RDF,
    SERVICE,
)  # fmt: skip


def centre(record: Record, context: LoaderContext) -> Iterator[Statement]:
    """A centre, identified by its aimag. `planned` maps what is said of “the others”."""
    fact = fact_of(record)
    if fact.name != OTHERS:
        yield from _centre(unit_code(record), fact.value, context, "centre", STATED)


def planned(record: Record, context: LoaderContext) -> Iterator[Statement]:
    """The planned centres of “the others”: all aimags that the source does not name."""
    for unit in record.data["units"]:
        yield from _centre(unit, "planned", context, "centres-by-complement", INFERRED)


def _centre(
    unit: str, status: str, context: LoaderContext, rule: str, layer: str
) -> Iterator[Statement]:
    node = ox.NamedNode(context.names.service(f"emongolia-centre/{unit}"))
    pairs: list[PropertyObject] = [
        (RDF.type, SERVICE.Centre),
        (SERVICE.inUnit, area(unit)),
        (ADMS.status, ox.NamedNode(iris.concept("centre-status", status))),
    ]
    yield from about(node, pairs, rule, layer)


def through(record: Record, context: LoaderContext) -> Iterator[Statement]:
    """A channel that offers the services, and its web page."""
    group, fact = dataset_iris(record, context).group, fact_of(record)
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
    """A channel that, by the source, does not offer them: an explicit statement, not an absence."""
    channel = ox.NamedNode(iris.concept("channel", fact_of(record).name))
    yield Statement(
        dataset_iris(record, context).group, SERVICE.notOfferedThrough, channel, "no-channel"
    )
