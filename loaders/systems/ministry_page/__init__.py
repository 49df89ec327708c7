"""What the ministry's page says: each system, organisation, law, figure and aim that it names, as
an annotation at its characters.

`facts.csv` is a table of ours: where something is said, of what, and what it says in our words.
The page itself (text/plain) may be beside it: then the table is compared with it, and each
annotation points into the captured page. Otherwise its characters are those of a text of which only
the SHA-256 is known, and the page says that it is not held.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pydantic import Field

from graph.core.toml_schema import TomlTable
from loaders.descriptions.schema import LoaderOptions
from loaders.descriptions.value_types import Text
from loaders.pipeline.protocol import LoaderContext
from loaders.pipeline.record import Capture, Record, Statement
from loaders.systems.ministry_page import facts, mapping


class PageDescription(TomlTable):
    """`[options.page]`: the page as a whole."""

    date: Text = Field(description="the date that stands at its head")
    sha256: Text = Field(description="digest of the text whose characters are counted")
    author: Text = Field(description="key of the organisation whose page it is")


class ItemDescription(TomlTable):
    """`[options.items.DATE]`: one news item of the page."""

    mn: Text = Field(description="its title")
    en: Text = Field(description="the same in English")
    figures: str = Field(default="", description="the dataset that its figures are in, source/id")


class MinistryPageOptions(LoaderOptions):
    """`[options]` of a source of this loader."""

    page: PageDescription
    items: dict[str, ItemDescription] = Field(description="the news items, by date")


OPTIONS = MinistryPageOptions


def records(captures: Sequence[Capture], context: LoaderContext) -> Iterator[Record]:
    """The page, its items, one record per row, and where the page is held one per quotation.

    Raises InputError where a row is broken, or says other characters than the page.
    """
    options = context.source.options
    table, page = facts.table_and_page(captures, options["page"]["sha256"])
    rows = list(facts.read(table, options["items"]))
    yield Record(table, "row=1", "page", {"held": page is not None}, critical=True)
    for date, item in options["items"].items():
        yield Record(table, "row=1", "item", {"date": date, **item}, critical=True)
    for fact in rows:
        yield Record(table, f"row={fact.row}", "fact", {"fact": fact})
    if page:
        for fact in facts.compared(rows, page, table):
            yield Record(page, f"char={fact.start},{fact.end}", "quotation", {"fact": fact})


def statements(record: Record, context: LoaderContext) -> Iterator[Statement]:
    """The statements of a record."""
    return mapping.BY_KIND[record.kind](record, context)
