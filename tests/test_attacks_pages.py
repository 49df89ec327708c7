"""What a page, a spreadsheet or a browser must not be made to do by published data."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from flask.testing import FlaskClient

from graph.core.instance import Instance
from graph.queries import Pool
from graph.snapshots.directory import Snapshot
from server.app import create_app

G = "https://example.mn/graph/hostile"
THING = "https://example.mn/id/thing"
# Names that hold the word SERVICE beside names that could be comparisons in a query.
HOSTILE = f"""
GRAPH <{G}> {{
  <{THING}> <urn:x:a)b> <urn:x:service)#c> , <mailto:service@e.mn> , <urn:(service)'d> ,
    "SERVICE <http://e/> {{}}" , "=1+1" .
  <urn:x:e)service#f> <http://e/p> <{THING}> .
}}
"""


@pytest.fixture
def client(
    instance: Instance, republish: Callable[[Instance, int, str], Snapshot]
) -> Iterator[FlaskClient]:
    republish(instance, 1, HOSTILE)
    with Pool.start(instance, workers=1) as pool:
        app = create_app(instance, pool)
        app.testing = True
        yield app.test_client(use_cookies=False)


def test_pages_are_shown_whatever_names_the_data_holds(client: FlaskClient) -> None:
    for path in ("/graph/hostile", "/id/thing"):
        for extension in (".html", ".ttl", ".csv"):
            response = client.get(path + extension)
            assert response.status_code == 200, response.text
            assert "service@e.mn" in response.text
