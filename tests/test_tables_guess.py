"""`ulzii guess`, then `ulzii load`: figures that a query gives, and the cells they came from."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from server.cli import main

HERDERS = """Аймаг,Хүйс,2022,2023,2024
Архангай,Эрэгтэй,"1,200","1,250.5",-
Архангай,Эмэгтэй,900,,"1,010"
Дархан уул,Эрэгтэй,10,..,0
Нийт,Эрэгтэй,"1,210","1,250.5",0
"""
FIGURES = """
PREFIX qb: <http://purl.org/linked-data/cube#>
PREFIX area: <http://purl.org/linked-data/sdmx/2009/dimension#refArea>
PREFIX period: <http://purl.org/linked-data/sdmx/2009/dimension#refPeriod>
PREFIX status: <http://purl.org/linked-data/sdmx/2009/attribute#obsStatus>
PREFIX value: <http://purl.org/linked-data/sdmx/2009/measure#obsValue>
SELECT ?o ?value ?status WHERE {
  ?o qb:dataSet/<http://purl.org/dc/terms/isFormatOf> <https://w3id.org/ulzii/id/dataset/%s> .
  OPTIONAL { ?o value: ?value } OPTIONAL { ?o status: ?status }
}
"""

pytestmark = pytest.mark.slow


class Engineer:
    """Somebody at the command line, in a folder with an agency's file."""

    def __init__(self, data: Path, folder: Path) -> None:
        self.data = data
        self.folder = folder

    def run(self, *arguments: str) -> Result:
        """`ulzii …`"""
        return CliRunner().invoke(main, ["--data", str(self.data), *arguments])

    def guess(self, file: Path, **answers: str) -> Path:
        """Guess a description, and correct it: lines that begin with a key get another value."""
        target = file.with_suffix(".toml")
        done = self.run("guess", str(file), "--write", str(target))
        assert done.exit_code == 0, done.output
        lines = target.read_text("utf-8").splitlines()
        for key, value in {"publisher": '"x-nso"', **answers}.items():
            lines = [f"{key} = {value}" if one.startswith(f"{key} = ") else one for one in lines]
        target.write_text("\n".join(lines), "utf-8")
        return target

    def load(self, description: Path) -> str:
        """Load it; what is told."""
        done = self.run("load", str(description))
        assert done.exit_code == 0, done.output
        return done.output

    def figures(self, dataset: str) -> dict[str, str]:
        """The figure, or else the status, of each observation by its key."""
        done = self.run("query", FIGURES % dataset)
        assert done.exit_code == 0, done.output
        rows: list[dict[str, Any]] = json.loads(done.output)["results"]["bindings"]
        return {
            row["o"]["value"].partition("/cube/")[2]: row["value"]["value"]
            if "value" in row
            else row["status"]["value"][-1]
            for row in rows
        }


@pytest.fixture
def engineer(demo: Path, tmp_path: Path) -> Engineer:
    return Engineer(demo, tmp_path)


def test_from_a_file_to_figures(engineer: Engineer) -> None:
    file = engineer.folder / "herders.csv"
    file.write_text(HERDERS, "utf-8")
    engineer.load(engineer.guess(file))
    assert engineer.figures("herders/herders") == {
        "065/eregtei/2022": "1200",
        "065/eregtei/2023": "1250.5",
        "065/eregtei/2024": "M",
        "065/emegtei/2022": "900",
        "065/emegtei/2023": "M",
        "065/emegtei/2024": "1010",
        "045/eregtei/2022": "10",
        "045/eregtei/2023": "L",
        "045/eregtei/2024": "0",
        "niit/eregtei/2022": "1210",
        "niit/eregtei/2023": "1250.5",
        "niit/eregtei/2024": "0",
    }


def test_an_open_question_is_refused(engineer: Engineer) -> None:
    """“1,200” could be one and a fifth."""
    file = engineer.folder / "open.csv"
    file.write_text(HERDERS.replace("1,250.5", "1,250"), "utf-8")
    description = engineer.guess(file)
    assert tomllib.loads(description.read_text("utf-8"))["options"]["numbers"] == "?"
    done = engineer.run("load", str(description))
    assert done.exit_code == 2
    assert "options.numbers" in done.output
    assert "not answered" in done.output


@pytest.mark.parametrize(
    ("before", "after", "named"),
    [
        ("Хүйс", "Хүйс (бүгд)", "column 2 is now “Хүйс (бүгд)” instead of “Хүйс”"),
        ("Аймаг,Хүйс", "Хүйс,Аймаг", "“Хүйс” stands in column 1, before “Аймаг” (moved)"),
        ("Аймаг,", "Аймаг,Сум,", "column 2 “Сум” is new"),
    ],
)
def test_other_columns_are_drift(engineer: Engineer, before: str, after: str, named: str) -> None:
    file = engineer.folder / "drift.csv"
    file.write_text(HERDERS, "utf-8")
    description = engineer.guess(file)
    head, _, body = HERDERS.partition("\n")
    file.write_text(f"{head.replace(before, after)}\n{body}", "utf-8")
    done = engineer.run("load", str(description), "--dry-run")
    assert done.exit_code == 3
    assert named in done.output


def test_a_further_year_is_no_drift(engineer: Engineer) -> None:
    file = engineer.folder / "years.csv"
    file.write_text(HERDERS, "utf-8")
    description = engineer.guess(file)
    file.write_text("\n".join(f"{line},2025" for line in HERDERS.splitlines()), "utf-8")
    assert "0 rejected" in engineer.load(description)
    assert engineer.figures("years/years")["065/emegtei/2025"] == "2025"
