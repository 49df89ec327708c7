"""Graphs as the body of an answer."""

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
    """The format in which a client wants a graph.

    Raises HttpProblem (406).
    """
    accept = environ.get("HTTP_ACCEPT", "")
    chosen = negotiation.best(accept, _OFFERS)
    if chosen is None:
        offered = ", ".join(f.media_type for f in of_kind("graph"))
        raise HttpProblem(406, f"a graph is not written as “{accept}”", hint=f"Offered: {offered}.")
    return chosen


def serialize_graph(
    triples: Iterable[ox.Triple], offer: Offer, prefixed: dict[str, str] | None = None
) -> bytes:
    """Statements in the format offered, with prefixes that are known here or given.

    Raises QueryNotAcceptable for what the format cannot carry.
    """
    chosen = find("graph", offer.name)
    assert chosen is not None
    out = io.BytesIO()
    write_triples(triples, chosen, out, prefixed)
    return out.getvalue()
