"""The forms in which periods are written: a pattern, the kind of period, and its key."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

Key = Callable[[re.Match[str], int], str]


class Form(NamedTuple):
    """One form; `key` takes a match and the year to use where the text has none (0: none).

    `declared` ones are looked at only where the kind of the period is declared.
    """

    pattern: re.Pattern[str]
    kind: str
    key: Key
    declared: bool = False


_ROMAN = {
    name: number for number, name in enumerate("I II III IV V VI VII VIII IX X XI XII".split(), 1)
}
# нэгдүгээр … арван хоёрдугаар: the ordinals of months and quarters in words
_WORDS = {
    "нэг": 1,
    "хоёр": 2,
    "гурав": 3,
    "дөрөв": 4,
    "тав": 5,
    "зургаа": 6,
    "долоо": 7,
    "найм": 8,
    "ес": 9,
    "арав": 10,
    "арваннэг": 11,
    "арванхоёр": 12,
}
_ENGLISH = {
    name: number
    for number, name in enumerate("jan feb mar apr may jun jul aug sep oct nov dec".split(), 1)
}

_Y = r"(?P<year>[12]\d{3})"
_YEAR_MN = rf"{_Y}\s?(?:он(?:ы|д)?)"
_YEAR = rf"{_Y}(?:\s?он(?:ы|д)?)?"
_R = r"(?P<n>XI{0,2}|IX|IV|VI{0,3}|I{1,3})"
_R_TO = r"(?P<to>XI{0,2}|IX|IV|VI{0,3}|I{1,3})"
_ORDINAL = r"(?:\s?-?\s?(?:р|дугаар|дүгээр|ын|ийн)\.?)?"
_WORD = r"(?P<word>арван\s?хоёр|арван\s?нэг|нэг|хоёр|гурав|дөрөв|тав|зургаа|долоо|найм|ес|арав)"
_WORD_ORDINAL = rf"{_WORD}(?:дугаар|дүгээр)"
_MONTH_END = r"(?:\s?сар(?:ын|ын\s+хооронд|ын\s+байдлаар|д|ын\s+эцэст)?)"
_MONTH_EN = (
    r"(?P<en>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)


def _number(match: re.Match[str]) -> int:
    """The month, quarter or week of a match, from whichever way it is written in."""
    found = match.groupdict()
    if word := found.get("word"):
        return _WORDS[word.replace(" ", "").lower()]
    if english := found.get("en"):
        return _ENGLISH[english[:3].lower()]
    written = found["n"]
    return _ROMAN.get(written.upper()) or int(written)


def _end(match: re.Match[str]) -> int:
    return _ROMAN.get(match["to"].upper()) or int(match["to"])


def _year_of(match: re.Match[str], year: int) -> int:
    return int(match.groupdict().get("year") or year)


def _year(match: re.Match[str], year: int) -> str:
    return match["year"]


def _years(match: re.Match[str], year: int) -> str:
    return f"{match['year']}--{match['last']}"


def _quarter(match: re.Match[str], year: int) -> str:
    at = _year_of(match, year)
    return f"{at}-Q{_number(match)}" if at else ""


def _month(match: re.Match[str], year: int) -> str:
    at = _year_of(match, year)
    return f"{at}-{_number(match):02}" if at else ""


def _months(match: re.Match[str], year: int) -> str:
    at = _year_of(match, year)
    return f"{at}-{_number(match):02}--{at}-{_end(match):02}" if at else ""


def _first_months(match: re.Match[str], year: int) -> str:
    at = _year_of(match, year)
    return f"{at}-01--{at}-{_number(match):02}" if at else ""


def _week(match: re.Match[str], year: int) -> str:
    return f"{_year_of(match, year)}-W{_number(match):02}"


def _day(match: re.Match[str], year: int) -> str:
    at = _year_of(match, year)
    return f"{at}-{_number(match):02}-{int(match['day']):02}" if at else ""


def _half(first: int, last: int) -> Key:
    return lambda match, year: f"{match['year']}-{first:02}--{match['year']}-{last:02}"


# Texts come folded, with single spaces (`loaders.tables.values.letters`). A Roman number from I to
# IV after a year is a quarter; after a point, or before “сар”, it is a month.
_TABLE: tuple[tuple[str, str, Key], ...] = (
    (_Y, "year", _year),
    (_YEAR_MN, "year", _year),
    (rf"{_Y}\s?[-–/]\s?(?P<last>[12]\d{{3}})(?:\s?он)?", "interval", _years),
    (rf"{_Y}\s?[-/ ]?\s?(?P<n>IV|I{{1,3}})", "quarter", _quarter),
    (r"(?P<n>IV|I{1,3})\s?[-/ ]\s?" + _Y, "quarter", _quarter),
    (rf"{_Y}\s?[-/ .]?\s?[QK](?P<n>[1-4])", "quarter", _quarter),
    (rf"[QK](?P<n>[1-4])\s?[-/ ]?\s?{_Y}", "quarter", _quarter),
    (rf"{_Y}\s?[-/]\s?(?P<n>[1-4])", "quarter", _quarter),
    (rf"{_YEAR} (?P<n>[1-4]|IV|I{{1,3}}){_ORDINAL} улирал", "quarter", _quarter),
    (rf"{_YEAR_MN} {_WORD_ORDINAL} улирал", "quarter", _quarter),
    (rf"(?P<n>[1-4]|IV|I{{1,3}}){_ORDINAL} улирал,? {_Y}(?: он)?", "quarter", _quarter),
    (rf"{_Y}\s?[-./ M]\s?(?P<n>\d{{2}})", "month", _month),
    (rf"{_Y}-M(?P<n>\d{{2}})", "month", _month),
    (rf"{_Y}\s?[-/M]\s?(?P<n>\d)", "month", _month),
    (rf"{_Y}\.(?P<n>[2-9])", "month", _month),
    (rf"{_Y}\s?\.\s?{_R}(?:{_MONTH_END})?", "month", _month),
    (rf"{_Y}\s?[-/ ]\s?(?P<n>XI{{0,2}}|IX|VI{{0,3}})", "month", _month),
    (rf"{_Y}[ .\-]{{1,2}}{_R}{_MONTH_END}", "month", _month),
    (rf"{_YEAR_MN} (?P<n>\d{{1,2}}){_ORDINAL}{_MONTH_END}", "month", _month),
    (rf"{_YEAR_MN} {_R}{_ORDINAL}{_MONTH_END}", "month", _month),
    (rf"{_YEAR_MN} {_WORD_ORDINAL}{_MONTH_END}", "month", _month),
    (rf"{_MONTH_EN},? {_Y}", "month", _month),
    (rf"{_Y},?[ -]{_MONTH_EN}", "month", _month),
    (
        rf"{_YEAR_MN} (?P<n>\d{{1,2}}){_ORDINAL} сараас (?P<to>\d{{1,2}}){_ORDINAL}{_MONTH_END}",
        "interval",
        _months,
    ),
    (rf"{_Y}[ .\-]{{1,2}}{_R}\s?[-–]\s?{_R_TO}(?:{_MONTH_END})?", "interval", _months),
    (rf"{_R}\s?[-–]\s?{_R_TO}(?:{_MONTH_END})? {_Y}", "interval", _months),
    (rf"{_YEAR_MN} эхний (?P<n>\d{{1,2}}) сар", "interval", _first_months),
    (rf"{_YEAR_MN} эхний хагас(?: жил)?", "interval", _half(1, 6)),
    (rf"{_YEAR_MN} сүүлийн хагас(?: жил)?", "interval", _half(7, 12)),
    (rf"{_Y}\s?-?\s?[HS]1", "interval", _half(1, 6)),
    (rf"{_Y}\s?-?\s?[HS]2", "interval", _half(7, 12)),
    (rf"{_Y}\s?-?\s?W(?P<n>\d{{1,2}})", "week", _week),
    (rf"{_YEAR_MN} (?P<n>\d{{1,2}}){_ORDINAL} (?:долоо|7) хоног", "week", _week),
    (rf"{_Y}(?P<sign>[-./])(?P<n>\d{{1,2}})(?P=sign)(?P<day>\d{{1,2}})", "day", _day),
    (rf"{_Y} (?P<n>\d{{2}}) (?P<day>\d{{2}})", "day", _day),
    (rf"{_Y}\.{_R}\s?[-.]\s?(?P<day>\d{{1,2}})", "day", _day),
    (rf"{_R}\.(?P<day>\d{{2}})", "day", _day),
    (
        rf"{_YEAR_MN} (?P<n>\d{{1,2}}){_ORDINAL} сарын (?P<day>\d{{1,2}})"
        r"(?:\s?-?\s?н[ыи]й?)?(?: (?:өдөр|байдлаар))?",
        "day",
        _day,
    ),
    (
        rf"{_YEAR_MN} {_WORD_ORDINAL} сарын (?P<day>\d{{1,2}})"
        r"(?:\s?-?\s?н[ыи]й?)?(?: (?:өдөр|байдлаар))?",
        "day",
        _day,
    ),
    (r"(?P<n>\d{1,2}) сарын (?P<day>\d{1,2})", "day", _day),
    # without a year: they are periods only where a year is declared
    (rf"(?P<n>[1-4]|IV|I{{1,3}}){_ORDINAL} улирал", "quarter", _quarter),
    (rf"{_WORD_ORDINAL} улирал", "quarter", _quarter),
    (r"улирал,? (?P<n>[1-4]|IV|I{1,3})", "quarter", _quarter),
    (r"Q(?P<n>[1-4])", "quarter", _quarter),
    (rf"(?P<n>\d{{1,2}}){_ORDINAL}{_MONTH_END}", "month", _month),
    (rf"{_R}{_ORDINAL}{_MONTH_END}", "month", _month),
    (rf"{_WORD_ORDINAL}{_MONTH_END}", "month", _month),
    (_MONTH_EN, "month", _month),
    (rf"{_R}\s?[-–]\s?{_R_TO}(?:{_MONTH_END})?", "interval", _months),
    (r"эхний (?P<n>\d{1,2}) сар", "interval", _first_months),
)

# “2000-IV” of a column of months; “2021.1”, which is October where a program dropped a zero; “IV”
# and “4”, which only the declared kind tells apart from numbers
_DECLARED: tuple[tuple[str, str, Key], ...] = (
    (rf"{_Y}\s?[-/ ]\s?(?P<n>IV|I{{1,3}})", "month", _month),
    (rf"{_Y}\.(?P<n>1)", "month", _month),
    (rf"{_Y}\s?[. ]\s?(?P<n>[1-4]|IV|I{{1,3}})", "quarter", _quarter),
    (r"(?P<n>[1-4]|IV|I{1,3})", "quarter", _quarter),
    (r"(?P<n>\d{1,2})", "month", _month),
    (_R, "month", _month),
)


def _forms(table: tuple[tuple[str, str, Key], ...], declared: bool) -> Iterator[Form]:
    for text, kind, key in table:
        pattern = re.compile(text.replace(r"\d", "[0-9]"), re.IGNORECASE)
        yield Form(pattern, kind, key, declared)


FORMS = (*_forms(_TABLE, False), *_forms(_DECLARED, True))
