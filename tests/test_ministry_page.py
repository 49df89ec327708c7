"""What the ministry's page names and says: the table of facts and the page itself agree."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest

from graph.core.errors import InputError
from graph.core.iris import Names
from loaders.pipeline import source
from loaders.pipeline.protocol import LoaderContext
from loaders.pipeline.record import Capture, Statement
from loaders.systems import ministry_page
from shapes.validate import validate

PAGE = Path(__file__).parents[2] / "shared" / "seed" / "000_c508ca2f5dc06815.txt"
SOURCE = source.read(source.BUNDLED / "ministry-page.toml")
BASE = "https://example.mn/"
CONTEXT = LoaderContext(SOURCE, Names(BASE))
ITEMS = f"{BASE}id/thing/ministry-page/items/"
PREFIXES = """
PREFIX core: <https://w3id.org/ulzii/def/core#>
PREFIX dct: <http://purl.org/dc/terms/>
PREFIX kind: <https://w3id.org/ulzii/scheme/statement-kind/>
PREFIX oa: <http://www.w3.org/ns/oa#>
PREFIX prov: <http://www.w3.org/ns/prov#>
PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
"""

page_is_here = pytest.mark.skipif(not PAGE.exists(), reason="the page is not here")


def capture(path: Path, media_type: str) -> Capture:
    data = path.read_bytes()
    return Capture(hashlib.sha256(data).hexdigest(), path.name, path.name, media_type, data)


def table() -> Capture:
    return capture(SOURCE.path.parent / SOURCE.files[0], "text/csv")


def with_page() -> list[Capture]:
    return [table(), replace(capture(PAGE, "text/plain"), name="page.txt")]


def statements(captures: list[Capture]) -> list[Statement]:
    return [
        statement
        for record in ministry_page.records(captures, CONTEXT)
        for statement in ministry_page.statements(record, CONTEXT)
    ]


def select(captures: list[Capture], query: str) -> list[tuple[Any, ...]]:
    store = ox.Store()
    store.extend(ox.Quad(s.subject, s.predicate, s.object) for s in statements(captures))
    solutions = store.query(PREFIXES + query)
    assert isinstance(solutions, ox.QuerySolutions)
    return [tuple(term.value for term in row) for row in solutions]


def edited(old: str, new: str) -> Capture:
    facts = table()
    text = facts.data.decode()
    assert old in text
    return replace(facts, content=text.replace(old, new, 1).encode())


def test_three_items_with_their_own_dates_are_on_one_page() -> None:
    found = select([table()], "SELECT ?i ?d { ?i dct:isPartOf ?p ; dct:date ?d . ?p dct:date ?q }")
    assert sorted(found) == [(ITEMS + day, day) for day in sorted(SOURCE.options["items"])]


def test_four_benefits_and_every_system_named() -> None:
    kinds = Counter(
        k for (k,) in select([table()], "SELECT ?k { ?a a oa:Annotation ; dct:type ?k }")
    )
    counted = {kind.rpartition("/")[2]: number for kind, number in kinds.items()}
    assert counted["benefit"] == 4
    systems = select([table()], "SELECT DISTINCT ?s { ?a dct:type kind:system ; oa:hasBody ?s }")
    assert {iri.rpartition("/")[2] for (iri,) in systems} == {
        "shilen", "document-exchange", "e-mongolia", "erp-e-mongolia",
    }  # fmt: skip
    figures = select([table()], "SELECT ?n { ?a a core:Claim ; rdf:value ?n }")
    assert sorted(figures) == [("14",), ("21",)]


def test_without_the_page_it_is_said_not_to_be_held() -> None:
    asked = "SELECT ?n { ?p skos:note ?n FILTER(LANG(?n) = 'en') }"
    assert "not held" in select([table()], asked)[0][0]
    assert select([table()], "SELECT ?a { ?a prov:wasQuotedFrom ?c }") == []


@page_is_here
def test_with_the_page_every_statement_points_at_its_characters() -> None:
    facts, page = with_page()
    text = page.data.decode()
    quoted = select(
        [facts, page],
        "SELECT ?c ?s ?e ?w { ?a prov:wasQuotedFrom ?c ; oa:hasTarget ?t ."
        " ?t oa:hasSelector [ oa:start ?s ; oa:end ?e ] , [ oa:exact ?w ] }",
    )
    rows = facts.data.decode().count("\n") - 1
    assert len(quoted) == rows == 36
    for place, start, end, words in quoted:
        assert text[int(start) : int(end)] == words
        assert place == f"{BASE}capture/sha256-{page.digest}#char={start},{end}"
    assert select([facts, page], "SELECT ?n { ?p skos:note ?n }") == []


@page_is_here
def test_words_that_the_page_does_not_have_there_are_refused() -> None:
    facts, page = with_page()
    wrong = edited("Монголын цахилгаан холбоо ХК,", "Монголын цахилгаан холбоо ХХК,")
    with pytest.raises(InputError, match="not “Монголын цахилгаан холбоо ХХК”"):
        statements([wrong, page])
    other = replace(page, digest="0" * 64)
    with pytest.raises(InputError, match="and this is 0000"):
        statements([facts, other])


@pytest.mark.parametrize(
    ("old", "new", "column"),
    [
        ("2022-09-22,event,event", "2022-09-21,event,event", "item"),
        ("2022-09-22,event,event", "2022-09-22,event,feast", "kind"),
        ("2022-09-22,statistics-office", "2022-09-22,ministry", "key"),
        (",21,", ",many,", "value"),
    ],
)
def test_a_broken_row_is_named(old: str, new: str, column: str) -> None:
    with pytest.raises(InputError) as error:
        statements([edited(old, new)])
    assert error.value.where.endswith(f"column {column}")


def test_the_wrong_name_of_the_act_is_a_finding_and_no_second_law() -> None:
    law = capture(SOURCE.path.parents[1] / "bundled" / "law" / "law.ttl", "text/turtle")
    known = [q.triple for q in ox.parse(law.data, ox.RdfFormat.TURTLE, base_iri=BASE)]
    lines = sorted({f"{s.subject} {s.predicate} {s.object} .\n" for s in statements([table()])})
    reference = sorted(f"{t.subject} {t.predicate} {t.object} .\n" for t in known)
    report = validate("".join(lines).encode(), "".join(reference).encode())
    (found,) = report.results
    assert found.focus == f"{ITEMS}2023-05-04#transparency-act"
    assert "нээлттэй мэдээллийн ил тод байдлын" in found.messages["mn"]
    named = select([table()], "SELECT DISTINCT ?l { ?a dct:type kind:law ; oa:hasBody ?l }")
    assert {(str(t.subject).strip("<>"),) for t in known} >= {*named}
    assert len(named) == 2


def test_no_person_is_named() -> None:
    assert "Учрал" not in table().data.decode()
