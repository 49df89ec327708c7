"""Catalogues over HTTP as harvesters see them: five bundled datasets, and own ones."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import rdflib
from flask.testing import FlaskClient
from rdflib import RDF, Graph

from graph import snapshots
from graph.core.instance import Instance, open_instance
from graph.queries import Pool
from server.app import create_app
from server.core.settings import Settings
from tests.harvesters import DCAT
from tests.pools import ready

HERE = "http://data.example.mn/open/"
PARSERS = {
    **{"ttl": "turtle", "rdf": "xml", "jsonld": "json-ld", "nt": "nt", "trig": "trig"},
    **{"n3": "n3", "nq": "nt"},  # N-Quads of the default graph are N-Triples
}
MEDIA = {
    "ttl": "text/turtle",
    "rdf": "application/rdf+xml",
    "jsonld": "application/ld+json",
    "nt": "application/n-triples",
    "trig": "application/trig",
    "n3": "text/n3",
    "nq": "application/n-quads",
}


def opened(instance: Instance) -> Iterator[FlaskClient]:
    with Pool.start(instance, workers=1) as pool:
        if snapshots.current(instance):
            ready(pool)
        app = create_app(instance, pool, Settings(public_url=HERE))
        yield app.test_client(use_cookies=False)


@pytest.fixture(scope="module")
def bundled(few_datasets: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    """Five bundled datasets, two a page."""
    data = shutil.copytree(few_datasets, tmp_path_factory.mktemp("bundled") / "data")
    yield from opened(open_instance(data))


@pytest.fixture
def own(another: Callable[[], Instance]) -> Instance:
    """An instance with two datasets a page."""
    return replace(another(), page_size=2)


def get(client: FlaskClient, url: str, **headers: str) -> Any:
    return client.get(
        url.removeprefix(HERE), headers={k.replace("_", "-"): v for k, v in headers.items()}
    )


def parsed(body: bytes, extension: str) -> Graph:
    if extension == "trig":
        found = Graph()
        quads = rdflib.Dataset().parse(data=body, format="trig")
        for s, p, o, _ in quads.quads((None, None, None, None)):
            found.add((s, p, o))
        return found
    return Graph().parse(data=body, format=PARSERS[extension])


def walk(client: FlaskClient, extension: str, rule: Callable[[Graph], str | None]) -> list[Graph]:
    """The pages that a harvester sees; it follows no redirect."""
    url: str | None = f"{HERE}catalog.{extension}"
    found: list[Graph] = []
    while url:
        assert url.startswith(HERE)
        answer = get(client, url)
        assert answer.status_code == 200
        assert answer.content_type == f"{MEDIA[extension]}; charset=utf-8"
        found.append(parsed(answer.data, extension))
        assert len(found) < 100
        url = rule(found[-1])
    return found


def described(pages: list[Graph]) -> list[str]:
    return [d for page in pages for d in sorted(map(str, page.subjects(RDF.type, DCAT.Dataset)))]
