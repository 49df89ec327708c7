"""`ulzii trace`: from a statement to the record in the archived bytes, in the demo."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from server.cli import main

pytestmark = pytest.mark.slow

CELL = "</id/dataset/nso/DT_NSO_1001_109V1/cube/total/x-khentii/2024> sdmx-measure:obsValue 3192.0"
CLAIM = "</id/dataset/emongolia-local/2022-07-19#claim-1281> rdf:value 1281"


def run(data: Path, *arguments: str, code: int = 0) -> str:
    done = CliRunner().invoke(main, ["--data", str(data), "trace", *arguments])
    assert done.exit_code == code, done.output
    return done.output


def told(data: Path, *arguments: str, code: int = 0) -> Any:
    return json.loads(run(data, *arguments, "--json", code=code))


def only(trace: Any) -> Any:
    (statement,) = trace["statements"]
    (stating,) = statement["statedBy"]
    return stating


def test_a_livestock_cell(demo: Path) -> None:
    stating = only(told(demo, CELL))
    (record,) = stating["records"]
    assert record["locator"] == "/value/1210"
    assert record["rule"] == "cell-value"
    assert record["record"]["cells"] == {
        "Type of livestock": "Total",
        "Region": "Khentii",
        "Year": "2024",
    }
    assert record["record"]["value"] == "3192.0"  # as written
    assert record["response"]["local"] is True
    assert stating["mapping"]["loader"] == "nso"
    assert [*stating["events"]] == [
        *("Fetch", "Code", "Code (shapes)", "Load", "Validate", "Publish")
    ]
    shown = run(demo, CELL)
    assert "a local file, read at 20" in shown
    assert ">  Total · Khentii" in shown


def test_a_claim(demo: Path) -> None:
    stating = only(told(demo, CLAIM))
    (record,) = stating["records"]
    table = record["record"]["table"]
    assert table["header"] == ["fact", "name", "value"]
    assert [row["number"] for row in table["rows"] if row.get("marked")] == ["5"]
    (rule,) = {one["rule"] for one in stating["validation"]["resultsAboutSubject"]}
    assert rule.endswith("/headline-equals-sum/1")


def test_a_trace_names_the_agency(demo: Path) -> None:
    agency = only(told(demo, CLAIM))["agency"]  # the ministry's text, transcribed here
    assert [one["id"].rpartition("/")[2] for one in agency["statedBy"]] == ["x-cdhh"]
    assert [one["name"]["en"] for one in agency["publishedBy"]] == ["Ulzii"]
    assert agency["dataset"].endswith("/dataset/emongolia-local/2022-07-19")
    cell = only(told(demo, CELL))["agency"]  # an observation, by its cube
    assert [one["name"]["mn"] for one in cell["statedBy"]] == ["Үндэсний статистикийн хороо"]
    assert cell["publishedBy"] == []
    text = run(demo, CLAIM)
    assert "agency   stated by: Ministry of Digital Development" in text
    assert "agency   published here by Ulzii" in text
    assert "org/x-cdhh>" in run(demo, CLAIM, "--format", "prov").split("wasAttributedTo ")[1]
