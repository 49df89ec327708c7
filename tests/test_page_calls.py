"""How often the first view of a page asks a worker: what a page needs is asked for at once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from graph.core.instance import open_instance
from graph.queries import Pool
from server.app import create_app
from server.sparql import internal_queries

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def pool(demo: Path) -> Iterator[Pool]:
    with Pool.start(open_instance(demo), workers=1) as one:
        yield one


@pytest.fixture(scope="module")
def client(pool: Pool) -> FlaskClient:
    return create_app(pool.instance, pool).test_client(use_cookies=False)


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What workers are asked for, by kind."""
    found: list[str] = []
    run = Pool.run

    def counted(self: Pool, request: Any, **named: Any) -> Any:
        found.append(type(request).__name__)
        return run(self, request, **named)

    monkeypatch.setattr(Pool, "run", counted)
    return found


@pytest.mark.parametrize(
    ("path", "most"),
    [
        ("/id/dataset/mn-odp/6685", 1),
        ("/id/dataset/nso/DT_NSO_0300_019V1", 10),
        ("/id/org/x-nso", 3),
        ("/id/place/011", 3),
        ("/id/dataset/emongolia-local/2022-07-19/cube/023", 3),
        ("/finding/nso/one-script/DT_NSO_054V3_3", 3),
        ("/id/law/10497/3.2", 3),
    ],
)
def test_the_first_view_of_a_page_makes_few_calls(
    client: FlaskClient, calls: list[str], path: str, most: int
) -> None:
    led = client.get(path, headers={"Accept": "text/html"})
    assert led.status_code == 303, path
    calls.clear()
    page = client.get(led.headers["Location"], headers={"Accept": "text/html"})
    assert page.status_code == 200
    assert 0 < len(calls) <= most


def test_the_second_view_of_a_dataset_asks_no_worker(client: FlaskClient, calls: list[str]) -> None:
    for _ in range(2):
        calls.clear()
        client.get("/id/dataset/mn-odp/6686", follow_redirects=True)
    assert calls == []


def test_the_first_of_joined_queries_brings_all(pool: Pool, calls: list[str]) -> None:
    place = ["https://w3id.org/ulzii/id/place/011"]
    name = "pages/things/place_codes"
    alone = internal_queries.select(pool, name, place)
    other = internal_queries.select(pool, "sparql/labels", place)
    calls.clear()
    texts = internal_queries.texts_of
    with internal_queries.joined(texts(name, place), texts("sparql/labels", place)):
        with internal_queries.joined(texts(name, place)):
            assert internal_queries.select(pool, name, place) == alone
        assert internal_queries.select(pool, "sparql/labels", place) == other
        assert calls == ["RequestBatch"]
    internal_queries.select(pool, name, place)
    assert calls == ["RequestBatch", "Query"]
