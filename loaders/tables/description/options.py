"""The schema of `[options]` of a source with `loader = "table"`.

becomes = "cube"                  or "records": things of a class
described = "2026-11-30T14:00:00+08:00"
lang = "mn"                       language of the labels in the table
numbers = "1,234.5"               how numbers are written, by an example
[options.file]                    how the file is read (loaders/tables/grids/model.py, Dialect)
[options.dataset]                 id, theme, unit, multiplier, rights, resolution, additive_over
[[options.columns]]               every column, in the order of the file
[options.codes.sex]               "Эрэгтэй" = "male": keys of labels, instead of made ones
[options.places.area]             "Khovd" = "184": labels of concepts that name places of `scheme`
[options.translations]            "Эрэгтэй" = "male": our labels in the other language
[options.units.head] mn, en       the units that are named
[options.unit_texts]              "мян.толгой" = {unit = "head", multiplier = 3}, in a unit column
[options.rights.terms] mn, en, see
[options.publisher] mn, en        names of the publisher, where no source describes it
[options.record]                  class, of records

A value “?” is a question that `ulzii guess` left: nothing is loaded until it is answered.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from graph.core.toml_schema import KeyPath, TomlKeyError, TomlTable
from loaders.descriptions.schema import LoaderOptions
from loaders.descriptions.value_types import HttpIri, Key, OptionalKey, OptionalTexts, Text, Texts
from loaders.tables.description import names
from loaders.tables.description.columns import ColumnDescription
from loaders.tables.description.file import FileOptions
from loaders.tables.values import LOCALES

QUESTION = "?"


def _numbers(text: str) -> str:
    if text not in LOCALES:
        raise ValueError(f"“{text}” is not one of {', '.join(LOCALES)}")
    return text


Numbers = Annotated[str, AfterValidator(_numbers)]


class DatasetOptions(TomlTable):
    """`[options.dataset]`: the dataset that the table is, and its cube."""

    id: OptionalKey = Field(
        default="", description="the last part of the dataset's IRI; else that of the source"
    )
    description: OptionalTexts = Field(default={}, description="what it is, by language")
    theme: OptionalKey = Field(default="", description="an EU data theme, like AGRI")
    unit: OptionalKey = Field(default="", description="a key of [options.units]")
    multiplier: int = Field(
        default=0, ge=0, le=18, description="figures are times 10 to this power"
    )
    rights: OptionalKey = Field(default="", description="a key of [options.rights]")
    resolution: str = Field(
        default="", pattern=r"^(P[0-9YMWD]+)?$", description="an xsd:duration, like P1Y"
    )
    additive_over: list[str] = Field(default=[], description="a list of names of dimensions")
    page: HttpIri | None = Field(default=None, description="the page of the dataset, http(s)")


class RightsOptions(TomlTable):
    """`[options.rights.…]`: terms of use by language, and where they stand."""

    mn: Text = Field(default="", description="the terms in Mongolian")
    en: Text = Field(default="", description="the terms in English")
    see: HttpIri = Field(description="the http(s) address of the terms")


class UnitOfText(TomlTable):
    """`[options.unit_texts]`: which unit a text of a column with the role “unit” is."""

    unit: Key = Field(description="a key of [options.units]")
    multiplier: int = Field(
        default=0, ge=0, le=18, description="figures are times 10 to this power"
    )


class RecordOptions(TomlTable):
    """`[options.record]`: what each row describes."""

    kind: HttpIri = Field(alias="class", description="the IRI of the class of the records")


class TableOptions(LoaderOptions):
    """`[options]` of a table."""

    becomes: Literal["cube", "records"] = Field(description="“cube” or “records”")
    described: Text = Field(description="when the description took its form, date and time as text")
    lang: Literal["mn", "en"] = Field(default="mn", description="“mn” or “en”")
    file: FileOptions = Field(default=FileOptions(), description="the table [options.file]")
    numbers: Numbers = Field(
        default="1234.5", description=f"how numbers are written, one of {', '.join(LOCALES)}"
    )
    missing: dict[str, Literal["nil", "not-available", "not-applicable"]] = Field(
        default={}, description="mark in the place of figures = nil, not-available, not-applicable"
    )
    dataset: DatasetOptions = Field(
        default=DatasetOptions(), description="the table [options.dataset]"
    )
    columns: list[ColumnDescription] = Field(default=[], description="tables [[options.columns]]")
    csvw: str = Field(default="", description="the path of CSVW metadata, instead of columns")
    codes: dict[str, dict[str, Key]] = Field(default={}, description="tables [options.codes.…]")
    places: dict[str, dict[str, Key]] = Field(
        default={}, description="of a dimension of concepts: labels = codes of places in its scheme"
    )
    translations: dict[str, Text] = Field(
        default={}, description="labels = the same in the other language, where the table has none"
    )
    units: dict[str, Texts] = Field(default={}, description="tables [options.units.…]")
    unit_texts: dict[str, UnitOfText] = Field(
        default={}, description="text of a column of units = {unit = …, multiplier = …}"
    )
    rights: dict[str, RightsOptions] = Field(default={}, description="tables [options.rights.…]")
    publisher: OptionalTexts = Field(default={}, description="the publisher's name by language")
    record: RecordOptions | None = Field(default=None, description="the table [options.record]")

    @model_validator(mode="before")
    @classmethod
    def _is_answered(cls, table: Any) -> Any:
        for place in questions(table):
            raise TomlKeyError(
                place,
                "this question of `ulzii guess` is not answered: write a value instead of “?”",
            )
        return table

    @model_validator(mode="after")
    def _refers_to_what_is_there(self) -> Self:
        for section, key in (("units", self.dataset.unit), ("rights", self.dataset.rights)):
            if key and key not in getattr(self, section):
                raise TomlKeyError(
                    ("dataset", section.rstrip("s")), f"[options.{section}.{key}] is missing"
                )
        for place, unit in self._units():
            if unit and unit not in self.units:
                raise TomlKeyError((*place, "unit"), f"[options.units.{unit}] is missing")
        return self

    def _units(self) -> Iterator[tuple[KeyPath, str]]:
        for number, column in enumerate(self.columns):
            yield ("columns", number), column.unit
        for text, known in self.unit_texts.items():
            yield ("unit_texts", text), known.unit

    @model_validator(mode="after")
    def _names_are_known(self) -> Self:
        if self.columns:
            names.check(self)
        return self

    @model_validator(mode="after")
    def _is_complete(self) -> Self:
        if bool(self.columns) == bool(self.csvw):
            raise TomlKeyError(("columns",), "either [[options.columns]] or “csvw” is needed")
        roles = {column.role for column in self.columns}
        if self.columns and self.becomes == "cube" and "measure" not in roles:
            raise TomlKeyError(("columns",), "a cube needs a column with the role “measure”")
        if self.becomes == "records" and self.record is None:
            raise TomlKeyError(("record",), "records need [options.record] with a class")
        if self.columns and self.becomes == "records" and "key" not in roles:
            raise TomlKeyError(("columns",), "records need a column with the role “key”")
        return self


def questions(value: Any, place: KeyPath = ()) -> Iterator[KeyPath]:
    """The places of values that are still “?”."""
    if value == QUESTION:
        yield place
    elif isinstance(value, Mapping):
        for key, part in value.items():
            yield from questions(part, (*place, str(key)))
    elif isinstance(value, Sequence) and not isinstance(value, str):
        for number, part in enumerate(value):
            yield from questions(part, (*place, number))
