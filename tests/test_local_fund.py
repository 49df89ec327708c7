"""Works of the Local Development Fund: exact sums by khoroo, the stated sum that differs."""

from __future__ import annotations

import hashlib
import re
from dataclasses import replace

import pyoxigraph as ox
import pytest

from graph.core.errors import InputError
from graph.core.iris import Names
from loaders.pipeline import source
from loaders.pipeline.protocol import LoaderContext
from loaders.pipeline.record import Capture, Mapped, Statement, WrittenStatements
from loaders.systems import local_fund
from shapes.validate import validate

SOURCE = source.read(source.BUNDLED / "local-fund.toml")
BUNDLED = SOURCE.path.parents[1] / "bundled" / "local-fund"
BASE = "https://example.mn/"
CONTEXT = LoaderContext(SOURCE, Names(BASE))
DATASET = f"{BASE}id/dataset/local-fund/works"
PREFIXES = """
PREFIX core: <https://w3id.org/ulzii/def/core#>
PREFIX dimension: <http://purl.org/linked-data/sdmx/2009/dimension#>
PREFIX measure: <http://purl.org/linked-data/sdmx/2009/measure#>
PREFIX attribute: <http://purl.org/linked-data/sdmx/2009/attribute#>
PREFIX qb: <http://purl.org/linked-data/cube#>
PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
"""


def captures() -> list[Capture]:
    found = []
    for path in sorted(BUNDLED.iterdir()):
        data = path.read_bytes()
        media = "text/turtle" if path.suffix == ".ttl" else "text/csv"
        digest = hashlib.sha256(data).hexdigest()
        found.append(Capture(digest, path.name, path.name, media, data))
    return found


def lines(mapped: Mapped) -> list[str]:
    if isinstance(mapped, WrittenStatements):
        return [f"<{mapped.subject.value}> {text} .\n" for text in mapped.texts]
    assert isinstance(mapped, Statement)
    return [f"{mapped.subject} {mapped.predicate} {mapped.object} .\n"]


def mapped(files: list[Capture]) -> list[str]:
    found = [
        line
        for record in local_fund.records(files, CONTEXT)
        for one in local_fund.statements(record, CONTEXT)
        for line in lines(one)
    ]
    return sorted(set(found))


@pytest.fixture(scope="module")
def statements() -> list[str]:
    return mapped(captures())


@pytest.fixture(scope="module")
def graph(statements: list[str]) -> ox.Store:
    store = ox.Store()
    store.load("".join(statements).encode(), ox.RdfFormat.N_TRIPLES)
    return store


def select(graph: ox.Store, query: str) -> list[tuple[str, ...]]:
    solutions = graph.query(PREFIXES + query)
    assert isinstance(solutions, ox.QuerySolutions)
    return [tuple("" if term is None else term.value for term in row) for row in solutions]


BY_DISTRICT = {  # works, those without an amount, sum in MNT, khoroos
    "01104": (27, 0, 1615176856, "2"),
    "01107": (13, 4, 1701234197, "21 22 23"),
    "01113": (10, 0, 427693011, "1"),
    "01119": (41, 4, 1071676470, "9 13 16 17"),
}


def test_works_and_sums_of_each_file(graph: ox.Store) -> None:
    found = select(
        graph,
        """SELECT ?district (COUNT(?o) AS ?works) (COUNT(?amount) AS ?stated)
          (SUM(COALESCE(?amount, 0)) AS ?sum)
        { ?o a qb:Observation ; dimension:refArea/skos:broader ?district .
          OPTIONAL { ?o measure:obsValue ?amount } } GROUP BY ?district""",
    )
    counted = {
        district.rpartition("/")[2]: (int(works), int(works) - int(stated), int(total))
        for district, works, stated, total in found
    }
    assert counted == {code: figures[:3] for code, figures in BY_DISTRICT.items()}


def test_nine_khoroos_below_their_districts_and_no_total_of_a_district(graph: ox.Store) -> None:
    found = select(
        graph, 'SELECT ?d ?l { ?k skos:broader ?d ; skos:prefLabel ?l FILTER(LANG(?l) = "en") }'
    )
    numbers: dict[str, list[str]] = {}
    for district, label in found:
        numbers.setdefault(district.rpartition("/")[2], []).append(label.rpartition(" ")[2])
    assert {code: " ".join(sorted(some, key=int)) for code, some in numbers.items()} == {
        code: figures[3] for code, figures in BY_DISTRICT.items()
    }
    areas = select(graph, "SELECT DISTINCT ?a { ?o dimension:refArea ?a }")
    codes = {area.rpartition("/")[2] for (area,) in areas}
    assert len(codes) == 9
    assert not codes & BY_DISTRICT.keys()


def test_only_the_sum_of_khoroo_21_in_2014_differs(statements: list[str]) -> None:
    warned = [
        one
        for one in validate("".join(statements).encode(), b"").results
        if one.rule.endswith("/headline-equals-sum/1")
    ]
    assert {one.focus for one in warned} == {f"{DATASET}#claim-0110791-2014"}
    said = warned[0].messages["en"]
    assert "states as total: 137,086,500;" in said
    assert "its 3 rows sum to 432,586,500." in said


def test_a_cell_without_an_amount_is_no_zero(graph: ox.Store) -> None:
    found = select(
        graph,
        """SELECT ?note (COUNT(?o) AS ?n) { ?o attribute:obsStatus ?missing .
        OPTIONAL { ?o skos:note ?note } FILTER NOT EXISTS { ?o measure:obsValue ?amount } }
        GROUP BY ?note""",
    )
    assert sorted(found) == [("", "6"), ("-", "2")]


def test_no_contractor_and_no_person_is_published(statements: list[str]) -> None:
    text = "".join(statements)
    assert "ХХК" not in text
    assert "Иргэдийн бүлэг" not in text
    for one in captures():
        assert not re.search(r"\b[А-ЯӨҮЁ]\.\s?[А-ЯӨҮЁ][а-яөүё]+", one.data.decode()), one.name


def edited(name: str, old: str, new: str) -> list[Capture]:
    files = []
    for one in captures():
        data = one.data
        if one.name == name:
            assert old.encode() in data
            data = data.replace(old.encode(), new.encode(), 1)
        files.append(replace(one, content=data))
    return files


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (" 5,000,000.00", " 5,000,000.00.1", "not an amount"),
        (" 5,000,000.00", " five", "not an amount"),
        ("\tНийт\t\t 43", "\tДүн\t\t 43", "no khoroo, year, work or sum"),
        ("2013\r", "2013 он\r", "no khoroo, year, work or sum"),
    ],
)
def test_what_is_no_row_of_the_file_is_refused(old: str, new: str, told: str) -> None:
    with pytest.raises(InputError, match=told) as error:
        mapped(edited("nalaikh.csv", old, new))
    assert "nalaikh.csv row" in error.value.where


def test_a_file_of_an_unknown_district_is_refused() -> None:
    files = [replace(one, name="chingeltei.csv") for one in captures() if one.name == "nalaikh.csv"]
    with pytest.raises(InputError, match="district of this file"):
        mapped(files)
