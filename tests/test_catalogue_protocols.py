"""A catalogue behind every protocol, by a TOML file alone, over HTTP and through the whole load."""

from __future__ import annotations

from pathlib import Path

import pytest

from graph import snapshots
from graph.core.errors import ConfigError, InputError
from graph.core.instance import Instance
from graph.store.embedded import EmbeddedStore
from loaders.pipeline.load import load
from loaders.pipeline.source import Source, read
from tests import (
    test_catalogue_pages,
    test_ckan_api,
    test_feeds,
    test_sparql_harvest,
    test_xml_envelopes,
)
from tests.stand_ins import StandIn, StandInAnswer, StandInRequest, answer_json, serving
from tests.test_bad_input import allow_private

FEED = test_feeds.STREAM + test_feeds.CREATE_A + test_feeds.UPDATE_A
STAND_INS: dict[str, tuple[StandIn, str, str, int]] = {
    "hydra": (
        test_catalogue_pages.served(test_catalogue_pages.three_pages("both types on one node")),
        "/",
        "",
        6,
    ),
    "linked": (test_catalogue_pages.served(test_catalogue_pages.LINKED), "/", "", 3),
    "ckan": (test_ckan_api.portal(45), "", 'protocol = "ckan"', 45),
    "oai": (test_xml_envelopes.repository(), "/oai", 'protocol = "oai-pmh"', 4),
    "csw": (test_xml_envelopes.geo_portal(), "/csw", 'protocol = "csw"', 5),
    "ldes": (test_feeds.served({"/feed": FEED}), "/feed", "", 1),
    "sparql": (test_sparql_harvest.endpoint(4), "/sparql", 'protocol = "sparql"', 4),
}
"""Name → stand-in, path of its address, options, number of datasets."""


def described(folder: Path, address: str, options: str = "", name: str = "portal") -> Source:
    path = folder / f"{name}.toml"
    path.write_text(
        f'id = "{name}"\nloader = "dcat"\nforeign = true\nfiles = ["{address}"]\n'
        f'media_type = "text/turtle"\n[title]\nen = "Portal"\n[options]\n{options}\n'
    )
    return read(path)


def datasets(instance: Instance, name: str) -> int:
    """The number of datasets in the published graph of a source."""
    now = snapshots.current(instance)
    assert now is not None
    store = EmbeddedStore(now.path, read_only=True)
    lines = [line.decode() for line in store.lines(instance.names.graph(name))]
    store.close()
    return len(
        {one.split(" ")[0] for one in lines if " <http://www.w3.org/ns/dcat#Dataset>" in one}
    )


@pytest.mark.slow
@pytest.mark.parametrize("name", STAND_INS)
def test_a_description_is_enough(instance: Instance, tmp_path: Path, name: str) -> None:
    stand_in, path, options, count = STAND_INS[name]
    with serving(stand_in) as host:
        allow_private(instance, host)
        source = described(tmp_path, f"http://{host}{path}", options, name)
        outcome = load(instance, source)
        assert (outcome.status, datasets(instance, name)) == ("published", count)
        assert load(instance, source).status == "same"


@pytest.mark.slow
def test_the_loader_of_rdf_follows_pages_too(instance: Instance, tmp_path: Path) -> None:
    stand_in, path, _, count = STAND_INS["hydra"]
    with serving(stand_in) as host:
        allow_private(instance, host)
        file = described(tmp_path, f"http://{host}{path}").path
        file.write_text(file.read_text().replace('"dcat"', '"rdf"'))
        assert load(instance, read(file)).status == "published"
        assert datasets(instance, "portal") == count


def test_an_endless_or_failing_server_publishes_nothing(instance: Instance, tmp_path: Path) -> None:
    def failing(request: StandInRequest) -> StandInAnswer:
        return answer_json({"success": False, "error": {"message": "Solr is down"}})

    with serving(failing) as host:
        allow_private(instance, host)
        with pytest.raises(InputError, match="Solr is down"):
            load(instance, described(tmp_path, f"http://{host}", 'protocol = "ckan"'))
    assert snapshots.current(instance) is None


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ('protocol = "gopher"', "protocol"),
        ("page_size = 5000", "page_size"),
        ("page_size = -1", "page_size"),
        ('check_total = "no"', "check_total"),
        ('follow_hosts = "x.mn"', "follow_hosts"),
        ('metadataPrefix = "rdf"', "metadataPrefix"),
        ('graph = "http://x.mn/> { } #"', "graph"),
    ],
)
def test_what_is_wrong_in_a_description_is_named(
    tmp_path: Path, options: str, message: str
) -> None:
    with pytest.raises(ConfigError, match=message):
        described(tmp_path, "https://portal.example/", options)
