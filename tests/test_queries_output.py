"""How results are written: columns in the order of the query, its prefixes, JSON-LD, XML."""

from __future__ import annotations

import io
import json
from typing import Any

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rdflib import Graph
from rdflib.compare import isomorphic

from graph.core.errors import QueryNotAcceptable
from graph.queries import Pool, Query
from graph.queries.engines.select_star import expand_star
from graph.queries.results import jsonld
from graph.queries.syntax.prefixes import declared

DCAT = "http://www.w3.org/ns/dcat#"


# --- columns ---


@pytest.mark.parametrize(
    ("query", "columns"),
    [
        ("SELECT * { ?s ?p ?o }", "?s ?p ?o"),
        ("SELECT*{ ?s ?p ?o }", "?s ?p ?o"),
        ("select distinct * { ?z <a> ?b }", "?z ?b"),
        ("# SELECT *\nPREFIX s: <http://e/*> SELECT REDUCED * { ?z s:x* ?b }", "?z ?b"),
        ("SELECT * { ?z ?y ?x FILTER(?q > ?a) MINUS { ?z ?m ?l } }", "?z ?y ?x"),
        ("SELECT * { ?z ?y 1 { SELECT ?k (?h AS ?c) { ?k ?j ?h } } }", "?z ?y ?k ?c"),
        ("SELECT * { ?z <http://e/p> ?b FILTER(<http://e/unknown>(?b)) }", "?z ?b"),
        ("SELECT * { VALUES (?b $a) { (1 2) } BIND(?a AS ?c) }", "?b ?a ?c"),
    ],
)
def test_columns_stand_as_they_were_written(pool: Pool, query: str, columns: str) -> None:
    head = pool.run(Query(query, "tsv")).read().decode().splitlines()[0]
    assert head.split("\t") == columns.split()


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * { ?a ?b ?c }",  # sorted anyway
        "SELECT ?z ?a { ?z ?y ?a }",
        "SELECT (COUNT(*) AS ?n) { ?z ?y ?a }",
        "ASK { { SELECT * { ?z ?y ?a } } }",
        "CONSTRUCT WHERE { ?z ?y ?a }",
        "DESCRIBE * { ?z ?y ?a }",
        "SELECT * {}",
        "SELECT * { ?z ?y ?a",
        "SELECT",
        "*",
        "SELECT * { ?z ?y ?a SERVICE <http://127.0.0.1:9/> { ?c ?b ?a } }",
    ],
)
def test_other_queries_are_left_alone(query: str) -> None:
    assert expand_star(query) == query


NAMES = st.lists(st.sampled_from("abcxyz"), min_size=3, max_size=9)


@given(NAMES.filter(lambda names: len(names) % 3 == 0))
def test_the_rewritten_query_has_the_same_columns(names: list[str]) -> None:
    triples = " . ".join(
        " ".join(f"?{n}" for n in names[i : i + 3]) for i in range(0, len(names), 3)
    )
    query = f"SELECT * {{ {triples} }}"
    original, rewritten = (ox.Store().query(text) for text in (query, expand_star(query)))
    assert isinstance(original, ox.QuerySolutions)
    assert isinstance(rewritten, ox.QuerySolutions)
    columns = [v.value for v in rewritten.variables]
    assert columns == list(dict.fromkeys(names))
    assert sorted(columns) == sorted(v.value for v in original.variables)


# --- prefixes ---


def test_a_querys_own_prefixes_are_written(pool: Pool) -> None:
    query = (
        f"PREFIX d: <{DCAT}> PREFIX odd: <http://e/odd_> PREFIX unused: <http://unused/> "
        "BASE <http://b/> PREFIX rel: <rel#> "
        'CONSTRUCT { odd:s a d:Dataset ; rel:p "x" } {}'
    )
    turtle = pool.run(Query(query, "ttl")).read().decode()
    assert f"@prefix d: <{DCAT}> ." in turtle
    assert "a d:Dataset" in turtle
    assert "@prefix rel: <http://b/rel#>" in turtle
    assert "odd:s" in turtle
    assert "unused" not in turtle
    assert "dcat:" not in turtle
    for form in ("trig", "rdf", "jsonld"):
        assert "d:Dataset" in pool.run(Query(query, form)).read().decode() or form == "rdf"
        assert DCAT in pool.run(Query(query, form)).read().decode()


def test_a_name_that_means_something_else_here_is_the_querys(pool: Pool) -> None:
    query = "PREFIX dcat: <http://e/> CONSTRUCT { dcat:s a <" + DCAT + "Dataset> } {}"
    turtle = pool.run(Query(query, "ttl")).read().decode()
    assert "@prefix dcat: <http://e/>" in turtle
    assert f"<{DCAT}Dataset>" in turtle


def test_prefixes_are_read_from_the_prologue_alone() -> None:
    text = 'PREFIX : <http://e/#> prefix a:<b> # PREFIX c: <c>\nASK { ?s ?p "PREFIX d: <x>" }'
    assert declared(text, "http://base/x") == {"": "http://e/#", "a": "http://base/b"}
    assert declared("ASK { ?prefix ?p ?o }", None) == {}
    assert declared("PREFIX x: <rel> ASK {}", None) == {}


# --- JSON-LD ---


def written(turtle: str, prefixes: dict[str, str]) -> Any:
    out = io.BytesIO()
    quads = ox.parse(turtle, ox.RdfFormat.TURTLE)
    jsonld.write((quad.triple for quad in quads), out, prefixes)
    return json.loads(out.getvalue())


def test_json_ld_is_compact() -> None:
    parsed = written(
        f"""@prefix dcat: <{DCAT}> . @prefix dct: <http://purl.org/dc/terms/> .
        @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
        <http://e/d> a dcat:Dataset, dcat:Resource ; dct:title "Өгөгдөл"@mn , "Data"@en ;
          dct:title "Мэдээ"@mn , "untagged" ; dct:publisher <http://e/o> ; dct:identifier "d" ;
          dct:extent 12 , 12.5 , true ; dct:issued "2026-01-01"^^xsd:date .""",
        {"dcat": DCAT, "dct": "http://purl.org/dc/terms/"},
    )
    assert parsed == {
        "@context": {
            "id": "@id",
            "type": "@type",
            "dcat": DCAT,
            "dct": "http://purl.org/dc/terms/",
            "Dataset": "dcat:Dataset",
            "Resource": "dcat:Resource",
            "identifier": "dct:identifier",
            "title": {"@id": "dct:title", "@container": "@language"},
            "publisher": {"@id": "dct:publisher", "@type": "@id", "@container": "@set"},
            "issued": "dct:issued",
        },
        "@graph": [
            {
                "id": "http://e/d",
                "type": ["Dataset", "Resource"],
                "title": {"mn": ["Өгөгдөл", "Мэдээ"], "en": "Data"},
                "dct:title": "untagged",
                "publisher": ["http://e/o"],
                "identifier": "d",
                "dct:extent": [
                    12,
                    {"@type": "http://www.w3.org/2001/XMLSchema#decimal", "@value": "12.5"},
                    True,
                ],
                "issued": {
                    "@type": "http://www.w3.org/2001/XMLSchema#date",
                    "@value": "2026-01-01",
                },
            }
        ],
    }


def test_names_that_a_query_gives_another_meaning_are_not_used() -> None:
    turtle = f"""<http://e/d> a <{DCAT}Dataset> ; <http://purl.org/dc/terms/title> "x"@mn ."""
    parsed = written(turtle, {"title": "http://e/", "id": "http://id/", "Dataset": "http://ds/"})
    assert parsed["@graph"] == [
        {
            "@id": "title:d",
            "type": f"{DCAT}Dataset",
            "http://purl.org/dc/terms/title": {"@language": "mn", "@value": "x"},
        }
    ]


TRICKY = """
@prefix e: <http://e/> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix dct: <http://purl.org/dc/terms/> . @prefix dcat: <http://www.w3.org/ns/dcat#> .
@prefix spdx: <http://spdx.org/rdf/terms#> . @prefix skos: <http://www.w3.org/2004/02/skos/core#> .
e:d a dcat:Dataset , dct:title ; dct:title "a"@mn , "b"@mn-cyrl , "b"@mn , "c" , 5 , e:x , _:x ;
  dct:publisher e:o , "nobody" , _:x ; dcat:byteSize 5 , "5"^^xsd:nonNegativeInteger ;
  spdx:checksumValue "00ff"^^xsd:hexBinary , "00ff" ; dct:issued "2026"^^xsd:gYear , e:x , "x"@en ;
  dcat:spatialResolutionInMeters 1.5 , "1"^^xsd:decimal ; skos:notation "066" , "x"^^e:code .
e:a e:p e:b , _:x , <geo:47,106> , <urn:x> , <e:thing> , <http://e/> , <http://e//x> , <odd:_1> .
_:x a _:y , e:C , "text as a type" ; e:p 1 , 01 , 9007199254740993 , -0 , 1.0 , 1e0 , "1"^^e:t .
e:a e:q "true"^^xsd:boolean , "1"^^xsd:boolean , "" , "@id" , "\\"\\n\\u0000\\U0001F600"@mn-cyrl .
<geo:1,2> <geo:p> <http://e/b> .
e:a <http://e/odd_p> <http://e/odd_o> , <e:> .
"""


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph:DeprecationWarning")
@pytest.mark.parametrize("reader", ["engine", "rdflib"])
def test_json_ld_says_the_same_as_the_statements(reader: str) -> None:
    prefixes = {"e": "http://e/", "geo": "http://geo/", "odd": "http://e/odd_", "": "urn:"}
    text = json.dumps(written(TRICKY, prefixes))
    stated = list(ox.parse(TRICKY, ox.RdfFormat.TURTLE))
    if reader == "engine":
        ours, theirs = ox.Dataset(stated), ox.Dataset(ox.parse(text, ox.RdfFormat.JSON_LD))
        for dataset in (ours, theirs):
            dataset.canonicalize(ox.CanonicalizationAlgorithm.UNSTABLE)
        assert ours == theirs
    else:
        nt = ox.serialize(stated, None, ox.RdfFormat.N_TRIPLES)
        assert nt is not None
        assert isomorphic(
            Graph().parse(data=nt, format="nt"), Graph().parse(data=text, format="json-ld")
        )


@pytest.mark.parametrize(
    "turtle",
    ["<a:s> <a:p> <<( <a:s> <a:p> <a:o> )>> .", '<a:s> <a:p> "x"@en--ltr .'],
)
def test_json_ld_refuses_what_only_rdf_1_2_has(pool: Pool, turtle: str) -> None:
    with pytest.raises(QueryNotAcceptable, match=r"which JSON-LD 1\.1 cannot represent"):
        written(turtle, {})
    query = f"CONSTRUCT {{ {turtle.removesuffix('.')} }} {{}}"
    with pytest.raises(QueryNotAcceptable):
        pool.run(Query(query, "jsonld"))
    assert pool.run(Query(query, "nt")).read().decode().strip() == turtle


def test_json_ld_of_nothing_is_json_ld(pool: Pool) -> None:
    assert json.loads(pool.run(Query("CONSTRUCT {} {}", "jsonld")).read()) == {
        "@context": {"id": "@id", "type": "@type"},
        "@graph": [],
    }


# --- XML ---


@pytest.mark.parametrize("code", ["\\u0001", "\\u000B", "\\uFFFE", "\\u0000"])
def test_what_xml_has_no_character_for_is_refused_in_it(pool: Pool, code: str) -> None:
    padding = "x" * 8190  # so that the character comes in two pieces
    for text in (code, padding + code, f"{padding}xx{code}"):
        select = f'SELECT ("{text}" AS ?x) {{}}'
        with pytest.raises(QueryNotAcceptable, match=r"U\+.*, which XML cannot represent"):
            pool.run(Query(select, "xml"))
        assert json.loads(pool.run(Query(select, "json")).read())
        construct = f'CONSTRUCT {{ <http://e/s> <http://e/p> "{text}" }} {{}}'
        with pytest.raises(QueryNotAcceptable):
            pool.run(Query(construct, "rdf"))


@pytest.mark.parametrize(
    ("triples", "written"),
    [
        ("<http://e/s> <http://e/p> 1", True),
        ("<http://e/s> <http://e/өөр> 1", True),
        ("<http://e/s> <http://e/2026-p> 1", True),
        ("<http://e/s> <urn:x> 1", True),
        ("<http://e/s> a <http://e/1> ; <http://e/p> 1", True),
        ("<http://e/s> a <http://e/1> , <http://e/C>", True),
        ("<http://e/s> a <http://e/1>", False),
        ("<http://e/s> <http://e/> 1", False),
        ("<http://e/s> <http://e/1> 1", False),
        ("<http://e/s> <http://e/(x)> 1", False),
        ("<http://e/s> <http://www.w3.org/1999/02/22-rdf-syntax-ns#Description> 1", False),
    ],
)
def test_rdf_xml_is_read_by_others_or_refused(pool: Pool, triples: str, written: bool) -> None:
    query = Query(f"CONSTRUCT {{ {triples} }} {{}}", "rdf")
    if not written:
        with pytest.raises(QueryNotAcceptable):
            pool.run(query)
        return
    parsed = Graph().parse(data=pool.run(query).read(), format="xml")
    assert isomorphic(parsed, Graph().parse(data=f"{triples} .", format="turtle"))
