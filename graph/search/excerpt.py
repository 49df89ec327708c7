"""The part of a text that shows why it is a hit."""

from __future__ import annotations

import unicodedata
from itertools import groupby
from typing import NamedTuple

from graph.search.matching import token_matches
from graph.search.query_parser import SearchExpression

WIDTH = 160


class ExcerptPart(NamedTuple):
    """A part of an excerpt, and whether it matches the search."""

    text: str
    is_match: bool


def excerpt(value: str, expression: SearchExpression, width: int = WIDTH) -> list[ExcerptPart]:
    """About `width` characters of a text around the first match, on one line.

    An ellipsis marks text that is left out.
    """
    text = " ".join(unicodedata.normalize("NFC", value).split())
    tokens = _tokens(text)
    first = next((start for start, word in tokens if token_matches(word, expression)), 0)
    begin = max(0, first - width // 3) if len(text) > width else 0
    if begin:
        begin = text.find(" ", begin, first) + 1 or first
    end = begin + width
    if end < len(text):
        end = max(text.rfind(" ", first, end), first + 1)
    before = [ExcerptPart("… ", is_match=False)] if begin else []
    after = [ExcerptPart(" …", is_match=False)] if end < len(text) else []
    return [*before, *_parts(text[begin:end], expression), *after]


def _tokens(text: str) -> list[tuple[int, str]]:
    """Runs of letters and digits, and of other characters, with their offsets."""
    tokens, offset = [], 0
    for _, run in groupby(text, key=str.isalnum):
        token = "".join(run)
        tokens.append((offset, token))
        offset += len(token)
    return tokens


def _parts(text: str, expression: SearchExpression) -> list[ExcerptPart]:
    marked = ((token, token_matches(token, expression)) for _, token in _tokens(text))
    return [
        ExcerptPart("".join(token for token, _ in run), is_match)
        for is_match, run in groupby(marked, key=lambda pair: pair[1])
    ]
