"""Documents of resources: their description, and their observations and findings page by page."""

from __future__ import annotations

from collections.abc import Iterator

import pyoxigraph as ox
import pytest
from flask.testing import FlaskClient

from graph.core import instance as instances
from graph.ledger import create
from graph.queries import Pool, ResourceDocument
from graph.queries.results.resource_description import StoreLinks, describe
from graph.queries.results.resource_parts import document
from server.app import create_app
from tests.conftest import publish_small
from tests.pools import ready
from vocab.namespaces import HYDRA, RDFS

BASE = "https://example.mn/"
CUBE = f"{BASE}id/dataset/t/x"
NUMBER = 7
_OBSERVATION = """
    <id/dataset/t/x/cube/{n}> a qb:Observation ; qb:dataSet <id/dataset/t/x/cube> ;
      prov:wasDerivedFrom <id/dataset/t/x/cube/{n}/sum> .
    <id/dataset/t/x/cube/{n}/sum> a core:ComputedValue ; rdfs:comment "{n}" .
    <finding/t/{n}> a core:Finding ; core:about <id/dataset/t/x/cube/{n}> ; rdfs:comment "f{n}"@en .
    <id/dataset/t/x> dqv:hasQualityAnnotation <finding/t/{n}> .
"""
DATA = f"""@prefix qb: <http://purl.org/linked-data/cube#> .
@prefix dqv: <http://www.w3.org/ns/dqv#> .
<graph/t> {{
  <id/dataset/t/x> a dcat:Dataset ; dct:title "A table"@en ; dct:hasPart <id/dataset/t/x/cube> .
  <id/dataset/t/x/cube> a qb:DataSet ; rdfs:label "A cube"@en .
  <id/dataset/t/x#record> core:about <id/dataset/t/x> ; rdfs:label "A record"@en .
  {"".join(_OBSERVATION.format(n=n) for n in range(NUMBER))}
}}
"""


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pool]:
    made = instances.create(tmp_path_factory.mktemp("cube") / "data", BASE)
    create(made)
    publish_small(made, more=DATA)
    with Pool.start(made, workers=1) as pool:
        yield ready(pool)


@pytest.fixture
def store(running: Pool, monkeypatch: pytest.MonkeyPatch) -> ox.Store:
    """Its store, with pages of three in this process."""
    monkeypatch.setattr(ResourceDocument, "PAGE", 3)
    return ox.Store.read_only(str(running.instance.snapshots / running.snapshot()))


def _document(store: ox.Store, part: str, page: int = 1) -> tuple[set[str], int]:
    request = ResourceDocument(CUBE, "nt", part=part, page=page)
    triples, total = document(StoreLinks(store), request)
    return {*map(str, triples)}, total


def test_the_description_counts_and_links_the_lists(store: ox.Store) -> None:
    said, _ = _document(store, ResourceDocument.DESCRIPTION)
    assert not any("/cube/0" in triple for triple in said)
    assert not any("hasQualityAnnotation" in triple for triple in said)  # links to all findings
    assert any("A record" in triple for triple in said)
    assert any("A cube" in triple for triple in said)
    for name in ResourceDocument.LISTS:
        listed = ox.NamedNode(f"{CUBE}?part={name}")
        assert str(ox.Triple(ox.NamedNode(CUBE), RDFS.seeAlso, listed)) in said
        assert str(ox.Triple(listed, HYDRA.totalItems, ox.Literal(NUMBER))) in said


def test_description_and_pages_say_all_that_was_said(store: ox.Store) -> None:
    parts = set[str]()
    for name in ResourceDocument.LISTS:
        pages = [_document(store, name, page) for page in (1, 2, 3)]
        assert {total for _, total in pages} == {NUMBER}
        parts = parts.union(*(said for said, _ in pages))
    parts |= _document(store, ResourceDocument.DESCRIPTION)[0]
    whole = {*map(str, describe(StoreLinks(store), CUBE))}
    assert len(whole) > 4 * NUMBER
    assert whole <= parts


def test_a_page_names_its_neighbours(store: ox.Store) -> None:
    said, _ = _document(store, "observations", 2)
    here = ox.NamedNode(f"{CUBE}?part=observations&page=2")
    for name, number in (("first", 1), ("previous", 1), ("next", 3), ("last", 3)):
        there = ox.NamedNode(f"{CUBE}?part=observations&page={number}")
        assert str(ox.Triple(here, HYDRA[name], there)) in said
    assert sum("#Observation>" in triple for triple in said) == 3
    assert not any("next" in triple for triple in _document(store, "observations", 3)[0])


def test_a_part_is_its_own_document(store: ox.Store) -> None:
    request = ResourceDocument(f"{CUBE}/cube/0", "nt", part=ResourceDocument.DESCRIPTION)
    said = [*map(str, document(StoreLinks(store), request)[0])]
    assert sum("#Observation>" in triple for triple in said) == 1


@pytest.fixture
def client(running: Pool) -> FlaskClient:
    return create_app(running.instance, running).test_client()


def test_lists_have_addresses(client: FlaskClient) -> None:
    turtle = {"Accept": "text/turtle"}
    moved = client.get("/id/dataset/t/x?part=observations&page=1", headers=turtle)
    assert moved.status_code == 303
    assert moved.headers["Location"] == "/id/dataset/t/x.ttl?part=observations&page=1"
    listed = client.get(moved.headers["Location"]).text
    assert all(f"/cube/{n}>" in listed for n in range(NUMBER))
    assert "/cube/6>" not in client.get("/id/dataset/t/x.ttl").text
    assert "f6" in client.get("/id/dataset/t/x.jsonld?part=findings").text
    assert "/cube/0" in client.get("/id/dataset/t/x.csv?part=observations").text


@pytest.mark.parametrize(
    "query", ["part=observations&page=2", "part=observations&page=0", "part=all", "page=x"]
)
def test_other_pages_are_not_found(client: FlaskClient, query: str) -> None:
    assert client.get(f"/id/dataset/t/x.ttl?{query}").status_code == 404


def test_what_has_no_observations_has_no_list_of_them(client: FlaskClient) -> None:
    assert client.get("/id/place/066.ttl?part=observations").status_code == 404
    assert "hydra" not in client.get("/id/place/066.ttl").text
