"""The application over a real pool on the small store."""

from __future__ import annotations

import json
from typing import Any

import pytest
from flask.testing import FlaskClient

from graph.core.instance import Instance
from graph.queries import Pool
from server.app import create_app

AIMAG = "https://w3id.org/ulzii/id/place/066"
BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}


@pytest.fixture(scope="module")
def client(small: Instance, pool: Pool) -> FlaskClient:
    app = create_app(small, pool)
    app.testing = True
    return app.test_client(use_cookies=False)


def problem(response: Any, status: int, name: str) -> dict[str, Any]:
    """The problem a response carries, in both languages."""
    assert response.status_code == status
    assert response.mimetype == "application/problem+json"
    found: dict[str, Any] = json.loads(response.data)
    assert found["type"] == f"https://example.mn/problem/{name}"
    assert found["status"] == status
    assert found["title"]
    assert found["title_mn"]
    return found
