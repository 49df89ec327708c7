"""Names in a description that nothing has: each is refused, with the nearest that there is."""

from __future__ import annotations

from typing import Any

import pytest

from graph.core.errors import ConfigError
from graph.core.toml_schema import find_errors
from loaders.descriptions.schema import find_all_errors
from loaders.pipeline.record import Statement
from loaders.tables.description.options import TableOptions
from tests.mapped_tables import YEARS, mapped, options
from vocab.namespaces import DCT

SEX: dict[str, Any] = {"name": "Хүйс", "role": "dimension", "key": "sex"}
PLACE: dict[str, Any] = {"name": "Сум", "role": "dimension", "kind": "area"}


@pytest.mark.parametrize(
    ("keys", "place", "message"),
    [
        ({"codes": {"sxe": {"Эр": "male"}}}, "options.codes.sxe", "Did you mean “sex”?"),
        ({"places": {"sex2": {"Эр": "06"}}}, "options.places.sex2", "Did you mean “sex”?"),
        ({"publisher": {"nm": "Үндэсний"}}, "options.publisher.nm", "Did you mean “mn”?"),
        ({"publisher": {"name": "NSO"}}, "options.publisher.name", "not a language tag"),
        ({"dataset": {"titel": "x"}}, "options.dataset.titel", "no key “titel”"),
        ({"dataset": {"description": {"ne": "x"}}}, "options.dataset.description.ne",
         "Did you mean “en”?"),
        ({"dataset": {"additive_over": ["Хүс"]}}, "options.dataset.additive_over[0]", "“Хүйс”?"),
        ({"units": {"head": {"mm": "толгой"}}}, "options.units.head.mm", "Did you mean “mn”?"),
        ({"organisation": {"mn": "x"}}, "options.organisation", "no key “organisation”"),
    ],
)  # fmt: skip
def test_an_unknown_name_is_refused(keys: dict[str, Any], place: str, message: str) -> None:
    said = {**options(SEX, PLACE, YEARS), **keys}
    (error,) = find_errors(TableOptions, said, ("options",))
    assert error.key == place
    assert message in error.message


@pytest.mark.parametrize(
    ("column", "place"),
    [
        ({**PLACE, "within": "Аймагг"}, "options.columns[1].within"),
        ({"name": "Сар", "role": "dimension", "kind": "period", "year": "Онн"},
         "options.columns[1].year"),
    ],
)  # fmt: skip
def test_so_is_a_column_that_is_not_there(column: dict[str, Any], place: str) -> None:
    said = options({"name": "Аймаг", "role": "context"}, column, YEARS)
    (error,) = find_errors(TableOptions, said, ("options",))
    assert error.key == place
    assert "“Аймаг”" in error.message


SOURCE: dict[str, Any] = {
    "id": "t", "title": {"mn": "Х"}, "loader": "table", "files": ["t.csv"], "media_type": "text/csv"
}  # fmt: skip


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ({"title": {"nm": "Х"}}, "Did you mean “mn”?"),
        ({"legal": {"bassis": "1"}}, "there is no key “bassis”"),
        ({"publsher": "x-nso"}, "there is no key “publsher”"),
        ({"organisation": {"mn": "x"}}, "there is no key “organisation”"),
        ({"credentials": {"kind": "bearer", "env": "ULZII_CREDENTIAL_A", "usr": "x"}}, "“usr”"),
    ],
)
def test_every_table_of_a_source_is_checked(keys: dict[str, Any], message: str) -> None:
    found = find_all_errors({**SOURCE, "options": options(SEX, YEARS), **keys})
    assert any(message in one.message for one in found)


def test_columns_of_the_statistics_office_are_checked_too() -> None:
    export = {"files": "a*.csv", "unit": "head", "rights": "terms"}
    for columns in (
        {"dimensions": [{"name": "Sex", "key": "sex", "knd": "concept"}]},
        {"columns": [{"name": "Sex", "role": "dimension", "key": "sex", "knd": "concept"}]},
    ):
        said = {"exports": {"T": {**export, **columns}}}
        found = find_all_errors({**SOURCE, "loader": "nso", "options": said})
        assert "there is no key “knd”" in [one.message for one in found]


def test_a_column_to_fill_is_one_of_the_file() -> None:
    said = options(SEX, YEARS, file={"fill_down": ["Хүс"]})
    with pytest.raises(ConfigError, match="“Хүс”, in which blanks repeat") as found:
        mapped("Хүйс,2022,2023\nЭр,1,2\n", said)
    assert found.value.hint == "Did you mean “Хүйс”?"


def test_a_dataset_is_called_as_its_source_where_nothing_else_is_said() -> None:
    said = options(SEX, YEARS)
    del said["dataset"]
    made = mapped("Хүйс,2022,2023\nЭр,1,2\n", said)
    names = {
        str(one.object.value)
        for one in made
        if isinstance(one, Statement) and one.predicate == DCT.identifier
    }
    assert "t:t" in names
