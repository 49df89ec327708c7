"""For every rule, statements that conform and statements that break it."""

from __future__ import annotations

import pyoxigraph as ox

from shapes.results import ValidationReport
from shapes.validate import validate

RULE = "https://w3id.org/ulzii/rule/"
PREFIXES = """
@base <https://w3id.org/ulzii/> .
@prefix adms: <http://www.w3.org/ns/adms#> .
@prefix core: <def/core#> .
@prefix dcat: <http://www.w3.org/ns/dcat#> .
@prefix dct: <http://purl.org/dc/terms/> .
@prefix eli: <http://data.europa.eu/eli/ontology#> .
@prefix epo: <http://data.europa.eu/a4g/ontology#> .
@prefix foaf: <http://xmlns.com/foaf/0.1/> .
@prefix oa: <http://www.w3.org/ns/oa#> .
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


def check(turtle: str, reference: str = "") -> ValidationReport:
    return validate(triples(turtle), triples(reference))


def broken(found: ValidationReport) -> set[str]:
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
OWN_UNITS = (
    ONE.replace("sdmxa:unitMeasure <scheme/unit/head> ;", "")
    + """
  d:dsd qb:component d:c4 . d:c4 qb:attribute sdmxa:unitMeasure .
  d:c4 qb:componentAttachment qb:Observation . """
)
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

# a text may go on with an ending, and needs no capital letter
NAMED_LAW = """<id/law/10497> a eli:LegalResource ; rdfs:label "Glass account"@mn .
  <said> a oa:Annotation ; oa:hasBody <id/law/10497> ; oa:hasTarget <said#target> .
  <said#target> oa:hasSelector <said#quote> .
  <said#quote> oa:exact "glass accounts"@mn . """
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
    (
        "date-valid/1",
        '<a> dct:issued "2024-02-29"^^xsd:date , "2025-03-01T24:00:00Z"^^xsd:dateTime .',
        '<a> dct:issued "2025-02-30"^^xsd:date .',
    ),
    (
        "date-valid/1",
        '<a> dct:issued "1900-02-28"^^xsd:date .',
        '<a> dct:issued "1900-02-29"^^xsd:date .',
    ),
    ("date-valid/1", '<a> dct:issued "2025-03"^^xsd:gYearMonth .', '<a> dct:issued ""^^xsd:date .'),
    (
        "date-valid/1",
        '<a> dct:issued "soon" .',
        '<a> dct:issued "2025-04-01 10:00"^^xsd:dateTime .',
    ),
    (
        "identifier-unique/1",
        DATASET
        + '<f> a dcat:Distribution ; dcat:accessURL <https://a.mn/> ; dct:identifier "x:1" .',
        DATASET + DATASET.replace("<d>", "<e>"),
    ),
    (
        "period-order/1",
        '<a> dcat:startDate "2020"^^xsd:gYear ; dcat:endDate "2020-01-01"^^xsd:date .',
        '<a> dcat:startDate "2020-01-01"^^xsd:date ; dcat:endDate "2018-10-30"^^xsd:date .',
    ),
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
    ("cube-unit/1", OWN_UNITS, OWN_UNITS.replace("ment qb:Observation", "ment qb:DataSet")),
    ("dimension-once/1", ONE, ONE.replace("; sdmxd:refPeriod <id/period/2024>", "")),
    ("dimension-once/1", ONE, ONE.replace("<id/period/2024>", "<id/period/2024> , <p>")),
    ("measure-once/1", CUBE + AREAS + observation("3", ""), ONE.replace("8377.8", "8377.8 , 1")),
    ("measure-once/1", ONE, ONE.replace("sdmxm:obsValue 8377.8 ;", "")),
    ("key-once/1", ONE + observation("4", "1", "total"), ONE + observation("4", "1", "3")),
    ("area-known/1", ONE, ONE.replace(AREAS, "")),
    ("area-one-scheme/1", TWO, TWO.replace("361> skos:inScheme <scheme/r>", "361> a skos:Concept")),
    ("one-script/1", "<a> dct:title 'БҮХ'@mn , 'ISO кодын'@mn .", "<a> dct:title 'БYХ'@mn ."),
    ("claim-value/1", CLAIM, CLAIM.replace("14", "14 , 15")),
    ("law-named-rightly/1", NAMED_LAW, NAMED_LAW.replace("glass accounts", "glass bills")),
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
