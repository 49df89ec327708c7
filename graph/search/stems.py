"""Stems of Mongolian words in Cyrillic, and of English plurals.

Stems are keys that the forms of a word share. A word can have several, because the end of a word
can look like a suffix; two words count as forms of one word if they share a stem. Suffixes follow
in the order number, case, possession, and must agree with vowel harmony. There is no dictionary: a
wrong stem of a rare word only adds or misses hits of the second degree (graph.search.normalize).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

_VOWELS = "аэиоуөүяеёюы"
_FRONT, _BACK = frozenset("эөүе"), frozenset("аоуяёы")
# By the vowel of the suffix: the last vowel that the stem can have (и alone counts as front).
_HARMONY = {"а": "ауяюы", "о": "оё", "э": "эүеюи", "ө": "ө"}


def _harmonised(*patterns: str) -> tuple[str, ...]:
    """Suffixes in all four forms of vowel harmony; `A` stands for the vowel."""
    return tuple(p.replace("A", vowel) for vowel in "аоэө" for p in patterns)


# The end of a stem that a suffix can follow. Vowels that count are long ones and diphthongs.
_AFTER = {
    "any": re.compile(""),
    "consonant": re.compile(r"[^аэиоуөүяеёюыйь]$"),
    "long": re.compile(r"(?:(аа|ээ|оо|өө|уу|үү|яа|еэ|ёо|юу|юү|ий|иа|ио|иу)|[аэоуүиө]й)$"),
    "н": re.compile("н$"),
    "й": re.compile("й$"),
    "т": re.compile("[гкхсрбвпц]$"),
    "not short": re.compile(r"(?:[^аэиоуөүяеёюы]|(.)\1|[аэоу]й|и|й)$"),
}
_CASES = (
    *((s, "consonant") for s in ("ын", "ийн", "ыг", "ийг", *_harmonised("Aд", "Aнд"))),
    *((s, "not short") for s in ("ны", "ний", *_harmonised("нAAс"))),
    *((s, "long") for s in ("гийн", "г", "нд", *_harmonised("гAAс", "гAAр"))),
    *((s, "н") for s in ("ы", "ий")),
    *((s, "consonant") for s in _harmonised("AAс", "AAр", "иAс", "иAр")),
    *((s, "any") for s in ("тай", "той", "тэй", "гүй")),
    *((s, "not short") for s in ("руу", "рүү", "луу", "лүү")),
    ("н", "й"),
    ("д", "not short"),
    ("т", "т"),
)
_NUMBERS = (
    *((s, "consonant") for s in ("ууд", "үүд", "иуд", "иүд")),
    *((s, "not short") for s in ("нууд", "нүүд", "чууд", "чүүд")),
    ("д", "not short"),
)
# A possessive suffix follows a case suffix, joined by `х` to a genitive: (suffix, letters of the
# shortest stem). After a bare stem only the length distinguishes it from the end of the word.
_POSSESSION = (
    *((s, 2) for s in _harmonised("хAA", "гAA")),
    *((s, 4) for s in _harmonised("AA")),
)
_SHORTEST = 3  # letters of a stem before a suffix of one letter
_IRREGULAR = {"иргэд": "иргэн", "хүмүүс": "хүн", "нөхөд": "нөхөр", "үнэ": "үн"}
_AGENT_PLURAL = re.compile("(?:чид|чд)$")  # малчин, малчид, малчдын

_SHORT_END = re.compile(rf"(?<=[^{_VOWELS}])[аэоөи]$")
_DIPHTHONG_END = re.compile("(?:ий|ь|ъ)$")
_SOFT_END = re.compile(rf"(?<=[^{_VOWELS}])и$")  # хонь has хони- before its suffixes
_FLEETING = re.compile(rf"^(.*[{_VOWELS}].*[^{_VOWELS}ьъй])[аэоөи]([^{_VOWELS}ьъй])$")
_ENGLISH = re.compile(r"^([a-z]{2,}?)(ies|(?<=s|x|z)es|(?<=ch|sh)es|(?<![sui])s)$")


@lru_cache(maxsize=50_000)
def stems(word: str) -> frozenset[str]:
    """The stems of a lower-case word; empty for numbers and other scripts."""
    if word.isascii():
        return frozenset(_english(word))
    if not any(letter in _VOWELS for letter in word):
        return frozenset()
    return frozenset(map(_base, _stripped(_IRREGULAR.get(word, word))))


def _english(word: str) -> Iterator[str]:
    if len(word) > 3 and (match := _ENGLISH.match(word)):
        yield match[1] + ("y" if match[2] == "ies" else "")
    elif word.isalpha():
        yield word


def _stripped(word: str) -> Iterator[str]:
    """The word, and the rest of it without the suffixes of possession, case and number."""
    for owned in (word, *_without_possession(word)):
        for case in (owned, *_without(owned, _CASES)):
            case = _IRREGULAR.get(case, case)  # иргэдийн is иргэд with a suffix, and that is иргэн
            yield case
            yield from _without(case, _NUMBERS)
            if _AGENT_PLURAL.search(case):
                yield _AGENT_PLURAL.sub("чин", case)


def _without_possession(word: str) -> Iterator[str]:
    for suffix, shortest in _POSSESSION:
        if word.endswith(suffix) and len(word) - len(suffix) >= shortest:
            rest = word.removesuffix(suffix)
            if _in_harmony(rest, suffix):
                yield rest


def _without(word: str, suffixes: tuple[tuple[str, str], ...]) -> Iterator[str]:
    for suffix, before in suffixes:
        if word.endswith(suffix):
            rest = word.removesuffix(suffix)
            if _is_possible_stem(rest, suffix) and _AFTER[before].search(rest):
                yield rest


def _is_possible_stem(rest: str, suffix: str) -> bool:
    shortest = _SHORTEST if len(suffix) == 1 else 2
    if len(suffix) == 1 and rest.endswith("й"):
        shortest = 4  # сайн and сайд are not forms of сай
    return (
        len(rest) >= shortest
        and any(letter in _VOWELS for letter in rest)
        and _in_harmony(rest, suffix)
    )


def _in_harmony(stem: str, suffix: str) -> bool:
    """Whether a suffix agrees with the vowels of a stem; и and consonants agree with all."""
    own = next((letter for letter in suffix if letter in _VOWELS), "")
    vowels = [letter for letter in stem if letter in _VOWELS]
    last = next((v for v in reversed(vowels) if v != "и"), "и")
    if own in _HARMONY:
        return last in _HARMONY[own]
    if own in ("ы", "у"):
        return last in _BACK or last == "ю"
    if own == "ү" and suffix != "гүй":  # гүй follows all vowels
        return last not in _BACK
    return True


def _base(stem: str) -> str:
    """A stem without the last letters that forms add or drop: аймаг and аймг-, говь, Хэнтий."""
    shorter = _DIPHTHONG_END.sub("", stem)
    if len(shorter) < 3:  # too little would be left to tell words apart
        shorter = stem
    if len(shorter) > 4:
        shorter = _SHORT_END.sub("", shorter)
    elif len(shorter) == 4:
        shorter = _SOFT_END.sub("", shorter)
    return _FLEETING.sub(r"\1\2", shorter)
