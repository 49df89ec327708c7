"""Whatever is asked: an honest answer or an error, in time, and the service goes on.

The queries are in `tests/bombs.py`; more are made up here, out of pieces of SPARQL.
"""

from __future__ import annotations

import ast
import os
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graph.core import errors
from graph.core.errors import QueryError
from graph.core.instance import Instance
from graph.queries import Pool, Query, QueryLimits
from graph.queries.pool.worker import WorkerRecycling
from tests import bombs, parts
from tests.pool_workers import alive, endless, wait_until, workers
from tests.shared import SHARED

pytestmark = pytest.mark.slow

TIMEOUT = 0.4  # seconds a query may take here: longer than one may without a slot (QUICK)
LATE = 10.0  # seconds an answer may be late on a very busy machine; the promise is 0.5
LIMITS = QueryLimits(timeout=TIMEOUT, memory=192 << 20, result=4 << 20, waiting=50)
ALLOWED = (
    errors.QuerySyntaxError,  # 400
    errors.QueryTooComplex,
    errors.QueryUnsupported,
    errors.QueryTooLarge,  # 413
    errors.QueryTimeout,  # 503
    errors.EngineFailure,
)
CORPUS = SHARED / "tools" / "crash_corpus.py"


@pytest.fixture(scope="module")
def pool(small: Instance) -> Iterator[Pool]:
    with Pool.start(small, workers=3, limits=LIMITS) as running:
        in_time(running, Query("ASK {}"))
        yield running


def in_time(pool: Pool, query: Query) -> bytes:
    """An answer, even where the machine is busy or workers have just died."""
    end = time.monotonic() + 30
    while True:
        try:
            return pool.run(query).read()
        except errors.QueryTimeout:
            assert time.monotonic() < end


def outcome(pool: Pool, name: str, text: str) -> tuple[str, str]:
    """The name and what is wrong with how it ended; empty where it ended well."""
    begun = time.monotonic()
    try:
        with pool.run(Query(text), client=name) as answer:
            whole = sum(map(len, answer.blocks()))
            wrong = "" if whole == answer.length else f"{whole} of {answer.length} bytes"
    except errors.QueryRefused:
        wrong = "" if "SERVICE" in text.upper() else "refused"
    except QueryError as error:
        wrong = "" if isinstance(error, ALLOWED) else repr(error)
    took = time.monotonic() - begun
    return name, wrong if took < TIMEOUT + LATE else f"{took:.1f} s; {wrong}"


def survives(pool: Pool, queries: Iterable[tuple[str, str]]) -> None:
    """Ask them all, a few at a time; look-ups go on afterwards."""
    with ThreadPoolExecutor(3) as threads:
        found = list(threads.map(lambda q: outcome(pool, *q), queries))
    assert len(found) > 5
    assert [(name, wrong) for name, wrong in found if wrong] == []
    assert in_time(pool, Query("ASK { ?s ?p ?o }", "csv")) == b"true"


@pytest.mark.parametrize("size", parts.each(5, sorted(bombs.SIZES, key=lambda size: size != 3000)))
def test_deep_and_long_queries(pool: Pool, size: int) -> None:
    survives(pool, ((name, bomb(size)) for name, bomb in bombs.DEEP.items()))


def test_queries_without_end(pool: Pool) -> None:
    survives(pool, bombs.WIDE.items())


def test_what_is_hardly_sparql(pool: Pool) -> None:
    survives(pool, bombs.BROKEN.items())


@pytest.mark.skipif(not CORPUS.exists(), reason="the shared folder with the corpus is absent")
def test_the_corpus(pool: Pool) -> None:
    """Its generators, at the sizes where they crashed the engine and far beyond."""
    tree = ast.parse(CORPUS.read_text("utf-8"))
    [made] = [
        ast.literal_eval(node.value)
        for node in tree.body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "gens"
    ]
    assert len(made) > 15
    sizes = (250, 1000, 10_000)
    texts = ((f"{k} {n}", eval(code, {"n": n})) for k, code in made.items() for n in sizes)
    survives(pool, texts)


# --- made up ---

NAMES = st.sampled_from(["?a", "?b", "?c", "?s", "?p", "?o"])
TERMS = NAMES | st.sampled_from(
    ["<http://e/a>", "1", "-1.5e300", "'x'", "'өлзий'@mn", "'''{'''", "[]", "()", "true", "<>", "a"]
)
FUNCTIONS = st.sampled_from(
    "STR LANG STRLEN UCASE ABS CEIL SHA512 ENCODE_FOR_URI YEAR BNODE IRI isIRI datatype".split()
)
PATHS = st.recursive(
    st.sampled_from(["<http://e/p>", "a", "!<>", "^<>"]),
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from("*+?")).map(lambda p: f"({p[0]}){p[1]}"),
        st.tuples(inner, st.sampled_from("/|"), inner).map(lambda p: f"({p[0]}{p[1]}{p[2]})"),
    ),
    max_leaves=12,
)
EXPRESSIONS = st.recursive(
    TERMS,
    lambda inner: st.one_of(
        st.tuples(FUNCTIONS, inner).map(lambda e: f"{e[0]}({e[1]})"),
        st.tuples(inner, st.sampled_from(["+", "*", "/", "&&", "||", "=", "<"]), inner).map(
            lambda e: f"({e[0]} {e[1]} {e[2]})"
        ),
        st.lists(inner, min_size=2, max_size=4).map(lambda e: f"CONCAT({', '.join(e)})"),
        st.lists(inner, min_size=3, max_size=3).map(lambda e: f"REPLACE({', '.join(e)})"),
        st.lists(inner, min_size=3, max_size=3).map(lambda e: f"IF({', '.join(e)})"),
    ),
    max_leaves=20,
)
TRIPLES = st.tuples(TERMS, PATHS | NAMES, TERMS).map(" ".join)
PATTERNS = st.recursive(
    TRIPLES,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4).map(lambda p: "{ " + " . ".join(p) + " }"),
        st.tuples(inner, inner).map(lambda p: f"{{ {p[0]} }} UNION {{ {p[1]} }}"),
        st.tuples(st.sampled_from(["OPTIONAL", "MINUS", "FILTER EXISTS", "GRAPH ?g"]), inner).map(
            lambda p: f"{p[0]} {{ {p[1]} }}"
        ),
        st.tuples(EXPRESSIONS, st.integers(0, 99)).map(lambda p: f"BIND({p[0]} AS ?v{p[1]})"),
        EXPRESSIONS.map(lambda e: f"FILTER({e})"),
        st.tuples(NAMES, st.integers(0, 200)).map(
            lambda p: f"VALUES {p[0]} {{ {'1 UNDEF ' * p[1]} }}"
        ),
        st.tuples(NAMES, inner).map(lambda p: f"{{ SELECT DISTINCT {p[0]} {{ {p[1]} }} }}"),
        st.tuples(EXPRESSIONS, inner).map(
            lambda p: f"{{ SELECT (GROUP_CONCAT({p[0]}) AS ?t) {{ {p[1]} }} }}"
        ),
    ),
    max_leaves=15,
)
FORMS = st.sampled_from(
    ["SELECT * ", "SELECT (COUNT(*) AS ?n) ", "ASK ", "DESCRIBE * ", "CONSTRUCT WHERE "]
)
QUERIES = st.tuples(FORMS, PATTERNS).map(lambda q: f"{q[0]}{{ {q[1]} }}")
PIECES = st.sampled_from(
    [
        "{",
        "}",
        "(",
        ")",
        "'",
        '"""',
        "#",
        "\\",
        "\n",
        "<",
        "SERVICE",
        "ө",
        "😀",
        "\0",
        ".",
        ";",
        ":",
    ]
)


@given(st.lists(QUERIES, min_size=6, max_size=6))
@settings(
    max_examples=parts.examples(5, 24), deadline=None, suppress_health_check=list(HealthCheck)
)
def test_queries_made_of_pieces(pool: Pool, texts: list[str]) -> None:
    survives(pool, ((str(n), text) for n, text in enumerate(texts)))


@given(st.lists(st.tuples(QUERIES, PIECES, st.integers(0, 10**6)), min_size=6, max_size=6))
@settings(
    max_examples=parts.examples(5, 24), deadline=None, suppress_health_check=list(HealthCheck)
)
def test_queries_with_a_piece_too_many(pool: Pool, made: list[tuple[str, str, int]]) -> None:
    cut = ((text, piece, place % (len(text) + 1)) for text, piece, place in made)
    texts = [text[:place] + piece + text[place:] for text, piece, place in cut]
    survives(pool, ((str(n), text) for n, text in enumerate(texts)))


# --- what is left behind ---


def test_nothing_is_left_behind(pool: Pool) -> None:
    """After all of the above, and some large answers: no files, no descriptors, no memory."""
    text = f"SELECT (STR({'9' * 3000}) AS ?t) ?a {{ VALUES ?a {{ {'1 ' * 500} }} }}"
    for n in range(30):
        in_time(pool, Query(f"{text} # {n}", "tsv"))
    wait_until(lambda: len(workers(pool)) == 3)
    assert not [p.name for p in pool.folder.iterdir() if p.name.startswith("tmp")]
    for pid in [pool._supervisor.pid, *workers(pool)]:
        assert alive(pid)
        assert len(list(Path(f"/proc/{pid}/fd").iterdir())) < 60
    own = len(list(Path("/proc/self/fd").iterdir()))
    for n in range(30):
        in_time(pool, Query(f"{text} # again {n}", "tsv"))
    assert len(list(Path("/proc/self/fd").iterdir())) <= own + 1


def test_a_worker_that_has_grown_or_served_long_makes_room_for_a_fresh_one() -> None:
    recycling = WorkerRecycling()
    recycling.record(1.0)
    assert not recycling.due
    recycling._size -= 300 << 20  # as if it had grown since
    recycling.record(0.001)  # a look-up: it does not look each time
    assert not recycling.due
    recycling.record(1.0)
    assert recycling.due
    served = WorkerRecycling()
    served._queries = 60_000
    served.record(1.0)
    assert served.due


def test_a_worker_that_leaves_is_replaced(small: Instance) -> None:
    with Pool.start(small, workers=1, limits=QueryLimits(timeout=20.0)) as one:
        one.run(Query("ASK {}"))
        [before] = workers(one)
        assert one.run(Query(endless("a", "b", "c", rows=190))).read()  # slow, so slowed down
        nice = os.getpriority(os.PRIO_PROCESS, 0)
        wait_until(
            lambda: all(os.getpriority(os.PRIO_PROCESS, pid) == nice for pid in workers(one))
        )
        assert one.run(Query("ASK {}")).read()
        assert workers(one) == [before] or one.deaths()["renewed"] == 1
