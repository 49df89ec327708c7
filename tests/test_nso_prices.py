"""Prices in the capital's markets: 61,932 rows, and the weekly workbooks they were typed from."""

from __future__ import annotations

import hashlib
import random
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from graph.core.iris import Names
from loaders.formats.csv import rows
from loaders.pipeline import source
from loaders.pipeline.protocol import LoaderContext
from loaders.pipeline.record import Capture, Statement
from loaders.systems import nso
from loaders.tables.grids import Dialect, read
from tests.one_by_one import one_by_one
from tests.shared import SHARED

PRICES = SHARED / "data/mn/prices"
SOURCE = source.read(source.BUNDLED / "nso.toml")
WORKBOOKS = sorted((PRICES / "weekly").glob("*.xlsx"))

pytestmark = pytest.mark.skipif(
    not PRICES.is_dir(), reason="the shared folder with prices is absent"
)

DESCRIBED: dict[str, Any] = {
    "files": "ub_market_prices_en.csv",
    "title": {"en": "Prices in the markets of Ulaanbaatar"},
    "numbers": "1234.5",
    "unit": "togrog",
    "rights": "nso-terms",
    "value": "price",
    "dimensions": [
        {"name": "date", "kind": "period", "dates": "yyyy-MM-dd"},
        {"name": "product", "key": "product"},
        {"name": "market", "key": "market"},
        {"name": "size", "key": "size", "role": "attribute"},
    ],
}


def capture_of(path: Path, media_type: str) -> Capture:
    data = path.read_bytes()
    return Capture(hashlib.sha256(data).hexdigest(), path.name, path.name, media_type, data)


@pytest.mark.ci  # a minute
def test_every_price_is_there_and_traced_to_its_row() -> None:
    capture = capture_of(PRICES / "ub_market_prices_en.csv", "text/csv")
    options = {**SOURCE.options, "exports": {"market-prices": DESCRIBED}}
    context = LoaderContext(replace(SOURCE, options=options), Names("https://example.mn/"))
    prices: list[tuple[str, str]] = []
    observations, keys = 0, set()
    for record in nso.records([capture], context):
        for one in one_by_one(nso.statements(record, context)):
            if isinstance(one, Statement) and one.rule == "observation":
                observations += one.predicate.value.endswith("#type")
                keys.add(one.subject.value.rpartition("/cube/")[2])
            if isinstance(one, Statement) and one.rule == "cell-value":
                prices.append((record.locator, one.object.value))
    assert (observations, len(keys)) == (61932, 61932)
    assert (len(prices), observations - len(prices)) == (46705, 15227)
    assert [len({key.split("/")[n] for key in keys}) for n in range(3)] == [148, 36, 13]
    assert sum(Decimal(price) for _, price in prices) == Decimal("149295970.6725490079209")
    cells = {f"row={number}": row["price"] for number, row in rows(capture, ["price"])}
    for locator, price in random.Random(7).sample(prices, 20):
        assert Decimal(cells[locator]) == Decimal(price)


@pytest.mark.parametrize("path", WORKBOOKS, ids=lambda path: path.name)
def test_a_weekly_workbook_has_eight_sheets_of_which_four_are_hidden(path: Path) -> None:
    """Hidden sheets have stale figures, so they are named as hidden."""
    capture = capture_of(path, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
    sheets = [(one.name, one.hidden) for one in read(capture, Dialect(form="workbook"))]
    assert len(sheets) == 8
    assert {name for name, hidden in sheets if hidden} == {
        "tootsoolol-jin-3 sar",
        "хүнсний үнэ - аймаг",
        "ноолуурын үнэ-",
        "jin",
    }


def test_a_misnamed_workbook_is_read_by_its_content() -> None:
    assert "2019-04-172019-04-17.xlsx" in {path.name for path in WORKBOOKS}
    assert len(WORKBOOKS) == 7
