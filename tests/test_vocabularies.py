"""Our words at their own addresses: every module in every format, and the JSON-LD context."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

import pyoxigraph as ox
import pytest
from flask.testing import FlaskClient

from graph.core import instance as instances
from graph.core.instance import Instance
from graph.ledger import create
from graph.queries import Pool, QueryLimits
from graph.queries.syntax.prefixes import PREFIXES
from graph.snapshots import Snapshot
from server.app import create_app
from tests.test_vocab import HOUSE, defined, module
from vocab.namespaces import MODULES, OWL

pytestmark = pytest.mark.slow

FORMATS = {
    "text/turtle": ox.RdfFormat.TURTLE,
    "application/ld+json": ox.RdfFormat.JSON_LD,
    "application/rdf+xml": ox.RdfFormat.RDF_XML,
}


@pytest.fixture(scope="module")
def client(
    tmp_path_factory: pytest.TempPathFactory,
    republish: Callable[[Instance, int, str], Snapshot],
) -> Iterator[FlaskClient]:
    made = instances.create(tmp_path_factory.mktemp("words") / "data", "https://example.mn/")
    create(made)
    instances.write_config(made)
    words = "\n".join((HOUSE / "vocab" / f"{n}.ttl").read_text("utf-8") for n in MODULES)
    republish(made, 1, words)
    limits = QueryLimits(timeout=10.0, memory=256 << 20, result=4 << 20)
    with Pool.start(made, workers=1, limits=limits) as pool:
        yield create_app(made, pool).test_client(use_cookies=False)


@pytest.mark.parametrize("name", MODULES)
@pytest.mark.parametrize("media_type", FORMATS)
def test_a_module_answers_with_all_its_terms(
    client: FlaskClient, name: str, media_type: str
) -> None:
    answer = client.get(f"/def/{name}", headers={"Accept": media_type}, follow_redirects=True)
    assert answer.status_code == 200
    assert answer.content_type.startswith(media_type)
    told = {q.triple for q in ox.parse(answer.data, FORMATS[media_type])}
    address = f"https://w3id.org/ulzii/def/{name}"
    wanted = {
        q.triple
        for q in module(name)
        if isinstance(q.subject, ox.NamedNode) and q.subject.value.partition("#")[0] == address
    }
    assert told == wanted
    assert len(wanted) > 15


@pytest.mark.parametrize("name", MODULES)
def test_a_page_shows_labels_and_definitions_in_both_languages(
    client: FlaskClient, name: str
) -> None:
    page = client.get(f"/def/{name}", headers={"Accept": "text/html"}, follow_redirects=True)
    assert page.status_code == 200
    text = page.get_data(as_text=True)
    for term in (t for t in defined() if t.startswith(f"https://w3id.org/ulzii/def/{name}#")):
        assert f'id="{term.partition("#")[2]}"' in text or f"#{term.partition('#')[2]}" in text
    assert "<table" in text and 'lang="mn"' in text and 'lang="en"' in text


@pytest.mark.parametrize("extension", ["", ".jsonld"])
def test_the_context_is_served_as_it_is_written(client: FlaskClient, extension: str) -> None:
    answer = client.get(f"/def/context/0.1{extension}", headers={"Accept": "application/ld+json"})
    assert answer.status_code == 200
    assert answer.content_type == "application/ld+json"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert json.loads(answer.data) == json.loads((HOUSE / "vocab/context.jsonld").read_bytes())
    again = client.get("/def/context/0.1", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304


def test_another_version_of_the_context_is_not_found(client: FlaskClient) -> None:
    assert client.get("/def/context/9.9").status_code == 404


@pytest.mark.parametrize("name", MODULES)
@pytest.mark.parametrize("media_type", [*FORMATS, "text/html"])
def test_the_published_version_leads_to_the_module(
    client: FlaskClient, name: str, media_type: str
) -> None:
    (version,) = (q.object for q in module(name) if q.predicate == OWL.versionIRI)
    assert isinstance(version, ox.NamedNode)
    path, asked = version.value.removeprefix("https://w3id.org/ulzii"), {"Accept": media_type}
    answer = client.get(path, headers=asked)
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/def/{name}")
    wanted = client.get(f"/def/{name}", headers=asked, follow_redirects=True)
    found = client.get(path, headers=asked, follow_redirects=True)
    assert (found.status_code, found.data) == (200, wanted.data)
    assert client.get(f"{path}.ttl?lang=en").headers["Location"] == f"/def/{name}.ttl?lang=en"


@pytest.mark.parametrize("path", ["/def/core/9.9", "/def/core/0.1", "/def/nothing/0.2"])
def test_other_versions_are_not_kept(client: FlaskClient, path: str) -> None:
    answer = client.get(path, headers={"Accept": "text/turtle"})
    assert answer.status_code == 404
    assert answer.content_type == "application/problem+json"
    assert "owl:versionIRI" in answer.get_data(as_text=True)


def test_every_module_has_the_prefix_of_its_name() -> None:
    assert {name: PREFIXES.get(name) for name in MODULES} == {
        name: str(namespace) for name, namespace in MODULES.items()
    }
