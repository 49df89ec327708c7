"""A PX-Web database over HTTP, crawled from its root: a stand-in answers as PX-Web does."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

from graph import snapshots
from graph.core.errors import InputError
from graph.core.instance import Instance
from graph.store.embedded import EmbeddedStore
from loaders.descriptions.schema import find_all_errors
from loaders.formats import pxweb
from loaders.pipeline.load import load
from loaders.pipeline.source import Source
from loaders.systems.nso.options import ExportDescription
from tests.pxweb_tables import capture_of, context_with, figures, json_stat, map_all
from tests.servers import Answer, AnsweringServer, Asked, allow, answering, described

TABLE = "DT_T1"
FOLDERS = ("Labour, business", "Wages")
STAMP = "2025-03-05T16:00:00"
DATASET = "https://example.mn/id/dataset/live/"


class Database:
    """The stand-in: folders, two tables, one of them under two paths, and what a test changes."""

    def __init__(self) -> None:
        self.areas = {"en": ["Total", "East"], "mn": ["Нийт", "Зүүн"]}
        self.periods = ["2025-I*", "2024-IV"]
        self.titles = {"en": "WAGES", "mn": "ЦАЛИН, БYХ"}
        self.figures = {"2025-I*": 5, "2024-IV": 4, "2025-II*": 6}
        self.page = ""

    def __call__(self, asked: Asked) -> Answer:
        _, lang, *rest = unquote(asked.path).strip("/").split("/")
        if self.page and len(rest) > 2:
            return Answer(self.page.encode(), headers={"Content-Type": "text/html"})
        value: Any
        if asked.method == "POST":
            value = self.values(lang, json.loads(asked.body))
        elif rest and rest[-1].endswith(".px"):
            value = {"title": self.titles[lang], "variables": self.variables(lang)}
        else:
            value = self.folder(lang, rest[1:])
        data = "\ufeff" + json.dumps(value)  # PX-Web writes a byte order mark
        return Answer(data.encode(), headers={"Content-Type": "application/json"})

    def folder(self, lang: str, path: list[str]) -> list[dict[str, str]]:
        table = {"id": f"{TABLE}.px", "type": "t", "text": self.titles[lang], "updated": STAMP}
        other = {"id": "DT_T2 (2).px", "type": "t", "text": f"Other {lang}"}
        return {
            (): [
                {"id": FOLDERS[0], "type": "l", "text": "x"},
                {"id": "B", "type": "l", "text": "y"},
            ],
            ("B",): [{"id": "-", "type": "h", "text": "Heading"}, table, other],
            FOLDERS[:1]: [{"id": FOLDERS[1], "type": "l", "text": "z"}],
            FOLDERS: [table],
        }[tuple(path)]

    def labels(self, lang: str) -> dict[str, list[str]]:
        return {"Бүс": self.areas[lang], "Хугацаа": self.periods}

    def variables(self, lang: str) -> list[dict[str, Any]]:
        return [
            {"code": k, "text": k, "values": codes_of(v), "valueTexts": v}
            for k, v in self.labels(lang).items()
        ]

    def values(self, lang: str, body: dict[str, Any]) -> dict[str, Any]:
        assert body["response"] == {"format": "json-stat2"}
        chosen = {one["code"]: one["selection"]["values"] for one in body["query"]}
        labels = self.labels(lang)
        texts = {k: [labels[k][int(c)] for c in codes] for k, codes in chosen.items()}
        return {
            "class": "dataset",
            "version": "2.0",
            "label": "Wages by region",
            "note": [f"Note {lang}"],
            "updated": "2025-03-05T08:00:00Z",
            "id": list(chosen),
            "size": [len(codes) for codes in chosen.values()],
            "dimension": {
                k: {
                    "label": k,
                    "category": {
                        "index": {code: n for n, code in enumerate(codes)},
                        "label": dict(zip(codes, texts[k], strict=True)),
                        "unit": {code: {"base": "tugrik"} for code in codes},
                    },
                }
                for k, codes in chosen.items()
            },
            "value": [self.figures[period] for _, period in product(*texts.values())],
        }


def codes_of(texts: list[str]) -> list[str]:
    return [str(n) for n in range(len(texts))]


@pytest.fixture
def database() -> Database:
    return Database()


@pytest.fixture
def server(database: Database, instance: Instance) -> Iterator[AnsweringServer]:
    with answering(database) as running:
        allow(instance, running)
        yield running


SOURCE = """
loader = "nso"
publisher = "x-nso"
files = ["{url}/api/en/NSO", "{url}/api/mn/NSO"]
media_type = "application/json"
reject_limit = 1
[options]
described = "2026-11-22T10:00:00+08:00"
agency = "1212.mn"
max_cells = 3
publisher = {{ mn = "Хороо", en = "Office" }}
[options.service]
key = "px"
endpoint = "https://data.1212.mn/api/v1/"
title = {{ mn = "API", en = "API" }}
[options.listing]
root = "{url}/api/{{lang}}/NSO"
rights = "terms"
themes = {{ "Labour, business" = "ECON" }}
[options.rights.terms]
mn = "Нөхцөл"
en = "Terms"
see = "https://1212.mn/terms"
[options.units.tugrik]
mn = "төгрөг"
en = "tugrik"
[options.tables.DT_T1]
address = "https://data.1212.mn/{{lang}}/DT_T1.px"
theme = "ECON"
unit = "tugrik"
multiplier = 0
rights = "terms"
resolution = "P3M"
dimensions = [
  {{ id = "Бүс", role = "concept", name = "region", codes = "region" }},
  {{ id = "Хугацаа", role = "period" }},
]
"""


def source(folder: Path, server: AnsweringServer) -> Source:
    return described(folder, "live", SOURCE.format(url=server.url))


def literals(instance: Instance, ending: str) -> dict[str, str]:
    """The literal that each subject has for a property, by the end of its name."""
    now = snapshots.current(instance)
    assert now is not None
    store = EmbeddedStore(now.path, read_only=True)
    lines = [line.decode() for line in store.lines(instance.names.graph("live"))]
    store.close()
    split = [line.split(" ", 2) for line in lines]
    return {
        subject[1:-1]: value.split('"')[1]
        for subject, predicate, value in split
        if re.search(rf"[/#]{ending}>$", predicate) and value.startswith('"')
    }


def cells(instance: Instance) -> dict[str, str]:
    found = literals(instance, "obsValue")
    return {key.partition("/cube/")[2]: value for key, value in found.items()}


def test_a_crawl_finds_every_table_and_fetches_the_described_one_once(
    instance: Instance, database: Database, server: AnsweringServer, tmp_path: Path
) -> None:
    done = load(instance, source(tmp_path, server))
    assert done.status == "published"
    posts = [one.path for one in server.asked if one.method == "POST"]
    assert posts == ["/api/en/NSO/B/DT_T1.px"] * 2 + ["/api/mn/NSO/B/DT_T1.px"] * 2
    folder = "/api/en/NSO/Labour,%20business/Wages"
    assert folder in server.paths()
    assert f"{folder}/DT_T1.px" not in server.paths(), "from the first path only"
    assert cells(instance) == {
        f"{area}/{period}": value
        for area in ("total", "east")
        for period, value in (("2025-Q1", "5"), ("2024-Q4", "4"))
    }
    titles = literals(instance, "title")
    assert titles[f"{DATASET}DT_T1"] in set(database.titles.values())
    assert literals(instance, "modified")[f"{DATASET}DT_T1"] == f"{STAMP}+08:00"
    assert literals(instance, "modified")[f"{DATASET}DT_T1/cube"] == "2025-03-05T08:00:00Z"
    assert set(literals(instance, "note").values()) <= {"Note en", "Note mn"}
    assert literals(instance, "unitText")[f"{DATASET}DT_T1/cube/region/total"] == "tugrik"


@pytest.mark.ci  # test_retrievals.py renames a label and adds periods
def test_a_renamed_area_and_recoded_periods_give_the_right_versions(
    instance: Instance, database: Database, server: AnsweringServer, tmp_path: Path
) -> None:
    """After an update the newest period is code 0, and every other one has moved."""
    live = source(tmp_path, server)
    load(instance, live)
    database.periods = ["2025-II*", "2025-I", "2024-IV"]
    database.figures["2025-I"] = 5
    assert load(instance, live).version == 2
    found = cells(instance)
    assert (found["east/2025-Q2"], found["east/2025-Q1"], found["east/2024-Q4"]) == ("6", "5", "4")
    assert load(instance, live).status == "same"
    database.areas = {"en": ["Total", "Eastern"], "mn": ["Нийт", "Зүүн бүс"]}
    assert load(instance, live).version == 3
    found = cells(instance)
    assert found["eastern/2025-Q1"] == "5"
    assert not [key for key in found if key.startswith("east/")]


@pytest.mark.ci  # as of any server: test_fetch_run.py
def test_an_error_page_with_status_200_changes_nothing(
    instance: Instance, database: Database, server: AnsweringServer, tmp_path: Path
) -> None:
    live = source(tmp_path, server)
    load(instance, live)
    database.page = "<html>403</html>"
    with pytest.raises(InputError, match="a web page instead of JSON"):
        load(instance, live)
    assert cells(instance)["east/2024-Q4"] == "4"


@pytest.mark.parametrize(
    ("items", "message"),
    [
        ([], "the database lists no table"),
        ([{"id": "x", "type": "t"}], "“text” is missing"),
        ([{"id": "x", "type": "?", "text": "x"}], "a folder"),
    ],
)
def test_a_broken_folder_is_located(
    instance: Instance,
    database: Database,
    server: AnsweringServer,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    items: list[dict[str, str]],
    message: str,
) -> None:
    monkeypatch.setattr(database, "folder", lambda lang, path: items)
    with pytest.raises(InputError, match=message):
        load(instance, source(tmp_path, server))


def period_table(**over: Any) -> dict[str, Any]:
    labels = {"Төрөл": ["Sheep"], "Бүс": ["Total"], "Он": ["2024*", "2023"]}
    return json_stat(labels=labels, **over)


def periods_context() -> Any:
    context = context_with()
    (table,) = context.source.options["tables"].values()
    *others, _ = table["dimensions"]
    dimensions = [*others, {"id": "Он", "role": "period"}]
    return context_with(tables={"DT_T1": {**table, "dimensions": dimensions}})


def answer(data: dict[str, Any]) -> list[Any]:
    return [capture_of("en.json", json.dumps(data).encode())]


STATUS = "obsStatus"


def test_provisional_periods_are_the_same_period_with_a_status() -> None:
    found = list(map_all(answer(period_table()), periods_context()))
    status = {
        s.subject.value.rpartition("/")[2]: s.object.value.rpartition("-")[2]
        for s in found
        if s.predicate.value.endswith(STATUS)
    }
    assert status == {"2024": "P"}
    final = period_table()
    final["dimension"]["Он"]["category"]["label"]["0"] = "2024"
    later = figures(*answer(final), context=periods_context())
    assert later == figures(*answer(period_table()), context=periods_context())


@pytest.mark.parametrize(
    ("status", "expected"), [("p", {"p"}), (["p", None], {"p"}), ({"1": ".."}, {".."})]
)
def test_a_status_is_a_list_an_object_or_one_text(status: Any, expected: set[str]) -> None:
    data = period_table(status=status, value=[1, None])
    found = [s for s in map_all(answer(data), periods_context()) if s.rule == "cell-symbol"]
    assert {s.object.value for s in found} == expected
    assert len(found) == (2 if isinstance(status, str) else 1)


def test_notes_stand_where_they_are_about() -> None:
    data = period_table(note="Whole")
    data["dimension"]["Төрөл"]["note"] = ["Of kinds"]
    data["dimension"]["Төрөл"]["category"]["note"] = {"0": ["Of sheep"]}
    data["dimension"]["Он"]["category"]["note"] = {"0": ["Preliminary"]}
    found = {
        s.object.value: s.subject.value.partition("/cube")[2]
        for s in map_all(answer(data), periods_context())
        if s.rule == "note"
    }
    assert found == {
        "Whole": "",
        "Of kinds": "#kind",
        "Of sheep": "/kind/sheep",
        "2024*: Preliminary": "",
    }


def test_the_description_in_the_docs_is_right() -> None:
    page = (Path(__file__).parents[1] / "docs/statistics-office.md").read_text("utf-8")
    text, workbooks = re.findall(r"```toml\n(.*?)```", page, re.S)
    assert find_all_errors(tomllib.loads(text)) == []
    for export in tomllib.loads(workbooks)["options"]["exports"].values():
        ExportDescription.model_validate(export)


def test_a_list_where_no_list_is_described_is_no_table() -> None:
    with pytest.raises(InputError, match="this is not a JSON-stat dataset"):
        list(pxweb.records([capture_of("en.json", b"[]")], context_with()))
