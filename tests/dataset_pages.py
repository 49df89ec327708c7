"""The demo's pages in tests: a client of it, pages as trees, the facts of a dataset."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient

from graph import snapshots
from graph.core.instance import open_instance
from graph.queries import Pool, QueryLimits
from server.app import create_app
from tests.page_texts import english_names_of
from tests.pools import ready

LIVESTOCK = "/id/dataset/nso/DT_NSO_1001_109V1"
REGISTER = "/id/dataset/mn-odp/6686"
HTML = {"Accept": "text/html"}
MOST_BYTES = 60_000


@pytest.fixture(scope="module")
def app(demo: Path) -> Iterator[Flask]:
    instance = open_instance(demo)
    with Pool.start(instance, workers=1, limits=QueryLimits()) as pool:
        yield create_app(instance, ready(pool))


@pytest.fixture(scope="module")
def client(app: Flask) -> FlaskClient:
    return app.test_client(use_cookies=False)


@pytest.fixture(scope="module")
def english(demo: Path) -> frozenset[str]:
    """What the demo's data call by an English name alone, as the office its regions."""
    snapshot = snapshots.current(open_instance(demo))
    assert snapshot is not None
    return english_names_of(snapshot.path)


def soup(client: FlaskClient, address: str, language: str = "en") -> BeautifulSoup:
    mark = "&" if "?" in address else "?"
    response = client.get(f"{address}{mark}lang={language}", headers=HTML)
    assert response.status_code == 200, response.text[:500]
    assert len(response.data) <= MOST_BYTES
    return BeautifulSoup(response.text, "html.parser")


def facts(page: BeautifulSoup) -> dict[str, str]:
    found = page.select(".facts > div")
    return {one.dt.text: " ".join(one.dd.text.split()) for one in found}  # type: ignore[union-attr]
