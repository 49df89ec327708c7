"""A live PX-Web server: metadata, then values in chunks under its limit; a stand-in here."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from itertools import product
from math import prod
from pathlib import Path
from typing import Any

import pytest

from graph.core.errors import InputError
from graph.core.instance import Instance
from loaders.formats import pxweb
from loaders.pipeline.load import load
from loaders.pipeline.source import Source
from tests.portal_runs import literals
from tests.pxweb_tables import capture_of, context_with, figures
from tests.servers import Answer, AnsweringServer, Asked, allow, answering, described

LIMIT = 9  # cells of an answer; the table has 2 × 3 × 3
LABELS = {
    "en": {"Төрөл": ["Sheep", "Horse"], "Бүс": ["Total", "East", "West"]},
    "mn": {"Төрөл": ["Хонь", "Адуу"], "Бүс": ["Нийт", "Зүүн", "Баруун"]},
}
YEARS = ["2025", "2024", "2023"]


def labels(lang: str) -> dict[str, list[str]]:
    return {**LABELS[lang], "Он": YEARS}


def figure(*codes: str) -> int:
    return int("".join(codes))


class PxWeb:
    """The stand-in; `alter` is given each JSON-stat answer, and its number, to change it."""

    def __init__(self) -> None:
        self.alter: Callable[[dict[str, Any], int], None] = lambda *_: None
        self.sizes: list[int] = []

    def __call__(self, asked: Asked) -> Answer:
        lang = "en" if "/en/" in asked.path else "mn"
        if asked.method == "GET":
            value: dict[str, Any] = {"title": "Small", "variables": self.variables(lang)}
        else:
            query = json.loads(asked.body)
            assert query["response"] == {"format": "json-stat2"}
            chosen = {one["code"]: one["selection"]["values"] for one in query["query"]}
            value = self.values(lang, chosen)
            self.sizes.append(len(value["value"]))
            self.alter(value, len(self.sizes))
            if len(value["value"]) > LIMIT:
                return Answer(status=403)
        data = "\ufeff" + json.dumps(value)  # PX-Web writes a byte order mark
        return Answer(data.encode(), headers={"Content-Type": "application/json"})

    def variables(self, lang: str) -> list[dict[str, Any]]:
        return [
            {"code": name, "text": name, "values": codes_of(texts), "valueTexts": texts}
            for name, texts in labels(lang).items()
        ]

    def values(self, lang: str, chosen: dict[str, list[str]]) -> dict[str, Any]:
        texts = labels(lang)
        return {
            "class": "dataset",
            "version": "2.0",
            "label": "Small",
            "id": list(chosen),
            "size": [len(codes) for codes in chosen.values()],
            "dimension": {
                name: {
                    "label": name,
                    "category": {
                        "index": {code: n for n, code in enumerate(codes)},
                        "label": {code: texts[name][int(code)] for code in codes},
                    },
                }
                for name, codes in chosen.items()
            },
            "value": [figure(*key) for key in product(*chosen.values())],
        }


def codes_of(texts: list[str]) -> list[str]:
    return [str(n) for n in range(len(texts))]


@pytest.fixture
def px_web() -> PxWeb:
    return PxWeb()


@pytest.fixture
def server(px_web: PxWeb, instance: Instance) -> Iterator[AnsweringServer]:
    with answering(px_web) as running:
        allow(instance, running)
        yield running


SOURCE = """
loader = "pxweb"
publisher = "x-nso"
files = ["{url}/en/DT_T1.px", "{url}/mn/DT_T1.px"]
media_type = "application/json"
[options]
described = "2026-11-22T10:00:00+08:00"
agency = "1212.mn"
max_cells = {limit}
publisher = {{ mn = "Хороо", en = "Office" }}
[options.service]
key = "px"
endpoint = "https://data.1212.mn/api/v1/"
title = {{ mn = "API", en = "API" }}
[options.rights.terms]
mn = "Нөхцөл"
en = "Terms"
see = "https://1212.mn/terms"
[options.units.head]
mn = "толгой"
en = "head"
[options.tables.DT_T1]
address = "https://data.1212.mn/{{lang}}/DT_T1.px"
theme = "AGRI"
unit = "head"
multiplier = 0
rights = "terms"
resolution = "P1Y"
dimensions = [
  {{ id = "Төрөл", role = "concept", name = "kind", codes = "kind" }},
  {{ id = "Бүс", role = "concept", name = "region", codes = "region" }},
  {{ id = "Он", role = "year" }},
]
"""


def source(folder: Path, server: AnsweringServer, limit: int = 9) -> Source:
    return described(folder, "px", SOURCE.format(url=server.url, limit=limit))


def test_a_table_comes_in_chunks_under_the_limit(
    instance: Instance, px_web: PxWeb, server: AnsweringServer, tmp_path: Path
) -> None:
    outcome = load(instance, source(tmp_path, server))
    assert outcome.status == "published", outcome.held
    assert px_web.sizes == [9, 9, 9, 9]
    assert {int(text) for text in literals(instance, "px", "measure#obsValue")} >= {0, 122, 22}
    observed = [t for t in literals(instance, "px", "measure#obsValue") if t.isdigit()]
    assert len(observed) == prod((2, 3, 3))
    assert load(instance, source(tmp_path, server)).status == "same"


def change_label(value: dict[str, Any], number: int) -> None:
    if number == 2:
        value["dimension"]["Он"]["category"]["label"]["0"] = "2026"


def drop_code(value: dict[str, Any], number: int) -> None:
    if number == 2:
        value["dimension"]["Төрөл"]["category"] = {"index": {"7": 0}, "label": {"7": "Horse"}}


@pytest.mark.parametrize(
    ("alter", "message"),
    [
        (change_label, r"not as in DT_T1.px-0.json\n.*The table changed"),
        (drop_code, "2 values of “Төрөл” announced, 2 came, or in other order"),
    ],
)
def test_chunks_of_two_states_are_not_put_together(
    instance: Instance,
    px_web: PxWeb,
    server: AnsweringServer,
    tmp_path: Path,
    alter: Callable[[dict[str, Any], int], None],
    message: str,
) -> None:
    px_web.alter = alter
    with pytest.raises(InputError, match=message):
        load(instance, source(tmp_path, server))


def test_a_value_with_too_many_cells_is_said(
    instance: Instance, server: AnsweringServer, tmp_path: Path
) -> None:
    with pytest.raises(InputError, match="one value of “Төрөл” has 9 cells, more than 8"):
        load(instance, source(tmp_path, server, limit=8))


@pytest.mark.parametrize(
    "variables", ["x", [], [{"code": 1}], [{"code": "a", "values": []}], [{"code": "a"}]]
)
def test_metadata_that_cannot_be_read_is_located(variables: Any) -> None:
    data = json.dumps({"title": "x", "variables": variables}).encode()
    with pytest.raises(InputError, match="#/variables: a list of variables"):
        list(pxweb.requests(context_with(), [capture_of("en.json", data)]))


def test_chunks_give_the_cube_of_the_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(LABELS["en"], "Бүс", ["Total", "  Town", "    Town"])
    px, texts = PxWeb(), labels("en")
    codes = {name: codes_of(values) for name, values in texts.items()}
    whole = px.values("en", codes)
    metadata = {"title": "Small", "variables": px.variables("en")}
    parts = [px.values("en", {**codes, "Төрөл": [code]}) for code in codes["Төрөл"]]
    one, *several = (
        [capture_of(f"{n}-en.json", json.dumps(value).encode(), "https://a/en/DT_T1.px")]
        for n, value in enumerate([whole, metadata, *parts])
    )
    assert figures(*(c for part in several for c in part)) == figures(*one)
