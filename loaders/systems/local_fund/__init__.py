"""Works of the Local Development Fund in khoroos: what each cost, and what the file states as sums.

A file is a district. A row with a number alone begins a khoroo, one with a year alone a year. Each
work is an observation; a stated sum is a core:Claim about the group of its works, and beside it
stands the sum that these have. Contractors are not published: some are groups of citizens.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from pydantic import Field

from graph.core.toml_schema import TomlTable
from loaders.descriptions.schema import LoaderOptions
from loaders.descriptions.value_types import Text
from loaders.formats import rdf
from loaders.pipeline.protocol import LoaderContext
from loaders.pipeline.record import Capture, Mapped, Record
from loaders.systems.local_fund import mapping, rows


class FundDistrict(TomlTable):
    """`[options.districts."FILE"]`: the district of a file, and the codes of its khoroos."""

    code: Text = Field(description="land-agency code of the district")
    mn: Text = Field(description="its name in Mongolian")
    en: Text = Field(description="its name in English")
    khoroos: dict[str, str] = Field(description="number of a khoroo = its land-agency code")


class LocalFundOptions(LoaderOptions):
    """`[options]` of a source of this loader."""

    dataset: Text = Field(description="the last part of the dataset's IRI")
    districts: dict[str, FundDistrict] = Field(description="the districts, by name of the file")


OPTIONS = LocalFundOptions


def records(captures: Sequence[Capture], context: LoaderContext) -> Iterator[Record]:
    """One record per khoroo, per work, per stated sum, and per group of works.

    Raises InputError for a file of an unknown district, and with row for a row that is none of
    these.
    """
    turtle = [capture for capture in captures if rdf.is_rdf(capture)]
    yield from rdf.records(turtle, context)
    for capture in captures:
        if capture not in turtle:
            yield from rows.records(capture, context.source.options["districts"])


def statements(record: Record, context: LoaderContext) -> Iterator[Mapped]:
    """The statements of a record."""
    mapped = _BY_KIND.get(record.kind)
    return mapped(record, context) if mapped else rdf.statements(record, context)


_BY_KIND: Mapping[str, Callable[[Record, LoaderContext], Iterator[Mapped]]] = {
    "khoroo": mapping.khoroo,
    "work": mapping.work,
    "stated": mapping.stated,
    "group": mapping.group,
}
