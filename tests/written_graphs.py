"""An instance to write to over HTTP, a client and a token for it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from graph.core import instance as instances
from graph.core.instance import Instance
from graph.ledger import create
from graph.queries import Pool, QueryLimits
from loaders.editable import sources
from server.app import create_app
from server.auth.tokens import TokenStore

BASE = "https://example.mn/"
NOTES = f"{BASE}graph/notes"
DIRECT = "/graph-store/notes"
A = '<http://e/a> <http://e/p> "1" .'
TTL = {"Content-Type": "text/turtle"}
UPDATE = {"Content-Type": "application/sparql-update"}
Headers = dict[str, str]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Instance:
    """An instance with three editable sources, one of them restricted."""
    made = instances.create(tmp_path_factory.mktemp("writing") / "data", BASE)
    create(made)
    instances.write_config(made)
    for name, visibility in (("notes", "public"), ("plans", "public"), ("drafts", "restricted")):
        sources.add(made, name, {"mn": name, "en": name}, visibility=visibility)
    return made


@pytest.fixture(scope="module")
def pool(site: Instance) -> Iterator[Pool]:
    with Pool.start(site, workers=1, limits=QueryLimits(timeout=10)) as running:
        yield running


@pytest.fixture(scope="module")
def client(site: Instance, pool: Pool) -> FlaskClient:
    return create_app(site, pool).test_client(use_cookies=False)


@pytest.fixture(scope="module")
def token(site: Instance) -> Headers:
    _, text = TokenStore(site).add("office", ("notes", "drafts"), ())
    return {"Authorization": f"Bearer {text}"}


@pytest.fixture
def filled(client: FlaskClient, token: Headers) -> str:
    """The graph of notes holds A alone."""
    if read(client) != A + "\n":
        client.put(DIRECT, data=A, headers=token | TTL)
    return read(client)


def read(client: FlaskClient, **headers: str) -> str:
    return client.get(DIRECT, headers={"Accept": "application/n-triples", **headers}).text


def problem(response: TestResponse, status: int) -> dict[str, Any]:
    assert response.status_code == status, response.text
    assert response.mimetype == "application/problem+json"
    found: dict[str, Any] = json.loads(response.data)
    assert found["title"]
    assert found["title_mn"]
    return found


# --- updates ---


def update(client: FlaskClient, text: str, headers: Headers, address: str = "") -> TestResponse:
    return client.post("/sparql" + address, data=text, headers=headers | UPDATE)
