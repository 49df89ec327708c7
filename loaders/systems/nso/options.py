"""The schema of `[options]` of the statistics office's source.

[options.exports.DT_NSO_0400_021V1]    files of a table, beside what PX-Web has for tables
files = "DT_NSO_0400_021V1_*.csv"      a pattern of their names
dimensions = [{name = "Sex", kind = "concept", key = "sex"}]    the first columns, in order; keys as
                                       in loaders/tables/description/columns.py
value = "value"                        the column with figures, where there is one a row; else the
                                       heads of all other columns are periods
row_is_key = true                      rows are told apart by their order alone
of = "DT_NSO_0400_021V1"               the described table of which these files are a part too, in
                                       another form: workbooks beside CSV
file = {form = "workbook", sheet = …}  how they are read (loaders/tables/description/file.py)
columns = [{name = "№", role = …}]     all columns, where not only dimensions stand before figures
accumulates = false                    cells of files that are not there any more are withdrawn
"""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from graph.core.toml_schema import TomlKeyError, TomlTable
from loaders.descriptions.value_types import Key, OptionalKey, OptionalTexts, Text
from loaders.formats.pxweb.options import PxWebOptions
from loaders.tables.description.columns import ColumnDescription, Role
from loaders.tables.description.file import FileOptions
from loaders.tables.description.options import Numbers


class ExportDimension(ColumnDescription):
    """One of the first columns: a dimension, if nothing else is said."""

    role: Role = Field(default="dimension", description="what the column is")


class ExportDescription(TomlTable):
    """`[options.exports.…]`: a table that is read from files."""

    files: Text = Field(description="a pattern of the names of its files")
    title: OptionalTexts = Field(default={}, description="by language, if no list has the table")
    lang: Literal["mn", "en"] = Field(default="en", description="“mn” or “en”")
    numbers: Numbers = Field(default="1,234.5", description="how numbers are written")
    of: str = Field(default="", description="the key of the table that these files are of")
    file: FileOptions = Field(default=FileOptions(), description="the table file")
    dimensions: list[ExportDimension] = Field(default=[], description="the first columns, in order")
    columns: list[ColumnDescription] = Field(default=[], description="all columns, in order")
    value: str = Field(default="", description="the column with figures, one a row")
    row_is_key: bool = Field(default=False, description="true: rows differ by their order alone")
    theme: OptionalKey = Field(default="", description="an EU data theme, like AGRI")
    unit: Key = Field(description="a key of [options.units]")
    multiplier: int = Field(default=0, ge=0, le=18, description="figures are times 10 to it")
    rights: Key = Field(description="a key of [options.rights]")
    additive_over: list[str] = Field(default=[], description="a list of names of dimensions")
    accumulates: bool = Field(
        default=True, description="false: cells of files that are not there any more go"
    )
    codes: dict[str, dict[str, Key]] = Field(default={}, description="keys of labels")
    places: dict[str, dict[str, Key]] = Field(
        default={}, description="of a dimension: labels = codes of places in its scheme"
    )


class NsoOptions(PxWebOptions):
    """`[options]` of the statistics office's source."""

    exports: dict[str, ExportDescription] = Field(
        default={}, description="tables [options.exports.…]"
    )

    @model_validator(mode="after")
    def _exports_refer_to_what_is_there(self) -> Self:
        for name, export in self.exports.items():
            if export.of and (export.of not in self.exports or self.exports[export.of].of):
                raise TomlKeyError(
                    ("exports", name, "of"), f"[options.exports.{export.of}] is no table of its own"
                )
            if bool(export.columns) == bool(export.dimensions):
                message = "either “dimensions” or “columns” is needed"
                raise TomlKeyError(("exports", name, "columns"), message)
            for key, known in (("unit", self.units), ("rights", self.rights)):
                if getattr(export, key) not in known:
                    missing = f"[options.{key.rstrip('s')}s.{getattr(export, key)}] is missing"
                    raise TomlKeyError(("exports", name, key), missing)
        return self
