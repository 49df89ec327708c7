"""Behind the prefilter pySHACL finds what it finds alone: same results, words and details."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox
import pytest
from rdflib import Graph

from shapes.files import graph_digest
from shapes.prefilter import index
from shapes.validate import check
from tests.prefiltered import prefiltered, pyshacl_alone

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore::pyshacl.errors.ShapeRecursionWarning"),
]

_TYPE = b"http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
PREFIXES = """
@base <https://example.mn/> .
@prefix : <https://example.mn/> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""


def shapes(turtle: str) -> Graph:
    return Graph().parse(data=PREFIXES + turtle, format="turtle")


def lines(turtle: str) -> list[bytes]:
    quads = ox.parse(PREFIXES + turtle, ox.RdfFormat.TURTLE)
    return [f"{q.subject} {q.predicate} {q.object} .\n".encode() for q in quads]


DATA = """
:a a :T ; :p "x"@en , "y"@EN , "z"@mn ; :q :b , [ :p "in a blank node" ] ; :n 5 .
:a :n "05"^^xsd:integer .
:b a :U ; :p "" , "b" ; :q :a , "text" ; :n "no number"^^xsd:integer ; :d "2026-11-22"^^xsd:date .
:c a :V ; :q :nowhere ; :d "2026-13-45"^^xsd:date , "2026-11-22T10:00:00+08:00"^^xsd:dateTime .
:V rdfs:subClassOf :U . :U rdfs:subClassOf :T .
[] a :T ; :p "blank focus" ; :q [ a :U ; :q :a ] .
:l :p "long enough to be cut"@mn-mong ; :e :f .
"""

CONSTRAINTS = [
    "sh:minCount 1",
    "sh:minCount 2",
    "sh:maxCount 1",
    "sh:maxCount 0",
    "sh:nodeKind sh:IRI",
    "sh:nodeKind sh:Literal",
    "sh:nodeKind sh:BlankNodeOrIRI",
    "sh:nodeKind sh:BlankNodeOrLiteral",
    "sh:datatype xsd:integer",
    "sh:datatype xsd:date",
    "sh:datatype xsd:string",
    "sh:datatype rdf:langString",
    "sh:datatype rdfs:Literal",
    "sh:class :U",
    "sh:class :T , :V",
    "sh:in ( :a :b 5 'x'@en )",
    "sh:hasValue :a",
    "sh:hasValue 'x'@EN",
    "sh:pattern '^[a-z]$'",
    "sh:pattern 'TEXT' ; sh:flags 'i'",
    "sh:minLength 2",
    "sh:maxLength 3",
    "sh:languageIn ( 'en' 'mn' )",
    "sh:uniqueLang true",
    "sh:equals :q",
    "sh:disjoint :p",
    "sh:minInclusive 6",
    "sh:maxExclusive 5",
    "sh:node [ sh:nodeKind sh:IRI ]",
    "sh:node [ sh:property [ sh:path :p ; sh:minCount 1 ] ; sh:class :U ]",
    "sh:property [ sh:path :q ; sh:minCount 1 ; sh:message 'ишлэлгүй'@mn , 'no link'@en ]",
    "sh:or ( [ sh:class :U ] [ sh:datatype xsd:date ] [ sh:path :q ; sh:minCount 2 ] )",
    "sh:and ( [ sh:nodeKind sh:IRI ] [ sh:class :T ] )",
    "sh:xone ( [ sh:nodeKind sh:IRI ] [ sh:class :T ] )",
    "sh:xone ( [ sh:datatype xsd:date ] [ sh:class :T ] )",
    "sh:not [ sh:class :U ]",
    "sh:not [ sh:hasValue 'x'@en ]",
    "sh:not [ sh:path :q ; sh:minCount 1 ]",
    "sh:qualifiedValueShape [ sh:class :U ] ; sh:qualifiedMinCount 1",
    "sh:qualifiedValueShape [ sh:nodeKind sh:Literal ] ; sh:qualifiedMaxCount 1",
    "sh:qualifiedValueShape [ sh:closed true ] ; sh:qualifiedMaxCount 1",
    "sh:qualifiedValueShape [ sh:datatype xsd:integer ] ; sh:qualifiedMaxCount 1 ;"
    " sh:qualifiedMinCount 1",
    "sh:minCount 7 ; sh:deactivated true",
]
PATHS = [
    ":p",
    ":q",
    ":n",
    ":d",
    ":absent",
    "[ sh:inversePath :q ]",
    "( :q :q )",
    "( :q rdf:type )",
    "[ sh:alternativePath ( :p [ sh:inversePath :q ] ) ]",
    "[ sh:zeroOrMorePath :q ]",
    "[ sh:oneOrMorePath [ sh:inversePath :q ] ]",
    "( [ sh:inversePath :q ] :n )",
]
TARGETS = [
    "sh:targetClass :T",
    "sh:targetNode :a , :nowhere , 'text'",
    "sh:targetSubjectsOf :q",
    "sh:targetObjectsOf :q",
    "a rdfs:Class ; sh:targetClass :U",
    "sh:targetClass :T , :U ; sh:targetSubjectsOf :p",
]


def agree(graph: Graph, data: list[bytes]) -> int:
    expected = pyshacl_alone(graph, data)
    assert prefiltered(graph, data) == expected
    return expected.total()


@pytest.mark.parametrize("constraint", CONSTRAINTS)
def test_every_constraint_on_every_path(constraint: str) -> None:
    parts = "".join(f"sh:property [ sh:path {path} ; {constraint} ] ;" for path in PATHS)
    graph = shapes(f":Shape a sh:NodeShape ; sh:targetClass :T ; {parts} sh:severity sh:Info .")
    found = agree(graph, lines(DATA))
    assert found or "deactivated" in constraint


@pytest.mark.parametrize("target", TARGETS)
def test_every_target(target: str) -> None:
    graph = shapes(
        f":T {target} . :T sh:property [ sh:path :p ; sh:minCount 9 ] ; sh:nodeKind sh:Literal ."
    )
    assert agree(graph, lines(DATA))


@pytest.mark.parametrize(
    "constraint",
    [
        c
        for c in CONSTRAINTS
        if not any(
            word in c
            for word in ("Count", "uniqueLang", "lessThan")  # only property shapes have these
        )
    ],
)
def test_every_constraint_on_the_focus_node(constraint: str) -> None:
    graph = shapes(
        f":Shape a sh:NodeShape ; sh:targetClass :T ; sh:targetObjectsOf :q ; {constraint} ;"
        " sh:property [ sh:path :p ; sh:maxCount 1 ] ."
    )
    agree(graph, lines(DATA))


@pytest.mark.parametrize("constraint", ["sh:lessThan :n", "sh:lessThanOrEquals :d"])
def test_order_of_two_properties(constraint: str) -> None:
    parts = "".join(f"sh:property [ sh:path {path} ; {constraint} ] ;" for path in PATHS)
    named = [line for line in lines(DATA) if b"_:" not in line]  # pySHACL orders no blank nodes
    assert agree(shapes(f":S {parts} sh:targetClass :T ."), named)


def test_a_closed_shape() -> None:
    graph = shapes(
        ":S sh:targetClass :T ; sh:closed true ; sh:ignoredProperties ( rdf:type ) ;"
        " sh:property [ sh:path :p ] ."
    )
    assert agree(graph, lines(DATA))


def test_shapes_that_name_each_other() -> None:
    graph = shapes(
        ":S sh:targetClass :T ; sh:property [ sh:path :q ; sh:node :R ] ."
        " :R a sh:NodeShape ; sh:property [ sh:path :q ; sh:node :S ; sh:minCount 1 ] ."
    )
    assert agree(graph, lines(DATA))


@pytest.mark.parametrize("held", [0, 1])
def test_types_that_are_not_held_are_looked_up(held: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index, "MAX_TYPED", held)
    parts = "".join(f"sh:property [ sh:path {path} ; sh:class :T ] ;" for path in PATHS)
    graph = shapes(f":Shape a sh:NodeShape ; sh:targetClass :T , :U ; {parts} sh:class :T .")
    assert agree(graph, lines(DATA))


def test_two_processes_find_the_same() -> None:
    graph = shapes(":S sh:targetClass :T ; sh:property [ sh:path :p ; sh:minCount 1 ] .")
    data = lines("".join(f":a{n} a :T ; :q {n} . :b{n} a :T ; :p {n} ." for n in range(500)))
    alone = prefiltered(graph, data)
    assert alone.total() == 500
    assert prefiltered(graph, data, jobs=2) == alone


def test_lines_in_any_form_and_order_are_the_same() -> None:
    graph = shapes(":S sh:targetClass :T ; sh:property [ sh:path :p ; sh:maxCount 1 ] .")
    odd = b'<https://example.mn/a>\t<https://example.mn/p> "\\u0078"@EN.# note\n'
    data = lines(":a a :T ; :p 'x'@en .")
    assert check(graph, [odd, *data, b"\n", odd]).results == ()
    assert len(check(graph, [*data, odd.replace(b"78", b"79")]).results) == 1


def test_messages_write_a_blank_node_as_it_is_now() -> None:
    # pySHACL remembers how it wrote one by the address of the graph, and addresses come again
    needs = shapes(
        "[] a sh:NodeShape ; sh:targetClass :T ; sh:property [ sh:path :p ; sh:minCount 1 ] ."
    )
    for n in range(30):
        thing = [b"_:one <%s> <https://example.mn/T> .\n" % _TYPE, b'_:one <urn:n> "%d" .\n' % n]
        (found,) = prefiltered(needs, thing)
        assert f'"{n}"' in str(found)


def test_only_what_the_reference_alone_describes_is_not_judged(tmp_path: Path) -> None:
    graph = shapes(
        ":S sh:targetClass :T ; sh:property [ sh:path :p ; sh:minCount 1 ; sh:class :U ] ."
    )
    reference = b"".join(
        lines(":known a :U . :other a :T . :both :p :known . :T2 rdfs:subClassOf :T .")
    )
    candidate = b"".join(lines(":both a :T2 . :mine a :T ; :p :known . :bad a :T ; :p :unknown ."))
    found = check(graph, candidate, reference, workspace=tmp_path / "new")
    assert [r.focus for r in found.results] == ["https://example.mn/bad"]


def test_a_report_of_foreign_shapes() -> None:
    graph = shapes(
        ":S a sh:NodeShape ; sh:targetClass :T ; sh:property [ sh:path :q ;"
        " sh:severity sh:Warning ; sh:node [ sh:nodeKind sh:Literal ; sh:message 'text, please' ] ;"
        " sh:message 'утга биш'@mn , 'no literal'@en ] ."
    )
    calls: list[tuple[int, int]] = []
    data = b"".join(lines(":a a :T ; :q :b ."))
    found = check(graph, data, progress=lambda done, of: calls.append((done, of)))
    (result,) = found.results
    assert result.messages == {"mn": "утга биш", "en": "no literal"}
    assert result.details == {"because": "text, please"}
    assert (result.rule, result.shape) == ("https://example.mn/S", "https://example.mn/S")
    assert (found.statements, found.conforms, found.whole) == (2, True, ())
    assert calls[-1] == (len(data), len(data))
    assert b"text, please" not in found.to_ntriples("https://example.mn/report")


def test_what_is_asked_in_sparql_goes_whole_and_the_report_says_so() -> None:
    graph = shapes(
        """:S sh:targetClass :T ; sh:property [ sh:path :p ; sh:minCount 1 ] ;
          sh:property :Q . :Q sh:path :q ; sh:sparql [
          sh:select "SELECT $this ?value WHERE { $this <https://example.mn/q> ?value }" ] .
        :Unused sh:targetClass :Nothing ; sh:sparql [ sh:select "SELECT $this WHERE {}" ] ."""
    )
    data = lines(":a a :T ; :q 1 , 2 . :b a :T ; :p 1 .")
    found = check(graph, data)
    expected = pyshacl_alone(graph, data)
    assert len(found.results) == expected.total() == 3
    assert found.whole == ("https://example.mn/Q",)


@pytest.mark.parametrize(
    "constraint",
    [
        "sh:closed true",
        "sh:property [ sh:path :q ; sh:equals :p ]",
        "sh:property [ sh:path [ sh:zeroOrMorePath :q ] ; sh:nodeKind sh:Literal ]",
        "sh:property [ sh:path ( :q [ sh:oneOrMorePath :q ] ) ; sh:minCount 1 ]",
        "sh:property [ sh:path :p ; sh:lessThan :r ]",
        "sh:property [ sh:path :q ; sh:node :Inner ] . :Inner sh:closed true",
        "sh:property [ sh:path :q ; sh:node :Inner ] . :Inner sh:property [ sh:path :r ;"
        " sh:maxInclusive 3 ]",
        "sh:property [ sh:path :q ; sh:property [ sh:path :r ; sh:sparql [ sh:select"
        ' "SELECT $this ?value WHERE { $this <https://example.mn/r> ?value }" ] ] ]',
    ],
)
def test_what_no_check_is_made_of_is_named(constraint: str) -> None:
    graph = shapes(f":S sh:targetClass :T ; {constraint} . :Easy sh:targetClass :T ; sh:class :T .")
    data = lines(":a a :T ; :p 1 ; :q :b , :a ; :r 0 . :b :r 5 , 2 . :c a :T .")
    found = check(graph, data)
    assert len(found.results) == pyshacl_alone(graph, data).total() >= 1
    assert found.whole == ("https://example.mn/S",)
    assert check(graph, lines(":z a :Other .")).whole == ()


def test_the_digest_does_not_depend_on_names_of_blank_nodes() -> None:
    one = ":S sh:property [ sh:path :p ; sh:minCount 1 ] , [ sh:path :q ] ."
    other = "_:y sh:path :q . :S sh:property _:x , _:y . _:x sh:minCount 1 ; sh:path :p ."
    assert graph_digest(shapes(one)) == graph_digest(shapes(other))
    assert graph_digest(shapes(one)) != graph_digest(shapes(one.replace("1", "2")))
