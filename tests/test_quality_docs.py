"""docs/quality.md says what the tables say."""

from __future__ import annotations

import re
from pathlib import Path

import pyoxigraph as ox

from server.cli import main
from shapes.quality.indicators import INDICATORS
from shapes.quality.metrics import DATASET, DIMENSIONS, DISTRIBUTION, EITHER, METRICS

PAGE = (Path(__file__).parent.parent / "docs/quality.md").read_text("utf-8")
LEVELS = {"D": DATASET, "d": DISTRIBUTION, "e": EITHER}


def test_every_metric_has_its_row() -> None:
    row = r"^\| (\d+) \| `(\w+)` \| ([^|]+) \| (\d+) \| ([Dde]) \|"
    rows = [
        (int(number), key, name, int(points), LEVELS[level])
        for number, key, name, points, level in re.findall(row, PAGE, re.M)
    ]
    assert rows == [(m.number, m.id, m.mn, m.points, m.level) for m in METRICS]


def test_every_dimension_has_its_sum() -> None:
    rows = re.findall(r"^\| \| \*\*\w+ · ([^*]+)\*\* \| \| \*\*(\d+)\*\*", PAGE, re.M)
    assert rows == [
        (d.mn, str(sum(m.points for m in METRICS if m.dimension == d.id))) for d in DIMENSIONS
    ]


def test_every_indicator_has_its_row() -> None:
    rows = re.findall(r"^\| `(\w+)` \| ([^|]+) \| [^|]+ \|$", PAGE, re.M)
    assert rows == [(i.id, i.mn) for i in INDICATORS]


def test_commands_and_query_exist() -> None:
    assert set(re.findall(r"^ulzii ([a-z-]+)", PAGE, re.M)) <= main.commands.keys()
    (query,) = re.findall(r"```sparql\n(.*?)```", PAGE, re.S)
    ox.Store().query(query)
