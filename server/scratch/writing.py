"""Graphs as the body of a response."""

from __future__ import annotations

import io
from collections.abc import Iterable
from typing import TYPE_CHECKING

import pyoxigraph as ox

from graph.queries.model.formats import find, of_kind
from graph.queries.results.serialize import write_triples
from server.http import negotiation
from server.http.negotiation import HTML, Offer
from server.http.problem_details import HttpProblem

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

_OFFERS = [offer for offer in negotiation.OFFERS["graph"] if offer is not HTML]


def negotiate(environ: WSGIEnvironment) -> Offer:
    """The format of a graph, by Accept. Raises HttpProblem (406)."""
    accept = environ.get("HTTP_ACCEPT", "")
    chosen = negotiation.best(accept, _OFFERS)
    if chosen is None:
        offered = ", ".join(f.media_type for f in of_kind("graph"))
        raise HttpProblem(
            406, f"a graph is not available as “{accept}”", hint=f"Available: {offered}."
        )
    return chosen


def serialize_graph(
    triples: Iterable[ox.Triple], offer: Offer, prefixed: dict[str, str] | None = None
) -> bytes:
    """Statements in a format, with well-known prefixes and those in `prefixed`.

    Raises QueryNotAcceptable for statements that the format cannot express.
    """
    chosen = find("graph", offer.name)
    assert chosen is not None
    out = io.BytesIO()
    write_triples(triples, chosen, out, prefixed)
    return out.getvalue()
