"""Sort keys for names in Mongolian order: ё behind е, ө behind о, ү behind у.

By code point, which is how stores sort, these three come after я. A key compares by code point and
ranks: letters first, whatever their case and accents, then the text itself. Latin comes before
Cyrillic, digits before both, as in the Unicode Collation Algorithm.
"""

from __future__ import annotations

import unicodedata

# Above every letter, so that ё is behind all words in е.
_LAST = "\U0010fffd"
_LETTERS = str.maketrans({"ё": "е" + _LAST, "ө": "о" + _LAST, "ү": "у" + _LAST})
_END = "\t"  # below every letter


def sort_key(text: str) -> str:
    """The sort key of a text."""
    return _primary(text) + _END + text


def _primary(text: str) -> str:
    composed = unicodedata.normalize("NFC", text).lower()
    return "".join(map(_without_accents, composed)).translate(_LETTERS)


def _without_accents(letter: str) -> str:
    """A Latin letter without its accents; Cyrillic ё and й are letters of their own."""
    if letter.isascii() or "\u0400" <= letter <= "\u052f":
        return letter
    parts = unicodedata.normalize("NFD", letter)
    return "".join(part for part in parts if not unicodedata.combining(part))
