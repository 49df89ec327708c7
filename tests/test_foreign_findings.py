"""What rules ask of a foreign catalogue: findings, one for each dataset and rule, no refusals."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox
import pytest

from graph.archive import Archive
from graph.core.instance import Instance
from graph.ledger import Ledger
from graph.statements import layer
from loaders.pipeline.load import load
from loaders.pipeline.source import Source, read
from shapes import asked
from shapes.validate import own_rules, validate
from tests.shape_examples import CUBE, broken, triples
from vocab.namespaces import CORE, DQV

CATALOGUE = """@prefix dcat: <http://www.w3.org/ns/dcat#> .
@prefix dct: <http://purl.org/dc/terms/> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> . @base <https://portal.example.org/> .
<a> a dcat:Dataset ; dct:title "Roads", "Streets" ; dct:identifier "1" ;
  dct:issued "2025-02-30"^^xsd:date ; dcat:distribution <a/csv> , <a/json> .
<a/csv> a dcat:Distribution . <a/json> a dcat:Distribution .
<b> a dcat:Dataset ; dct:title "Bridges"@en ; dct:description "All."@en ; dct:identifier "1" ;
  dct:temporal <b/time> .
<b/time> dcat:startDate "2020-01-01"^^xsd:date ; dcat:endDate "2018-10-30"^^xsd:date .
<place> <http://xmlns.com/foaf/0.1/focus> <mn> .
"""


def described(folder: Path, more: str) -> Source:
    (folder / "portal.ttl").write_text(CATALOGUE)
    path = folder / "portal.toml"
    path.write_text(
        f'id = "portal"\nloader = "rdf"\nfiles = ["portal.ttl"]\nmedia_type = "text/turtle"\n'
        f'{more}\n[title]\nmn = "Портал"\nen = "Portal"\n'
    )
    return read(path)


def check(turtle: str) -> set[str]:
    return broken(validate(triples(turtle), foreign=True))


@pytest.mark.slow
def test_every_dataset_is_there_and_its_defects_beside_it(
    instance: Instance, tmp_path: Path
) -> None:
    outcome = load(instance, described(tmp_path, "foreign = true"))
    assert outcome.counts["rejected"] == 0
    event = Ledger(instance).last("Load", "portal")
    assert event is not None
    text = b"\n".join(layer.read(Archive(instance.archive), event["layers"]["findings"]["lines"]))
    found: dict[tuple[str, str], dict[str, str]] = {}
    by_iri: dict[str, dict[str, str]] = {}
    for quad in ox.parse(text, ox.RdfFormat.N_TRIPLES):
        name = quad.predicate.value.removeprefix(str(CORE))
        by_iri.setdefault(quad.subject.value, {})[name] = getattr(quad.object, "value", "")
    for said in by_iri.values():
        if "rule" in said:
            found[
                said["rule"].split("/")[-2],
                said["about"].removeprefix("https://portal.example.org"),
            ] = said
    assert {key for key in found if key[1] == "/a"} == {
        (rule, "/a")
        for rule in (
            "title-tagged",
            "date-valid",
            "identifier-unique",
            "dataset-description",
            "dataset-publisher",
            "distribution-access",
            "contact-missing",
            "licence-missing",
        )
    }
    assert found["title-tagged", "/a"]["occurrences"] == "2"
    assert found["title-tagged", "/a"]["firstOccurrence"].startswith("portal.ttl#")
    assert ("identifier-unique", "/b") in found
    assert ("period-order", "/b/time") in found
    severities = {said["severity"].split("#")[1] for said in found.values()}
    assert severities == {"Warning", "Info"}
    link = f"<https://portal.example.org/a> {DQV.hasQualityAnnotation} "
    assert text.decode().count(link) == 8


@pytest.mark.slow
def test_the_same_is_not_published_of_an_agency(instance: Instance, tmp_path: Path) -> None:
    outcome = load(instance, described(tmp_path, "foreign = false"))
    assert outcome.status == "held"
    assert "records are rejected" in outcome.held[0]


def test_blank_nodes_are_never_published() -> None:
    result = validate(b"<https://a.mn/> <https://a.mn/p> _:x .\n", foreign=True)
    assert [(r.rule.split("/")[-2], r.severity) for r in result.results] == [
        ("subject-is-iri", "Violation")
    ]


def test_places_are_asked_of_agencies_only() -> None:
    turtle = "<a> foaf:focus <b> . <c> a place:Aimag ."
    assert broken(validate(triples(turtle)))
    assert check(turtle) == set()


def test_a_phone_number_is_the_mappings_business() -> None:
    assert check('<a> dct:description "ISSN 8756 6583"@en .') == set()


def test_a_cube_is_asked_only_where_its_observations_come_too() -> None:
    bare = "<id/dataset/x/1/cube> a qb:DataSet . "
    assert check(bare) == set()
    with_cell = bare + "<o> qb:dataSet <id/dataset/x/1/cube> ."
    assert {"cube-dimensions/1", "cube-measure/1"} <= check(with_cell)
    assert check(CUBE) == set()


@pytest.mark.parametrize(
    ("literal", "is_asked"),
    [('"БYХ"@mn', True), ('"БYХ"@ru', True), ('"БYХ"@en', False), ('"БYХ"', False)],
)
def test_mixed_scripts_are_asked_of_cyrillic_texts(literal: str, is_asked: bool) -> None:
    found = check(f"<a> <https://a.mn/p> {literal} .")
    assert found == ({"one-script/1"} if is_asked else set())


def test_every_rule_says_whom_it_asks() -> None:
    _, rules, _ = own_rules()
    assert {rule.asked_of for rule in rules.values()} == {*asked.ASKED_OF}
    vocabulary = Path(__file__).parents[1].joinpath("vocab", "core.ttl").read_text("utf-8")
    assert all(f"asked:{name} a skos:Concept" in vocabulary for name in asked.ASKED_OF)
