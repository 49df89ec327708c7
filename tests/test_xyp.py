"""Services of ХУР: the figures of the table, the register of organisations, what is refused."""

from __future__ import annotations

import hashlib
from collections import Counter

import pyoxigraph as ox
import pytest

from graph.core.errors import InputError
from graph.core.iris import Names
from loaders.pipeline import source
from loaders.pipeline.protocol import LoaderContext
from loaders.pipeline.record import (
    INFERRED,
    Capture,
    LoadFinding,
    Mapped,
    Rejected,
    Statement,
    WrittenStatements,
)
from loaders.systems import xyp
from vocab.namespaces import DCT

SOURCE = source.read(source.BUNDLED / "xyp.toml")
BASE = "https://example.mn/"
CONTEXT = LoaderContext(SOURCE, Names(BASE))
ORGANISATIONS = SOURCE.path.parents[1] / "bundled" / "organisations" / "organisations.ttl"
PREFIXES = """
PREFIX dcat: <http://www.w3.org/ns/dcat#>
PREFIX dcatap: <http://data.europa.eu/r5r/>
PREFIX dct: <http://purl.org/dc/terms/>
PREFIX foaf: <http://xmlns.com/foaf/0.1/>
PREFIX law: <https://w3id.org/ulzii/id/law/>
PREFIX right: <http://publications.europa.eu/resource/authority/access-right/>
PREFIX service: <https://w3id.org/ulzii/def/service#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
"""


def register(more: str = "") -> Capture:
    """The declared organisations."""
    data = ORGANISATIONS.read_bytes() + more.encode()
    digest = hashlib.sha256(data).hexdigest()
    return Capture(digest, "organisations.ttl", "", "text/csv", data)


def table(old: str = "", new: str = "") -> Capture:
    data = (SOURCE.path.parent / SOURCE.files[0]).read_bytes()
    assert old.encode() in data
    data = data.replace(old.encode(), new.encode(), 1) if old else data
    return Capture(hashlib.sha256(data).hexdigest(), "services.csv", "", "text/csv", data)


def mapped(capture: Capture, more: str = "") -> list[Mapped]:
    found = xyp.records([capture, register(more)], CONTEXT)
    return [one for record in found for one in xyp.statements(record, CONTEXT)]


def lines(found: list[Mapped]) -> str:
    return "".join(
        "".join(f"<{one.subject.value}> {text} .\n" for text in one.texts)
        if isinstance(one, WrittenStatements)
        else f"{one.subject} {one.predicate} {one.object} .\n"
        for one in found
        if not isinstance(one, LoadFinding)
    )


@pytest.fixture(scope="module")
def graph() -> ox.Store:
    store = ox.Store()
    store.load(lines(mapped(table())).encode(), ox.RdfFormat.N_TRIPLES)
    return store


FIGURES = {
    "(COUNT(?s) AS ?n) { ?s a dcat:DataService }": "499",
    "(COUNT(DISTINCT ?name) AS ?n) { ?s a dcat:DataService ; dct:publisher ?p ."
    " OPTIONAL { ?p foaf:name ?name_here } BIND(COALESCE(?name_here, ?p) AS ?name) }": "42",
    "(COUNT(DISTINCT ?g) AS ?n) { ?s dct:type ?g . ?g skos:prefLabel ?l }": "16",
    "(SUM(?f) AS ?n) { ?s service:fieldCount ?f }": "5936",
    "(COUNT(?s) AS ?n) { ?s service:mentionsRegisterNumber true }": "378",
    "(COUNT(?s) AS ?n) { ?s dct:accessRights right:RESTRICTED ; dcat:endpointURL ?gateway ;"
    " dcatap:applicableLegislation law:16530298796001 }": "499",
    "(COUNT(?s) AS ?n) { ?s dct:publisher <https://w3id.org/ulzii/id/org/5296722> }": "97",
    "(COUNT(?s) AS ?n) { ?s dct:publisher <https://w3id.org/ulzii/id/org/x-nso> }": "11",
}  # fmt: skip


@pytest.mark.parametrize("query", FIGURES)
def test_the_figures_of_the_table(graph: ox.Store, query: str) -> None:
    solutions = graph.query(f"{PREFIXES} SELECT {query}")
    assert isinstance(solutions, ox.QuerySolutions)
    assert [row["n"].value for row in solutions] == [FIGURES[query]]


def test_no_provider_is_taken_for_who_states_the_table() -> None:
    found = [one for one in mapped(table()) if isinstance(one, Statement)]
    assert {s.layer for s in found if s.predicate == DCT.publisher} == {INFERRED}


def test_names_that_no_register_declares_are_listed_and_counted() -> None:
    found = [one for one in mapped(table()) if isinstance(one, LoadFinding)]
    assert {one.kind for one in found} == {"organisation-unknown"}
    counted = Counter(one.detail for one in found)
    assert len(counted) == 40
    assert counted.total() == 499 - 97 - 11
    assert counted["Нийгмийн даатгалын ерөнхий газар"] == 51
    # nearly the name of the declared academy, which nothing says is the same body
    assert counted["И-Монголиа академи"] == 7


def test_a_name_of_two_organisations_is_not_resolved() -> None:
    name = "Үндэсний статистикийн хороо"
    org = "http://www.w3.org/ns/org#Organization"
    second = f'<https://w3id.org/ulzii/id/org/x-other> a <{org}> ; foaf:name "{name}"@mn .'
    found = [one for one in mapped(table(), second) if isinstance(one, LoadFinding)]
    assert {one.detail for one in found if one.kind == "organisation-ambiguous"} == {name}


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (",citizen,", ",civilian,", r"row=2 group: “civilian”"),
        ("Байрны мэдээлэл хайх,1,", "Байрны мэдээлэл хайх,one,", r"row=3 n_field_defs: “one”"),
        ("WS101182,", ",", "row=2 code: empty"),
    ],
)
def test_a_broken_row_is_rejected_by_name(old: str, new: str, told: str) -> None:
    with pytest.raises(Rejected, match=told):
        mapped(table(old, new))


def test_a_table_without_a_column_is_refused() -> None:
    with pytest.raises(InputError, match="provider_mn"):
        mapped(table("provider_mn", "provider"))
