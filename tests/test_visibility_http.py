"""Over HTTP and in exports nothing is seen of what is restricted without a token for it."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient

from graph.core.instance import Instance
from graph.export import export
from graph.queries import Pool, QueryLimits
from loaders.pipeline.load import load
from server.app import create_app
from server.auth.tokens import TokenStore
from tests.half_hidden import WORDS, asked, bearer, client, describe, half_hidden
from tests.test_visibility import ATTEMPTS

__all__ = ["asked", "bearer", "client", "half_hidden"]
pytestmark = pytest.mark.slow


PAGES = [
    "/",
    "/graph/drafts",
    "/graph/drafts.ttl",
    "/graph/drafts/findings",
    "/graph/provenance",
    "/graph/provenance.nt",
    "/id/source/drafts",
    "/id/source/drafts.ttl",
    "/id/source/drafts/v/1",
    "/code/mapping/drafts",
    "/sparql",
    "/sparql?query=" + quote(ATTEMPTS[2]),
    "/.well-known/void",
    "/.well-known/sparql-examples",
    "/metrics",
    "/graph-store/void",
    "/graph-store?default",
    "/healthz",
]


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("accept", ["text/html", "text/turtle", "application/json"])
def test_no_page_tells_of_it(client: FlaskClient, path: str, accept: str) -> None:
    found = client.get(path, headers={"Accept": accept}, follow_redirects=True)
    told = found.text.replace(path, "").replace(quote(path), "").replace("graph/drafts", "")
    assert not [word for word in WORDS if word in told and word not in path]


def test_its_pages_are_not_there(client: FlaskClient) -> None:
    for path in ("/graph/drafts", "/id/source/drafts", "/id/source/drafts/v/1"):
        assert client.get(path).status_code == 404


def sparql(client: FlaskClient, text: str, headers: dict[str, str]) -> str:
    return client.get("/sparql?query=" + quote(text), headers=headers).text


def test_a_token_opens_it_over_http(client: FlaskClient, bearer: dict[str, str]) -> None:
    text = ATTEMPTS[3]
    assert "hidden-words" in sparql(client, text, bearer)
    assert "hidden-words" not in sparql(client, text, {})
    assert "hidden-words" in sparql(client, text, bearer)
    posted = client.post("/sparql", data={"query": text}, headers=bearer)
    assert "hidden-words" in posted.text


def test_what_a_token_sees_is_kept_for_it_alone(
    client: FlaskClient, bearer: dict[str, str]
) -> None:
    address = "/sparql?query=" + quote(ATTEMPTS[3])
    mine, others = client.get(address, headers=bearer), client.get(address)
    assert mine.headers["Cache-Control"] == "private, no-cache"
    assert "Authorization" in mine.headers["Vary"]
    assert "Authorization" in others.headers["Vary"]
    assert mine.headers["ETag"] != others.headers["ETag"]
    again = client.get(address, headers={"If-None-Match": mine.headers["ETag"]})
    assert again.status_code == 200
    known = {**bearer, "If-None-Match": mine.headers["ETag"]}
    assert client.get(address, headers=known).status_code == 304


def test_a_bad_token_is_not_just_nobody(client: FlaskClient) -> None:
    found = client.get("/sparql?query=ASK{}", headers={"Authorization": "Bearer ulzii-no"})
    assert found.status_code == 401
    assert "invalid_token" in found.headers["WWW-Authenticate"]


def test_a_revoked_token_sees_nothing_more(half_hidden: Instance, client: FlaskClient) -> None:
    tokens = TokenStore(half_hidden)
    _, text = tokens.add("leaver", (), ("drafts",))
    headers = {"Authorization": f"Bearer {text}"}
    assert "hidden-words" in sparql(client, ATTEMPTS[3], headers)
    tokens.revoke("leaver")
    assert client.get("/sparql?query=ASK{}", headers=headers).status_code == 401


def test_the_export_has_nothing_of_it(half_hidden: Instance, tmp_path: Path) -> None:
    export(half_hidden, tmp_path / "x.nt")
    assert "secret" not in (tmp_path / "x.nt").read_text("utf-8")


def test_an_old_answer_is_not_sent_again_once_it_is_restricted(instance: Instance) -> None:
    folder, data = instance.root.parent / "toml", '<http://e/a> <http://e/p> "words-of-a" .'
    load(instance, describe(folder, "a", data))
    _, text = TokenStore(instance).add("reader", (), ("a",))
    bearer = {"Authorization": f"Bearer {text}"}
    with Pool.start(instance, workers=1, limits=QueryLimits(timeout=10)) as running:
        client = create_app(instance, running).test_client(use_cookies=False)
        then = running.snapshot()
        address = f"/snapshot/{then}/sparql?query=" + quote("SELECT ?o { ?s <http://e/p> ?o }")
        assert "words-of-a" in client.get(address).text
        load(instance, describe(folder, "a", data, "restricted"))
        assert running.snapshot() != then
        refused = client.get(address)
        assert refused.status_code == 403
        assert "words-of-a" not in refused.text
        mine = client.get(address, headers=bearer)
        assert "words-of-a" in mine.text
        assert mine.headers["Cache-Control"].startswith("private, ")
        assert client.get(address).status_code == 403
