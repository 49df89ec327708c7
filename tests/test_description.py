"""What the endpoint says of itself is what it does."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import fields
from typing import Any

import pyoxigraph as ox
import pytest
from flask.testing import FlaskClient

from graph.core import instance as instances
from graph.core.instance import Instance
from graph.ledger import create
from graph.queries import FORMATS, Pool, QueryLimits
from graph.queries.property_functions import rewrite
from graph.snapshots import Snapshot
from graph.statements import canonical
from server.app import create_app
from server.sparql import service_description
from tests.test_publish import publish
from vocab.namespaces import CORE, GEOF, RDF, SD, SKOS, VOID, W3C_FORMAT

pytestmark = pytest.mark.slow

ENDPOINT = "http://localhost/sparql"
SERVICE = ox.NamedNode(f"{ENDPOINT}#service")
DATASET = ox.NamedNode(f"{ENDPOINT}#dataset")
GRAPHS = ("a", "a/findings", "b", "provenance")


@pytest.fixture(scope="module")
def client(small: Instance, pool: Pool) -> FlaskClient:
    return create_app(small, pool).test_client(use_cookies=False)


def described(client: FlaskClient) -> ox.Dataset:
    response = client.get("/sparql", headers={"Accept": "application/n-triples"})
    assert response.status_code == 200
    return ox.Dataset(ox.parse(response.data, ox.RdfFormat.N_TRIPLES))


def objects(found: ox.Dataset, subject: ox.NamedNode, predicate: ox.NamedNode) -> set[Any]:
    return {
        q.object.value
        for q in found.quads_for_subject(subject)
        if q.predicate == predicate and not isinstance(q.object, ox.Triple)
    }


def test_it_names_languages_formats_and_the_default_graph(client: FlaskClient) -> None:
    found = described(client)
    languages = objects(found, SERVICE, SD.supportedLanguage)
    assert {v.rpartition("#")[2] for v in languages} >= {"SPARQL11Query", "SPARQL12Query"}
    formats = objects(found, SERVICE, SD.resultFormat)
    assert len(formats) == len(FORMATS)
    assert {str(W3C_FORMAT) + name for name in ("SPARQL_Results_CSV", "JSON-LD")} < formats
    [own] = [name for name in formats if not name.startswith(str(W3C_FORMAT))]
    said = objects(found, ox.NamedNode(own), W3C_FORMAT.media_type)
    assert said == {"application/qlever-results+json"}
    assert objects(found, SERVICE, SD.endpoint) == {ENDPOINT}
    assert objects(found, SERVICE, SD.feature) == {SD.UnionDefaultGraph.value}
    assert len(objects(found, DATASET, SD.defaultGraph)) == 1


def test_it_lists_the_named_graphs(client: FlaskClient) -> None:
    found = described(client)
    names = {f"https://example.mn/graph/{name}" for name in GRAPHS}
    assert objects(found, DATASET, SD.namedGraph) == names
    for name in names:
        assert objects(found, ox.NamedNode(name), SD.name) == {name}


def test_every_limit_is_announced_as_it_is(client: FlaskClient) -> None:
    found = described(client)
    limits = QueryLimits(timeout=2.0, memory=256 << 20, result=4 << 20)  # as the pool's
    for field, announced in service_description.LIMITS.items():
        values = objects(found, SERVICE, announced)
        assert {float(value) for value in values} == {getattr(limits, field)} - {0}
    of_the_queue = {"queue", "waiting"}  # how many may wait; nothing one query can reach
    assert {f.name for f in fields(QueryLimits)} - of_the_queue == set(service_description.LIMITS)
    assert all(p.value.startswith(str(CORE)) for p in service_description.LIMITS.values())


def call(function: ox.NamedNode) -> None:
    rows = ox.Store().query(f"SELECT ({function}(1) AS ?x) {{}}")
    assert isinstance(rows, ox.QuerySolutions)
    assert len(list(rows)) == 1


@pytest.mark.parametrize(
    "function", service_description.GEOSPARQL, ids=lambda f: f.value.split("/")[-1]
)
def test_the_engine_has_every_function_that_is_listed(function: ox.NamedNode) -> None:
    call(function)


def test_the_engine_names_a_function_it_has_not() -> None:
    with pytest.raises(RuntimeError, match="not supported"):
        call(GEOF.aggUnion)


def test_functions_are_described_as_functions(client: FlaskClient) -> None:
    found = described(client)
    listed = objects(found, SERVICE, SD.extensionFunction)
    assert listed == {f.value for f in service_description.extension_functions()}
    assert len(listed) >= 43
    assert {q.object for q in found.quads_for_subject(GEOF.distance)} == {SD.Function}
    searching = objects(found, SERVICE, SD.propertyFeature)
    assert searching == set(rewrite.FUNCTIONS)
    assert "http://jena.apache.org/text#query" in searching


@pytest.mark.parametrize(
    "media_type", ["text/turtle", "application/ld+json", "application/rdf+xml", "text/n3"]
)
def test_every_format_says_the_same(client: FlaskClient, media_type: str) -> None:
    response = client.get("/sparql", headers={"Accept": media_type})
    assert response.mimetype == media_type
    form = ox.RdfFormat.from_media_type(media_type)
    assert form is not None
    parsed = {q.triple for q in ox.parse(response.data, form)}
    assert parsed == {q.triple for q in described(client)}


def test_it_is_kept_and_asked_for_again_cheaply(client: FlaskClient) -> None:
    first = client.get("/sparql")
    assert first.headers["Access-Control-Allow-Origin"] == "*"
    assert "Accept" in first.headers["Vary"].split(", ")
    again = client.get("/sparql", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    other = client.get("/sparql", headers={"Accept": "application/n-triples"})
    assert other.headers["ETag"] != first.headers["ETag"]


def test_a_new_snapshot_is_described_anew(
    published: Instance, republish: Callable[[Instance, int, str], Snapshot]
) -> None:
    with Pool.start(published, workers=1) as running:
        client = create_app(published, running).test_client()
        tag = client.get("/sparql").headers["ETag"]
        republish(published, 2, "<https://example.mn/graph/new> { <urn:a> <urn:b> <urn:c> }")
        after = client.get("/sparql", headers={"If-None-Match": tag})
        assert after.status_code == 200
        assert b"graph/new" in after.data


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    """The endpoint of an instance that was loaded as instances are."""
    made = instances.create(tmp_path_factory.mktemp("real") / "data", "https://example.mn/")
    create(made)
    instances.write_config(made)
    publish(made, "x", [canonical.line(THING, RDF.type, SKOS.Concept)])
    publish(made, "y", [canonical.line(THING, SKOS.notation, ox.Literal("1"))])
    with Pool.start(made, workers=1) as running:
        yield create_app(made, running).test_client(use_cookies=False)


THING = ox.NamedNode("http://e/thing")
COUNT = "SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }"
COUNT_IN = "SELECT (COUNT(*) AS ?n) WHERE { GRAPH <{}> { ?s ?p ?o } }"


def counted(client: FlaskClient, query: str) -> int:
    rows = client.get("/sparql", query_string={"query": query, "format": "csv"}).text
    return int(rows.splitlines()[1])


def test_every_graph_is_described_with_as_many_triples_as_it_has(real: FlaskClient) -> None:
    found = described(real)
    nodes = objects(found, DATASET, SD.namedGraph)
    names = {one(found, ox.NamedNode(node), SD.name): node for node in nodes}
    assert set(names) == {f"https://example.mn/graph/{n}" for n in ("x", "y", "provenance", "void")}
    for name, node in names.items():
        graph = ox.NamedNode(one(found, ox.NamedNode(node), SD.graph))
        assert int(one(found, graph, VOID.triples)) == counted(
            real, COUNT_IN.replace("{}", name, 1)
        )
        assert objects(found, graph, RDF.type) == {SD.Graph.value, VOID.Dataset.value}
    default = ox.NamedNode(one(found, DATASET, SD.defaultGraph))
    assert int(one(found, default, VOID.triples)) == counted(real, COUNT)


def one(found: ox.Dataset, subject: ox.NamedNode, predicate: ox.NamedNode) -> str:
    (value,) = objects(found, subject, predicate)
    return str(value)


def test_void_is_at_its_well_known_address(real: FlaskClient) -> None:
    response = real.get("/.well-known/void")
    assert response.status_code == 200
    assert response.content_type == "text/turtle; charset=utf-8"
    found = ox.Dataset(ox.parse(response.data, ox.RdfFormat.TURTLE))
    everything = ox.NamedNode("https://example.mn/void")
    assert "https://example.mn/void/x#source" in objects(found, everything, VOID.subset)
    assert objects(found, everything, VOID.sparqlEndpoint) == {"https://example.mn/sparql"}
    other = real.get("/.well-known/void", headers={"Accept": "application/n-triples"})
    assert other.content_type == "application/n-triples"
    assert ox.Dataset(ox.parse(other.data, ox.RdfFormat.N_TRIPLES)) == found
    again = {"If-None-Match": response.headers["ETag"]}
    assert real.get("/.well-known/void", headers=again).status_code == 304
    assert "Accept" in other.headers["Vary"].split(", ")
    assert real.get("/.well-known/void?format=pdf").status_code == 406
    assert real.get("/void.ttl").status_code == 200
    page = real.get("/.well-known/void", headers=BROWSER, follow_redirects=True)
    assert page.request.path == "/void.html"
    assert "https://example.mn/void/x" in page.text


BROWSER = {"Accept": "text/html"}


def test_the_endpoint_links_to_what_describes_it(real: FlaskClient) -> None:
    for headers in ({}, BROWSER):
        links = real.get("/sparql", headers=headers).headers["Link"]
        addresses = re.findall(r"<([^>]+)>; rel=\"(\S+)\"", links)
        assert {rel for _, rel in addresses} == {"describedby", "help", "service-desc"}
        for address, _ in addresses:
            assert real.get(address, follow_redirects=True).status_code == 200
