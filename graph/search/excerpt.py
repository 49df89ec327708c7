"""The part of a text that shows why it was found."""

from __future__ import annotations

import unicodedata
from itertools import groupby
from typing import NamedTuple

from graph.search.matching import token_matches
from graph.search.query_parser import SearchExpression

WIDTH = 160


class ExcerptPart(NamedTuple):
    """A piece of an excerpt, and whether it is what was looked for."""

    text: str
    found: bool


def excerpt(value: str, wanted: SearchExpression, width: int = WIDTH) -> list[ExcerptPart]:
    """About `width` characters of a text around the first word that was looked for.

    In one line; an ellipsis stands where something is left out.
    """
    text = " ".join(unicodedata.normalize("NFC", value).split())
    tokens = _tokens(text)
    first = next((start for start, word in tokens if token_matches(word, wanted)), 0)
    begin = max(0, first - width // 3) if len(text) > width else 0
    if begin:
        begin = text.find(" ", begin, first) + 1 or first
    end = begin + width
    if end < len(text):
        end = max(text.rfind(" ", first, end), first + 1)
    pieces = _pieces(text[begin:end], wanted)
    before = [ExcerptPart("… ", False)] if begin else []
    return [*before, *pieces, *([ExcerptPart(" …", False)] if end < len(text) else [])]


def _tokens(text: str) -> list[tuple[int, str]]:
    """Runs of letters, and of what is none, with their places."""
    found, place = [], 0
    for _, run in groupby(text, key=str.isalnum):
        token = "".join(run)
        found.append((place, token))
        place += len(token)
    return found


def _pieces(text: str, wanted: SearchExpression) -> list[ExcerptPart]:
    marked = ((token, token_matches(token, wanted)) for _, token in _tokens(text))
    return [
        ExcerptPart("".join(token for token, _ in run), found)
        for found, run in groupby(marked, key=lambda one: one[1])
    ]
