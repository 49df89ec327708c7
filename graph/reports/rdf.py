"""A harvest report as RDF: its findings are those of the version's findings layer."""

from __future__ import annotations

from collections.abc import Iterator

import pyoxigraph as ox

from graph.core.iris import Names
from graph.reports.harvest import HarvestReport, ReportedFinding
from vocab.namespaces import CORE, DCT, DQV, FOAF, PROV, RDF, RDFS, SH, XSD
from vocab.terms import Object

_TITLES = {"mn": "Таталтын тайлан: {}", "en": "Harvest report: {}"}


def triples(report: HarvestReport, names: Names) -> Iterator[ox.Triple]:
    """The statements of a report, named `{source}/report`."""
    node = ox.NamedNode(names.report(report.source))
    for predicate, value in _properties(report, names):
        yield ox.Triple(node, predicate, value)
    for number, one in enumerate(report.rejected, start=1):
        part = ox.NamedNode(f"{node.value}#rejected-{number}")
        yield ox.Triple(node, CORE.rejectedRecord, part)
        yield ox.Triple(part, RDFS.comment, ox.Literal(one.reason))
        yield ox.Triple(part, CORE.firstOccurrence, ox.Literal(one.place))
    yield ox.Triple(node, RDFS.seeAlso, ox.NamedNode(report.all_findings))
    for found in report.findings:
        yield ox.Triple(node, DQV.hasQualityAnnotation, ox.NamedNode(found.iri))
        for predicate, value in _of_finding(found):
            yield ox.Triple(ox.NamedNode(found.iri), predicate, value)


def _properties(report: HarvestReport, names: Names) -> Iterator[tuple[ox.NamedNode, Object]]:
    yield RDF.type, CORE.HarvestReport
    for language, title in report.title.items():
        text = _TITLES.get(language, "{}").format(title)
        yield DCT.title, ox.Literal(text, language=language)
    yield FOAF.primaryTopic, ox.NamedNode(names.source(report.source))
    yield PROV.wasDerivedFrom, ox.NamedNode(names.version(report.source, report.version))
    yield PROV.generatedAtTime, ox.Literal(report.at, datatype=XSD.dateTime)
    changes = report.changes
    for predicate, iris in (
        (CORE.addedDataset, changes.added),
        (CORE.changedDataset, changes.changed),
        (CORE.deletedDataset, changes.deleted),
    ):
        yield from ((predicate, ox.NamedNode(iri)) for iri in iris)


def _of_finding(found: ReportedFinding) -> Iterator[tuple[ox.NamedNode, Object]]:
    yield RDF.type, CORE.Finding
    yield CORE.rule, ox.NamedNode(found.rule)
    yield CORE.severity, SH[found.severity]
    yield from ((CORE.about, ox.NamedNode(iri)) for iri in found.about)
    yield CORE.occurrences, ox.Literal(found.occurrences)
    if found.place:
        yield CORE.firstOccurrence, ox.Literal(found.place)
    for language, text in found.comments.items():
        yield RDFS.comment, ox.Literal(text, language=language)
