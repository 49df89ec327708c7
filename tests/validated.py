"""Runs of `ulzii validate`, and the documents that they are of."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner, Result

from loaders.validation.catalogue_document import read
from server.cli import main

EXAMPLES = Path(__file__).parent.parent / "shapes" / "profiles" / "examples"
WRONG = EXAMPLES / "05-incorrect.ttl"
DATASET = "https://data.example.mn/dataset/wells"


def run(*asked: str | Path) -> Result:
    return CliRunner().invoke(main, ["validate", *map(str, asked)])


def lines(text: str, name: str) -> list[bytes]:
    return list(read(name, text.encode()).lines)
