"""From a line of a layer to its records, without reading the whole row map."""

from __future__ import annotations

import json
import struct
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import Any

from graph.archive import Archive, SeekableBlob
from graph.ledger import Event
from graph.statements import rowmap
from graph.statements.rowmap import NUMBERS, RECORDS, Origin

_RECORD, _RULE = struct.Struct("<I"), struct.Struct("<H")
_MORE = struct.Struct("<IIH")


def origins(archive: Archive, load: Event, layer: str, position: int) -> list[Origin]:
    """The origins of the statement that has this place in the sorted lines of a layer.

    Raises IndexError where there is no such line, IntegrityError where the row map is missing or
    damaged.
    """
    return origins_of(archive, load, layer, [position])[0]


def origins_of(
    archive: Archive, load: Event, layer: str, positions: Sequence[int]
) -> list[list[Origin]]:
    """The origins of several statements of a layer, in this order. Raises what `origins` raises."""
    facts = load["layers"][layer]
    if outside := [one for one in positions if not 0 <= one < facts["statements"]]:
        raise IndexError(outside[0])
    with archive.seekable(facts["rows"]) as blob:
        if (rows := _RowMap.of(blob)) is not None:
            return [list(rows.origins(one)) for one in positions]
    return rowmap.origins_of(archive, facts["rows"], positions)


class _RowMap:
    """A row map whose frames lie as `graph.statements.rowmap` writes them."""

    def __init__(self, blob: SeekableBlob, head: dict[str, Any]) -> None:
        self._blob = blob
        self._head = head
        self._more = blob.length - _MORE.size * head["more"]
        self._rule = self._more - _RULE.size * head["statements"]
        self._record = self._rule - _RECORD.size * head["statements"]

    @classmethod
    def of(cls, blob: SeekableBlob) -> _RowMap | None:
        """The row map in a blob; None where it is cut otherwise, which is read whole."""
        if not blob.is_seekable:
            return None
        first = blob.frame(0)
        if first.find(b"\n") != len(first) - 1:
            return None
        found = cls(blob, json.loads(first))
        return found if found._frames() == blob.frames else None

    def _frames(self) -> list[int]:
        """Where its frames begin: those of the records as they are, the others as they must."""
        records = -(-self._head["records"] // RECORDS)
        columns = (
            (self._record, self._rule, _RECORD.size),
            (self._rule, self._more, _RULE.size),
            (self._more, self._blob.length, _MORE.size),
        )
        numbers = (range(begin, end, NUMBERS * size) for begin, end, size in columns)
        return [*self._blob.frames[: 1 + records], *(at for column in numbers for at in column)]

    def origins(self, position: int) -> Iterator[Origin]:
        """The origins of a statement."""
        (record,) = self._read(_RECORD, self._record, position)
        (rule,) = self._read(_RULE, self._rule, position)
        yield self._origin(record, rule)
        count = self._head["more"]
        first = bisect_left(range(count), position, key=lambda n: self._further(n)[0])
        for number in range(first, count):
            statement, record, rule = self._further(number)
            if statement != position:
                return
            yield self._origin(record, rule)

    def _further(self, number: int) -> tuple[int, ...]:
        return self._read(_MORE, self._more, number)

    def _read(self, form: struct.Struct, start: int, number: int) -> tuple[int, ...]:
        return form.unpack(self._blob.read(start + form.size * number, form.size))

    def _origin(self, record: int, rule: int) -> Origin:
        frame, place = divmod(record, RECORDS)
        text = self._blob.frame_lines(1 + frame)[place].decode()
        capture, _, locator = text[:-1].partition("\t")
        return Origin(self._head["captures"][int(capture)], locator, self._head["rules"][rule])
