"""The words of a text, and keys that different spellings of a word share.

There are three degrees of a match, from strict to lenient; a stricter one always ranks higher:

1. `words`: the same letters, ignoring case and composition (NFC, lower case);
2. `graph.search.stems`: the same word with other suffixes of case, number or possession;
3. `normalized_keys`: confused letters, and Latin spellings of Cyrillic words.

Published texts are not changed; only the words and keys of the index are normalized. Latin
spellings lose distinctions between letters, so they serve as search keys only.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise, product

from graph.search.stems import stems

_WORD = re.compile(r"[^\W_]+")
_HYPHEN = re.compile("[-\u2010\u2011]")
# letters only: 2015-2045 is no word; long chains are identifiers
_HYPHENATED = re.compile(r"(?<![\w‐‑-])[^\W\d_]{2,40}(?:[-‐‑][^\W\d_]{2,40}){1,3}(?![\w‐‑-])")
_IGNORED = re.compile("[\u00ad\u180b-\u180f\u200b-\u200d\u2060\ufeff]")
# MNS 5217:2003 writes ө and ү as o' and u'; any other apostrophe separates two words.
_APOSTROPHE = re.compile(r"(?<=[ou])['’ʼ`]", re.IGNORECASE)
_HAS_IGNORED = re.compile("[\u00ad\u180b-\u180f\u200b-\u200d\u2060\ufeff'’ʼ`]")
_LATIN = re.compile(r"[a-z]")
_CYRILLIC = re.compile(r"[а-яёөү]")

# Substitutes for ө and ү from the time before Unicode keyboards: Ukrainian letters, Latin v.
_LEGACY = str.maketrans("єїv", "өүү")
# Look-alikes, in lower case. Y (for Ү) and y (for у) both become у, which is equal to ү below.
_TO_CYRILLIC = str.maketrans("aceopxykhmtbi", "асеорхукнмтві")
_TO_LATIN = str.maketrans("асеорхуөүёкнмтві", "aceopxyouekhmtbi")
# Cyrillic letters that are often typed instead of each other.
_CONFUSED_LETTERS = str.maketrans("ёөү", "еоу")

# MNS 5217:2012. The standard of 2003 and the spellings on maps differ in letters that `_latin_key`
# unifies. All alternatives are keys: ө is o in the standards, and u in common usage.
_SPELLINGS = {
    **dict(zip("абвгджзийклмнопрстуүф", "a b v g d j z i i k l m n o p r s t u u f".split(),
               strict=True)),
    "е": "ye e", "ё": "yo", "ө": "o u", "х": "h", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "sh",
    "ъ": " i", "ы": "y", "ь": " i", "э": "e", "ю": "yu", "я": "ya",
}  # fmt: skip
_LATIN_VARIANTS = (
    ("kh", "h"), ("x", "h"), ("dz", "z"), ("zh", "j"), ("ts", "c"), ("w", "v"), ("y", "i"),
    ("ii", "i"),
)  # fmt: skip
_MAX_LETTERS = 100  # a longer word has no other spelling: it is a code, or an attack
_MAX_SPELLINGS = 16  # of a word: each is a key in the index, and a letter with two doubles them
_LATIN_END = re.compile("(?<=[^aeiou])[aeiou]$")
_LATIN_FLEETING = re.compile("^(.*[aeiou].*[^aeiou])[aeiou]([^aeiou])$")


def words(text: str) -> list[str]:
    """The words of a text in order, in lower case and NFC.

    A hyphen separates words, so that «Дархан-Уул» is found by either half.
    """
    if _HAS_IGNORED.search(text):  # few texts need these two passes
        text = _APOSTROPHE.sub("", _IGNORED.sub("", text))
    return _WORD.findall(unicodedata.normalize("NFC", text).lower())


def indexed_words(text: str) -> list[str]:
    """The words of a text as they are indexed, with those that a hyphen divides also as one.

    «Баян-Өлгий» is found as баянөлгий too. The joined words come last, so that a phrase is still
    found by its own words.
    """
    separate = words(text)
    return [*separate, *compounds(text)] if _HYPHEN.search(text) else separate


def compounds(text: str) -> list[str]:
    """Words that a hyphen divides, written as one: each with its neighbour."""
    return [
        joined
        for chain in _HYPHENATED.findall(text)
        for pair in pairwise(_HYPHEN.split(chain))
        for joined in words("".join(pair))
    ]


# The first character of a key gives its kind: a Latin spelling of a word, a Latin spelling of the
# stem of a Cyrillic word, a Latin word without the vowels that stems lose. Two Latin words only
# share keys of the first kind.
_SPELT, _STEM_SPELT, _LATIN_STEM = "'", "~", "^"


@lru_cache(maxsize=20_000)
def normalized_keys(word: str) -> frozenset[str]:
    """The keys under which a word of a text is indexed; `word` is one of `words`."""
    return frozenset(
        key for form in _single_script_forms(word) for key in _keys(form, _STEM_SPELT, _LATIN_STEM)
    )


def query_keys(word: str) -> frozenset[str]:
    """The keys under which a word of a search is looked up."""
    return frozenset(
        key for form in _single_script_forms(word) for key in _keys(form, _LATIN_STEM, _STEM_SPELT)
    )


def _keys(form: str, cyrillic_stem: str, latin_stem: str) -> Iterator[str]:
    if len(form) > _MAX_LETTERS:
        yield form
        return
    if not _CYRILLIC.search(form):
        key = _latin_key(form)
        yield from (_SPELT + key, latin_stem + _latin_base(key))
        return
    bases = stems(form)
    yield from (written.translate(_CONFUSED_LETTERS) for written in (form, *bases))
    yield from (_SPELT + spelling for spelling in _spellings(form))
    yield from (cyrillic_stem + _latin_base(s) for base in bases for s in _spellings(base))


def _single_script_forms(word: str) -> set[str]:
    """The word in one alphabet if its letters are of two: in Cyrillic, or in Latin, or both."""
    word = "".join(c for c in word if not unicodedata.combining(c))
    cyrillic, latin = bool(_CYRILLIC.search(word)), bool(_LATIN.search(word))
    if not cyrillic:
        return {word} if latin else {word.translate(_LEGACY)}
    legible = word.translate(_LEGACY)
    if not latin:
        return {legible}
    forms = {legible.translate(_TO_CYRILLIC), word.translate(_TO_LATIN)}
    return {form for form in forms if not (_CYRILLIC.search(form) and _LATIN.search(form))}


def _spellings(word: str) -> set[str]:
    """The Latin spellings of a Cyrillic word, as keys."""
    choices = [_SPELLINGS.get(letter, letter).split(" ") for letter in word]
    # In long words the last letters keep only their first spelling.
    while _combinations(choices) > _MAX_SPELLINGS:
        longest = max(i for i, choice in enumerate(choices) if len(choice) > 1)
        choices[longest] = choices[longest][:1]
    return {_latin_key("".join(spelling)) for spelling in product(*choices)}


def _combinations(choices: list[list[str]]) -> int:
    number = 1
    for choice in choices:
        number *= len(choice)
    return number


def _latin_key(word: str) -> str:
    plain = "".join(c for c in unicodedata.normalize("NFD", word) if not unicodedata.combining(c))
    for written, key in _LATIN_VARIANTS:
        plain = plain.replace(written, key)
    return plain


def _latin_base(key: str) -> str:
    """A key without the vowels that stems lose (`graph.search.stems`)."""
    shorter = _LATIN_END.sub("", key) if len(key) > 4 or key.endswith("i") else key
    return _LATIN_FLEETING.sub(r"\1\2", shorter)
