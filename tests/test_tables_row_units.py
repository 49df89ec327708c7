"""Units that each row says for itself: declared, guessed, and those that nobody knows."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest

from graph.core.toml_schema import find_errors
from loaders.pipeline.record import LoadFinding, Statement
from loaders.tables.description.options import TableOptions
from tests.mapped_tables import figures, mapped, options
from tests.test_tables_units import described
from vocab.namespaces import QB, SDMX_ATTRIBUTE, SKOS

TABLE = """Үзүүлэлт,Хэмжих нэгж,2023,2024
Мал,мян.толгой,1.5,2
Мал,толгой,1500,2000
Сүү,хэм бүр,5,6
Будаа,т,7,8
Хүн ам,,9,10
"""
LABEL: dict[str, Any] = {
    "name": "Үзүүлэлт", "role": "dimension", "key": "what", "join": ["Хэмжих нэгж"]
}  # fmt: skip
UNIT: dict[str, Any] = {"name": "Хэмжих нэгж", "role": "unit"}
YEARS: dict[str, Any] = {
    "name": "2023", "to": "2024", "role": "measure", "heads": [{"kind": "period"}]
}  # fmt: skip
KNOWN: dict[str, Any] = {
    "unit_texts": {"мян.толгой": {"unit": "head", "multiplier": 3}, "толгой": {"unit": "head"}},
    "units": {"head": {"mn": "толгой мал", "en": "head of livestock"}},
}


def said(made: list[Any], predicate: Any) -> dict[str, str]:
    """Of each observation of 2023, the last part of what it has for a property."""
    return {
        one.subject.value.split("/cube/")[1].removesuffix("/2023"): (
            one.object.value.rpartition("/scheme/")[2]
        )
        for one in made
        if isinstance(one, Statement)
        and one.predicate == predicate
        and one.subject.value.endswith("/2023")
    }


def test_each_figure_has_the_unit_of_its_row() -> None:
    made = mapped(TABLE, options(LABEL, UNIT, YEARS, **KNOWN))
    units = said(made, SDMX_ATTRIBUTE.unitMeasure)
    assert units["mal-myan-tolgoi"] == units["mal-tolgoi"] == "unit/head"
    assert units["suu-khem-bur"].endswith("cube/unit-text/khem-bur")
    assert "khun-am" not in units
    powers = said(made, SDMX_ATTRIBUTE.unitMult)
    assert [powers[key].rpartition("-")[2] for key in ("mal-myan-tolgoi", "mal-tolgoi")] == [
        "3",
        "0",
    ]
    assert not {"suu-khem-bur", "budaa-t", "khun-am"} & powers.keys()
    assert figures(made)["mal-myan-tolgoi/2023"] == "1.5"


def test_units_that_nobody_names_are_listed_and_counted() -> None:
    made = mapped(TABLE, options(LABEL, UNIT, YEARS, **KNOWN))
    found = [one for one in made if isinstance(one, LoadFinding)]
    assert [(one.kind, one.detail) for one in found] == [
        *[("unit-unknown", "хэм бүр")] * 2,
        *[("unit-unknown", "т")] * 2,
    ]
    labels = [
        one.object.value
        for one in made
        if isinstance(one, Statement) and one.subject == found[0].subject
        and one.predicate == SKOS.prefLabel
    ]  # fmt: skip
    assert labels == ["хэм бүр"]


def test_the_structure_says_that_units_are_those_of_observations() -> None:
    made = mapped(TABLE, options(LABEL, UNIT, YEARS, **KNOWN))
    attached = {
        one.subject: one.object
        for one in made
        if isinstance(one, Statement) and one.predicate == QB.componentAttachment
    }
    components = {
        one.object: one.subject
        for one in made
        if isinstance(one, Statement) and one.predicate == QB.attribute
    }
    for attribute in (SDMX_ATTRIBUTE.unitMeasure, SDMX_ATTRIBUTE.unitMult):
        assert attached[components[attribute]] == QB.Observation


def test_a_guess_lists_what_is_known_and_what_is_not() -> None:
    text, found = described(TABLE)
    assert found["unit_texts"] == KNOWN["unit_texts"]
    assert '# "хэм бүр" = {unit = "…"}: 1 rows have this text' in text
    assert '# "т" = {unit = "…"}' in text  # a tonne, or a thousand
    column = next(one for one in found["columns"] if one["name"] == "Хэмжих нэгж")
    assert column == {"name": "Хэмжих нэгж", "role": "unit", "key": "khemjikh-negj"}
    assert found["columns"][0]["join"] == ["Хэмжих нэгж"]  # Мал stands twice
    assert len(figures(mapped(TABLE, tomllib.loads(text)["options"]))) == 10


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ({"unit_texts": {"кг": {"unit": "kilo"}}}, "[options.units.kilo] is missing"),
        ({"unit_texts": {"кг": {"unit": "head", "mult": 3}}}, "there is no key “mult”"),
    ],
)
def test_mistakes_are_named(keys: dict[str, Any], message: str) -> None:
    found = find_errors(TableOptions, options(LABEL, UNIT, YEARS, **{**KNOWN, **keys}))
    assert [one.message for one in found] == [message]
