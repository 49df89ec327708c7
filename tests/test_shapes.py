"""Every rule with an example that conforms and one that fails, in both languages."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path

import pyoxigraph as ox
import pyshacl
import pytest
from pyshacl.errors import ReportableRuntimeError
from rdflib import SH, Graph, Literal, URIRef

from shapes import files, rules
from shapes.results import INFO, VIOLATION, WARNING, Report
from shapes.validate import shape_files, shapes_digest, validate

RULE = "https://w3id.org/ulzii/rule/"
KNOWN = rules.rules(files.shapes_graph())
PREFIXES = """
@base <https://w3id.org/ulzii/> .
@prefix adms: <http://www.w3.org/ns/adms#> .
@prefix core: <def/core#> .
@prefix dcat: <http://www.w3.org/ns/dcat#> .
@prefix dct: <http://purl.org/dc/terms/> .
@prefix epo: <http://data.europa.eu/a4g/ontology#> .
@prefix foaf: <http://xmlns.com/foaf/0.1/> .
@prefix odrl: <http://www.w3.org/ns/odrl/2/> .
@prefix openness: <def/openness#> .
@prefix place: <def/place#> .
@prefix prov: <http://www.w3.org/ns/prov#> .
@prefix qb: <http://purl.org/linked-data/cube#> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix register: <def/register#> .
@prefix sdmxa: <http://purl.org/linked-data/sdmx/2009/attribute#> .
@prefix sdmxc: <http://purl.org/linked-data/sdmx/2009/code#> .
@prefix sdmxd: <http://purl.org/linked-data/sdmx/2009/dimension#> .
@prefix sdmxm: <http://purl.org/linked-data/sdmx/2009/measure#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix stat: <def/stat#> .
@prefix tender: <def/tender#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix d: <id/dataset/x/1/cube#> .
@prefix o: <id/dataset/x/1/cube/> .
"""


def triples(turtle: str) -> bytes:
    parsed = ox.parse(PREFIXES + turtle, ox.RdfFormat.TURTLE)
    lines = {f"{q.subject} {q.predicate} {q.object} .\n" for q in parsed}
    return "".join(sorted(lines)).encode()


def check(turtle: str, reference: str = "") -> Report:
    return validate(triples(turtle), triples(reference))


def broken(found: Report) -> set[str]:
    return {r.rule.removeprefix(RULE) for r in found.results}


DATASET = """<d> a dcat:Dataset ; dct:title "Малын тоо"@mn ; dct:description "Тайлбар"@mn ;
  dct:identifier "x:1" ; dct:publisher <o> . """
PLACE = """<id/place/065> a place:Aimag , dct:Location ; rdfs:label "Архангай"@mn . """
CODE = """<scheme/au/065> a skos:Concept ; skos:inScheme <scheme/au> ; skos:notation "065" ;
  skos:prefLabel "Архангай"@mn ; foaf:focus <id/place/065> . """
ISO = """<scheme/iso3166-2> a skos:ConceptScheme .
  <scheme/iso3166-2/MN-073> a skos:Concept ; skos:inScheme <scheme/iso3166-2> ;
  skos:notation "MN-073" ; skos:prefLabel "Архангай"@mn . """
CUBE = """<id/dataset/x/1/cube> a qb:DataSet ; qb:structure d:dsd ;
    sdmxa:unitMeasure <scheme/unit/head> ; sdmxa:unitMult sdmxc:unitMult-3 .
  d:dsd qb:component d:c1 , d:c2 , d:c3 .
  d:c1 qb:dimension sdmxd:refArea . d:c2 qb:dimension sdmxd:refPeriod .
  d:c3 qb:measure sdmxm:obsValue ; stat:additiveOver sdmxd:refArea . """


def observation(key: str, value: str, area: str = "") -> str:
    figure = f"sdmxm:obsValue {value}" if value else "sdmxa:obsStatus sdmxc:obsStatus-M"
    return f"""o:{key} a qb:Observation ; qb:dataSet <id/dataset/x/1/cube> ; {figure} ;
      sdmxd:refArea <scheme/r/{area or key}> ; sdmxd:refPeriod <id/period/2024> . """


AREAS = """<scheme/r/total> skos:inScheme <scheme/r> . <scheme/r/3> skos:inScheme <scheme/r> .
  <scheme/r/361> skos:inScheme <scheme/r> ; skos:broader <scheme/r/3> .
  <scheme/r/363> skos:inScheme <scheme/r> ; skos:broader <scheme/r/3> .
  <scheme/r/367> skos:inScheme <scheme/r> ; skos:broader <scheme/r/3> . """
ONE = CUBE + AREAS + observation("3", "8377.8")
TWO = ONE + observation("361", "1") + "<scheme/r/361> skos:inScheme <scheme/new> . "
CLAIM = "<c> a core:Claim ; rdf:value 14 ; core:about <centres> . "
SERVICE = """<s> a dcat:DataService ; dct:title "API"@en ; dcat:endpointURL <https://a.mn/> . """

NUMBER = """<o#n> a register:LegalEntityNumber ; skos:notation "5296722" . """
TERM = "<t> a epo:SubmissionTerm ; tender:guaranteePercent 0.5 . "
OFFICE = "http://schemas.openxmlformats.org/package/2006/metadata/core-properties"
ITEM = "<https://w3id.org/ulzii/scheme/information-item-2021/8.6.11>"
FORMER = "<https://w3id.org/ulzii/scheme/information-group-former-act/budget>"
DUTY = f"""<duty> a openness:Obligation ; dct:source <law/8.9> ; openness:item {ITEM} ;
  odrl:assignee <o> . """
DISCLOSES = f"<d> openness:disclosesItem {ITEM} ."
FILE = "<f> a dcat:Distribution ; dcat:accessURL <https://a.mn/x.xlsx> . "

EXAMPLES = [
    ("register-number-form/1", NUMBER, NUMBER.replace("5296722", "529672")),
    ("register-number-form/1", NUMBER, NUMBER.replace('"5296722"', '"5296722" , "5296723"')),
    ("guarantee-one-kind/1", TERM, TERM + "<t> tender:guaranteeAmount <t#amount> ."),
    ("guarantee-percent/1", TERM, TERM.replace("0.5", "756835.11")),
    ("guarantee-percent/1", TERM, TERM.replace("0.5", "0.5 , 1.5")),
    ("title-tagged/1", '<a> dct:title "Гарчиг"@mn .', '<a> dct:title "Гарчиг" .'),
    ("title-tagged/1", '<a> dct:title "Гарчиг"@mn .', '<a> dct:title " "@mn .'),
    ("description-tagged/1", '<a> dct:description "x"@en .', '<a> dct:description "x" .'),
    ("label-tagged/1", '<a> rdfs:label "x"@en .', '<a> rdfs:label ""@en .'),
    ("name-tagged/1", '<a> foaf:name "Яам"@mn .', '<a> foaf:name "Яам" .'),
    ("pref-label-tagged/1", '<a> skos:prefLabel "x"@en , "у"@mn .', '<a> skos:prefLabel "x" .'),
    (
        "pref-label-tagged/1",
        '<a> skos:prefLabel "x"@en , "у"@mn .',
        '<a> skos:prefLabel "x"@en , "y"@en .',
    ),
    ("subject-is-iri/1", "<a> dct:relation <b> .", "<a> dct:relation [] ."),
    ("dataset-title/1", DATASET, DATASET.replace('dct:title "Малын тоо"@mn ;', "")),
    ("dataset-description/1", DATASET, DATASET.replace('dct:description "Тайлбар"@mn ;', "")),
    ("dataset-identifier/1", DATASET, DATASET.replace('"x:1"', '"x:1" , "x:2"')),
    ("dataset-identifier/1", DATASET, DATASET.replace('dct:identifier "x:1" ;', "")),
    ("dataset-publisher/1", DATASET, DATASET.replace("<o>", '"Яам"')),
    (
        "distribution-access/1",
        "<f> a dcat:Distribution ; dcat:accessURL <https://a.mn/> .",
        '<f> a dcat:Distribution ; dcat:accessURL "https://a.mn/" .',
    ),
    (
        "record-modified/1",
        '<r> a dcat:CatalogRecord ; foaf:primaryTopic <d> ; dct:modified "2026-11-22"^^xsd:date .',
        "<r> a dcat:CatalogRecord ; foaf:primaryTopic <d> .",
    ),
    (
        "record-topic/1",
        '<r> a dcat:CatalogRecord ; foaf:primaryTopic <d> ; dct:modified "2026-11-22"^^xsd:date .',
        '<r> a dcat:CatalogRecord ; dct:modified "2026-11-22"^^xsd:date .',
    ),
    ("agent-name/1", '<o> a foaf:Agent ; foaf:name "Яам"@mn .', "<o> a foaf:Agent ."),
    ("service-title/1", SERVICE, SERVICE.replace('dct:title "API"@en ;', "")),
    ("service-endpoint/1", SERVICE, SERVICE.replace("; dcat:endpointURL <https://a.mn/>", "")),
    (
        "licence-stated/1",
        "<f> dct:license <https://creativecommons.org/licenses/by/4.0/> .",
        "<f> dct:license <scheme/rights/licence-not-stated> .",
    ),
    ("place-typed/1", PLACE + CODE, (PLACE + CODE).replace("place:Aimag , ", "")),
    ("place-labelled/1", PLACE + CODE, (PLACE + CODE).replace('; rdfs:label "Архангай"@mn', "")),
    ("area-focus/1", PLACE + CODE, CODE),
    ("area-in-scheme/1", PLACE + CODE, PLACE + CODE.replace("skos:inScheme <scheme/au> ;", "")),
    ("area-notation/1", PLACE + CODE, PLACE + CODE.replace('skos:notation "065" ;', "")),
    ("iso-code/1", ISO, ISO.replace('"MN-073"', '"073"')),
    ("cube-dimensions/1", ONE, ONE.replace("qb:structure d:dsd ;", "")),
    ("cube-measure/1", ONE, ONE.replace("qb:measure sdmxm:obsValue ;", "")),
    ("cube-unit/1", ONE, ONE.replace("sdmxa:unitMeasure <scheme/unit/head> ;", "")),
    ("cube-multiplier/1", ONE, ONE.replace("; sdmxa:unitMult sdmxc:unitMult-3", "")),
    ("dimension-once/1", ONE, ONE.replace("; sdmxd:refPeriod <id/period/2024>", "")),
    ("dimension-once/1", ONE, ONE.replace("<id/period/2024>", "<id/period/2024> , <p>")),
    ("measure-once/1", CUBE + AREAS + observation("3", ""), ONE.replace("8377.8", "8377.8 , 1")),
    ("measure-once/1", ONE, ONE.replace("sdmxm:obsValue 8377.8 ;", "")),
    ("key-once/1", ONE + observation("4", "1", "total"), ONE + observation("4", "1", "3")),
    ("area-known/1", ONE, ONE.replace(AREAS, "")),
    ("area-one-scheme/1", TWO, TWO.replace("361> skos:inScheme <scheme/r>", "361> a skos:Concept")),
    ("one-script/1", "<a> dct:title 'БҮХ'@mn , 'ISO кодын'@mn .", "<a> dct:title 'БYХ'@mn ."),
    ("claim-value/1", CLAIM, CLAIM.replace("14", "14 , 15")),
    ("claim-about/1", CLAIM, CLAIM.replace("; core:about <centres>", "")),
    ("duty-item/1", DUTY, DUTY.replace(ITEM, FORMER)),
    ("duty-holder/1", DUTY, DUTY.replace("odrl:assignee <o>", "")),
    ("duty-source/1", DUTY, DUTY.replace("<law/8.9>", "'8.9'")),
    ("discloses-item/1", DISCLOSES, DISCLOSES.replace(ITEM, FORMER)),
    (
        "no-register-number/1",
        '<a> dct:description "Тогтоол 2022 оны УБ"@mn .',
        '<a> dct:description "РД: УБ90010112"@mn .',
    ),
    (
        "no-phone-number/1",
        '<a> dct:description "Төсөв 85000000 төгрөг, 20220719"@mn .',
        '<a> dct:description "Утас: 9911-2233"@mn .',
    ),
    (
        "no-person-in-file/1",
        FILE + "<f> dct:creator <o> . <o> a foaf:Agent ; foaf:name 'Яам'@mn .",
        FILE + "<f> dct:creator 'Дорж' .",
    ),
    (
        "no-person-in-file/1",
        FILE + "<f> dct:creator <o> . <o> a foaf:Agent ; foaf:name 'Яам'@mn .",
        FILE + "<f> dct:creator <p> . <p> a foaf:Person ; foaf:name 'Дорж'@mn .",
    ),
]


@pytest.mark.parametrize(("rule", "good", "bad"), EXAMPLES)
def test_rule(rule: str, good: str, bad: str) -> None:
    assert broken(check(good)) == set()
    found = check(bad)
    mine = [r for r in found.results if r.rule == RULE + rule]
    assert mine
    assert {r.severity for r in mine} == {KNOWN[RULE + rule].severity}
    for result in mine:
        assert set(result.messages) == {"mn", "en"}
        assert re.search("[а-яөү]", result.messages["mn"])
        assert not re.search("[а-яөү]", result.messages["en"])
        assert "{" not in "".join(result.messages.values())
    assert found.conforms == (not found.of(VIOLATION))


def test_every_rule_has_an_example() -> None:
    shown = {RULE + rule for rule, _, _ in EXAMPLES}
    elsewhere = {
        "no-person-of-file/1",
        "headline-equals-sum/1",
        "parent-equals-children/1",
        "parent-within-rounding/1",
    }
    assert set(KNOWN) == shown | {RULE + name for name in elsewhere}


def test_every_rule_is_named_and_worded_in_both_languages() -> None:
    for iri, rule in KNOWN.items():
        assert re.fullmatch(RULE + r"[a-z0-9-]+/[0-9]+", iri)
        assert rule.severity in {VIOLATION, WARNING, INFO}
        assert set(rule.labels) == {"mn", "en"}
        assert set(rule.messages) == {"mn", "en"}
        variables = [set(t.variables) for t in rule.templates if t.language]
        assert variables[0] == variables[1]


def test_every_shape_that_can_give_a_result_is_a_rule() -> None:
    graph = files.shapes_graph()
    targets = (SH.targetClass, SH.targetSubjectsOf, SH.targetObjectsOf, SH.targetNode)
    targeted = {str(s) for target in targets for s in graph.subjects(target)}
    assert targeted <= set(KNOWN)


def test_placeholders_are_selected() -> None:
    graph = files.shapes_graph()
    for constraint, query in graph.subject_objects(SH.select):
        head = str(query).split("WHERE")[0]
        for message in graph.objects(constraint, SH.message):
            names = re.findall(r"\{\?(\w+)\}", str(message))
            assert set(names) <= set(re.findall(r"\?(\w+)", head)), (constraint, names)


def test_the_two_faces_of_a_sum_ask_the_same() -> None:
    graph = files.shapes_graph()
    queries = [str(q) for q in graph.objects(None, SH.select) if "?tolerance" in str(q)]
    assert len(queries) == 2
    without = {re.sub(r"FILTER\(ABS.*", "", q) for q in queries}
    assert len(without) == 1


def test_shapes_are_valid_shapes() -> None:
    """Against the W3C's shapes for shapes, which pySHACL carries; it raises where they fail."""
    pyshacl.validate(Graph(), shacl_graph=files.shapes_graph(), meta_shacl=True)
    wrong = files.shapes_graph()
    wrong.add((URIRef(RULE + "agent-name/1"), SH.minCount, Literal("many")))
    with pytest.raises(ReportableRuntimeError):
        pyshacl.validate(Graph(), shacl_graph=wrong, meta_shacl=True)


def test_digest_names_the_files() -> None:
    assert re.fullmatch("[0-9a-f]{64}", shapes_digest())
    names = [path.name for path in shape_files()]
    assert names == sorted(names)
    assert {"core.ttl", "stat.ttl", "privacy.ttl"} <= set(names)


def test_the_manual_names_every_rule() -> None:
    manual = (Path(__file__).parent.parent / "docs" / "validation.md").read_text("utf-8")
    listed = set(re.findall(r"^\| `([a-z0-9-]+/[0-9]+)`", manual, re.MULTILINE))
    assert listed == {iri.removeprefix(RULE) for iri in KNOWN}


# ---- sums


def sums(total: str, *parts: str) -> Report:
    areas = ("361", "363", "367")
    cells = [observation(a, v) for a, v in zip(areas, parts, strict=True)]
    return check(CUBE + AREAS + observation("3", total) + "".join(cells))


def test_a_total_inside_rounding_is_info() -> None:
    (result,) = sums("8377.8", "175.8", "3038.7", "5163.2").results
    assert (result.severity, result.rule) == (INFO, RULE + "parent-equals-children/1")
    assert result.subject == "https://w3id.org/ulzii/id/dataset/x/1/cube/3"
    assert result.details["computed"] == "8377.7"
    assert result.details["tolerance"] == "0.2"
    assert len(result.details["derived"].split()) == 3
    assert "8377.8" in result.messages["en"]
    assert "8377.7" in result.messages["mn"]


@pytest.mark.parametrize(
    ("total", "severity"),
    [("8377.7", None), ("8377.9", INFO), ("8378.0", WARNING), ("8377.4", WARNING)],
)
def test_tolerance_is_half_a_digit_for_every_figure(total: str, severity: str | None) -> None:
    found = [r.severity for r in sums(total, "175.8", "3038.7", "5163.2").results]
    assert found == ([severity] if severity else [])


def test_an_empty_cell_counts_as_nothing() -> None:
    (result,) = sums("8202.0", "", "3038.7", "5163.2").results
    assert (result.severity, result.details["parts"]) == (INFO, "2")


def test_a_total_is_not_compared_with_some_of_its_parts() -> None:
    found = check(CUBE + AREAS + observation("3", "8377.8") + observation("361", "175.8"))
    assert found.results == ()


def test_no_sum_where_the_measure_is_not_additive() -> None:
    cube = CUBE.replace("; stat:additiveOver sdmxd:refArea", "")
    cells = "".join(observation(a, "1") for a in ("3", "361", "363", "367"))
    assert check(cube + AREAS + cells).results == ()


def test_counts_are_compared_too() -> None:
    (result,) = sums("6", "1", "1", "1").results
    assert (result.severity, result.details["tolerance"]) == (WARNING, "2")


# ---- the candidate and its reference


def test_only_the_candidate_is_judged() -> None:
    bad = DATASET.replace('dct:identifier "x:1" ;', "")
    good = DATASET.replace("<d>", "<e>")
    assert check(good, bad).results == ()
    assert not check(bad, good).conforms


def test_a_subject_described_in_both_is_judged_as_a_whole() -> None:
    assert broken(check('<o> dct:title "x"@en .', "<o> a foaf:Agent .")) == {"agent-name/1"}
    assert check('<o> foaf:name "Яам"@mn .', "<o> a foaf:Agent .").results == ()


def test_blank_nodes_and_literals_in_odd_places_are_refused() -> None:
    assert broken(check("[] a dcat:Dataset .")) == {"subject-is-iri/1"}
    assert not check('<scheme/au/1> foaf:focus "Архангай" .').conforms


def test_codes_are_looked_up_in_the_reference() -> None:
    assert check(CUBE + observation("3", "1"), AREAS).results == ()


def test_a_triple_in_both_counts_once() -> None:
    assert check(ONE, ONE).results == ()


def test_a_class_reaches_its_subclasses() -> None:
    reference = "<Ministry> rdfs:subClassOf foaf:Agent . <p> a <Ministry> ."
    assert broken(check("<o> a <Ministry> .", reference)) == {"agent-name/1"}


def test_nothing_conforms() -> None:
    found = validate(b"")
    assert found.conforms
    assert found.counts == {VIOLATION: 0, WARNING: 0, INFO: 0}
    assert found.statements == 0


def test_bytes_lines_and_files_are_the_same(tmp_path: Path) -> None:
    data = triples(DATASET.replace('dct:identifier "x:1" ;', ""))
    expected = validate(data).to_json()
    assert validate(io.BytesIO(data)).to_json() == expected
    assert validate(iter(data.splitlines())).to_json() == expected
    assert validate(data, workspace=tmp_path / "check").to_json() == expected


def test_the_report_is_the_same_whatever_the_order() -> None:
    turtle = ONE.replace("; sdmxd:refPeriod <id/period/2024>", "").replace(AREAS, "") + PLACE
    lines = triples(turtle + DATASET.replace("<o>", '"Яам"')).splitlines()
    first, second = validate(lines).to_json(), validate(lines[::-1]).to_json()
    assert first == second
    document = json.loads(first)
    assert document["conforms"] is False
    assert document["statements"] == len(lines)
    assert document["shapes"] == shapes_digest()
    assert document["counts"]["Violation"] == len(document["results"])


def test_what_is_not_n_triples_is_an_error() -> None:
    with pytest.raises(SyntaxError):
        validate(b"<a> <b> .")


def test_the_report_as_rdf_has_no_blank_nodes() -> None:
    found = check(DATASET.replace('dct:identifier "x:1" ;', ""))
    lines = found.to_ntriples("https://example.mn/report/1")
    quads = list(ox.parse(lines, ox.RdfFormat.N_TRIPLES))
    assert not any(isinstance(term, ox.BlankNode) for q in quads for term in (q.subject, q.object))
    messages = {q.object.language for q in quads if q.predicate.value.endswith("resultMessage")}
    assert messages == {"mn", "en"}


def test_the_observation_is_rejected_not_the_cube() -> None:
    cells = ONE + observation("361", "1 , 2")
    assert check(cells).rejected == {"https://w3id.org/ulzii/id/dataset/x/1/cube/361"}


# ---- personal data

HIDDEN = [
    "УБ90010112",
    "уб90010112",
    "YБ90010112",  # Latin Y
    "AA90010112",  # Latin both
    "Аv90010112",  # v for ү
    "єА90010112",  # є for ө
    "ӨҮ 90010112",
    "ӨҮ-05210112",
    "УБ９００１０１１２",  # full-width digits
    "Иргэн УБ90010112, Улаанбаатар",
]


@pytest.mark.parametrize("text", HIDDEN)
def test_register_numbers_are_refused(text: str) -> None:
    found = check(f'<a> skos:note "{text}"@mn ; dct:identifier "{text}" .')
    assert not found.conforms
    mine = [r for r in found.results if r.rule == RULE + "no-register-number/1"]
    assert len(mine) == 2
    assert "0112" not in found.to_json().decode()


@pytest.mark.parametrize(
    "text",
    [
        "ИНҮТ/20260103056",
        "DT_NSO_1001_109V1",
        "УБ9001011",
        "УБ900101123",
        "sha256-ab12345678cd",
        "2022-07-19",
        "57649.7",
        "WS100316",
    ],
)
def test_codes_are_no_personal_data(text: str) -> None:
    assert check(f'<a> skos:note "{text}"@mn ; skos:notation "{text}" .').results == ()


def test_a_register_number_in_escapes_is_refused() -> None:
    line = b'<urn:a> <urn:b> "\\u0423\\u0411\\u0039\\u0030010112" .\n'
    assert "no-register-number/1" in broken(validate(line))


@pytest.mark.parametrize("text", ["99112233", "Утас 8811 2233.", "+976-95112233", "976 95112233"])
def test_phone_numbers_are_refused(text: str) -> None:
    assert broken(check(f'<a> skos:note "{text}"@mn .')) == {"no-phone-number/1"}


@pytest.mark.parametrize("iri", ["tel:+97699112233", "tel:99112233", "TEL:+976-9911-2233"])
def test_phone_numbers_in_addresses_are_refused(iri: str) -> None:
    found = check(f"<a> foaf:phone <{iri}> .")
    assert broken(found) == {"no-phone-number/1"}
    assert "9911" not in found.to_json().decode()
    assert check("<a> foaf:phone <tel:105> ; foaf:page <https://a.mn/99112233> .").results == ()


@pytest.mark.parametrize(
    "name",
    [
        "dct:creator 'Дорж'@mn",
        "<http://purl.org/dc/elements/1.1/creator> 'Dorj'",
        f"<{OFFICE}#lastModifiedBy> 'Dorj'",
        "<https://schema.org/author> 'Dorj'",
        "dct:contributor <p> . <p> a foaf:Person",
        "prov:wasAttributedTo <o> , <p> . <p> a <http://www.w3.org/2006/vcard/ns#Individual>",
    ],
)
@pytest.mark.parametrize(
    "file", [FILE, "<d> dcat:distribution <f> . ", "<f> a <http://xmlns.com/foaf/0.1/Document> . "]
)
def test_a_file_names_no_person(file: str, name: str) -> None:
    found = check(f"{file} <f> {name} .")
    files = {iri for iri in found.rejected if not iri.endswith("/p")}
    assert files == {"https://w3id.org/ulzii/f"}
    assert (len(found.rejected) == 2) is ("<p> a" in name)  # the person is not published either
    assert broken(found) == {"no-person-in-file/1"}
    told = found.to_json().decode() + found.to_ntriples("https://example.mn/r").decode()
    assert "Дорж" not in told and "Dorj" not in told


def test_only_files_are_asked_for_persons() -> None:
    assert check("<e> dct:creator <p> . <p> a foaf:Person ; foaf:name 'П'@mn .").results == ()


def test_codes_and_amounts_are_no_phone_numbers() -> None:
    turtle = """<a> skos:notation "84713000" ; dct:identifier "x:99112233" ; rdf:value 99112233 ;
      skos:note "99112233.5 ба 99,112,233 ба 85000000₮ ба 12345678"@mn ."""
    assert check(turtle).results == ()
