"""Columns of harvested tables, for machines: as their catalogue tells them, or not at all."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from flask.testing import FlaskClient

from graph.core.instance import Instance
from graph.queries import Pool
from loaders.pipeline.load import load
from loaders.pipeline.source import read as read_source
from server.app import create_app

FIELDS = [
    {"title": "код", "type": "string", "description": "Аймгийн код"},
    *({"title": f"n{number}", "type": "integer"} for number in range(2, 12)),
    {"title": "бусад", "type": "geo_point"},
]
CATALOGUE = {
    "dataset": [
        {
            "identifier": "one",
            "title": "Хүснэгт",
            "distribution": [
                {
                    "title": "a.csv",
                    "downloadURL": "https://other.example/a.csv",
                    "mediaType": "text/csv",
                    "field": FIELDS,
                },
                {"downloadURL": "https://other.example/b.csv", "mediaType": "text/csv"},
            ],
        },
        {
            "identifier": "two",
            "title": "Баганагүй хүснэгт",
            "distribution": [
                {"downloadURL": "https://other.example/c.csv", "mediaType": "text/csv"}
            ],
        },
    ]
}
DESCRIPTION = """\
id = "other"
loader = "dcat"
files = ["data.json"]
title = { mn = "Өөр портал", en = "Another portal" }
"""


def node(client: FlaskClient, name: str) -> Any:
    """The JSON-LD of a dataset's page."""
    page = client.get(f"/id/dataset/other/{name}.html", headers={"Accept": "text/html"}).text
    (script,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.S)
    return json.loads(script)


def test_columns_are_those_that_the_catalogue_tells(instance: Instance, tmp_path: Path) -> None:
    (tmp_path / "data.json").write_text(json.dumps(CATALOGUE), "utf-8")
    (tmp_path / "other.toml").write_text(DESCRIPTION, "utf-8")
    load(instance, read_source(tmp_path / "other.toml"))
    with Pool.start(instance, workers=1) as pool:
        client = create_app(instance, pool).test_client()
        names = [one["name"] for one in node(client, "one")["variableMeasured"]]
        assert names == [*(f"n{number}" for number in range(2, 12)), "бусад", "код"]
        assert "variableMeasured" not in node(client, "two")
        told: Any = client.get("/id/dataset/other/one.croissant.jsonld").json
        (records,) = told["recordSet"]
        *others, last = records["field"]
        assert (last["name"], last["dataType"]) == ("код", "sc:Text")
        assert last["description"] == "Аймгийн код"
        assert [one.get("dataType") for one in others] == ["sc:Integer"] * 10 + [None]
        files = {one["@id"]: one["contentUrl"] for one in told["distribution"]}
        assert len(files) == 2
        assert {files[one["source"]["fileObject"]["@id"]] for one in records["field"]} == {
            "https://other.example/a.csv"
        }
        bare: Any = client.get("/id/dataset/other/two.croissant.jsonld").json
        assert "recordSet" not in bare
