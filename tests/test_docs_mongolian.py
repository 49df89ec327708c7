"""The pages that agencies read stand in Mongolian beside English, and say the same."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from shapes.quality.indicators import INDICATORS
from shapes.quality.metrics import METRICS

DOCS = Path(__file__).parents[1] / "docs"
PAGES = ["add-a-source", "harvesting", "writing", "quality", "systems", "tables"]
FENCE = re.compile(r"^```.*?^```$", re.M | re.S)
ONLY_ENGLISH = {"writing": 1}
"""Sections for those who develop Ulzii: the suite of the W3C."""


def both(name: str) -> tuple[str, str]:
    return (DOCS / f"{name}.md").read_text("utf-8"), (DOCS / f"{name}.mn.md").read_text("utf-8")


@pytest.mark.parametrize("name", PAGES)
def test_each_page_links_the_other(name: str) -> None:
    english, mongolian = both(name)
    assert f"[Монголоор]({name}.mn.md)" in english
    assert f"[In English]({name}.md)" in mongolian


@pytest.mark.parametrize("name", PAGES)
def test_they_have_the_same_sections_and_tables(name: str) -> None:
    english, mongolian = (FENCE.sub("", text) for text in both(name))
    sections = [len(re.findall(r"^## ", text, re.M)) for text in (english, mongolian)]
    assert sections[1] == sections[0] - ONLY_ENGLISH.get(name, 0)
    rows = [len(re.findall(r"^\|", text, re.M)) for text in (english, mongolian)]
    assert rows[0] == rows[1]
    letters = re.findall(r"[А-Яа-яЁёӨөҮү]", mongolian)
    assert len(letters) > len(mongolian) / 3


@pytest.mark.parametrize("name", PAGES[1:])
def test_they_have_the_same_commands(name: str) -> None:
    english, mongolian = both(name)
    assert FENCE.findall(mongolian) == FENCE.findall(english)


def test_metrics_are_called_as_on_the_pages() -> None:
    text = both("quality")[1]
    for metric in METRICS:
        assert f"| {metric.number} | {metric.mn} | {metric.points} |" in text
    for indicator in INDICATORS:
        assert f"| `{indicator.id}` |" in text
