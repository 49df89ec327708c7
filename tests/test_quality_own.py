"""Our own indicators, the coverage of the law, and both as DQV."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pyoxigraph as ox
import pytest

from graph.queries.results.resource_description import StoreLinks, describe
from shapes.quality import dqv, law
from shapes.quality.definitions import definitions
from shapes.quality.indicators import INDICATORS
from shapes.quality.metrics import METRICS
from shapes.quality.score import score
from shapes.quality.scored_resource import Evidence, ProbedAddress, store_of
from tests.turtle import lines
from vocab.namespaces import DQV, PROV, RDF, SKOS, XSD

SHA = "a" * 64
URLS = {
    "https://a.mn/csv": ProbedAddress(200, "text/csv", 10, SHA),
    "https://a.mn/shell": ProbedAddress(200, "text/html", 10, SHA, html=True),
    "https://a.mn/gone": ProbedAddress(404, "text/html", 10, SHA, html=True),
    "https://a.mn/long": ProbedAddress(200, "text/csv", None, ""),
}
FILE = "<d> a dcat:Dataset ; dcat:distribution <f> . <f> dcat:downloadURL <https://a.mn/%s> . "
SHELL, LONG, CSV, GONE = (FILE % name for name in ("shell", "long", "csv", "gone"))
CHECKED = "<f> spdx:checksum <f#c> . <f#c> spdx:checksumValue '%s' ; spdx:algorithm <%s> . "
SHA256 = "http://spdx.org/rdf/terms#checksumAlgorithm_sha256"


def evidence(**more: object) -> Evidence:
    return Evidence(date(2026, 11, 22), URLS, frozenset(), **more)  # type: ignore[arg-type]


def own(turtle: str, identifiers: dict[str, str] | None = None) -> dict[str, Fraction]:
    found = score(store_of(lines(turtle)), evidence(identifiers=identifiers))
    return dict(found.datasets[0].indicators)


FRESH = "<d> a dcat:Dataset ; dct:accrualPeriodicity frequency:%s ; dct:modified '%s' ."


@pytest.mark.parametrize(
    ("name", "turtle", "value"),
    [
        ("contentMatch", CSV, 1),
        ("contentMatch", SHELL, 0),
        ("contentMatch", SHELL + "<f> dct:format file:HTML .", 1),
        ("contentMatch", GONE, None),
        ("contentMatch", FILE % "never-asked", None),
        ("byteSizeMatch", CSV + "<f> dcat:byteSize 10 .", 1),
        ("byteSizeMatch", CSV + "<f> dcat:byteSize 11 .", 0),
        ("byteSizeMatch", CSV, None),
        ("byteSizeMatch", LONG + "<f> dcat:byteSize 10 .", None),
        ("checksumAvailability", CSV, 0),
        ("checksumAvailability", CSV + CHECKED % (SHA, SHA256), 1),
        ("checksumAvailability", "<d> a dcat:Dataset .", None),
        ("checksumMatch", CSV + CHECKED % (SHA.upper(), SHA256), 1),
        ("checksumMatch", CSV + CHECKED % ("b" * 64, SHA256), 0),
        ("checksumMatch", CSV + CHECKED % ("b" * 32, "http://spdx.org/rdf/terms#md5"), None),
        ("checksumMatch", LONG + CHECKED % (SHA, SHA256), None),
        ("freshness", FRESH % ("DAILY", "2026-11-21T23:00:00+08:00"), 1),
        ("freshness", FRESH % ("DAILY", "2026-11-20"), 0),
        ("freshness", FRESH % ("ANNUAL", "2025-11-22"), 1),
        ("freshness", FRESH % ("ANNUAL", "2025-11-20"), 0),
        ("freshness", FRESH % ("AS_NEEDED", "2020-01-01"), None),
        ("freshness", FRESH % ("ANNUAL", "2025"), None),
        ("freshness", FRESH % ("ANNUAL", "last week"), None),
        ("freshness", CSV + "<d> dct:accrualPeriodicity frequency:ANNUAL . "
                            "<f> dct:modified '2026-01-01' .", 1),
        ("bilingualCompleteness", "<d> a dcat:Dataset ; dct:title 'а'@mn ; "
                                  "dct:description 'b'@en .", Fraction(1, 2)),
        ("bilingualCompleteness", "<d> a dcat:Dataset ; dct:title 'ᠮ'@mn-mong-mn , 'x' .", 0),
        ("inferredShare", "<d> a dcat:Dataset ; dct:title 'x' ; dct:language <mn> . "
                          "<r> foaf:primaryTopic <d> ; core:inferredProperty dct:language .",
         Fraction(1, 3)),
        ("inferredShare", "<d> a dcat:Dataset .", None),
    ],
)  # fmt: skip
def test_known_answers(name: str, turtle: str, value: Fraction | int | None) -> None:
    assert name in {indicator.id for indicator in INDICATORS}
    assert own(turtle).get(name) == value


@pytest.mark.parametrize(
    ("before", "value"),
    [
        ({"https://example.mn/d": "a:1"}, 1),
        ({"https://example.mn/d": "a:2"}, 0),
        ({"https://example.mn/e": "a:1"}, None),
        ({}, None),
        (None, None),
    ],
)
def test_identifiers_are_held_against_the_version_before(
    before: dict[str, str] | None, value: int | None
) -> None:
    assert (
        own("<d> a dcat:Dataset ; dct:identifier 'a:1' .", before).get("identifierStability")
        == value
    )


def test_a_dataset_that_is_gone_counts_for_the_catalogue() -> None:
    before = {"https://example.mn/d": "a:1", "https://example.mn/gone": "a:2"}
    store = store_of(lines("<c> dcat:dataset <d> . <d> dct:identifier 'a:1' ."))
    assert score(store, evidence(identifiers=before)).catalogue.indicators[
        "identifierStability"
    ] == Fraction(1, 2)


LAW = """
item:a skos:inScheme <https://w3id.org/ulzii/scheme/information-item-2021> ; skos:notation "a" .
item:b skos:inScheme <https://w3id.org/ulzii/scheme/information-item-2021> ; skos:notation "b" .
<d> a dcat:Dataset ; dct:publisher <o> ; openness:disclosesItem item:a .
"""
STATE = "<duty> openness:item item:b ; openness:holderKind <state> . "


@pytest.mark.parametrize(
    ("more", "a", "b"),
    [
        ("", "published", "not-assessed"),
        ("<d> dct:accrualPeriodicity frequency:DAILY ; dct:modified '2026-11-22' .",
         "in-time", "not-assessed"),
        ("<d> dct:accrualPeriodicity frequency:DAILY ; dct:modified '2026-11-01' .",
         "late", "not-assessed"),
        ("<duty> openness:item item:b .", "published", "not-assessed"),
        (STATE, "published", "not-assessed"),
        (STATE + "<o> org:classification <state> .", "published", "missing"),
        ("<duty> openness:item item:b ; odrl:assignee <o> .", "published", "missing"),
        ("<duty> openness:item item:b ; odrl:assignee <p> .", "published", "not-assessed"),
        ("<e> dct:publisher <p> ; a dcat:Dataset ; openness:disclosesItem item:b .",
         "published", "not-assessed"),
    ],
)  # fmt: skip
def test_nothing_is_called_missing_without_a_duty(more: str, a: str, b: str) -> None:
    found = law.coverage(store_of(lines(LAW + more)), evidence())
    assert [one.status for one in found if one.organisation == "https://example.mn/o"] == [a, b]


@pytest.mark.parametrize(
    ("frequency", "status"), [("WEEKLY", "late"), ("MONTHLY", "in-time"), ("UNKNOWN", "published")]
)
def test_the_time_is_the_duty_s_where_it_states_one(frequency: str, status: str) -> None:
    duty = "<duty> openness:item item:a ; odrl:assignee <o> ; dct:accrualPeriodicity frequency:"
    dataset = "<d> dct:accrualPeriodicity frequency:DAILY ; dct:modified '2026-11-01' . "
    found = law.coverage(store_of(lines(f"{LAW} {dataset} {duty}{frequency} .")), evidence())
    assert [one.status for one in found] == [status, "not-assessed"]


def test_who_has_a_duty_and_publishes_nothing_is_listed() -> None:
    more = STATE + "<p> org:classification <state> . <duty> odrl:assignee <q> ."
    found = law.coverage(store_of(lines(LAW + more)), evidence())
    statuses = {(one.organisation, one.notation): one.status for one in found}
    for name in "pq":
        assert statuses[f"https://example.mn/{name}", "a"] == "not-assessed"
        assert statuses[f"https://example.mn/{name}", "b"] == "missing"


def test_counts_of_an_organisation() -> None:
    found = law.coverage(store_of(lines(LAW)), evidence())
    ((organisation, numbers),) = law.counts(found)
    assert organisation == "https://example.mn/o"
    assert {name: n for name, n in numbers.items() if n} == {"published": 1, "not-assessed": 1}


CATALOGUE = """
<catalog> a dcat:Catalog ; dcat:dataset <id/dataset/s/1> .
<id/dataset/s/1> a dcat:Dataset ; dct:publisher <https://w3id.org/ulzii/id/org/5296722> ;
  dct:title "а"@mn ; dcat:distribution <id/dataset/s/1/file/1> .
"""


def written(earlier: dqv.PreviousValues, turtle: str = CATALOGUE) -> set[dqv.NamedTriple]:
    found = score(store_of(lines(turtle)), evidence())
    writer = dqv.DqvWriter("https://example.mn/", "2026-11-22T10:00:00+08:00", earlier)
    parsed = ox.parse("\n".join(writer.scores(found)), ox.RdfFormat.N_TRIPLES)
    return {(q.subject, q.predicate, q.object) for q in parsed}


def properties(triples: set[dqv.NamedTriple], part: str) -> dict[str, str]:
    node = ox.NamedNode(f"https://example.mn/quality/{part}")
    return {str(p): str(o) for s, p, o in triples if s == node}


def test_every_measurement_says_of_what_by_which_metric_how_much_and_when() -> None:
    triples = written({})
    for part, of in (
        ("dataset/s/1#publisherAvailability", "https://example.mn/id/dataset/s/1"),
        ("org/5296722#publisherAvailability", "https://w3id.org/ulzii/id/org/5296722"),
        ("catalog#publisherAvailability", "https://example.mn/catalog"),
    ):
        assert properties(triples, part) == {
            str(RDF.type): str(DQV.QualityMeasurement),
            str(DQV.isMeasurementOf): f"<{dqv.METRIC}publisherAvailability>",
            str(DQV.computedOn): f"<{of}>",
            str(DQV.value): '"10"^^<http://www.w3.org/2001/XMLSchema#decimal>',
            str(PROV.generatedAtTime):
                '"2026-11-22T10:00:00+08:00"^^<http://www.w3.org/2001/XMLSchema#dateTime>',
        }  # fmt: skip
    assert properties(triples, "dataset/s/1#rating")[str(DQV.value)] == '"bad"'
    assert properties(triples, "catalog#datasets")[str(DQV.value)].startswith('"1"')


def test_a_document_holds_its_measurements() -> None:
    store = ox.Store()
    triples = written({})
    store.extend(ox.Quad(*triple) for triple in triples)
    for document in ("dataset/s/1", "org/5296722", "catalog"):
        iri = f"https://example.mn/quality/{document}"
        held = {t.subject for t in describe(StoreLinks(store), iri)}
        assert held == {s for s, _, _ in triples if s.value.split("#")[0] == iri}
        assert len(held) > 20


def test_totals_are_the_sums_of_what_is_published() -> None:
    triples = written({})
    value = {s.value: float(o.value) for s, p, o in triples if p == DQV.value and _is_number(o)}
    start = "https://example.mn/quality/dataset/s/1#"
    points = sum(value.get(start + metric.id, 0) for metric in METRICS)
    assert value[start + "score"] == points == 40
    assert value[start + "reusability"] == 10


def _is_number(term: object) -> bool:
    return isinstance(term, ox.Literal) and term.datatype.value.endswith(("decimal", "integer"))


def test_an_unchanged_value_keeps_its_time() -> None:
    first = written({})
    values = {s.value: str(o) for s, p, o in first if p == DQV.value}
    old = ox.Literal("2026-01-01T00:00:00+08:00", datatype=XSD.dateTime)
    again = written({iri: (value, str(old)) for iri, value in values.items()})
    assert {o for _, p, o in again if p == PROV.generatedAtTime} == {old}
    assert {t for t in again if t[1] == DQV.value} == {t for t in first if t[1] == DQV.value}
    more = CATALOGUE + "<id/dataset/s/1> dct:spatial <mn> ."
    changed = written({iri: (value, str(old)) for iri, value in values.items()}, more)
    fresh = {s.value.split("#")[1] for s, p, o in changed if p == PROV.generatedAtTime and o != old}
    assert fresh == {"spatialAvailability", "findability", "score"}


def test_foreign_and_blank_subjects() -> None:
    triples = written({}, "[] a dcat:Dataset . <https://other.mn/ы> a dcat:Dataset .")
    subjects = {s.value for s, p, _ in triples if p == RDF.type}
    assert len({s.split("#")[0] for s in subjects}) == 1
    assert all("/quality/sha256-" in s for s in subjects)


def test_every_metric_that_is_measured_is_defined_in_both_languages() -> None:
    defined = list(definitions())
    metrics = {s for s, p, o in defined if (p, o) == (RDF.type, DQV.Metric)}
    used = {o for _, p, o in written({}) if p == DQV.isMeasurementOf}
    keys = [m.id for m in METRICS] + [i.id for i in INDICATORS]
    law_item = ox.NamedNode(f"{dqv.METRIC}informationItem")
    assert used <= metrics
    assert metrics >= {law_item, *(ox.NamedNode(dqv.METRIC + key) for key in keys)}
    for metric in metrics:
        for predicate in (SKOS.prefLabel, SKOS.definition):
            tags = {o.language for s, p, o in defined
                    if (s, p) == (metric, predicate) and isinstance(o, ox.Literal)}  # fmt: skip
            assert tags == {"mn", "en"}
    dimensions = {o for _, p, o in defined if p == DQV.inDimension}
    assert dimensions == {s for s, p, o in defined if (p, o) == (RDF.type, DQV.Dimension)}
