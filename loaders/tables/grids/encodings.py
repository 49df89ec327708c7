"""Which encoding the first bytes of a text are in, and why.

A byte order mark and valid UTF-8 decide. What is left are one-byte encodings of Cyrillic: in
the right one the characters are letters of Mongolian, most of them frequent ones. Windows-1251 has
no ө and ү; agencies wrote є and ї for them (`loaders.tables.values.letters` folds these).
"""

from __future__ import annotations

import codecs

from loaders.tables.cells.model import Reason

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_ONE_BYTE = ("windows-1251", "mac-cyrillic", "koi8-r", "ibm866", "iso8859-5")
_FREQUENT = frozenset("анэглхрдусоийтбыөүєї")
_LETTERS = frozenset("абвгдеёжзийклмноөпрстуүфхцчшщъыьэюяєїАБВГДЕЁЖЗИЙКЛМНОӨПРСТУҮФХЦЧШЩЪЫЬЭЮЯЄЇ")
_SIGNS = frozenset("«»“”„‘’№–—…°²³±\u00a0")
_MARGIN = 0.05  # of the points of a character: less is no difference
_LATIN_1 = "a text in Windows-1251 that was taken for Latin-1: its letters are lost in translation"


def detect(head: bytes, whole: bool = True) -> Reason:
    """The encoding of a text that begins with `head`; where it is not the `whole` text, the last
    character may be cut."""
    for mark, name in _MARKS:
        if head.startswith(mark):
            return Reason(name, "byte order mark")
    if b"\0" in head:
        return _without_mark(head)
    if head.isascii():
        return Reason("utf-8", "only ASCII characters" + ("" if whole else " so far"), whole)
    if _is_utf_8(head):
        return _utf_8(head)
    return _one_byte(head)


def _without_mark(head: bytes) -> Reason:
    """UTF-16: the NULs of digits, commas and line ends are the first or the second byte of two."""
    even, odd = head[0::2].count(0), head[1::2].count(0)
    name = "utf-16-be" if even > odd else "utf-16-le"
    return Reason(name, "no byte order mark; NUL bytes at every other place", even * odd == 0)


def _is_utf_8(head: bytes) -> bool:
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)  # not final: the end may be cut
    except UnicodeDecodeError:
        return False
    return True


def _utf_8(head: bytes) -> Reason:
    if mojibake(head.decode("utf-8", "ignore")):
        return Reason("utf-8", f"valid UTF-8, but it looks like {_LATIN_1}", sure=False)
    return Reason("utf-8", "valid UTF-8")


def _one_byte(head: bytes) -> Reason:
    # max and sorted keep the order of _ONE_BYTE where points are equal: the usual ones come first
    ranked = sorted(_ONE_BYTE, key=lambda name: _points(head, name), reverse=True)
    best, second = (_points(head, name) for name in ranked[:2])
    why = f"not UTF-8; {_share(head, ranked[0]):.0%} of the characters are Mongolian letters"
    why += f" as {ranked[0]}, {_share(head, ranked[1]):.0%} as {ranked[1]}"
    return Reason(ranked[0], why, sure=best - second > _MARGIN)


def _points(head: bytes, name: str) -> float:
    """From -1 to 1: how much the characters outside ASCII look like a Mongolian text."""
    characters = _foreign(head, name)
    points = sum(1.0 if c in _FREQUENT else 0.5 if c in _LETTERS else -1.0 for c in characters)
    return points / max(1, len(characters))


def _share(head: bytes, name: str) -> float:
    characters = _foreign(head, name)
    return sum(c in _LETTERS for c in characters) / max(1, len(characters))


def _foreign(head: bytes, name: str) -> list[str]:
    """The characters outside ASCII, without the signs of any text."""
    return [c for c in head.decode(name, "replace") if not c.isascii() and c not in _SIGNS]


def mojibake(text: str) -> bool:
    """Whether a text looks like Windows-1251 that was decoded as Latin-1 (`Ìîíãîë`)."""
    foreign = [c for c in text if not c.isascii()]
    latin = sum("À" <= c <= "ÿ" for c in foreign)
    return len(foreign) > 10 and latin > 0.9 * len(foreign) and _runs(text) > 0.5


def _runs(text: str) -> float:
    """The share of words with letters outside ASCII that have no ASCII letters."""
    words = [w for w in text.split() if any("À" <= c <= "ÿ" for c in w)]
    return sum(not any(c.isascii() and c.isalpha() for c in w) for w in words) / max(1, len(words))
