"""Labels of described tables: new ones beside the published list, of several columns, of files."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from graph.core.errors import ConfigError, InputError
from graph.core.iris import Names
from loaders.pipeline.protocol import LoaderContext
from loaders.pipeline.record import Capture, LoadFinding, Mapped, Statement
from loaders.pipeline.source import Source
from loaders.tables import loader
from tests.mapped_tables import SEX, YEARS, figures, options
from tests.one_by_one import one_by_one
from tests.workbooks import sheet, xlsx

HEAD = "Хүйс,2022,2023\n"


class Published:
    """The version before, as lines."""

    def __init__(self, made: list[Mapped]) -> None:
        self._made = made

    def lines(self, layer: str) -> Iterator[bytes]:
        for one in self._made:
            if isinstance(one, Statement) and one.layer == layer:
                yield f"{one.subject} {one.predicate} {one.object} .".encode()


def mapped(
    data: str | bytes,
    said: dict[str, Any],
    previous: Published | None = None,
    name: str = "t.csv",
) -> list[Mapped]:
    content = data.encode() if isinstance(data, str) else data
    capture = Capture(hashlib.sha256(content).hexdigest(), name, "", "text/csv", content)
    source = Source("t", {"mn": "Х"}, "table", (), "text/csv", Path("t.toml"), options=said)
    context = LoaderContext(source, Names("https://example.mn/"), previous=previous)
    return [
        one
        for record in loader.records([capture], context)
        for one in one_by_one(loader.statements(record, context))
    ]


def found(made: list[Mapped]) -> list[tuple[str, str, str]]:
    return [(one.kind, one.place, one.detail) for one in made if isinstance(one, LoadFinding)]


def published(said: dict[str, Any]) -> Published:
    return Published(mapped(f"{HEAD}Эрэгтэй,1,2\nЭмэгтэй,3,4\n", said))


def test_a_new_label_is_named_and_published() -> None:
    before = published(options(SEX, YEARS))
    made = mapped(f"{HEAD}Эрэгтэй,1,2\nЭм,3,4\nХүү,5,6\nХүү,7,\n", options(SEX, YEARS), before)
    assert found(made) == [
        ("label-new", "t.csv#cell=3,1", "“Эм”"),
        ("label-new", "t.csv#cell=4,1", "“Хүү”"),
    ]
    assert figures(made)["em/2022"] == "3"


def test_of_a_first_version_no_label_is_new() -> None:
    assert found(mapped(f"{HEAD}Эрэгтэй,1,2\n", options(SEX, YEARS))) == []
    other = Published(mapped("Төрөл,2022,2023\nГэр,1,2\n", options(
        {"name": "Төрөл", "role": "dimension", "key": "kind"}, YEARS
    )))  # fmt: skip
    assert found(mapped(f"{HEAD}Эрэгтэй,1,2\n", options(SEX, YEARS), other)) == []


def test_new_labels_can_be_refused_all_of_them_by_name() -> None:
    said = options({**SEX, "new_labels": "refuse"}, YEARS)
    with pytest.raises(InputError, match=r"(?s)has not: “Эм”, “Хүү” in “sex”.*options\.codes"):
        mapped(f"{HEAD}Эрэгтэй,1,2\nЭм,3,4\nХүү,5,6\n", said, published(said))


def test_a_label_that_the_description_names_is_no_drift() -> None:
    said = options({**SEX, "new_labels": "refuse"}, YEARS)
    named = {**said, "codes": {"sex": {"Хүү": "boy"}}}
    made = mapped(f"{HEAD}Хүү,1,2\n", named, published(said))
    assert (found(made), figures(made)) == ([], {"boy/2022": "1", "boy/2023": "2"})


def test_heads_of_a_run_are_labels_too() -> None:
    run = {"name": "Зах", "to": "Дэлгүүр", "role": "measure", "grows": True}
    run["heads"] = [{"kind": "concept", "key": "market"}]
    said = options({"name": "Бараа", "role": "dimension", "key": "product"}, run)
    before = Published(mapped("Бараа,Зах,Дэлгүүр\nТалх,1,2\n", said))
    made = mapped("Бараа,Зах,Дэлгүүр,Хүнс\nТалх,1,2,3\n", said, before)
    assert found(made) == [("label-new", "t.csv#cell=1,4", "“Хүнс”")]


def test_two_columns_make_one_label() -> None:
    name = {"name": "Нэр", "role": "dimension", "key": "product", "join": ["Сорт"]}
    said = options(name, {"name": "Сорт", "role": "ignore"}, YEARS)
    made = mapped("Нэр,Сорт,2022,2023\nТалх,Атар,1,2\nӨндөг,,3,4\n", said)
    assert figures(made) == {
        "talkh-atar/2022": "1",
        "talkh-atar/2023": "2",
        "undug/2022": "3",
        "undug/2023": "4",
    }
    missing = options({**name, "join": ["Ангилал"]}, {"name": "Сорт", "role": "ignore"}, YEARS)
    with pytest.raises(ConfigError, match="“Ангилал”, which “Нэр” joins, is no column"):
        mapped("Нэр,Сорт,2022,2023\nТалх,Атар,1,2\n", missing)


WEEK = {"name": "@file", "role": "dimension", "kind": "period", "pattern": r"\d{4}-\d\d-\d\d"}


def test_the_name_of_a_file_says_its_day() -> None:
    said = options(WEEK, SEX, {"name": "Тоо", "role": "measure"})
    made = mapped("Хүйс,Тоо\nЭр,5\n", said, name="үнэ 2024-03-06 (2).csv")
    assert figures(made) == {"2024-03-06/er": "5"}
    with pytest.raises(InputError, match=r"(?s)the name of the file has nothing.*the right file"):
        mapped("Хүйс,Тоо\nЭр,5\n", said, name="үнэ.csv")


def test_hidden_sheets_are_named_and_the_one_that_is_read() -> None:
    rows: list[list[object]] = [["Хүйс", "2022", "2023"], ["Эр", 1, 2]]
    data = xlsx({"Хуучин": sheet(rows), "Шинэ": sheet(rows)}, hidden=["Хуучин"])
    shown = options(SEX, YEARS, file={"form": "workbook"})
    assert found(mapped(data, shown, name="t.xlsx")) == [("sheet-hidden", "t.xlsx", "“Хуучин”")]
    hidden = options(SEX, YEARS, file={"form": "workbook", "sheet": "Хуучин"})
    ((_, _, detail),) = found(mapped(data, hidden, name="t.xlsx"))
    assert detail == "“Хуучин”; “Хуучин” is read"
