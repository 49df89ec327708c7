"""Somebody at the command line with an agency's file: guess, edit, load, ask."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result

from server.cli import main

BASE = "https://w3id.org/ulzii/id/dataset/"
VALUE = "http://purl.org/linked-data/sdmx/2009/measure#obsValue"
FIGURES = """
PREFIX qb: <http://purl.org/linked-data/cube#>
PREFIX dct: <http://purl.org/dc/terms/>
SELECT ?o ?value ?status WHERE {
  ?o qb:dataSet/dct:isFormatOf <%s> .
  OPTIONAL { ?o <http://purl.org/linked-data/sdmx/2009/measure#obsValue> ?value }
  OPTIONAL { ?o <http://purl.org/linked-data/sdmx/2009/attribute#obsStatus> ?status }
}
"""


class Engineer:
    """Works with the instance at `data` in the folder `folder`."""

    def __init__(self, data: Path, folder: Path) -> None:
        self.data = data
        self.folder = folder

    def run(self, *arguments: str) -> Result:
        """`ulzii …`"""
        return CliRunner().invoke(main, ["--data", str(self.data), *arguments])

    def told(self, *arguments: str) -> str:
        """What a command prints that must succeed."""
        done = self.run(*arguments)
        assert done.exit_code == 0, done.output
        return done.output

    def guess(self, name: str, content: bytes, **answers: str) -> Path:
        """Guess the description of a file, and correct it: the lines of keys get other values."""
        file = self.folder / name
        file.write_bytes(content)
        target = file.with_suffix(".toml")
        self.told("guess", str(file), "--write", str(target))
        lines = target.read_text("utf-8").splitlines()
        for key, value in {"publisher": '"x-nso"', **answers}.items():
            lines = [f"{key} = {value}" if one.startswith(f"{key} = ") else one for one in lines]
        target.write_text("\n".join(lines), "utf-8")
        return target

    def load(self, description: Path) -> str:
        """Load it; what is told."""
        return self.told("load", str(description))

    def query(self, text: str) -> list[dict[str, str]]:
        """The rows of a result, by variable."""
        found = json.loads(self.told("query", text))["results"]["bindings"]
        return [{name: term["value"] for name, term in row.items()} for row in found]

    def figures(self, dataset: str) -> dict[str, str]:
        """The figure of each observation by its key; in angle brackets a status without one."""
        return {
            row["o"].partition("/cube/")[2]: row.get("value") or f"<{row['status'][-1]}>"
            for row in self.query(FIGURES % f"{BASE}{dataset}")
        }

    def origin(self, dataset: str, key: str, figure: str) -> str:
        """The locator of the record that a figure was traced to."""
        subject = f"{BASE}{dataset}/cube/{key}"
        decimal = f'"{figure}"^^<http://www.w3.org/2001/XMLSchema#decimal>'
        told: dict[str, Any] = json.loads(
            self.told("trace", f"<{subject}> <{VALUE}> {decimal}", "--json")
        )
        (statement,) = told["statements"]
        (record,) = statement["statedBy"][0]["records"]
        return str(record["locator"])
