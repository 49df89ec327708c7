"""What the auditor's addresses cost counts against a client's budget, as queries do."""

from __future__ import annotations

import time

import pytest
from flask.testing import FlaskClient

from graph.core.instance import Instance
from graph.evidence_bundles import build
from graph.evidence_bundles.model import BundleRequest
from graph.queries import Pool
from graph.queries.model.query import QueryLimits
from graph.statements import canonical
from server.app import create_app
from tests.test_publish import publish
from vocab.namespaces import RDF

LINE = canonical.line(RDF.type, RDF.type, RDF.Property)
STATEMENT = {"statement": LINE.decode()}
CHARGED = ("/bundle", "/trace", "/history", "/diff", "/capture/sha256-" + "0" * 64)


def spend(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """Use up the budget by a bundle that takes long."""
    made = build.build

    def slow(instance: Instance, wanted: BundleRequest) -> bytes:
        time.sleep(0.05)
        return made(instance, wanted)

    monkeypatch.setattr(build, "build", slow)
    assert client.get("/bundle", query_string=STATEMENT).status_code == 200


def test_a_client_over_its_budget_gets_429(
    instance: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(instance, "x", [LINE])
    with Pool.start(instance, workers=1, limits=QueryLimits(budget=0.01)) as pool:
        client = create_app(instance, pool).test_client()
        spend(client, monkeypatch)
        for address in CHARGED:
            answer = client.get(address, query_string=STATEMENT)
            assert answer.status_code == 429, address
            assert int(answer.headers["Retry-After"]) > 0
        assert client.get("/log/checkpoint").status_code == 200


def test_without_a_budget_nobody_is_refused(
    instance: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(instance, "x", [LINE])
    with Pool.start(instance, workers=1) as pool:
        client = create_app(instance, pool).test_client()
        spend(client, monkeypatch)
        assert client.get("/bundle", query_string=STATEMENT).status_code == 200
