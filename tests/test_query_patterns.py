"""Patterns as they are put for the engine (graph.queries.patterns): with the same answers."""

from __future__ import annotations

import json
from collections import Counter

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.queries.patterns.bind_order import move_binds
from graph.queries.patterns.slow_patterns import slow_patterns

_E = "http://e/"
_STORE = ox.Store()
_STORE.bulk_extend(
    ox.Quad(
        ox.NamedNode(f"{_E}{s}"),
        ox.NamedNode(f"{_E}{p}"),
        ox.Literal(int(o)) if o.isdigit() else ox.NamedNode(f"{_E}{o}"),
        graph,
    )
    for graph in (ox.DefaultGraph(), ox.NamedNode(f"{_E}g"))
    for s, p, o in map(tuple, "rpr rps spr rq1 sq2 tq1 tps rpt rqs".split())
)
_VARIABLES = st.sampled_from(["?a", "?b", "?c", "?d"])
_TERMS = _VARIABLES | st.sampled_from(["<r>", "<s>", "1"])
_TRIPLES = st.builds(
    "{} {} {}{}".format,
    _VARIABLES | st.just("<r>"),
    st.sampled_from(["<p>", "<q>", "?e", "<p>/<q>", "<p>*"]),
    _TERMS,
    st.sampled_from([" . ", " ; <q> ?c . ", " , ?b . "]),
)
_EXPRESSIONS = st.sampled_from(
    "STR({0}) | {0} + 1 | COALESCE({0}, {1}) | BOUND({0}) | IF(BOUND({0}), 1, 2) | 7"
    " | EXISTS {{ {0} <p> ?f }} | STRLEN(STR({0})) + STRLEN(STR({1})) | {0} = {1}".split(" | ")
)
_NAMES = st.sampled_from(["?x", "?y", "?z"])
_BINDS = st.builds(
    lambda expression, one, two, name: f"BIND({expression.format(one, two)} AS {name}) ",
    _EXPRESSIONS,
    _VARIABLES | _NAMES,
    _VARIABLES,
    _NAMES,
)
_FILTERS = st.builds("FILTER({} != {}) ".format, _VARIABLES | _NAMES, _TERMS)
_SIMPLE = _TRIPLES | _BINDS | _FILTERS | st.just("VALUES ?a { <r> <s> } ")


def _wrapped(inside: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    group = st.lists(inside, min_size=1, max_size=4).map("".join)
    forms = "OPTIONAL {{ {0} }} | MINUS {{ {0} }} | {{ {0} }} | GRAPH <g> {{ {0} }}".split(" | ")
    forms += ["{{ SELECT ?a ?b {{ {0} }} }} ", "{{ {0} }} UNION {{ ?a <q> ?x }} . "]
    return st.builds(str.format, st.sampled_from(forms), group)


_ELEMENTS = st.recursive(_SIMPLE, _wrapped, max_leaves=6)
_GROUPS = st.lists(_ELEMENTS, min_size=2, max_size=6).map("".join)


def _rows(query: str) -> Counter[str]:
    result = _STORE.query(query, base_iri=_E)
    assert isinstance(result, ox.QuerySolutions)
    written = result.serialize(format=ox.QueryResultsFormat.JSON)
    assert written is not None
    rows = json.loads(written)["results"]["bindings"]
    return Counter(json.dumps(row, sort_keys=True) for row in rows)


_PLACES = st.sampled_from(["{0} {1}", "{{ {0} }} {1}", "GRAPH ?g {{ {0} }} {1}", "{1} {{ {0} }}"])


@given(_PLACES, _EXPRESSIONS, _VARIABLES, st.sampled_from(["?m", "?x"]), _GROUPS)
def test_a_moved_bind_changes_no_answer(
    place: str, expression: str, variable: str, name: str, rest: str
) -> None:
    bind = f"BIND({expression.format('?a', variable)} AS {name})"
    query = f"SELECT * {{ {place.format(f'?a <p>* ?b . ?b ?e ?c {bind}', rest)} }}"
    moved = move_binds(query, _E)
    if moved != query:
        assert _rows(moved) == _rows(query), moved


@pytest.mark.parametrize(
    ("pattern", "moved"),
    [
        ("?a <p> ?b BIND(STR(?b) AS ?x) ?b <q> ?c", "?a <p> ?b . ?b <q> ?c . BIND(STR(?b) AS ?x)"),
        (
            "?a <p> ?b . BIND(1 AS ?x) . OPTIONAL { ?b <q> ?c } ?c <p> ?d .",
            "?a <p> ?b . OPTIONAL { ?b <q> ?c } ?c <p> ?d . BIND(1 AS ?x)",
        ),
        (
            "OPTIONAL { ?a <p> ?b BIND(?a AS ?x) ?b <q> ?c }",
            "OPTIONAL { ?a <p> ?b . ?b <q> ?c . BIND(?a AS ?x) }",
        ),
        (
            "GRAPH <g> { ?a <p> ?b } # BIND\nBIND(?a AS ?x) { ?b <q> ?c }",
            "GRAPH <g> { ?a <p> ?b } { ?b <q> ?c } BIND(?a AS ?x)",
        ),
        (
            "GRAPH ?g { ?a <p> ?b BIND(?b AS ?x) ?a <q> ?d } ?b <q> ?c",
            "GRAPH ?g { ?a <p> ?b . ?a <q> ?d . } ?b <q> ?c . BIND(?b AS ?x)",
        ),
        (
            "?b <q> ?c { ?a <p> ?b BIND(1 AS ?x) } MINUS { ?c <q> 1 }",
            "?b <q> ?c . { ?a <p> ?b . } MINUS { ?c <q> 1 } BIND(1 AS ?x)",
        ),
    ],
)
def test_a_bind_moves_to_the_end_of_its_group(pattern: str, moved: str) -> None:
    assert move_binds(f"SELECT * {{ {pattern} }}", _E).split() == f"SELECT * {{ {moved} }}".split()


@pytest.mark.parametrize(
    "pattern",
    [
        "?a <p> ?b BIND(STR(?b) AS ?x) ?c <q> ?x",  # used in what follows
        "?a <p> ?b BIND(STR(?b) AS ?x) ?b <q> ?c FILTER(?x > 1)",  # the filter may be selective
        "?a <p> ?b BIND(STR(?c) AS ?x) ?b <q> ?c",  # not bound where it stands
        "?a <p> ?b OPTIONAL { ?b <q> ?c } BIND(STR(?c) AS ?x) ?b <q> ?d",  # perhaps not bound
        "{ ?a <p> ?b } UNION { ?a <p> ?c } BIND(?b AS ?x) ?a <q> ?d",
        "?a <p> ?b BIND(EXISTS { ?b <q> ?c } AS ?x) ?b <q> ?c",
        "?a <p> ?b BIND(RAND() AS ?x) ?b <q> ?c",
        "?a <p> ?b BIND(STRUUID() AS ?x) ?b <q> ?c",
        "?a <p> _:b BIND(STR(?a) AS ?x) _:c <q> ?c",
        "?a <p> ?b BIND(STR(?b) AS ?x)",
        "?a <p> ?b BIND(STR(?b) AS ?x) OPTIONAL { ?b <q> ?c }",
        "{ ?a <p> ?b BIND(?b AS ?x) } UNION { ?a <q> ?b } ?b <q> ?c",
        "{ ?a <p> ?b BIND(?b AS ?x) } ?b <q> ?c FILTER(?x > 1)",
        "{ ?a <p> ?b BIND(?c AS ?x) } ?b <q> ?c",  # ?c is not bound in there
        "{ ?a <p> ?b BIND(?b AS ?x) } OPTIONAL { ?b <q> ?c }",
        "GRAPH ?x { ?a <p> ?b BIND(?b AS ?x) } ?b <q> ?c",
        "?a <p> ?b BIND(STR(?b) AS ?x) ?b <q> nowhere:c",  # the engine says what is wrong
    ],
)
def test_a_bind_stays_where_moving_it_could_change_or_gains_nothing(pattern: str) -> None:
    assert move_binds(f"SELECT * {{ {pattern} }}", _E) == f"SELECT * {{ {pattern} }}"


@pytest.mark.parametrize(
    ("pattern", "said"),
    [
        ("?a <p> ?b . ?c <q> ?d", "connects the patterns with ?a and those with ?c"),
        ("?a <p> ?b FILTER(?b = ?c) { ?c <q> ?d }", "connects the patterns with ?a and"),
        ("OPTIONAL { ?a <p> ?b } ?a <q> ?c", "OPTIONAL stands before the pattern that binds ?a"),
        ("?a <p> ?b OPTIONAL { ?a <q> ?d } ?b <q> ?c", "OPTIONAL stands before other patterns"),
        ("?c <p> ?d BIND(STR(?b) AS ?x) ?c <q> ?b", "BIND stands before the pattern that binds ?b"),
        ("?a <p> ?d { ?a <q> ?c . BIND(?a AS ?y) ?z <q> ?c , ?y }", "BIND stands before"),
        ("?a (<p>/<q>)+ ?b", "The path (<p>/<q>)+ from ?a to ?b is open at both ends"),
        ("?s <p> 1 MINUS { ?s <q>* ?t }", "The path <q>* from ?s to ?t is open"),
    ],
)
def test_the_hint_of_a_timeout_names_what_may_be_slow(pattern: str, said: str) -> None:
    hints = [*slow_patterns(f"SELECT * {{ {pattern} }}")]
    assert any(said in hint.en for hint in hints), hints
    assert all(hint.mn for hint in hints)


@pytest.mark.parametrize(
    "pattern",
    [
        "?a <p> ?b . ?b <q> ?d",
        "?a <p> ?b . ?c <q> ?d BIND(?a + ?c AS ?x)",
        "?a <p> ?b OPTIONAL { ?b <q> ?c } BIND(STR(?b) AS ?x)",
        "<r> <p>+ ?b",
        "?a <p>+ ?b . ?b <q> 1",
        "?a <p\\+q> ?b",
        "?a <p> ?b FILTER(?b > 1)",
    ],
)
def test_the_hint_names_nothing_else(pattern: str) -> None:
    assert [*slow_patterns(f"SELECT * {{ {pattern} }}")] == []
