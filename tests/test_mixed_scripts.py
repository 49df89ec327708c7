"""The rule one-script names the word, the letters of the other alphabet, and where they stand."""

from __future__ import annotations

import pytest

from shapes.results import ValidationResult
from shapes.scripts import mixed_words, told
from shapes.validate import validate


def results(text: str) -> list[ValidationResult]:
    line = f'<https://a.mn/1> <http://purl.org/dc/terms/title> "{text}"@mn .\n'
    found = validate(line.encode()).results
    return [one for one in found if one.rule.endswith("/one-script/1")]


def test_a_finding_names_word_letters_and_places() -> None:
    (found,) = results("МАЛЫН ТОО, БYХ, НИЙСЛЭЛ")
    assert "«БYХ» (12-р тэмдэгтээс): 2-р үсэг нь латин Y (U+0059)" in found.messages["mn"]
    assert "“БYХ” (from character 12): letter 2 is the Latin Y (U+0059)" in found.messages["en"]


@pytest.mark.parametrize(
    ("text", "word", "at", "script", "letters"),
    [
        ("САНХYYГИЙН", "САНХYYГИЙН", 1, "Latin", (5, 6)),
        ("Эдийн засгийн CАЛБАРЫН", "CАЛБАРЫН", 15, "Latin", (1,)),
        ("population аge15-49", "аge", 12, "Cyrillic", (1,)),
        ("и\u0306 БYХ", "БYХ", 3, "Latin", (2,)),  # composed: й is one character
    ],
)
def test_the_fewer_letters_are_the_foreign_ones(
    text: str, word: str, at: int, script: str, letters: tuple[int, ...]
) -> None:
    assert list(mixed_words(text)) == [(word, at, script, letters)]


@pytest.mark.parametrize("text", ["БҮХ", "ISO кодын", "COVID-19 халдвар", "", "2024 он"])
def test_words_of_one_alphabet_are_not_named(text: str) -> None:
    assert list(mixed_words(text)) == []
    assert results(text) == []


def test_many_words_are_counted_and_three_are_named() -> None:
    assert told("БYХ БYХ БYХ БYХ", "en").count("“БYХ”") == 3
    assert told("БYХ БYХ БYХ БYХ", "en").endswith("; … (4)")


def test_the_number_of_a_citizen_is_never_told() -> None:
    """Written with a Latin letter, it mixes alphabets too."""
    (found,) = results("РД: УY 90010112")
    assert not any(part in text for text in found.messages.values() for part in ("УY", "9001"))
