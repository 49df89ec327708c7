"""Words and their keys: forms and spellings of a word share keys, other words do not."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.search.normalize import normalized_keys, query_keys, words
from graph.search.stems import stems

# Forms as they stand in agencies' titles: places, and the nouns of statistics and registers.
FORMS = """
аймаг: аймгийн аймагт аймгаас аймгийг аймгаар аймагтай аймгууд аймгуудын аймгуудад аймгийнхаа аймгаа
сум: сумын суманд сумаас сумд сумдын сумдад сумдаас сумтай сумыг
дүүрэг: дүүргийн дүүрэгт дүүргээс дүүргүүд дүүргүүдийн
хороо: хорооны хороонд хороод хороодын хорооноос
баг: багийн багт багууд
хот: хотын хотод хотоос хоттой хотууд
улс: улсын улсад улсаас улсууд
завхан: завханы завханд завханаас
архангай: архангайн архангайд архангайгаас
хөвсгөл: хөвсгөлийн хөвсгөлд хөвсгөлөөс
улаанбаатар: улаанбаатарын улаанбаатарт улаанбаатараас
дорнод: дорнодын дорнодод дорнодоос
сэлэнгэ: сэлэнгийн сэлэнгэд сэлэнгээс
хэнтий: хэнтийн хэнтийд хэнтийгээс
говь: говийн говьд говиос
увс: увсын увст увсаас
төв: төвийн төвд төвөөс
ховд: ховдын ховдод ховдоос
дархан: дарханы дарханд
булган: булганы булганд
чингэлтэй: чингэлтэйн чингэлтэйд
газар: газрын газарт газраас газруудын
байгууллага: байгууллагын байгууллагад байгууллагаас байгууллагууд байгууллагуудын
мэдээлэл: мэдээллийн мэдээлэлд мэдээллээс мэдээллүүд мэдээллийг
үйлчилгээ: үйлчилгээний үйлчилгээнд үйлчилгээг үйлчилгээнүүд үйлчилгээгээр
сургууль: сургуулийн сургуульд сургуулиас сургуулиуд
хүн: хүний хүнд хүнээс
хүүхэд: хүүхдийн хүүхдэд хүүхдүүд
эмнэлэг: эмнэлгийн эмнэлэгт эмнэлгүүд
төсөв: төсвийн төсөвт төсвөөс
хууль: хуулийн хуульд хуулиас хуулиар
яам: яамны яаманд яамнаас яамд
тоо: тооны тоог тоогоор
мал: малын малд малаас малтай
малчин: малчны малчид малчдын
иргэн: иргэний иргэд иргэдийн иргэнд
өрх: өрхийн өрхүүд өрхөд
ажил: ажлын ажилд ажлаас
орон: орны оронд орноос
үнэ: үнийн үнээр үнэд
өгөгдөл: өгөгдлийн өгөгдөлд өгөгдлүүд
ус: усны усанд уснаас
хэлтэс: хэлтсийн хэлтэст
"""
PAIRS = [
    (base, form)
    for line in FORMS.strip().splitlines()
    for base, _, forms in [line.partition(": ")]
    for form in forms.split()
]
# Words that share letters and nothing else.
OTHERS = """
хот хотон, мал малгай, сайн сайд, бага баг, хана хан, тоо тоос, уул уур, хор хороо, ус уст,
орон орос, гэр гэрэл, дархан дарга, хүн хүнс, хүн хүү, газар газ, эм эмч, эмч эмнэлэг, сүм сум,
сум сумо, зам заам, тэмээ тэмцэл, ажил ажилтан, үнэ үнс, мод модон, гол голч, баян баяр,
булган булаг, өвөр өвс, цас цаас, бүс бус, амь ам, ам амт, тал талх, ар арга, ургамал ургац,
төв төвшин, хөвсгөл хөвөн, говь говьсүмбэр, орхон орхис, увс увайгүй, ховд ховил, сургууль сурагч
"""


def shared(one: str, other: str) -> bool:
    return bool(stems(one) & stems(other))


def test_there_are_forms_enough_to_judge_by() -> None:
    assert len(PAIRS) > 150


@pytest.mark.parametrize(("base", "form"), PAIRS)
def test_a_word_meets_its_forms(base: str, form: str) -> None:
    assert shared(base, form)


@pytest.mark.parametrize("pair", [p.strip() for p in OTHERS.replace("\n", " ").split(",")])
def test_other_words_do_not_meet(pair: str) -> None:
    one, other = pair.split()
    assert not shared(one, other)


def test_forms_of_one_word_meet_no_other_word_of_the_list() -> None:
    bases = list(dict.fromkeys(base for base, _ in PAIRS))
    wrong = {(base, form) for base, form in PAIRS for b in bases if b != base and shared(b, form)}
    assert wrong == set()


def test_english_plurals_are_forms_and_other_endings_are_not() -> None:
    assert all(shared(*p) for p in (("dataset", "datasets"), ("category", "categories")))
    assert all(shared(*p) for p in (("box", "boxes"), ("branch", "branches")))
    assert not any(
        shared(*p) for p in (("stat", "status"), ("clas", "class"), ("analysi", "analysis"))
    )
    assert stems("2024") == frozenset()


# What a searcher writes = how it stands in a text.
SPELLINGS = """
чөлөөний = ЧЄЛЄЄНИЙ; зүйл = зvйл; бүх = БYХ; үндсэн = Yндсэн; санхүүгийн = САНХYYГИЙН;
салбарын = CАЛБАРЫН; аймаг = aймаг; age = аge; dorgon = Dөrgөn; дөргөн = Dөrgөn;
өндөртолгой = Єндєртолгой; хөвсгөл = ховсгол; үйлчилгээ = уйлчилгээ; алёна = алена;
хөвсгөл = хєвсгєлийн; khuvsgul = Хөвсгөлийн; Khövsgöl = Хөвсгөлд; Xo'wsgo'l = хөвсгөл;
Hövsgöl = хөвсгөл; хөвсгөл = Khuvsgul; hovsgol = Khövsgöl; Ulaanbaatar = Улаанбаатарын;
uvurkhangai = Өвөрхангай; Selenge = Сэлэнгийн; Dzavkhan = Завхан; zavhan = завханы;
Ulgii = Өлгий; Hentiy = Хэнтий; tuv = төв; töv = төв; govi = говийн; aimag = аймгуудын;
erdenet = Эрдэнэт
"""


@pytest.mark.parametrize("pair", SPELLINGS.strip().split(";"))
def test_spellings_are_forgiven(pair: str) -> None:
    searched, text = pair.split(" = ")
    (one,), (other,) = words(searched), words(text)
    assert query_keys(one) & normalized_keys(other)


@pytest.mark.parametrize(
    ("searched", "text"), [("model", "modal"), ("хот", "хат"), ("сум", "сам"), ("tax", "task")]
)
def test_spellings_of_other_words_do_not_meet(searched: str, text: str) -> None:
    assert not query_keys(searched) & normalized_keys(text)


def test_words_are_parted_by_what_is_no_letter() -> None:
    assert words("Дархан-Уул, «12-р» e-Mongolia’s") == [
        "дархан",
        "уул",
        "12",
        "р",
        "e",
        "mongolia",
        "s",
    ]
    assert words("й ё") == ["й", "ё"]  # composed
    assert words("Мон\u00adгол\u200b") == ["монгол"]
    assert words("O'ndo'r") == ["ondor"]


@given(st.text())
def test_words_are_their_own_words(text: str) -> None:
    text_words = words(text)
    assert words(" ".join(text_words)) == text_words
    assert all(query_keys(word) & normalized_keys(word) for word in text_words)
    assert all(not set(word) & set(' "*^()-') for word in text_words)


@pytest.mark.parametrize("letters", ["ө", "o", "aб", "их"])
def test_a_word_without_end_is_its_own_only_key(letters: str) -> None:
    (word,) = words(letters * 5000)
    start = time.process_time()
    keys = normalized_keys(word)
    assert keys == query_keys(word)
    assert len(keys) <= 2  # one for each alphabet it may be of
    assert time.process_time() - start < 1
