"""Sort keys for names in Mongolian alphabetical order: ё after е, ө after о, ү after у.

By code point, which is how stores sort, these three come after я. Keys are compared by code point:
first by letters without case and accents, then by the text itself. Digits come before Latin, and
Latin before Cyrillic, as in the Unicode Collation Algorithm.
"""

from __future__ import annotations

import re
import unicodedata

# Sorts after every letter, so that ё comes after all words with е.
_LAST = "\U0010fffd"
_LETTERS = str.maketrans({"ё": "е" + _LAST, "ө": "о" + _LAST, "ү": "у" + _LAST})
_NUMBER = re.compile(r"\d+(?: \d{3})*")  # “1 500 001” is one number
_ACCENTED = re.compile("[^\\x00-\\x7f\u0400-\u052f]")  # or of another script
_END = "\t"  # sorts before every letter


def sort_key(text: str) -> str:
    """The sort key of a text."""
    return _primary(text) + _END + text


def natural_key(text: str) -> str:
    """The sort key of a text whose numbers stand by their size: 8.9 before 8.10."""
    return sort_key(_NUMBER.sub(lambda match: match[0].replace(" ", "").zfill(15), text))


def _primary(text: str) -> str:
    composed = unicodedata.normalize("NFC", text).lower()
    if _ACCENTED.search(composed):  # few titles: looking at each letter takes most of the time
        composed = "".join(map(_without_accents, composed))
    return composed.translate(_LETTERS)


def _without_accents(letter: str) -> str:
    """A Latin letter without accents; Cyrillic ё and й are letters of their own."""
    if not _ACCENTED.match(letter):
        return letter
    parts = unicodedata.normalize("NFD", letter)
    return "".join(part for part in parts if not unicodedata.combining(part))
