"""Names of persons and register numbers of bodies are no groups and no figures of a table."""

from __future__ import annotations

import hashlib
import json

import pytest

from graph.core.iris import ROOT
from loaders.pipeline.record import Capture
from loaders.tables.guessing import description
from loaders.tables.guessing.columns import guess
from loaders.tables.guessing.model import TableColumn
from loaders.tables.guessing.table import is_cube, look_at
from loaders.tables.preview import preview


@pytest.mark.parametrize(
    ("head", "texts", "role"),
    [
        ("захирал.нэр", ("Бат-Эрдэнэ",), "ignore"),
        ("Нягтлан", ("Д.Дорж", "Сараа"), "ignore"),
        ("Хариуцсан ажилтан", ("Болд",), "ignore"),
        ("Овог", ("Боржигон",), "ignore"),
        ("Сумын дарга", ("Ганаа",), "ignore"),
        ("Тусгай зөвшөөрөл эзэмшигч", ("Оюу",), "ignore"),
        ("Дарга", ("12", "3"), "measure"),
        ("Эзэмшигчийн хэлбэр", ("Төрийн", "Хувийн"), "dimension"),
        ("Засаг даргын Тамгын газар", ("Увс аймаг",), "dimension"),
        ("Регистр", ("2071231", "2071232"), "attribute"),
        ("Бүртгэсэн тоо", ("2071231", "2071232"), "measure"),
    ],
)
def test_what_a_head_says(head: str, texts: tuple[str, ...], role: str) -> None:
    assert guess(TableColumn(head, (head,), texts), None).keys["role"] == role


def test_bodies_with_registers_are_things_though_few() -> None:
    bodies = [
        {
            "регистр": f"207123{n}",
            "нэр": f"Хүрээ {n} ХХК",
            "ажилтан": 10 + n,
            "захирал": {"нэр": "Б"},
        }
        for n in range(5)
    ]
    data = json.dumps(bodies).encode()
    found = look_at(Capture(hashlib.sha256(data).hexdigest(), "a.json", "", "", data)).columns
    assert not is_cube(found)
    assert [one.keys["role"] for one in found] == ["key", "property", "property", "ignore"]


def test_a_guess_shows_no_number_of_a_person() -> None:
    """A column with a few of them among other texts is guessed as a group."""
    rows = "".join(f"Увс,нэр {n},{n}.5\n" for n in range(5))
    table = (
        f"Утас 99112233 Мал,,\nАймаг,Тэмдэг,Тоо\n{rows}Төв,уб99112233 хүн,7.5\nТөв,88112233 х,-\n"
    )
    data = table.encode()
    capture = Capture(hashlib.sha256(data).hexdigest(), "a.csv", "", "", data)
    lines = list(description.entries(look_at(capture), "a.csv"))
    text = description.text(
        lines, (), preview(description.text(lines, (), ()), capture, ROOT, None)
    )
    assert '"нэр 1" = "ner-1"' in text
    for number in ("99112233", "88112233"):
        assert number not in text
        assert number not in str(lines)
