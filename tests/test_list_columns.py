"""The columns that hits are counted and sorted by say what the rows of the file say."""

from __future__ import annotations

from array import array
from collections import Counter
from pathlib import Path

import pytest

from graph.lists import columns, index, query, schema
from graph.lists.document import Document
from graph.lists.index import ListIndex
from graph.lists.kinds import KINDS
from graph.lists.query import ListRequest
from graph.lists.writer import ListsWriter
from graph.search import schema as search_schema
from graph.search.index import IndexWriter
from graph.search.query_parser import parse

BASE = "https://example.mn/"
THEMES = ("AGRI", "ECON", "HEAL")


def document(number: int, kind: str = "dataset") -> Document:
    themes = [f"<{BASE}theme/{name}>" for n, name in enumerate(THEMES) if number >> n & 1]
    return Document(
        iri=f"{BASE}{kind}/{number}",
        kind=kind,
        titles={"mn": f"мал {number % 7:03}", "en": f"livestock {number * 37 % 11:03}"},
        texts=[],
        facets={"theme": themes} if kind == "dataset" else {},
        codes=[f"c{number}"],
        moment=1_700_000_000 + number * 7919 % 101,
    )


@pytest.fixture
def made(tmp_path: Path) -> ListIndex:
    """Forty datasets and nine places, of which every third was removed and some were added again;
    the file was written in two steps, as publishing does."""
    path, dictionary = tmp_path / schema.SUFFIX, tmp_path / search_schema.SUFFIX
    with IndexWriter(search_schema.create(dictionary)) as words:
        words.add(f"{BASE}graph/x", ())
    writer = ListsWriter(schema.create(path), BASE, lambda _: {})
    for number in range(40):
        writer.add(document(number))
    writer.close(finished=False)
    writer = ListsWriter(schema.open_draft(path), BASE, lambda _: {})
    for number in range(0, 40, 3):
        writer.remove(f"{BASE}dataset/{number}")
    for number in (39, 3):
        writer.add(document(number))
    for number in range(9):
        writer.add(document(number, "place"))
    writer.remove(f"{BASE}place/8")
    writer.close()
    return ListIndex(path, dictionary)


def rows(made: ListIndex) -> list[tuple[int, int, bytes]]:
    return made._db.execute("SELECT id, kind, facets FROM hit").fetchall()


def test_kinds_and_values_of_facets_are_those_of_the_rows(made: ListIndex) -> None:
    found = made.columns
    assert len(rows(made)) == 26 + 2 + 8
    ids = [number for number, _, _ in rows(made)]
    assert found.count_kinds(ids) == Counter(kind for _, kind, _ in rows(made))
    for number, kind, packed in rows(made):
        assert found.of_kind([number], kind) == [number]
        assert found.of_kind([number], kind + 1) == []
        assert found.count_facets([number]) == Counter(array("I", packed))
    counted = Counter(value for _, _, packed in rows(made) for value in array("I", packed))
    assert found.count_facets(ids) == counted
    assert found.count_facets([]) == found.count_kinds([]) == Counter()


@pytest.mark.parametrize("order", columns.ORDERS)
def test_ranks_are_the_orders_of_the_rows(made: ListIndex, order: str) -> None:
    listed = made._db.execute(f"SELECT id FROM hit WHERE kind = 1 ORDER BY {columns.ORDERS[order]}")
    expected = [row[0] for row in listed]
    assert made.columns.in_order(sorted(expected), order) == expected
    tiers = {number: number % 2 for number in expected}
    by_tier = sorted(expected, key=lambda number: tiers[number])
    assert made.columns.in_order(expected, order, tiers) == by_tier


def test_more_values_than_sixteen_bits_can_number(tmp_path: Path) -> None:
    connection = schema.create(tmp_path / schema.SUFFIX)
    large = array("I", [70_000])
    connection.execute("INSERT INTO value VALUES (70000, 1, 'theme', 'x', '', NULL, 1, 0)")
    connection.execute("INSERT INTO hit VALUES (1, 1, 0, 0, '', '', ?)", (large.tobytes(),))
    columns.write(connection)
    assert columns.read(connection).count_facets([1]) == {70_000: 1}


@pytest.mark.parametrize("most", [5, 10_000])
def test_words_are_counted_for_each_kind_however_many_have_them(
    made: ListIndex, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    """The same numbers, up to the limit, whether all hits are looked at or only the first."""
    for module in (index, query):
        monkeypatch.setattr(module, "MOST", most)
    words = parse("livestock")
    counted = query.kinds(made, words)
    over = most + 1
    assert (counted["dataset"], counted["place"]) == (min(28, over), min(8, over))
    assert sum(counted.values()) == counted["dataset"] + counted["place"]
    for name, number in (("dataset", 28), ("place", 8)):
        page = query.page(made, ListRequest(KINDS[name], words))
        assert page.is_over == (number > most)
        assert page.total == min(number, most)
        assert {entry.document.kind for entry in page.entries} == {name}
