"""Numbers of workbooks as exact decimals, and values as text."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from loaders.tables.cells.model import Value

_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?", re.ASCII)
_PLAIN = re.compile(r"-?\d+(?:\.\d+)?", re.ASCII)
_DOUBLE_DIGITS = 15  # that a binary fraction keeps of any decimal
_MOST_DIGITS = 400


def number(written: str) -> Decimal | None:
    """The number as it was typed: programs write binary fractions with up to 17 digits, and
    1.1000000000000001 is 1.1. None for what is no number."""
    bare = written.strip()
    if len(bare) <= _DOUBLE_DIGITS and _PLAIN.fullmatch(bare):
        return Decimal(bare)
    if len(bare) > _MOST_DIGITS or not _NUMBER.fullmatch(bare):
        return None
    stored = Decimal(bare)
    if len(stored.as_tuple().digits) <= _DOUBLE_DIGITS:
        return stored
    shortest = Decimal(repr(float(bare))) if abs(stored) < Decimal("1e300") else stored
    fewer = len(shortest.normalize().as_tuple().digits) < len(stored.as_tuple().digits)
    return shortest if fewer and float(shortest) == float(bare) else stored


def of_float(value: float | int) -> Decimal:
    """The shortest decimal that is a binary fraction."""
    return Decimal(repr(value))


def text(value: Value) -> str:
    """A value as text: plain digits without exponent, ISO 8601 for dates."""
    if isinstance(value, str):
        return value
    if isinstance(value, Decimal):
        written = format(value, "f")
        return written.rstrip("0").rstrip(".") if "." in written else written
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, datetime):
        return value.isoformat(sep=" ")
    return value.isoformat() if isinstance(value, date | time) else _duration(value)


def _duration(value: timedelta) -> str:
    """Hours, minutes and seconds, as spreadsheet programs show them."""
    minutes, seconds = divmod(round(value.total_seconds()), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}"
