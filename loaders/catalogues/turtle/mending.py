"""Faults of Turtle that have one meaning only, and how they are mended."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import pairwise

from loaders.catalogues.turtle.statements import TurtleToken

_UNESCAPED = re.compile(rb"(?<!\\)[~!$&*+=/?@]")
_NO_ESCAPE = re.compile(rb"(?<!\\)\\(?=[^tbnrf\"'\\uU]|u(?![0-9A-Fa-f]{4})|U(?![0-9A-Fa-f]{8}))")
_AFTER_VALUE = (b";", b".", b"]", b",")
_LANGUAGE = re.compile(rb"@[A-Za-z]+(?:[_-][A-Za-z0-9]+)+")


def _replaced(
    tokens: list[TurtleToken], data: bytes, change: Callable[[TurtleToken], bytes]
) -> bytes:
    """The statement with each token changed; "" if none is."""
    pieces, end, changed = [], tokens[0].start, False
    for token in tokens:
        good = change(token)
        changed |= good != token.text
        pieces += [data[end : token.start], good]
        end = max(end, min(token.end, len(data)))
    return b"".join(pieces) if changed else b""


def _escape_names(tokens: list[TurtleToken], data: bytes) -> bytes:
    """`ex:a/b` → `ex:a\\/b`: the local part of a name holds slashes only when they are escaped."""

    def escaped(token: TurtleToken) -> bytes:
        prefix, colon, local = token.text.partition(b":")
        if token.kind != "word" or not colon:
            return token.text
        return prefix + colon + _UNESCAPED.sub(rb"\\\g<0>", local)

    return _replaced(tokens, data, escaped)


def _hyphenate_languages(tokens: list[TurtleToken], data: bytes) -> bytes:
    """`@en_US` → `@en-US`."""

    def hyphenated(token: TurtleToken) -> bytes:
        is_tag = token.kind == "word" and _LANGUAGE.fullmatch(token.text)
        return token.text.replace(b"_", b"-") if is_tag else token.text

    return _replaced(tokens, data, hyphenated)


def _separate(tokens: list[TurtleToken], data: bytes) -> bytes:
    """Put the dot that is missing before a subject at the beginning of a line."""
    starts = set()
    depth, before = 0, tokens[0]
    for token in tokens[1:]:
        begins = token.kind in ("iri", "word") and data[token.start - 1 : token.start] == b"\n"
        if begins and depth == 0 and before.text not in (b";", b",", b"a"):
            starts.add(token.start)
        depth += (token.kind == "open") - (token.kind == "close")
        before = token
    return _replaced(tokens, data, lambda t: (b". " if t.start in starts else b"") + t.text)


def _escape_backslashes(tokens: list[TurtleToken], data: bytes) -> bytes:
    """`"C:\\data"` → `"C:\\\\data"`: a backslash that begins no escape is itself."""

    def escaped(token: TurtleToken) -> bytes:
        return _NO_ESCAPE.sub(rb"\\\\", token.text) if token.kind == "string" else token.text

    return _replaced(tokens, data, escaped)


def _drop_commas(tokens: list[TurtleToken], data: bytes) -> bytes:
    """`ex:a , ;` → `ex:a ;`: a comma that no value follows."""
    pairs = pairwise(tokens)
    idle = {one.start for one, after in pairs if one.text == b"," and after.text in _AFTER_VALUE}
    return _replaced(tokens, data, lambda token: b"" if token.start in idle else token.text)


MENDINGS: dict[str, Callable[[list[TurtleToken], bytes], bytes]] = {
    "a name with a slash": _escape_names,
    "a language tag with an underscore": _hyphenate_languages,
    "a backslash that escapes nothing": _escape_backslashes,
    "a comma without a value": _drop_commas,
    "a statement without a dot": _separate,
}
"""What is mended → the statement as it should be, or "" if it has no such fault."""
