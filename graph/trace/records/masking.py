"""Personal data in shown records is masked: register numbers, phones, and names of persons.

The patterns are those of `shapes/privacy.ttl` in the form of `graph.core.privacy`; the columns and
members that name a person are those of its rule on files. A value that is published in the graph
anyway, because it was traced, stays.
"""

from __future__ import annotations

import re
from dataclasses import replace

from graph.core.privacy import mask_personal_data, may_name_a_person
from graph.trace.records.view import RecordView, ShownRow, ShownTable, ShownText

HIDDEN = "…"
_OF_PERSONS = re.compile(
    r"(?:dcterms|dct|dc|cp|foaf|pav|prov|schema|vcard)?:?"
    r"(?:creator|contributor|author|editor|maker|last_?modified_?by|(?:authored|created|"
    r"contributed|last_?update)_?by|was_?attributed_?to|first_?name|last_?name|given_?name|"
    r"family_?name|maintainer|contact_?name|phone|mobile|овог|овог нэр|эцэг ?\(?эх\)?-?ийн нэр|"
    r"иргэний нэр|регистр|регистрийн дугаар|утас|утасны дугаар)",
    re.IGNORECASE,
)


def names_a_person(column: str) -> bool:
    """Whether a column, member or property of this name holds names or numbers of persons."""
    return bool(_OF_PERSONS.fullmatch(column.strip().rpartition("/")[2].rpartition("#")[2]))


def masked(view: RecordView, known: frozenset[str] = frozenset()) -> RecordView:
    """The view without personal data; texts in `known` are published already."""
    cells = {name: _cell(name, text, known) for name, text in view.cells.items()}
    hidden = {view.cells[name] for name, text in cells.items() if text == HIDDEN}
    return replace(
        view,
        cells={_text(name, known): text for name, text in cells.items()},
        value=HIDDEN if view.value in hidden else _text(view.value, known),
        table=_table(view.table, known) if view.table else None,
        text=_around(view.text, known) if view.text else None,
    )


def is_of_person(name: str, text: str) -> bool:
    """Whether the text of a column or member of this name is likely of a person; an empty text
    stands for any that is no figure."""
    return names_a_person(name) or may_name_a_person(name, text or name)


def _cell(name: str, text: str, known: frozenset[str]) -> str:
    return HIDDEN if is_of_person(name, text) and text not in known else _text(text, known)


def _text(text: str, known: frozenset[str]) -> str:
    return text if text in known else mask_personal_data(text)


def _table(table: ShownTable, known: frozenset[str]) -> ShownTable:
    rows = tuple(_row(table.header, row, known) for row in table.rows)
    header = tuple(_text(name, known) for name in table.header)
    return replace(table, header=header, rows=rows)


def _row(header: tuple[str, ...], row: ShownRow, known: frozenset[str]) -> ShownRow:
    names = header + ("",) * max(0, len(row.cells) - len(header))
    cells = (_cell(name, text, known) for name, text in zip(names, row.cells, strict=False))
    return replace(row, cells=tuple(cells))


def _around(text: ShownText, known: frozenset[str]) -> ShownText:
    return ShownText(
        mask_personal_data(text.before), _text(text.text, known), mask_personal_data(text.after)
    )
