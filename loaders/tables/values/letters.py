"""Letters of the wrong alphabet, folded beside the raw text.

Two causes, both in published tables: look-alikes (`БYХ` with a Latin Y), and substitutes from the
time before keyboards had ө and ү (`єдєр`, `зvйл`). A word is folded where its other letters say
which alphabet it is in; a word that could be either stays as it is. `graph.search.normalize` is
more lenient, since there a wrong match only ranks lower; what is published keeps its raw text.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import NamedTuple

_WORD = re.compile(r"[^\W\d_]+")
_SPACE = re.compile(r"[\s\u00a0\u202f\u200b\ufeff]+")
_LATIN = re.compile(r"[A-Za-z]")
_CYRILLIC = re.compile(r"[\u0400-\u04ff]")

# By their looks: capital Y is Ү, small y is у.
_CYRILLIC_OF: Mapping[int, int] = str.maketrans("AaBCcEeHKkMOoPpTXxYyvV", "АаВСсЕеНКкМОоРрТХхҮуүҮ")
_LATIN_OF: Mapping[int, int] = str.maketrans("АаВСсЕеНКкМОоРрТХхҮуІі", "AaBCcEeHKkMOoPpTXxYyIi")
_SUBSTITUTES: Mapping[int, int] = str.maketrans("єЄїЇɵƟѳѲ", "өӨүҮөӨөӨ")
_ONLY_CYRILLIC = re.compile(r"[^A-Za-zАаВСсЕеНКкМОоРрТХхҮуІі\W\d_]")
_ONLY_LATIN = re.compile(r"[DFGIJLNQRSUWZbdfghijlmnqrstuwz]")


class Folded(NamedTuple):
    """A text with its letters folded, and what was done: `rules` in the order of the text's words.

    `unclear` are words of two alphabets that could be in either; they are as they were.
    """

    text: str
    raw: str
    rules: tuple[str, ...] = ()
    unclear: tuple[str, ...] = ()


def fold(text: str) -> str:
    """The text to look up: composed (NFC), single spaces, each word in one alphabet."""
    return folded(text).text


def folded(text: str) -> Folded:
    """The text to look up, and what was folded in it."""
    rules: dict[str, None] = {}
    unclear: list[str] = []
    composed = unicodedata.normalize("NFC", text)
    spaced = _SPACE.sub(" ", composed).strip()
    if spaced.isascii():
        return Folded(spaced, text)

    def word(match: re.Match[str]) -> str:
        made, rule = _word(match[0])
        rules.update({rule: None} if made != match[0] else {})
        if _CYRILLIC.search(made) and _LATIN.search(made):
            unclear.append(made)
        return made

    return Folded(_WORD.sub(word, spaced), text, tuple(rules), tuple(unclear))


def _word(word: str) -> tuple[str, str]:
    """A word in one alphabet, and the rule by which it was folded."""
    legible = word.translate(_SUBSTITUTES)
    if not _CYRILLIC.search(legible):
        return word, ""
    if not _LATIN.search(legible):
        return legible, "substitute letters"
    cyrillic, latin = bool(_ONLY_CYRILLIC.search(legible)), bool(_ONLY_LATIN.search(legible))
    if cyrillic == latin:
        return word, ""
    if cyrillic:
        return legible.translate(_CYRILLIC_OF), "Latin letters in a Cyrillic word"
    return word.translate(_LATIN_OF), "Cyrillic letters in a Latin word"
