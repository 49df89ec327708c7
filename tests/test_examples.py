"""The example queries are SHACL that SPARQL editors find, and every one gives rows.

SPARQL editors look at an endpoint by three queries of the default graph: for examples, prefixes,
and VoID's classes and properties. They are asked here in the shape in which such editors ask.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest
from flask.testing import FlaskClient

from graph.core.instance import open_instance
from graph.core.iris import ROOT
from graph.queries import Pool
from graph.queries.syntax.prefixes import PREFIXES
from server.app import create_app
from server.sparql.examples import FOLDER, Example, examples
from vocab.namespaces import RDF, RDFS, SCHEMA, SH

pytestmark = pytest.mark.slow

ADDRESS = "/.well-known/sparql-examples"
EXAMPLES = examples(ROOT)


@pytest.fixture(scope="module")
def client(demo: Path) -> Iterator[FlaskClient]:
    """The demo with all its sources, served."""
    instance = open_instance(demo)
    with Pool.start(instance, workers=1) as running:
        yield create_app(instance, running).test_client(use_cookies=False)


def ask(client: FlaskClient, query: str) -> ox.QuerySolutions | ox.QueryBoolean:
    response = client.get("/sparql", query_string={"ac": "1", "query": query, "format": "json"})
    assert response.status_code == 200, response.text
    return ox.parse_query_results(response.data, ox.QueryResultsFormat.JSON)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda e: e.name)
def test_every_example_gives_rows(client: FlaskClient, example: Example) -> None:
    response = client.get("/sparql", query_string={"query": example.query})
    assert response.status_code == 200, response.text
    if response.mimetype == "text/turtle":
        assert len([*ox.parse(response.data, ox.RdfFormat.TURTLE)]) > 20
        return
    found = ox.parse_query_results(response.data, ox.QueryResultsFormat.JSON)
    if isinstance(found, ox.QueryBoolean):
        assert bool(found)
        return
    rows = [*found]
    assert rows
    for variable in found.variables:
        assert any(row[variable] is not None for row in rows), f"?{variable.value} is never bound"


PAGE = (Path(__file__).parents[1] / "docs" / "description.md").read_text("utf-8")


@pytest.mark.parametrize("query", re.findall(r"```sparql\n(.*?)```", PAGE, re.S))
def test_the_queries_in_the_docs_give_rows(client: FlaskClient, query: str) -> None:
    assert len(column(client, query)) > 10


# --- as editors ask ---


def column(client: FlaskClient, query: str) -> list[dict[str, str]]:
    found = ask(client, query)
    assert isinstance(found, ox.QuerySolutions)
    names = [variable.value for variable in found.variables]
    return [{n: str(getattr(row[n], "value", "")) for n in names} for row in found]


QUERIES = {one.name: one.query for one in EXAMPLES}


def test_sums_of_khoroos_and_services_of_the_exchange(client: FlaskClient) -> None:
    works = column(client, QUERIES["works-of-khoroos"])
    differing = [row for row in works if row["differ"] == "true"]
    assert [(row["stated"], row["computed"]) for row in differing] == [("137086500", "432586500")]
    providers = column(client, QUERIES["khur-services-by-provider"])
    columns = ("services", "all_fields", "with_register_number")
    sums = [sum(int(row[one]) for row in providers) for one in columns]
    assert [len(providers), *sums] == [42, 499, 5936, 378]
    assert sum(row["declared"] == "true" for row in providers) == 2


def test_an_editor_finds_the_examples(client: FlaskClient) -> None:
    rows = column(
        client,
        """PREFIX sh: <http://www.w3.org/ns/shacl#>
        PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
        SELECT DISTINCT ?example ?says ?query WHERE {
          ?example a sh:SPARQLExecutable ; rdfs:comment ?says ; sh:select|sh:ask|sh:construct ?query
        } ORDER BY ?example""",
    )
    told = {(row["example"].rpartition("/")[2], row["query"].strip()) for row in rows}
    assert told == {(example.name, example.query) for example in EXAMPLES}
    assert len(rows) == 2 * len(EXAMPLES)  # in both languages


def test_an_editor_finds_the_prefixes(client: FlaskClient) -> None:
    rows = column(
        client,
        """PREFIX sh: <http://www.w3.org/ns/shacl#>
        SELECT DISTINCT ?prefix ?namespace
        WHERE { [] sh:prefix ?prefix ; sh:namespace ?namespace }""",
    )
    found = {row["prefix"]: row["namespace"] for row in rows}
    assert PREFIXES.items() <= found.items()  # the rules declare a few of their own


def test_an_editor_finds_classes_properties_and_what_they_lead_to(client: FlaskClient) -> None:
    rows = column(
        client,
        """PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
        PREFIX sd: <http://www.w3.org/ns/sparql-service-description#>
        PREFIX void: <http://rdfs.org/ns/void#>
        PREFIX void-ext: <http://ldf.fi/void-ext#>
        SELECT DISTINCT ?graph ?name ?class ?label ?property ?triples ?to ?datatype WHERE {
          OPTIONAL {
            ?graph sd:graph ?described . ?described void:classPartition ?part .
            OPTIONAL { ?graph rdfs:label ?name }
          }
          ?part void:class ?class ; void:propertyPartition ?use .
          OPTIONAL { ?class rdfs:label ?label }
          ?use void:property ?property .
          OPTIONAL { ?use void:triples ?triples }
          OPTIONAL {
            { ?use void:classPartition [ void:class ?to ] }
            UNION { ?use void-ext:datatypePartition [ void-ext:datatype ?datatype ] }
          }
        } ORDER BY ?class ?to ?datatype ?graph""",
    )
    dcat, dct = "http://www.w3.org/ns/dcat#", "http://purl.org/dc/terms/"
    leads = {(row["class"], row["property"], row["to"] or row["datatype"]) for row in rows}
    assert (f"{dcat}Dataset", f"{dcat}distribution", f"{dcat}Distribution") in leads
    assert (f"{dcat}Dataset", f"{dct}title", RDF.langString.value) in leads
    portal = [row for row in rows if row["graph"] == f"{ROOT}void/mn-odp#graph"]
    assert all(row["name"] and int(row["triples"]) > 0 for row in portal)
    assert len(portal) > 20


# --- the files, and their address ---


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.ttl")), ids=lambda p: p.stem)
def test_every_file_says_what_it_must_in_both_languages(path: Path) -> None:
    said = [quad.triple for quad in ox.parse(path=path, base_iri=ROOT)]
    if path.stem == "prefixes":
        return
    subject = ox.NamedNode(f"{ROOT}example/{path.stem}")
    assert {triple.subject for triple in said} == {subject}
    for predicate in (RDFS.label, RDFS.comment):
        texts = [t.object for t in said if t.predicate == predicate]
        assert sorted(getattr(text, "language", "") or "" for text in texts) == ["en", "mn"]
    kinds = {t.object for t in said if t.predicate == RDF.type} - {SH.SPARQLExecutable}
    (form,) = {t.predicate for t in said} & {SH.select, SH.ask, SH.construct}
    name = form.value.rpartition("#")[2].capitalize()
    assert kinds == {SH[f"SPARQL{name}Executable"]}
    assert {t.object.value for t in said if t.predicate == SCHEMA.target} == {f"{ROOT}sparql"}


def test_the_prefixes_as_data_are_those_of_the_code() -> None:
    text = (FOLDER / "prefixes.ttl").read_text("utf-8")
    assert dict(re.findall(r'sh:prefix "([^"]+)" ; sh:namespace "([^"]+)"', text)) == PREFIXES


def test_they_are_numbered_one_after_the_other() -> None:
    assert [example.position for example in EXAMPLES] == [*range(1, len(EXAMPLES) + 1)]


@pytest.mark.parametrize("media_type", ["text/turtle", "application/ld+json", "text/html"])
def test_they_are_at_their_well_known_address(client: FlaskClient, media_type: str) -> None:
    response = client.get(ADDRESS, headers={"Accept": media_type})
    assert response.mimetype == media_type
    for example in EXAMPLES:
        assert example.name in response.text
    if media_type != "text/html":
        again = client.get(
            ADDRESS, headers={"Accept": media_type, "If-None-Match": response.headers["ETag"]}
        )
        assert again.status_code == 304
    assert client.get(f"{ADDRESS}?format=pdf").status_code == 406


def test_each_has_a_page(client: FlaskClient) -> None:
    page = client.get("/example/two-totals", headers={"Accept": "text/html"}, follow_redirects=True)
    assert page.status_code == 200
    assert "Нэг мэдээний хоёр дүн" in page.text


def test_pages_take_their_numbers_from_void(client: FlaskClient) -> None:
    start = client.get("/").text
    counted = column(
        client, "SELECT (COUNT(?d) AS ?n) { ?d a <http://www.w3.org/ns/dcat#Dataset> }"
    )
    assert f'<a href="/datasets">{int(counted[0]["n"]):,}</a>' in start
    graph = f"{ROOT}graph/nso"
    counted = column(client, f"SELECT (COUNT(*) AS ?n) {{ GRAPH <{graph}> {{ ?s ?p ?o }} }}")
    assert f" {counted[0]['n']} " in client.get("/graph/nso.html").text
