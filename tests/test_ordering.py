"""ORDER BY as it is written for the engine (graph.queries.engines.order_by)."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import date

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.queries.engines.order_by import with_sort_keys
from graph.queries.engines.plain_values import PlainValues
from vocab.terms import Object, Term

XSD = "http://www.w3.org/2001/XMLSchema#"
VALUE, NUMBER = ox.NamedNode("http://e/value"), ox.NamedNode("http://e/number")
_TEXTS = st.text("\x00\x01 !aA~Өө😀", max_size=18)  # some longer than the engine keeps at hand
_IRIS = st.text("!a0Ө", max_size=20).map(lambda t: ox.NamedNode(f"http://e/{t}"))
_BLANKS = st.sampled_from([ox.BlankNode(name) for name in "abc"])
_TRIPLES = _IRIS.map(lambda iri: ox.Triple(iri, VALUE, iri))
# Between literals of one family the order is total.
_FAMILIES: dict[str, st.SearchStrategy[ox.Literal]] = {
    "integers": st.integers(-5, 5).map(ox.Literal),
    "decimals": st.decimals(-2, 2, places=1).map(
        lambda n: ox.Literal(str(n), datatype=ox.NamedNode(f"{XSD}decimal"))
    ),
    "dates": st.dates(date(2020, 1, 1)).map(
        lambda d: ox.Literal(d.isoformat(), datatype=ox.NamedNode(f"{XSD}date"))
    ),
    "booleans": st.booleans().map(ox.Literal),
    "strings": _TEXTS.map(ox.Literal),
    "in languages": st.builds(
        lambda text, tag: ox.Literal(text, language=tag), _TEXTS, st.sampled_from(["mn", "en"])
    ),
    "strings of both kinds": st.builds(
        lambda text, tag: ox.Literal(text, language=tag or None),
        _TEXTS,
        st.sampled_from(["", "mn", "en-GB"]),
    ),
    "with a direction": st.builds(
        lambda text, way: ox.Literal(text, language="mn", direction=way),
        _TEXTS,
        st.sampled_from([ox.BaseDirection.LTR, ox.BaseDirection.RTL]),
    ),
    "of other datatypes": _TEXTS.map(lambda t: ox.Literal(t, datatype=ox.NamedNode("http://e/t"))),
}
Value = Term | None
Values = list[Value]


def _rows(*without: str) -> st.SearchStrategy[Values]:
    """Rows of one family and of what is no literal."""
    others = st.none() | _IRIS | _BLANKS | _TRIPLES
    return st.sampled_from(sorted({*_FAMILIES} - {*without})).flatmap(
        lambda name: st.lists(others | _FAMILIES[name], max_size=30)
    )


def _store(values: Sequence[Value]) -> ox.Store:
    """A row for each value; None is none."""
    store = ox.Store()
    for n, value in enumerate(values):
        row = ox.NamedNode(f"http://e/row/{n}")
        store.add(ox.Quad(row, NUMBER, ox.Literal(n)))
        if value is not None:
            store.add(ox.Quad(row, VALUE, value))
    return store


def _answer(store: ox.Store, query: str) -> str:
    key = store.query(query)
    assert isinstance(key, ox.QuerySolutions)
    written = key.serialize(format=ox.QueryResultsFormat.JSON)
    assert written is not None
    return written.decode()


def _rewritten(query: str) -> str:
    changed = with_sort_keys(query)
    assert changed != query
    return changed


@given(_rows(), st.sampled_from(["?x", "DESC(?x)", "asc ( $x )"]))
def test_the_order_is_the_engines(values: Values, by: str) -> None:
    """Of terms of all kinds, unbound ones and equal ones among them."""
    query = f"SELECT * {{ ?s {NUMBER} ?n OPTIONAL {{ ?s {VALUE} ?x }} }} ORDER BY {by} ?n"
    store = _store(values)
    assert _answer(store, _rewritten(query)) == _answer(store, query)


# Values that are equal but not the same are groups of their own, in any order.
@given(_rows("decimals", "with a direction"))
def test_the_order_of_groups_is_the_engines(values: Values) -> None:
    """With the number of each group before its name, and only the first ones wanted."""
    query = (
        f"SELECT ?x (COUNT(*) AS ?rows) {{ ?s {NUMBER} ?n OPTIONAL {{ ?s {VALUE} ?x }} }} "
        "GROUP BY ?x HAVING(COUNT(*) > 0) ORDER BY DESC(?rows) ?x LIMIT 7 OFFSET 1"
    )
    store = _store(values)
    assert _answer(store, _rewritten(query)) == _answer(store, query)


@pytest.mark.parametrize(
    "query",
    [
        "SELECT DISTINCT ?x { ?s ?p ?x } ORDER BY ?x",
        "SELECT * WHERE { ?s ?p ?x }\nORDER BY DESC(?s) ?p\n# a comment, it's\n# and another",
        "CONSTRUCT { ?s ?p ?x } WHERE { ?s ?p ?x } ORDER BY ?s OFFSET 1 LIMIT 2",
        "SELECT ?s { ?s ?p ?x # } a comment\n } order by ?s",
        "SELECT ?s { ?s ?p ?x FILTER(?x != '} ORDER BY ?x') } ORDER BY ?missing ?s",
        "SELECT ?p { VALUES ?s { <http://e/row/1> } ?s ?p ?x } GROUP BY ?p ORDER BY ?p",
        "SELECT ?s (MAX(?x) AS ?most) { ?s ?p ?x } GROUP BY ?s ORDER BY ?most ?s",
    ],
)
def test_other_queries_say_the_same(query: str) -> None:
    """Their variables too: none of ours is shown."""
    store = _store([ox.Literal(n % 3) for n in range(9)])
    first, second = store.query(query), store.query(_rewritten(query))
    assert not isinstance(first, ox.QueryBoolean)
    assert not isinstance(second, ox.QueryBoolean)
    assert getattr(first, "variables", None) == getattr(second, "variables", None)
    assert sorted(map(str, first)) == sorted(map(str, second))


@pytest.mark.parametrize(
    "value",
    [VALUE, ox.Literal("a string"), ox.Literal("a string", language="mn")],
)
def test_no_key_is_looked_up_in_the_store(value: Object) -> None:
    """What is sorted is not the term itself, which the engine would read at each comparison."""
    key = _rewritten("SELECT * { ?s ?p ?x } ORDER BY ?x").rpartition(" ASC")[2]
    result = _store([value]).query(f"SELECT ({key} AS ?key) {{ ?s {VALUE} ?x }}")
    assert isinstance(result, ox.QuerySolutions)
    ((key,),) = result
    assert isinstance(key, ox.Literal)
    assert (key.value, key.language) == (value.value + "\0", getattr(value, "language", None))


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * { ?s ?p ?o }",
        "DESCRIBE <http://e/ORDER>",
        "SELECT * { ?s ?p ?o } ORDER BY STRLEN(?o) ?s",
        "SELECT * { ?s ?p ?o } ORDER BY ?s VALUES ?s { <http://e/> }",
        "SELECT * { ?s ?p ?o } # } ORDER BY ?s",
        "SELECT * { ?s ?p ?o } GROUP BY # } ORDER BY \n ?s",
        "SELECT * { ?s ?p ?o } ORDER BY STRLEN('} ORDER BY ?s #')",
        'SELECT * { ?s ?p ?o } ORDER BY STRLEN("""\n} ORDER BY ?s #""")',
        "SELECT * { ?s ?p ?o } ORDER BY" + " ?s" * 9,
        "SELECT * { ?s ?p ?o } ORDER BY ?s LIMIT ?n",
        "SELECT * { <http://e/row/1> ?p ?o } ORDER BY ?p ?o",
        "ORDER BY ?s",
    ],
)
def test_what_is_left_alone(query: str) -> None:
    """Whatever is not certainly a query's own ORDER BY with variables alone."""
    assert with_sort_keys(query) == query


def _plain(query: str) -> str:
    store = _store([ox.Literal("a"), ox.Literal("b", language="mn")])
    return with_sort_keys(query, PlainValues(store, query, "http://e/"))


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * { ?s <number> ?n } ORDER BY DESC(?n) LIMIT 10",
        "PREFIX : <http://e/> SELECT * { ?s :value ?x ; :number $n . } ORDER BY ?n",
        "SELECT * { ?s <value>/^<value>/<number> ?n } ORDER BY ?n",
        "SELECT ?s (COUNT(DISTINCT *) AS ?c) { ?s ?p ?o } GROUP BY ?s ORDER BY DESC(?c)",
        "SELECT * { ?s <value> ?x BIND(STRLEN(?x) + 1 AS ?l) } ORDER BY ?l",
        "SELECT (MAX(?n) AS ?most) { ?s <number> ?n } GROUP BY ?s ORDER BY ?most",
    ],
)
def test_numbers_sort_by_themselves(query: str) -> None:
    """Expressions of them would take the engine several times as long."""
    assert _plain(query) == query != with_sort_keys(query)


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * { ?s <value> ?x } ORDER BY ?x",
        "SELECT * { ?n ^<number> ?s } ORDER BY ?s",
        "SELECT * { ?s <nowhere> ?x } ORDER BY ?x",
        "SELECT (MAX(?x) AS ?most) { ?s <value> ?x } GROUP BY ?s ORDER BY ?most",
        "SELECT * { ?s <value> ?x BIND(CONCAT(?x, '-') AS ?y) } ORDER BY ?y",
        "SELECT (MAX(?b) AS ?a) (MIN(?a) AS ?b) { ?s ?p ?o } ORDER BY ?a",
        "SELECT (SAMPLE(STR(?n)) AS ?y) { ?s <number> ?n } GROUP BY ?s ORDER BY ?y",
    ],
)
def test_other_values_do_not(query: str) -> None:
    assert _plain(query) == with_sort_keys(query) != query


def test_numbers_beside_texts_are_rewritten_too() -> None:
    query = "SELECT * { ?s <number> ?n ; <value> ?x } ORDER BY DESC(?n) ?x"
    assert _plain(query) == with_sort_keys(query) != query


@pytest.mark.parametrize(
    "part",
    [
        "} ORDER BY ?x ",
        "# ",
        "#\n",
        " " * 5 + "?x",
        "?x ASC(",
        "ORDER BY ",
        "ORDER  ",
        "LIMIT 1 ",
        "?xASC",
    ],
)
def test_a_long_text_takes_no_time(part: str) -> None:
    """Not more than a look at each character."""
    times: list[float] = []
    for size in (10_000, 100_000):
        text = "SELECT * { ?s ?p ?o } ORDER BY ?s " + part * (size // len(part)) + "!"
        times.append(_seconds(lambda text=text: with_sort_keys(text)))  # type: ignore[misc]
    assert times[1] < 2


def _seconds(run: Callable[[], str]) -> float:
    begun = time.process_time()
    run()
    return time.process_time() - begun
