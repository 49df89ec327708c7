"""What stays of a dataset that is gone: 410 with what it was, when it went, and from which source.

404 would tell a client to try again, 410 tells it to forget.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime

import pyoxigraph as ox
from flask import Response, render_template

from graph import snapshots
from graph.catalogue import listing
from graph.catalogue.listing import Gone
from graph.catalogue.syntax import SYNTAXES
from graph.core.instance import Instance
from graph.core.iris import ROOT
from server.core.context import AppContext
from server.http.negotiation import HTML, Offer
from vocab.namespaces import DCT, PROV, RDF, XSD


def find(instance: Instance, iris: list[str]) -> Gone | None:
    """The dataset of one of these IRIs that is gone, whoever minted it; None where none is."""
    datasets = [iri for iri in iris if _may_be_dataset(instance, iri)]
    now = snapshots.current(instance) if datasets else None
    found = listing.find(instance, now.number) if now else None
    return next(filter(None, map(found.gone, datasets)), None) if found else None


def _may_be_dataset(instance: Instance, iri: str) -> bool:
    """False for other things of ours, which are most that are asked for."""
    local = next((iri[len(r) :] for r in (instance.base, ROOT) if iri.startswith(r)), None)
    return local is None or local.startswith("id/dataset/")


def response(context: AppContext, gone: Gone, offer: Offer) -> Response:
    """The tombstone as a page or as RDF, with status 410."""
    titles = json.loads(gone.titles)
    source = context.instance.names.source(gone.source)
    if offer == HTML:
        day = datetime.fromisoformat(gone.gone).date()
        body = render_template("gone.html", gone=gone, titles=titles, source=source, day=day)
        return Response(body, 410)
    syntax = SYNTAXES.get(offer.name, SYNTAXES["ttl"])
    fragment = syntax.fragment(sorted(_triples(gone, titles, source), key=str))
    return Response(b"".join(syntax.document(fragment, ())), 410, content_type=syntax.content_type)


def _triples(gone: Gone, titles: dict[str, str], source: str) -> Iterator[ox.Triple]:
    node = ox.NamedNode(gone.iri)
    # no dcat:Dataset: a harvester that reads the tombstone must not import it
    yield ox.Triple(node, RDF.type, PROV.Entity)
    yield ox.Triple(node, DCT.identifier, ox.Literal(gone.identifier))
    yield ox.Triple(node, PROV.hadPrimarySource, ox.NamedNode(source))
    for predicate, at in (
        (PROV.generatedAtTime, gone.issued),
        (PROV.invalidatedAtTime, gone.gone),
    ):
        yield ox.Triple(node, predicate, ox.Literal(at, datatype=XSD.dateTime))
    for language, title in titles.items():
        text = ox.Literal(title, language=language) if language else ox.Literal(title)
        yield ox.Triple(node, DCT.title, text)
