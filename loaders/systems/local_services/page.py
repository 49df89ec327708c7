"""The ministry's page as plain text: the same facts, each with its position in the text.

Positions are in code points (RFC 5147 `char=`), from the first character of a match to its last.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from graph.core.errors import InputError
from loaders.formats.csv import decode
from loaders.pipeline.record import Capture
from loaders.systems.local_services.facts import OTHERS, Fact, UnitNames

CONTEXT = 32
"""Number of code points before and after a quote that are kept with it."""


def _phrase(pattern: str) -> re.Pattern[str]:
    """A pattern in which a space matches any white space: pages have no-break spaces in places."""
    return re.compile(pattern.replace(" ", r"\s+"))


_LEAD = _phrase(r"\d+ аймгийн нутгийн захиргааны (\d+) үйлчилгээг цахимжууллаа")
_CLOSING = _phrase(r"зэрэг (\d+) үйлчилгээ цахимжиж")
_CENTRES = _phrase(r"нийт (\d+) аймагт")
_DATE = re.compile(r"\d{4}\.\d{2}\.\d{2}")
_PERIOD = _phrase(r"(\d{4}) оны (\d{2}) дугаар сараас (\d{2}) дугаар сарын хооронд")
_LIST = _phrase(r"(?s)нэрлэвэл:\s*(.*?)\s*(?=Харин бусад)")
_OTHERS = _phrase(r"бусад аймгуудын хувьд ирэх оноос")
_PORTAL = _phrase(r"(e-mongolia\.mn) сайт")
_MOBILE = _phrase(r"гар утасны аппликейшнд ороогүй")


def read(capture: Capture, names: UnitNames) -> Iterator[Fact]:
    """The facts of the page.

    Raises InputError that names the phrase which is no longer in the page.
    """
    text = decode(capture)
    lead, closing = _one(capture, text, _LEAD), _one(capture, text, _CLOSING)
    yield _item(capture, text, lead.start())
    yield Fact("text", "sha256", capture.digest, "")
    period = _one(capture, text, _PERIOD)
    year, first, last = period.groups()
    yield _fact(text, "period", f"{year}-{first}", f"{year}-{last}", period)
    yield _fact(text, "total", "lead", lead[1], lead)
    for match in _counts(names).finditer(text, lead.end(), closing.start()):
        yield _fact(text, "count", _collapse_spaces(match[1]), match[2], match)
    yield _fact(text, "total", "closing", closing[1], closing)
    yield from _centres(capture, text, names)
    yield from _channels(text)


def _fact(text: str, kind: str, name: str, value: str, match: re.Match[str]) -> Fact:
    start, end = match.span()
    before, after = text[max(0, start - CONTEXT) : start], text[end : end + CONTEXT]
    return Fact(kind, name, value, f"char={start},{end}", match[0], before, after, start, end)


def _one(capture: Capture, text: str, pattern: re.Pattern[str], start: int = 0) -> re.Match[str]:
    match = pattern.search(text, start)
    if match is None:
        raise InputError(
            f"the page does not contain “{pattern.pattern}”",
            where=capture.name,
            hint="Another page, or truncated or reworded: see loaders/systems/local_services.",
        )
    return match


def _item(capture: Capture, text: str, before: int) -> Fact:
    dates = list(_DATE.finditer(text, 0, before))  # the page has other news with older dates
    if not dates:
        raise InputError("the news item has no date", where=f"{capture.name} char {before}")
    return _fact(text, "item", "text", dates[-1][0].replace(".", "-"), dates[-1])


def _counts(names: UnitNames) -> re.Pattern[str]:
    return _phrase(rf"({_any(names)})(?: аймаг)?(?: [–-])? (\d+) үйлчилгээ")


def _collapse_spaces(name: str) -> str:
    return " ".join(name.split())


def _any(names: UnitNames) -> str:
    # a short name may be the beginning of a longer one
    longest_first = sorted(names, key=len, reverse=True)
    return "|".join(re.escape(name).replace("\\ ", " ") for name in longest_first)


def _centres(capture: Capture, text: str, names: UnitNames) -> Iterator[Fact]:
    total = _one(capture, text, _CENTRES)
    yield _fact(text, "total", "centres", total[1], total)
    listed = _one(capture, text, _LIST, total.end())
    position = listed.start(1)
    one = _phrase(rf"({_any(names)})(?: аймаг)?(?: |$)")
    while position < listed.end(1):
        match = one.match(text, position, listed.end(1))
        if match is None:
            word = text[position : listed.end(1)].split()[0]
            raise InputError(
                f"“{word}” is not a known aimag",
                where=f"{capture.name} char {position}",
                hint="Names are in [options.names] of the source.",
            )
        yield _fact(text, "centre", _collapse_spaces(match[1]), "open", match)
        position = match.end()
    if others := _OTHERS.search(text, position):
        yield _fact(text, "centre", OTHERS, "planned", others)


def _channels(text: str) -> Iterator[Fact]:
    if portal := _PORTAL.search(text):
        yield _fact(text, "through", "web-portal", f"https://{portal[1]}/", portal)
    if mobile := _MOBILE.search(text):
        yield _fact(text, "not-through", "mobile-app", "", mobile)
