"""The glossary names what exists, and defines the words that everything else is written in."""

from __future__ import annotations

import re
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import pytest

GLOSSARY = Path(__file__).parent.parent / "docs" / "glossary.md"
CYRILLIC = re.compile(r"[А-Яа-яӨөҮүЁё]")
CORE_TERMS = {
    "source",
    "capture",
    "record",
    "locator",
    "statement",
    "layer",
    "version",
    "event",
    "snapshot",
    "finding",
    "claim",
}


def rows() -> list[list[str]]:
    """The cells of all tables, without their heads."""
    lines = re.findall(r"^\| (.+) \|$", GLOSSARY.read_text("utf-8"), re.M)
    cells = [[cell.strip() for cell in line.split(" | ")] for line in lines]
    return [row for row in cells if row[0] != "term"]


def exists(name: str) -> bool:
    """Whether a dotted name is a module, or an attribute of one."""
    module, _, attribute = name.rpartition(".")
    if attribute.islower() and find_spec(name):
        return True
    return hasattr(import_module(module), attribute)


@pytest.mark.parametrize("row", rows(), ids=lambda row: row[0])
def test_a_term_has_a_mongolian_name_a_meaning_and_a_place_in_code(row: list[str]) -> None:
    term, mongolian, meaning, standard, code = row
    assert term
    assert CYRILLIC.search(mongolian)
    assert len(meaning) > 30
    assert standard
    assert exists(code.strip("`")), code


def test_the_core_terms_are_all_there() -> None:
    assert {row[0] for row in rows()} >= CORE_TERMS


def test_no_term_is_defined_twice() -> None:
    terms = [row[0] for row in rows()]
    assert len(terms) == len({*terms})
