"""Functions for Mongolian text: the same matches as in the index, and Mongolian order."""

from __future__ import annotations

import csv
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.core.errors import QuerySyntaxError
from graph.queries import Query
from graph.queries.engines.custom_functions import KNOWN
from graph.queries.engines.embedded import run_query
from graph.queries.results.spool import ResultSpool
from graph.search import collation, matching, schema
from graph.search.extract import IndexedText
from graph.search.index import IndexWriter
from graph.search.query import SearchIndex
from tests import parts

PREFIX = "PREFIX fn: <https://w3id.org/ulzii/def/function#>\n"


def ask(text: str, folder: Path) -> list[str]:
    with ResultSpool(1 << 20, folder) as spool:
        run_query(ox.Store(), Query(PREFIX + text, format="csv"), None, spool)
        body = spool.body()
    assert isinstance(body, bytes)
    return [" ".join(row) for row in csv.reader(StringIO(body.decode(), newline=""))][1:]


@pytest.mark.parametrize(
    ("call", "value"),
    [
        ('fn:matches("Завхан аймгийн төсөв"@mn, "завхан аймаг")', "true"),
        ('fn:matches("Завхан аймгийн төсөв"@mn, "увс")', "false"),
        ('fn:matches(<http://e/x>, "http")', "true"),
        ('fn:matches("a", "-")', ""),
        ("fn:matches()", ""),
        ('fn:fold("Дархан-УУЛ, №1")', "дархан уул 1"),
        ('STRSTARTS(fn:collationKey("Ө"), "о")', "true"),
    ],
)
def test_functions_can_be_called(tmp_path: Path, call: str, value: str) -> None:
    assert ask(f"SELECT ({call} AS ?v) {{}}", tmp_path) == [value]
    assert len(KNOWN) == 3


def test_order_by_key_is_mongolian_order(tmp_path: Path) -> None:
    alphabet = "а б в г д е ё ж з и й к л м н о ө п р с т у ү ф х ц ч ш щ ъ ы ь э ю я".split()
    values = " ".join(f'"{letter}"' for letter in sorted(alphabet))
    query = f"SELECT ?v {{ VALUES ?v {{ {values} }} }} ORDER BY fn:collationKey(?v)"
    assert ask(query, tmp_path) == alphabet
    names = [
        "Увс",
        "өвөр",
        "Орхон",
        "Өмнөговь",
        "ховд",
        "Үндэсний",
        "Ойл",
        "5",
        "Ulgii",
        "öl",
        "Zavkhan",
    ]
    expected = [
        "5",
        "öl",
        "Ulgii",
        "Zavkhan",
        "Ойл",
        "Орхон",
        "өвөр",
        "Өмнөговь",
        "Увс",
        "Үндэсний",
        "ховд",
    ]
    assert sorted(names, key=collation.sort_key) == expected


@given(st.text(), st.text())
def test_keys_differ_where_texts_do(one: str, other: str) -> None:
    assert (collation.sort_key(one) == collation.sort_key(other)) == (one == other)


WORDS = st.sampled_from(
    "Завхан завхны аймаг аймгийн аймагт сум сумын төсөв Zavkhan aймаг хєвсгєл 24".split()
)
ASKED = st.sampled_from(
    'завхан аймаг "завхан аймаг" аймг* сум -сум -төсөв OR zavkhan хөвсгөл 24 2*'.split(" ")
)


@settings(max_examples=parts.examples(40, 300), deadline=None)
@given(st.lists(st.lists(WORDS, max_size=4).map(" ".join), max_size=5, unique=True),
       st.lists(ASKED, min_size=1, max_size=3).map(" ".join))  # fmt: skip
def test_what_matches_is_what_the_index_finds(values: list[str], search: str) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "x"
        with IndexWriter(schema.create(path)) as writer:
            writer.add("g", [IndexedText(f"s{n}", "p", v, "", "") for n, v in enumerate(values)])
        try:
            with SearchIndex(path) as index:
                by_index = {hit.value: int(hit.score) for hit in index.find(search)}
        except QuerySyntaxError:
            with pytest.raises(QuerySyntaxError):
                matching.degree("x", search)
            return
    by_matching = {value: matching.degree(value, search) for value in values}
    assert by_index == {
        value: degree for value, degree in by_matching.items() if degree is not None
    }
