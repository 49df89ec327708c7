"""A trace as RDF: PROV-O about statements, and in Turtle 1.2 what each statement is.

The IRI of a statement is its reifier (RDF 1.2). Reifiers are virtual: they are made on request from
the ledger, and stand in no graph. The rule that made a statement from a record is the label of the
derivation.
"""

from __future__ import annotations

import io
from collections.abc import Iterator

import pyoxigraph as ox

from graph.core.iris import Names
from graph.ledger import Event
from graph.queries.model.formats import find
from graph.queries.results.serialize import write_triples
from graph.trace.model import (
    Agency,
    DerivedFrom,
    Responsible,
    Seen,
    Stating,
    Trace,
    TracedRecord,
    TracedStatement,
)
from vocab.namespaces import DCT, PROV, RDF, RDFS, XSD
from vocab.terms import Object

Triples = Iterator[ox.Triple]
REIFIED = ("ttl", "nt")
"""Formats in which a trace has the statements themselves; `prov` is Turtle without them."""
FORMS = (*REIFIED, "prov", "jsonld", "rdf")


def write(one: Trace, names: Names, form: str) -> bytes:
    """The trace in one of FORMS."""
    chosen = find("graph", "ttl" if form == "prov" else form)
    assert chosen is not None
    out = io.BytesIO()
    write_triples(triples(one, names, reified=form in REIFIED), chosen, out)
    return out.getvalue()


def triples(one: Trace, names: Names, *, reified: bool) -> Triples:
    """The trace; `reified` with triple terms, which need RDF 1.2 (Turtle, N-Triples)."""
    for statement in one.statements:
        yield from _statement(statement, names, reified)


def _t(subject: str, predicate: ox.NamedNode, value: Object | str) -> ox.Triple:
    node = ox.NamedNode(value) if isinstance(value, str) else value
    return ox.Triple(ox.NamedNode(subject), predicate, node)


def _time(text: str) -> ox.Literal:
    return ox.Literal(text, datatype=XSD.dateTime)


def _statement(one: TracedStatement, names: Names, reified: bool) -> Triples:
    yield _t(one.iri, RDF.type, PROV.Entity)
    if one.line:
        yield from _said(one, reified)
    if one.event:
        yield _t(one.iri, PROV.wasGeneratedBy, _activity(names, one.event["index"]))
        yield _t(one.iri, DCT.isPartOf, one.graph)
    for number, stating in enumerate(one.statings, 1):
        yield from _stating(one.iri, stating, names, number)


def _said(one: TracedStatement, reified: bool) -> Triples:
    """What the statement says: as a triple term, or by the words that RDF 1.0 has for it."""
    (quad,) = ox.parse(one.line, ox.RdfFormat.N_TRIPLES)
    if reified:
        yield ox.Triple(ox.NamedNode(one.iri), RDF.reifies, quad.triple)
        return
    yield _t(one.iri, RDF.type, RDF.Statement)
    yield _t(one.iri, RDF.subject, quad.subject)
    yield _t(one.iri, RDF.predicate, quad.predicate)
    yield _t(one.iri, RDF.object, quad.object)


def _activity(names: Names, index: int) -> str:
    return f"{names.event(index)}#activity"


def _stating(iri: str, one: Stating, names: Names, number: int) -> Triples:
    source, load = one.version.source, one.version.load
    version, activity = names.version(source, one.version.number), _activity(names, load["index"])
    yield _t(iri, DCT.isPartOf, version)
    yield _t(iri, DCT.isPartOf, names.graph(source, one.layer))
    yield _t(iri, PROV.wasGeneratedBy, activity)
    yield _t(activity, PROV.used, names.code("mapping", source, load["code"]))
    yield _t(activity, PROV.endedAtTime, _time(load["at"]))
    yield _t(activity, PROV.wasInformedBy, _activity(names, load["fetch"]))
    yield _t(_activity(names, load["fetch"]), PROV.endedAtTime, _time(one.fetch["at"]))
    yield from _checked(version, one.checked.event, names)
    if one.responsible:
        yield from _responsible(iri, one.responsible)
    for seen in one.seen:
        yield from _seen(iri, seen)
    for place, record in enumerate(one.records, 1):
        node = f"{iri}#derivation-{number}-{place}"
        yield from _derivation(iri, record, names, node, activity)
        for language, text in one.rules.get(record.rule, {}).items():
            yield _t(node, DCT.description, ox.Literal(text, language=language))
    about = one.finding.about if one.finding else ()
    for part in (*one.derived_from, *about):
        yield _t(iri, PROV.wasInfluencedBy, part.iri)
        yield from _part(part, names)


def _checked(version: str, event: Event, names: Names) -> Triples:
    """The validation, as the provenance graph has it: by which shapes, with which report."""
    activity = _activity(names, event["index"])
    yield _t(activity, PROV.used, version)
    yield _t(activity, PROV.used, names.code("shapes", "shapes", event["shapes"]))
    yield _t(activity, PROV.endedAtTime, _time(event["at"]))
    if event["report"]:
        yield _t(activity, PROV.generated, names.capture(event["report"]))


def _responsible(iri: str, one: Responsible) -> Triples:
    """The agency that a statement is attributed to, and the dataset that names it."""
    for agency in one.stated_by:
        yield _t(iri, PROV.wasAttributedTo, agency.iri)
    if one.dataset:
        yield _t(iri, DCT.isPartOf, one.dataset)
    for agency in one.published_by or one.stated_by:
        yield _t(iri, DCT.publisher, agency.iri)
    yield from (t for agency in (*one.stated_by, *one.published_by) for t in _agency(agency))


def _agency(one: Agency) -> Triples:
    yield _t(one.iri, RDF.type, PROV.Agent)
    for language, name in one.names.items():
        literal = ox.Literal(name, language=language) if language else ox.Literal(name)
        yield _t(one.iri, RDFS.label, literal)


def _seen(iri: str, one: Seen) -> Triples:
    yield _t(iri, PROV.generatedAtTime, _time(one.first.publish["at"]))
    if one.last is not None:
        yield _t(iri, DCT.valid, _time(one.last.publish["at"]))


def _derivation(iri: str, one: TracedRecord, names: Names, node: str, activity: str) -> Triples:
    record = names.capture(one.capture, one.locator)
    yield _t(iri, PROV.wasDerivedFrom, record)
    yield _t(iri, PROV.qualifiedDerivation, node)
    yield _t(node, RDF.type, PROV.Derivation)
    yield _t(node, PROV.entity, record)
    yield _t(node, PROV.hadActivity, activity)
    yield _t(node, RDFS.label, ox.Literal(one.rule))
    yield from _record(one, names)


def _record(one: TracedRecord, names: Names) -> Triples:
    record, capture = names.capture(one.capture, one.locator), names.capture(one.capture)
    yield _t(record, RDF.type, PROV.Entity)
    if one.locator:
        yield _t(record, DCT.isPartOf, capture)
    if one.view.value:
        yield _t(record, RDF.value, ox.Literal(one.view.value))
    address = one.response.get("final") or one.response.get("url", "")
    if address.startswith(("http://", "https://")):
        yield _t(capture, DCT.source, ox.Literal(address, datatype=XSD.anyURI))


def _part(one: DerivedFrom, names: Names) -> Triples:
    for record in one.records:
        yield _t(one.iri, PROV.wasDerivedFrom, names.capture(record.capture, record.locator))
        yield from _record(record, names)
    for part in one.parts:
        yield _t(one.iri, PROV.wasDerivedFrom, part.iri)
        yield from _part(part, names)
