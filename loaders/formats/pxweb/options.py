"""The schema of `[options]` of PX-Web sources; `table.py` shows an example with each key."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from graph.core.toml_schema import TomlKeyError, TomlTable
from loaders.descriptions.schema import LoaderOptions, ServiceOptions
from loaders.descriptions.value_types import DateText, HttpIri, Key, Text, Texts, check_iri


def _table_address(text: str) -> str:
    check_iri(text.replace("{lang}", "mn"))
    return text


TableAddress = Annotated[str, AfterValidator(_table_address)]
"""The address of a table; `{lang}` stands for mn or en."""


class RightsDescription(TomlTable):
    """`[options.rights.…]`: terms of use, by language, and where they stand."""

    mn: Text = Field(default="", description="the terms in Mongolian")
    en: Text = Field(default="", description="the terms in English")
    see: HttpIri = Field(description="the http(s) address of the terms")


class DimensionDescription(TomlTable):
    """`[[options.tables.….dimensions]]`: one dimension, in the order of the cube's keys."""

    id: Text = Field(description="the id of the dimension in the response")
    role: Literal["concept", "area", "year", "period"] = Field(
        description="concept, area, year or period"
    )
    name: str = Field(default="", description="the property of a concept, ASCII")
    codes: str = Field(default="", description="the code list of a concept")
    total: str = Field(default="", description="the code that all others are part of")
    scheme: str = Field(default="", description="a key of [options.schemes], for an area")

    kind: Literal["", "year", "quarter", "month", "week", "day"] = Field(
        default="", description="of a period that may be read in two ways: which it is"
    )

    @model_validator(mode="after")
    def _is_complete(self) -> Self:
        if self.role == "concept" and not (self.name and self.codes):
            raise TomlKeyError(
                ("codes" if self.name else "name",), f"“{self.id}” needs name and codes"
            )
        return self


class TableDescription(TomlTable):
    """`[options.tables.…]`: what the response of a table does not say."""

    address: TableAddress = Field(description="the address of the table, with {lang} in it")
    theme: Key = Field(description="an EU data theme, like AGRI")
    unit: Key = Field(description="a key of [options.units]")
    multiplier: int = Field(description="a whole number: figures are times 10 to its power")
    rights: Key = Field(description="a key of [options.rights]")
    resolution: Text = Field(description="an xsd:duration, like P1Y")
    additive_over: list[str] = Field(default=[], description="a list of ids of dimensions")
    select: dict[str, list[str]] = Field(
        default={}, description="id of a dimension = a list of the English texts that are fetched"
    )
    accumulates: bool = Field(
        default=True, description="false: cells that a retrieval does not ask for are withdrawn"
    )
    dimensions: list[DimensionDescription] = Field(description="tables [[….dimensions]]")


class ListingOptions(TomlTable):
    """`[options.listing]`: what the list of a database's tables does not say."""

    root: TableAddress = Field(description="the address of the database, with {lang} in it")
    rights: Key = Field(description="a key of [options.rights]")
    themes: dict[str, Key] = Field(
        default={}, description="folders, joined by slashes = an EU data theme"
    )


class LicenceDescription(TomlTable):
    """`[options.licences.…]`: the licence that the own page of a table states."""

    licence: Key = Field(description="a code of the EU's list of licences, like CC_BY_4_0")
    stated: Text = Field(description="the words on the page")
    seen: DateText = Field(description="when they were read, YYYY-MM-DD")


class PxWebOptions(LoaderOptions):
    """`[options]` of a PX-Web source."""

    described: Text = Field(description="when the description took its form, date and time as text")
    agency: Text = Field(description="the domain of the agency, like 1212.mn")
    max_cells: int = Field(
        default=100_000, gt=0, description="most values in a response, a whole number"
    )
    publisher: Texts = Field(description="the name of the agency by language")
    service: ServiceOptions = Field(description="the interface: key, endpoint, title")
    rights: dict[str, RightsDescription] = Field(description="tables [options.rights.…]")
    units: dict[str, Texts] = Field(default={}, description="tables [options.units.…]")
    listing: ListingOptions | None = Field(
        default=None, description="the table [options.listing], where a list of tables is read"
    )
    licences: dict[str, LicenceDescription] = Field(
        default={}, description="tables [options.licences.…], by id of a table"
    )
    tables: dict[str, TableDescription] = Field(default={}, description="tables [options.tables.…]")
    schemes: dict[str, dict[str, str]] = Field(default={}, description="tables [options.schemes.…]")
    translations: dict[str, Text] = Field(
        default={}, description="English labels = the same in Mongolian, where the answer has none"
    )

    @model_validator(mode="after")
    def _refers_to_what_is_there(self) -> Self:
        if self.listing and self.listing.rights not in self.rights:
            raise TomlKeyError(
                ("listing", "rights"), f"[options.rights.{self.listing.rights}] is missing"
            )
        for name, table in self.tables.items():
            for key, section, known in self._references(table):
                if section not in known:
                    raise TomlKeyError(("tables", name, *key), f"[options.{section}] is missing")
            self._check_additive(name, table)
        return self

    def _references(
        self, table: TableDescription
    ) -> Iterator[tuple[tuple[int | str, ...], str, set[str]]]:
        yield ("unit",), f"units.{table.unit}", {f"units.{name}" for name in self.units}
        yield ("rights",), f"rights.{table.rights}", {f"rights.{name}" for name in self.rights}
        schemes = {f"schemes.{name}" for name in self.schemes}
        for number, axis in enumerate(table.dimensions):
            if axis.role == "area":
                yield ("dimensions", number, "scheme"), f"schemes.{axis.scheme}", schemes

    def _check_additive(self, name: str, table: TableDescription) -> None:
        ids = [axis.id for axis in table.dimensions]
        if unknown := [one for one in table.additive_over if one not in ids]:
            raise TomlKeyError(("tables", name, "additive_over"), f"no dimension {unknown}")
        for one, texts in table.select.items():
            if one not in ids or not texts:
                wrong = f"no dimension “{one}”" if texts else f"“{one}” selects nothing"
                raise TomlKeyError(("tables", name, "select"), wrong)
