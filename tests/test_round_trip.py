"""Our own catalogue, harvested into a second instance with another base: the same datasets."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest
from click.testing import CliRunner

from graph.catalogue import listing
from graph.catalogue.listing import Selection
from graph.core import instance as instances
from graph.core.instance import Instance, open_instance
from graph.export.write import export
from graph.ledger import create
from graph.queries import Pool
from loaders.pipeline.load import load
from server.app import create_app
from server.cli import main
from server.core.settings import Settings
from tests import parts
from tests.catalogues import triples
from tests.pools import ready
from tests.stand_ins import HOST, StandIn, StandInAnswer, StandInRequest, serving
from tests.test_bad_input import allow_private
from tests.test_catalogue_protocols import described
from vocab.namespaces import DCAT, DCT

pytestmark = pytest.mark.slow
SYNTAXES = ("ttl", "rdf", "jsonld", "nt")
HERE = f"{HOST}/open/"
_FORM = "application/x-www-form-urlencoded"


@pytest.fixture(scope="module")
def ours(few_datasets: Path, tmp_path_factory: pytest.TempPathFactory) -> Instance:
    """Five bundled datasets, two a page."""
    return open_instance(shutil.copytree(few_datasets, tmp_path_factory.mktemp("ours") / "data"))


@pytest.fixture(scope="module")
def server(ours: Instance) -> Iterator[StandIn]:
    """It as a server."""
    with Pool.start(ours, workers=1) as pool:
        ready(pool)
        client = create_app(ours, pool, Settings(public_url=HERE)).test_client(use_cookies=False)

        def answer(request: StandInRequest) -> StandInAnswer:
            path = request.path.removeprefix("/open")
            response = (
                client.post(path, data=request.body, content_type=_FORM)
                if request.body
                else client.get(path, query_string=dict(request.query))
            )
            return StandInAnswer(response.data, response.mimetype or "", response.status_code)

        yield answer


@pytest.fixture
def second(tmp_path: Path) -> Instance:
    """An empty instance with another base."""
    made = instances.create(tmp_path / "second", "https://second.example/")
    create(made)
    instances.write_config(made)
    return made


def datasets(instance: Instance) -> set[str]:
    """The IRIs of all datasets in the catalogue of an instance."""
    found = listing.current(instance)
    count, page = found.count(Selection()), 1
    iris: set[str] = set()
    while len(iris) < count:
        iris |= {one.iri for one in found.page(Selection(), page)}
        page += 1
    return iris


def said(instance: Instance) -> set[ox.Triple]:
    """What the catalogue says of datasets, their files and their periods."""
    found = triples(instance)
    named = {t.object for t in found if t.predicate in (DCAT.distribution, DCT.temporal)}
    about = named | {ox.NamedNode(iri) for iri in datasets(instance)}
    return {t for t in found if t.subject in about}


@pytest.mark.parametrize("syntax", parts.each(4, SYNTAXES))
def test_an_export_gives_the_same_datasets(
    ours: Instance, second: Instance, tmp_path: Path, syntax: str
) -> None:
    export(ours, tmp_path / f"ours.{syntax}")
    assert load(second, described(tmp_path, f"ours.{syntax}")).status == "published"
    assert datasets(second) == datasets(ours)


@pytest.mark.parametrize("syntax", parts.each(4, SYNTAXES))
def test_the_served_catalogue_gives_the_same_datasets(
    ours: Instance, server: StandIn, second: Instance, tmp_path: Path, syntax: str
) -> None:
    with serving(server) as host:
        allow_private(second, host)
        source = described(tmp_path, f"http://{host}/open/catalog.{syntax}")
        assert load(second, source).status == "published"
        assert datasets(second) == datasets(ours)
        assert said(second) == said(ours)
        assert load(second, source).status == "same"


def test_our_endpoint_gives_the_same_datasets(
    ours: Instance, server: StandIn, second: Instance, tmp_path: Path
) -> None:
    with serving(server) as host:
        allow_private(second, host)
        address = f"http://{host}/open/sparql"
        source = described(tmp_path, address, 'protocol = "sparql"\npage_size = 2')
        assert load(second, source).status == "published"
        assert datasets(second) == datasets(ours)


def test_harvested_datasets_are_scored(ours: Instance, second: Instance, tmp_path: Path) -> None:
    export(ours, tmp_path / "ours.ttl")
    load(second, described(tmp_path, "ours.ttl"))
    done = CliRunner().invoke(main, ["--data", str(second.root), "score", "--json"])
    assert done.exit_code == 0, done.output
    told, _ = json.JSONDecoder().raw_decode(done.output)
    assert told["catalogue"]["datasets"] == len(datasets(ours))
