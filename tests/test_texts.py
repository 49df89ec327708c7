"""Every text of pages is in Mongolian and English, is used, and stands in `server/texts/`."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from server import texts
from server.http.language import InterfaceText

SERVER = Path(__file__).parents[1] / "server"
TEMPLATES = sorted((SERVER / "templates").rglob("*.html"))
# Names that are the same in every language.
SAME = {"nav_sparql"}
NAMES = re.compile(
    r"\b(Ulzii|ulzii|UTC|SPARQL|SHA-256|sha-?(256)?|json|CSV|TSV|JSON(-LD)?|XML|Turtle|TriG|N-Triples|RDF|RDF/XML|DCAT|UTF-8"
    r"|c2sp\.org/tlog-proof|Ed25519|PROV-O|English|Монгол"
    r"|log|v|tlog-proof|ulzii verify --key|BibTeX|RIS)\b"
)


@cache
def sources() -> str:
    """All templates and code but the texts themselves."""
    code = (path for path in SERVER.rglob("*.py") if path.parent != SERVER / "texts")
    return "\n".join(path.read_text("utf-8") for path in (*TEMPLATES, *code))


def test_every_text_is_in_both_languages() -> None:
    assert [
        key for key, both in texts.TEXTS.items() if not all(text.strip() for text in both)
    ] == []
    same = {key for key, (mn, en) in texts.TEXTS.items() if mn == en}
    assert same == SAME


def test_mongolian_is_cyrillic_and_english_is_latin() -> None:
    wrong = {
        key
        for key, (mn, en) in texts.TEXTS.items()
        if key not in SAME and (not re.search("[а-яөүё]", mn.lower()) or re.search("[а-яөү]", en))
    }
    assert wrong == set()


def test_both_languages_take_the_same_values() -> None:
    def names(text: str) -> Counter[str]:
        return Counter(re.findall(r"{(\w+)}", text))

    assert [key for key, (mn, en) in texts.TEXTS.items() if names(mn) != names(en)] == []


def test_a_noun_follows_its_number() -> None:
    text = InterfaceText("{number} [number: warning is|warnings are] new, of {all} [all: row|rows]")
    assert text.format(number="1", all="1,001") == "1 warning is new, of 1,001 rows"
    assert text.format(number=0, all=1) == "0 warnings are new, of 1 row"


def test_english_nouns_that_are_counted_have_two_forms() -> None:
    """A plural after a value is one only where the value is a number of things."""
    plural = re.compile(r"\{\w+\} (?:[a-z]+ )?(?!this|is|as|has|was)[a-z]{2,}s\b")
    forms = re.compile(r"\[\w+: [^|\]]+\|[^|\]]+\]")
    found = {key for key, (_, en) in texts.TEXTS.items() if plural.search(forms.sub("", en))}
    # “{name} as rows”; “of more than {total} statements”, which is thousands
    assert found == {"pivot_rows", "pivot_columns", "shown_of_more"}


def test_a_key_is_in_one_family_only() -> None:
    keys = Counter(key for family in texts.FAMILIES for key in family.TEXTS)
    assert [key for key, times in keys.items() if times > 1] == []
    modules = {path.stem for path in (SERVER / "texts").glob("*.py")} - {"__init__"}
    assert {family.__name__.rpartition(".")[2] for family in texts.FAMILIES} == modules


def test_every_text_is_used() -> None:
    """As a whole, or made of a beginning (`"map_" ~ key`) or an end (`key ~ "_text"`)."""
    beginnings = made(r"""["'](\w+_)["'] *[~+]|f["'](\w+_){""")
    ends = made(r"""[~+] *["'](_\w+)["']|}(_\w+)["']""")
    unused = {
        key
        for key in texts.TEXTS
        if not re.search(rf"""["']{key}["']""", sources())
        if not (key.startswith(beginnings) or key.endswith(ends))
    }
    assert unused == set()


def made(pattern: str) -> tuple[str, ...]:
    return tuple({one for pair in re.findall(pattern, sources()) for one in pair if one})


def test_every_key_that_templates_name_is_there() -> None:
    named = set(re.findall(r"""\bt\(\s*["'](\w+)["']\s*[),]""", sources()))
    assert len(named) > 80
    assert {key for key in named if key not in texts.TEXTS} == set()


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.stem)
def test_templates_hold_no_words_of_their_own(template: Path) -> None:
    """What is written between tags comes from the texts, where both languages stand together."""
    text = template.read_text("utf-8")
    text = re.sub(r"{#.*?#}|{%.*?%}|{{.*?}}", " ", text, flags=re.S)
    text = re.sub(r"<(script|style|code)\b.*?</\1>", " ", text, flags=re.S)
    shown = re.findall(r"""\b(?:title|aria-label|placeholder|alt)=(?:"([^"]*)"|'([^']*)')""", text)
    text = re.sub(r"<[^>]*>", " ", text) + " ".join(one for pair in shown for one in pair)
    words = re.findall(r"[^\W\d_]{2,}", NAMES.sub(" ", re.sub(r"&\w+;", " ", text)))
    assert words == []


def test_templates_have_no_style_attributes() -> None:
    """The policy of pages allows none (server/http/security_headers.py)."""
    assert [path.name for path in TEMPLATES if re.search(r"<[^>]*\sstyle=", path.read_text())] == []
