"""What is shown of a record: a part of a table, members of a document, characters of a text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

NOT_FOUND = "the record is not found in the capture as it is read here"
"""The note of a view of a record that its capture does not have."""


@dataclass(frozen=True, slots=True)
class ShownRow:
    """A row: its number in the file (the header counts, RFC 7111) or name, and its cells."""

    number: str
    cells: tuple[str, ...]
    marked: bool = False


@dataclass(frozen=True, slots=True)
class ShownTable:
    """A part of a table; `marked` is the number of the column of the marked cell, or -1."""

    header: tuple[str, ...]
    rows: tuple[ShownRow, ...]
    marked: int = -1
    sheet: str = ""


@dataclass(frozen=True, slots=True)
class ShownText:
    """Characters of a text, with what stands before and behind them."""

    before: str
    text: str
    after: str


@dataclass(frozen=True, slots=True)
class RecordView:
    """A record as it stands in its capture.

    `cells` are its values by the name of their column, member or property; `value` is the one value
    that a locator names, empty where it names several. `table` or `text` show where it stands.
    `note` says why nothing is shown, or what is left out.
    """

    cells: Mapping[str, str] = field(default_factory=dict)
    value: str = ""
    table: ShownTable | None = None
    text: ShownText | None = None
    note: str = ""

    @property
    def is_found(self) -> bool:
        """Whether the capture has the record, as far as it was looked for."""
        return self.note != NOT_FOUND

    def to_json(self) -> dict[str, Any]:
        """The view as a JSON object, without what is empty."""
        return {key: value for key, value in asdict(self).items() if value}
