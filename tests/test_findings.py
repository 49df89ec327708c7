"""Findings: what a source's data says against itself, one note beside it, never a repair."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pyoxigraph as ox
import pytest
from rdflib import Literal

from shapes.findings import FindingStatement, findings
from shapes.results import INFO, VIOLATION, WARNING, ValidationResult, make_report
from shapes.rules import parse_template
from shapes.validate import validate

BASE = "https://example.mn/"
DATASET = f"{BASE}id/dataset/emongolia-local/2022-07-19"
PREFIXES = f"""
PREFIX core: <https://w3id.org/ulzii/def/core#>
PREFIX stat: <https://w3id.org/ulzii/def/stat#>
PREFIX dqv: <http://www.w3.org/ns/dqv#>
PREFIX oa: <http://www.w3.org/ns/oa#>
PREFIX prov: <http://www.w3.org/ns/prov#>
PREFIX qb: <http://purl.org/linked-data/cube#>
PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX sdmxd: <http://purl.org/linked-data/sdmx/2009/dimension#>
PREFIX sdmxm: <http://purl.org/linked-data/sdmx/2009/measure#>
PREFIX sh: <http://www.w3.org/ns/shacl#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
PREFIX f: <{BASE}finding/>
PREFIX d: <{DATASET}#>
PREFIX c: <{DATASET}/cube#>
PREFIX e: <{DATASET}/cube/>
PREFIX nso: <{BASE}id/dataset/nso/>
PREFIX cap: <{BASE}capture/>
"""
PAGE = """
c:rows a qb:ObservationGroup ; qb:observation e:065 , e:063 , e:061 .
d:claim-1281 a core:Claim ; rdf:value 1281 ; core:about c:rows ; prov:wasQuotedFrom cap:first .
d:claim-1280 a core:Claim ; rdf:value 1280 ; core:about c:rows ; prov:wasQuotedFrom cap:second .
d:sum a core:ComputedValue ; rdf:value 1281 ; prov:wasDerivedFrom c:rows .
d:claim-centres a core:Claim ; rdf:value 14 ; core:about <https://example.mn/centres> .
"""
REGION = f"""
<{BASE}id/dataset/nso/T/cube> a qb:DataSet ; qb:structure <urn:dsd> ;
  <http://purl.org/linked-data/sdmx/2009/attribute#unitMeasure> <urn:head> ;
  <http://purl.org/linked-data/sdmx/2009/attribute#unitMult> <urn:thousands> .
<urn:dsd> qb:component <urn:c1> , <urn:c2> .
<urn:c1> qb:dimension sdmxd:refArea .
<urn:c2> qb:measure sdmxm:obsValue ; stat:additiveOver sdmxd:refArea .
<urn:361> skos:broader <urn:3> ; skos:inScheme <urn:s> .
<urn:363> skos:broader <urn:3> ; skos:inScheme <urn:s> .
<urn:367> skos:broader <urn:3> ; skos:inScheme <urn:s> .
<urn:3> skos:inScheme <urn:s> .
""" + "".join(
    f"<{BASE}id/dataset/nso/T/cube/{area}> a qb:Observation ; sdmxd:refArea <urn:{area}> ;"
    f" qb:dataSet <{BASE}id/dataset/nso/T/cube> ; sdmxm:obsValue {figure} .\n"
    for area, figure in (("3", "8377.8"), ("361", "175.8"), ("363", "3038.7"), ("367", "5163.2"))
)


def triples(turtle: str) -> list[bytes]:
    parsed = ox.parse(PREFIXES + turtle, ox.RdfFormat.TURTLE)
    return sorted(f"{q.subject} {q.predicate} {q.object} .".encode() for q in parsed)


def found(turtle: str, source: str = "emongolia-local", **more: str) -> list[FindingStatement]:
    return list(findings(validate(triples(turtle)), source, BASE, **more))


def ask(
    statements: Iterable[FindingStatement], query: str, data: str = ""
) -> list[tuple[Any, ...]]:
    store = ox.Store()
    store.load(b"\n".join(triples(data)), ox.RdfFormat.N_TRIPLES)
    store.extend(ox.Quad(s.subject, s.predicate, s.object) for s in statements)
    solutions = store.query(PREFIXES + query)
    assert isinstance(solutions, ox.QuerySolutions)
    return sorted(tuple(term.value for term in row) for row in solutions)


FINDING = f"{BASE}finding/emongolia-local/headline-equals-sum/2022-07-19"


def test_1281_and_1280_are_one_finding() -> None:
    assert ask(found(PAGE), "SELECT ?f { ?f a core:Finding }") == [(FINDING,)]


def test_the_finding_gives_its_numbers_and_their_source() -> None:
    query = """SELECT ?comment ?number ?quoted {
      ?f a core:Finding ; rdfs:comment ?comment ; core:about ?claim .
      ?claim rdf:value ?number ; prov:wasQuotedFrom ?quoted
      FILTER(lang(?comment) = "mn") }"""
    text = "Эх бичвэрт хэлсэн нийт дүн: 1,281 / 1,280; 3 мөрийн нийлбэр 1,281."
    assert ask(found(PAGE), query, PAGE) == [
        (text, "1280", f"{BASE}capture/second"),
        (text, "1281", f"{BASE}capture/first"),
    ]


def test_numbers_of_a_sentence_have_separators_and_the_values_stay_as_they_are() -> None:
    """Years, codes and decimals are no thousands."""
    template = parse_template(Literal("{?stated} ({?area}, {?parts}): {?computed}", lang="en"))
    values = template.match("10316.9 (1975, 12): 1281 / 0.12345") or {}
    assert template.sentence(values) == "10,316.9 (1975, 12): 1,281 / 0.12345"
    assert values["computed"] == "1281 / 0.12345"
    result, *_ = validate(triples(PAGE)).with_severity(WARNING)
    assert result.details["stated"] == "1281 / 1280"
    assert "1,281 / 1,280" in result.messages["mn"]


def test_the_finding_is_about_both_claims_and_the_sum() -> None:
    about = ask(found(PAGE), "SELECT ?x { ?f core:about ?x }")
    assert about == [(f"{DATASET}#{part}",) for part in ("claim-1280", "claim-1281", "sum")]
    targets = ask(found(PAGE), "SELECT ?x { ?f oa:hasTarget ?x }")
    assert targets == [(f"{DATASET}#claim-1280",), (f"{DATASET}#claim-1281",)]


def test_the_finding_has_the_wished_form() -> None:
    query = f"""SELECT ?rule ?activity {{ <{FINDING}> a core:Finding , dqv:QualityAnnotation ,
        oa:Annotation ; oa:motivatedBy dqv:qualityAssessment ; core:severity sh:Warning ;
        dqv:inDimension <https://www.w3.org/2016/05/ldqd#consistency> ;
        core:rule ?rule ; prov:wasGeneratedBy ?activity .
      <{DATASET}> dqv:hasQualityAnnotation <{FINDING}> }}"""
    statements = found(PAGE, activity=f"{BASE}log/42#activity")
    rule = "https://w3id.org/ulzii/rule/headline-equals-sum/1"
    assert ask(statements, query) == [(rule, f"{BASE}log/42#activity")]
    assert {s.rule for s in statements} == {"headline-equals-sum/1"}


def test_claims_without_a_sum_still_contradict() -> None:
    without = "\n".join(line for line in PAGE.splitlines() if not line.startswith("d:sum"))
    comments = [text for (text,) in ask(found(without), "SELECT ?c { ?f rdfs:comment ?c }")]
    assert "The text states as total: 1,281 / 1,280; its 3 rows sum to –." in comments


def test_one_claim_against_the_sum() -> None:
    without = "\n".join(line for line in PAGE.splitlines() if "claim-1281" not in line)
    assert ask(found(without), "SELECT ?x { ?f oa:hasTarget ?x }") == [(f"{DATASET}#claim-1280",)]


def test_claims_that_agree_are_no_finding() -> None:
    assert found(PAGE.replace("1280 ;", "1281 ;")) == []


def test_a_total_within_rounding_says_what_was_computed() -> None:
    query = """SELECT ?f ?target ?value ?tolerance (COUNT(?part) AS ?parts) {
      ?f core:severity sh:Info ; oa:hasTarget ?target ; oa:hasBody ?sum .
      ?sum a core:ComputedValue ; rdf:value ?value ; stat:tolerance ?tolerance ;
        prov:wasDerivedFrom ?part } GROUP BY ?f ?target ?value ?tolerance"""
    finding = f"{BASE}finding/nso/parent-equals-children/T/3/sum-over-refArea"
    target = f"{BASE}id/dataset/nso/T/cube/3"
    assert ask(found(REGION, "nso"), query) == [(finding, target, "8377.7", "0.2", "3")]


def test_findings_lie_under_their_dataset() -> None:
    linked = ask(found(REGION, "nso"), "SELECT ?d { ?d dqv:hasQualityAnnotation ?f }")
    assert linked == [(f"{BASE}id/dataset/nso/T",)]
    other = found(REGION, "another")
    assert ask(other, "SELECT ?d { ?d dqv:hasQualityAnnotation ?f }") == []
    assert ask(other, "SELECT ?f { ?f a core:Finding }") == [
        (f"{BASE}finding/another/parent-equals-children/id/dataset/nso/T/3/sum-over-refArea",)
    ]


def test_findings_are_the_same_whatever_the_order() -> None:
    lines = triples(PAGE) + triples(REGION)
    first = list(findings(validate(lines), "nso", BASE))
    assert first == list(findings(validate(lines[::-1]), "nso", BASE))
    assert len(first) == len(set(first))


def result(severity: str, focus: str, value: ox.NamedNode | None = None) -> ValidationResult:
    return ValidationResult(
        focus=focus,
        path="",
        value=value,
        component="urn:component",
        severity=severity,
        shape="https://w3id.org/ulzii/rule/cube-unit/1",
        rule="https://w3id.org/ulzii/rule/cube-unit/1",
        messages={"mn": "Нэгж алга.", "en": "No unit."},
    )


def test_violations_are_no_findings() -> None:
    assert list(findings(make_report([result(VIOLATION, DATASET)], 1, ""), "x", BASE)) == []


@pytest.mark.parametrize(
    ("focus", "key"),
    [
        (f"{DATASET}/cube", "2022-07-19/cube"),
        (f"{DATASET}#record", "2022-07-19/record"),
        (f"{BASE}id/service/x", "id/service/x"),
        ("https://w3id.org/ulzii/scheme/au/065", "scheme/au/065"),
        ("https://other.mn/?id=7", "a0b97151501acf86"),
    ],
)
def test_a_finding_is_named_by_what_it_is_about(focus: str, key: str) -> None:
    (name,) = ask(
        findings(make_report([result(INFO, focus)], 1, ""), "emongolia-local", BASE),
        "SELECT ?f { ?f a core:Finding }",
    )
    assert name == (f"{BASE}finding/emongolia-local/cube-unit/{key}",)


def test_one_finding_for_all_results_about_one_thing() -> None:
    results = [result(s, DATASET, ox.NamedNode(f"urn:{s}")) for s in (INFO, WARNING)]
    statements = list(findings(make_report(results, 1, ""), "emongolia-local", BASE))
    assert ask(statements, "SELECT ?s { ?f core:severity ?s }") == [
        ("http://www.w3.org/ns/shacl#Warning",)
    ]
    about = ask(statements, "SELECT ?x { ?f core:about ?x }")
    assert about == [(DATASET,), ("urn:Info",), ("urn:Warning",)]
