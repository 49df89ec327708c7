"""`[[options.columns]]`: every column of the table, in the order of the file.

    name = "Аймаг"                the head, as it stands there; several rows are joined by “ / ”
    role = "dimension"            what the column is: one of the roles below
    kind = "area"                 of a dimension: concept | area | period
    key = "sex"                   ASCII name of a dimension or attribute, and of its code list

    name = "2010"                 a run of columns: from this head …
    to = "2017"                   … to this one
    role = "measure"
    heads = [{kind = "period"}]   what the heads are: a dimension for all, or one a row of heads, or
                              of several: {kind = "period", rows = 2} is 2025 above I
    grows = true                  further columns of this kind after the last are no surprise

A column with the role `context` says where an area is to be looked for: `within` of the area's
column names it. It can also have the year of periods that are written without one (“I.06”, “3-р
сар”): `year` of the periods names it, is the year itself, or “@title” where the title has it.

A column with the role `unit` says the unit of the figures of its row; `[options.unit_texts]` which
unit each of its texts is. The column named “§” is what the section rows say (“§2”: those of a
second level), “@file” what the name of the file says, “@title” what stands above the
table: `pattern` finds it there.
"""

from __future__ import annotations

import re
from typing import Literal, Self, get_args

from pydantic import Field, field_validator, model_validator

from graph.core.toml_schema import TomlKeyError, TomlTable
from loaders.descriptions.value_types import HttpIri, OptionalKey, Text
from loaders.tables.values.dates import SERIAL

SECTION = "§"
"""The name of the column that section rows fill."""

TITLE = "@title"
"""The name of the column that what stands above the table fills. In the place of a year: it stands
there, or in the name of the sheet."""

FILE = "@file"
"""The name of the column that the name of the file fills."""

OUTSIDE = (FILE, TITLE)
"""Columns that are none of the table: what they say is the same in all rows."""

Role = Literal["dimension", "context", "measure", "attribute", "unit", "key", "property", "ignore"]


class DimensionValues(TomlTable):
    """What the values of a dimension are."""

    kind: Literal["concept", "area", "period"] = Field(
        default="concept", description="“concept”, “area” or “period”"
    )
    key: str = Field(
        default="", pattern=r"^[a-z0-9-]*$", description="a name from a-z, 0-9 and -, like sex"
    )
    total: str = Field(default="", description="the label of which all others are parts")
    scheme: OptionalKey = Field(default="au", description="a code system of places, like au")
    level: Literal["", "country", "region", "aimag", "soum"] = Field(
        default="", description="“aimag” (and the capital), “soum” (and districts), “region”"
    )
    within: str = Field(default="", description="the column whose place an area is a part of")
    date: str = Field(
        default="",
        pattern=r"^(\d{4}(-\d\d(-\d\d)?)?)?$",
        description="the date at which names of places are valid, like 2024-01-01",
    )
    period: Literal["", "year", "quarter", "month", "week", "day", "interval"] = Field(
        default="", description="how a period is written, where its text does not say it"
    )
    year: str = Field(
        default="",
        description="the year of periods without one: 2024, a column that has it, or “@title”",
    )
    new_labels: Literal["note", "refuse"] = Field(
        default="note",
        description="labels that the published version has not: “note”, or “refuse” the file",
    )
    dates: str = Field(
        default="", description="how days are written, like yyyy-MM-dd or d.M.yyyy; or “serial”"
    )

    @field_validator("dates")
    @classmethod
    def _is_a_format(cls, pattern: str) -> str:
        if pattern == SERIAL:
            return pattern
        if pattern and sorted(one[0] for one in re.findall("yyyy|MM?|dd?", pattern)) != list("Mdy"):
            raise ValueError(f"“{pattern}” is not a format of dates like dd/MM/yyyy or yyyy-MM-dd")
        return pattern


class HeadDimension(DimensionValues):
    """A dimension whose values are the heads of columns."""

    rows: int = Field(
        default=1, ge=1, le=5, description="rows of heads that say it together: 2025 above I"
    )

    @model_validator(mode="after")
    def _has_a_key(self) -> Self:
        if self.kind == "concept" and not self.key:
            raise TomlKeyError(("key",), "a dimension of concepts needs a key, like sex")
        return self


class ColumnDescription(DimensionValues):
    """One column, or a run of columns."""

    name: Text = Field(description="the head of the column, as it stands in the file")
    to: str = Field(default="", description="the head of the last column of a run")
    grows: bool = Field(default=False, description="true: the run may have more columns")
    role: Role = Field(description=", ".join(get_args(Role)))
    heads: list[HeadDimension] = Field(
        default=[], description="a list of tables: what the heads of a run are"
    )
    join: list[str] = Field(
        default=[], description="columns whose text belongs to the label: bread / white"
    )
    pattern: str = Field(
        default="",
        description="of “@file”, “@title”: a regular expression, the first group is the label",
    )
    lang: Literal["", "mn", "en"] = Field(default="", description="“mn” or “en”")
    unit: OptionalKey = Field(default="", description="a key of [options.units]")
    multiplier: int | None = Field(
        default=None, ge=0, le=18, description="figures are times 10 to this power"
    )
    property: HttpIri | None = Field(default=None, description="the IRI of a property")
    datatype: Literal["text", "code", "integer", "decimal", "date", "boolean", "year", "iri"] = (
        Field(default="text", description="text, code, integer, decimal, date, boolean, year, iri")
    )

    @field_validator("pattern")
    @classmethod
    def _is_a_pattern(cls, pattern: str) -> str:
        try:
            re.compile(pattern)
        except re.error as error:
            raise ValueError(f"“{pattern}” is no regular expression: {error}") from None
        return pattern

    @model_validator(mode="after")
    def _is_complete(self) -> Self:
        if self.role == "property" and self.property is None:
            raise TomlKeyError(("property",), f"“{self.name}” needs the IRI of a property")
        if self.role in {"property", "key"} and (key := self._of_dimensions()):
            raise TomlKeyError(
                (key,),
                f"“{self.name}” is a {self.role}, whose texts are not looked up: “{key}” is of"
                " dimensions and contexts; leave it out",
            )
        if self.to and not (self.heads and self.role == "measure"):
            raise TomlKeyError(("heads",), f"the run from “{self.name}” is a measure with heads")
        if (self.name in OUTSIDE) != bool(self.pattern):
            named = " and ".join(f"“{one}”" for one in OUTSIDE)
            raise TomlKeyError(("pattern",), f"{named} need a pattern, and no other column has one")
        needs_key = self.role == "attribute" or (
            self.role == "dimension" and self.kind == "concept"
        )
        if needs_key and not self.key:
            raise TomlKeyError(("key",), f"“{self.name}” needs a key, like sex")
        return self

    def _of_dimensions(self) -> str:
        """The first given key that only says how areas and periods are looked up, or ``."""
        known = ("kind", "level", "within", "scheme", "total", "period")
        return next(
            (
                one
                for one in known
                if one in self.model_fields_set and getattr(self, one) not in {"", "concept"}
            ),
            "",
        )


def section_level(column: ColumnDescription) -> int | None:
    """The level of the section rows that fill a column, from 0; None for a column of the file."""
    match = re.fullmatch(rf"{SECTION}(\d?)", column.name)
    return int(match[1] or 1) - 1 if match else None
