"""Words that mix Latin and Cyrillic letters, and which of their letters are foreign to them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import NamedTuple

_WORD = re.compile(r"[^\W\d_]+")
_DIGITS = re.compile(r"\s?\d{8}(?!\d)")  # two letters before them: a citizen's register number
_LATIN, _CYRILLIC = re.compile(r"[A-Za-z]"), re.compile(r"[\u0400-\u04ff]")
_MOST = 3  # words that are named

_WORDS = {
    "en": ("“{word}” (from character {at}): {letters}", "letter {at} is the {script} {letter}"),
    "mn": ("«{word}» ({at}-р тэмдэгтээс): {letters}", "{at}-р үсэг нь {script} {letter}"),
}
_SCRIPTS = {"Latin": {"en": "Latin", "mn": "латин"}, "Cyrillic": {"en": "Cyrillic", "mn": "кирилл"}}


class MixedWord(NamedTuple):
    """A word; `at` is the place of its first letter in the text, `letters` are the places in the
    word, all from 1, of the letters that are of `script` while most others are not."""

    word: str
    at: int
    script: str
    letters: tuple[int, ...]

    def told(self, language: str) -> str:
        """The word and its letters in words, `mn` or `en`."""
        whole, each = _WORDS[language]
        letters = ", ".join(
            each.format(
                at=at,
                script=_SCRIPTS[self.script][language],
                letter=f"{self.word[at - 1]} (U+{ord(self.word[at - 1]):04X})",
            )
            for at in self.letters
        )
        return whole.format(word=self.word, at=self.at, letters=letters)


def mixed_words(text: str) -> Iterator[MixedWord]:
    """The words of two alphabets in a text, composed (NFC), in order; no numbers of registers."""
    composed = unicodedata.normalize("NFC", text)
    for match in _WORD.finditer(composed):
        latin, cyrillic = (_places(script, match[0]) for script in (_LATIN, _CYRILLIC))
        if latin and cyrillic and not _DIGITS.match(composed, match.end()):
            script, places = ("Latin", latin)
            if len(cyrillic) < len(latin):
                script, places = ("Cyrillic", cyrillic)
            yield MixedWord(match[0], match.start() + 1, script, places)


def _places(script: re.Pattern[str], word: str) -> tuple[int, ...]:
    return tuple(match.end() for match in script.finditer(word))


def told(text: str, language: str) -> str:
    """The first words of two alphabets in a text, in words."""
    found = list(mixed_words(text))
    parts = [one.told(language) for one in found[:_MOST]]
    return "; ".join(parts) + (f"; … ({len(found)})" if len(found) > _MOST else "") or "…"
