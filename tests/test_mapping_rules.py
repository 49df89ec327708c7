"""Rules of mappings in words: each has a sentence in both languages, archived with its code."""

from __future__ import annotations

import ast
import csv
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from graph.archive import Archive
from graph.core.instance import open_instance
from graph.ledger import Ledger, of_kinds
from graph.trace import publications, rule_texts
from loaders.bundles.imports import ROOT
from loaders.pipeline.code_digest import RULES

PLACES = {"Statement": 3, "about": 2, "Field": 3, "InferredTriple": 3, "add": 2, "_centre": 3}
"""Which argument of a call names a rule."""


def described() -> dict[str, dict[str, str]]:
    with RULES.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        return {row.pop("rule"): row for row in rows}


def calls() -> Iterator[tuple[str, ast.Call]]:
    for path in (ROOT / "loaders").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_bytes())):
            if isinstance(node, ast.Call):
                yield ast.unparse(node.func).rpartition(".")[2], node


def named() -> set[str]:
    """The rules that calls name by a text."""
    given = ((node.args, PLACES[name]) for name, node in calls() if name in PLACES)
    texts = (arguments[place] for arguments, place in given if len(arguments) > place)
    found = (one.value for one in texts if isinstance(one, ast.Constant))
    return {one for one in found if isinstance(one, str) and re.fullmatch(r"[a-z0-9-]+", one)}


def test_every_rule_of_the_code_has_a_sentence() -> None:
    assert len(named()) > 60
    assert named() - {*described()} == set()


def test_every_sentence_is_of_a_rule_and_in_both_languages() -> None:
    code = "".join(path.read_text("utf-8") for path in (ROOT / "loaders").rglob("*.py"))
    for rule, texts in described().items():
        part = rule.removeprefix("term").removeprefix("status")  # those of the portal's two fields
        assert f'"{rule}"' in code or f'{part}"' in code, rule
        assert re.match("[А-ЯӨҮЁ“]", texts["mn"]) and texts["mn"].endswith("."), rule
        assert re.match("[A-Z]", texts["en"]) and not re.search("[а-яөүё]", texts["en"]), rule
    assert [*described()] == sorted(described())


@pytest.mark.slow
def test_the_archived_code_says_what_every_rule_of_the_demo_does(demo: Path) -> None:
    instance = open_instance(demo)
    archive, ledger = Archive(instance.archive), Ledger(instance)
    known = publications.read(ledger.events)
    for load in of_kinds(ledger.events, "Load"):
        for layer in load["layers"].values():
            with archive.open(layer["rows"]) as file:
                used = {one for one in json.loads(file.readline())["rules"] if "/" not in one}
            said = rule_texts.of(archive, known.mapping_of(load), used)
            assert {*said} == used, load["source"]
