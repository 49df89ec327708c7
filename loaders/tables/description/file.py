"""`[options.file]`: how the file is read."""

from __future__ import annotations

import codecs
import re
from typing import Any, Literal

from pydantic import Field, field_validator

from graph.core.toml_schema import TomlTable
from loaders.tables.grids import Dialect


class FileOptions(TomlTable):
    """`[options.file]`: the keys of `loaders.tables.grids.Dialect`."""

    form: Literal["delimited", "fixed", "json", "workbook"] = Field(
        default="delimited", description="“delimited”, “fixed”, “json” or “workbook”"
    )
    encoding: str = Field(default="utf-8", description="like utf-8, cp1251, utf-16")
    delimiter: str = Field(default=",", pattern="^.$|^\t$", description="one character")
    skip_space: bool = Field(
        default=False, description="true: blanks after a delimiter are not of the cell"
    )
    quote: str = Field(default='"', max_length=1, description="one character, or none")
    widths: list[int] = Field(default=[], description="widths of the columns, in characters")
    sheet: str = Field(default="", description="the name of the sheet")
    path: str = Field(default="", description="a JSON Pointer to the list of rows")
    preamble: int = Field(default=0, ge=0, description="number of rows before the heads")
    header: int = Field(default=1, ge=0, le=20, description="number of rows of heads")
    footnotes: str = Field(default="", description="a regular expression: the row ends the table")
    skip: str = Field(
        default="", description="a regular expression: rows whose first text it is are left out"
    )
    sections: list[str] = Field(
        default=[], description="regular expressions of rows that name a group, one a level"
    )
    ragged: bool = Field(default=False, description="true: rows may lack cells at their end")
    fill_down: list[str] = Field(
        default=[], description="columns whose blanks repeat the cell above"
    )

    @field_validator("encoding")
    @classmethod
    def _is_known(cls, name: str) -> str:
        try:
            codecs.lookup(name)
        except LookupError:
            raise ValueError(f"there is no encoding “{name}”") from None
        return name

    @field_validator("footnotes", "sections", "skip")
    @classmethod
    def _are_patterns(cls, value: str | list[str]) -> str | list[str]:
        for pattern in [value] if isinstance(value, str) else value:
            try:
                re.compile(pattern)
            except re.error as error:
                raise ValueError(f"“{pattern}” is no regular expression: {error}") from None
        return value

    def dialect(self) -> Dialect:
        """The same as the readers take it."""
        values: dict[str, Any] = self.model_dump()
        lists = {key: tuple(one) for key, one in values.items() if isinstance(one, list)}
        return Dialect(**(values | lists))
