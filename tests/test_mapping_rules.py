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
from graph.ledger import Ledger, event, of_kinds
from graph.trace import publications, rule_texts
from loaders.bundles.imports import ROOT
from loaders.descriptions.loader_names import LOADERS
from loaders.pipeline.code_digest import RULES
from loaders.systems.ministry_page.facts import KINDS

PLACES = {"Statement": 3, "about": 2, "Field": 3, "InferredTriple": 3, "add": 2, "_centre": 3}
"""Which argument of a call names a rule."""
MADE = {"term-meaning-unknown", "status-meaning-unknown", *KINDS}
"""Rules whose names are not written out in the code."""


def described() -> list[dict[str, str]]:
    with RULES.open(encoding="utf-8", newline="") as file:
        return [*csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)]


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
    """A new rule needs a line in `loaders/mapping_rules.tsv`."""
    assert len(named()) > 60
    assert named() - {row["rule"] for row in described()} == set()


def test_every_sentence_is_of_a_rule_and_in_both_languages() -> None:
    code = "".join(path.read_text("utf-8") for path in (ROOT / "loaders").rglob("*.py"))
    places = [(row["loader"], row["rule"]) for row in described()]
    assert places == sorted({*places})
    for row in described():
        assert row["rule"] in MADE or f'"{row["rule"]}"' in code, row
        assert row["loader"] in {"", *LOADERS}, row
        assert re.match("[А-ЯӨҮЁ“]", row["mn"]) and row["mn"].endswith("."), row
        english = row["en"].replace("ХУР", "")
        assert re.match("[A-Z]", english) and not re.search("[А-Яа-яӨөҮүЁё]", english), row


def test_a_sentence_of_a_loader_comes_before_the_common_one(tmp_path: Path) -> None:
    archive = Archive(tmp_path / "archive")
    table = archive.put(RULES.read_bytes())
    said = {}
    for loader in ("opendata_mn", "local_fund"):
        files = {"sources/x.toml": archive.put(f'loader = "{loader}"'.encode())}
        files[rule_texts.TABLE] = table
        code = event("Code", kind="mapping", name="x", digest="0" * 64, files=files)
        said[loader] = rule_texts.of(archive, code, {"title", "no-such"})
    assert said["local_fund"]["title"]["en"] == "What was done, as the file writes it."
    assert said["opendata_mn"]["title"]["en"].startswith("The name of the dataset")
    assert {*said["local_fund"]} == {"title"}


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
