"""Pages of the small store and of tests/pages.trig."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from graph.core import instance as instances
from graph.core.instance import Instance
from graph.ledger import create
from graph.queries import Pool
from server.app import create_app
from tests.conftest import publish_small

MORE = Path(__file__).with_name("pages.trig").read_text("utf-8")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Instance:
    """The small store and pages.trig."""
    made = instances.create(tmp_path_factory.mktemp("pages") / "data", "https://example.mn/")
    create(made)
    instances.write_config(made)
    publish_small(made, more=MORE)
    return made


@pytest.fixture(scope="module")
def client(made: Instance) -> Iterator[FlaskClient]:
    with Pool.start(made, workers=1) as pool:
        yield create_app(made, pool).test_client()


def page(client: FlaskClient, path: str, language: str = "en") -> str:
    mark = "&" if "?" in path else "?"
    response = client.get(f"{path}{mark}lang={language}", headers={"Accept": "text/html"})
    assert response.status_code == 200, path
    return response.text


def plain(html: str) -> str:
    """The text between tags."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", "", html))


def section(html: str, name: str) -> str:
    """A section by its id."""
    return html.partition(f'id="{name}"')[2].partition("</section>")[0]
