"""A table is found by the names of its codes, though its title does not have them."""

from __future__ import annotations

from collections.abc import Callable
from time import process_time

import pyoxigraph as ox
import pytest

from graph.core.instance import Instance
from graph.lists import datasets as describing
from graph.lists.query import ListPage
from graph.search.stems import stems
from tests.listed_datasets import CODES, CUBE, cube, dataset, line, names, opened, page
from tests.versions import publish
from vocab.namespaces import RDF, SKOS

TABLE = ox.NamedNode(CUBE)
MANY = [text for n in range(30) for text in dataset(f"z{n}", "Тогтмол")]


def snippet(found: ListPage) -> tuple[str, bool]:
    (entry,) = found.entries
    return "".join(part.text for part in entry.snippet), entry.is_code


@pytest.fixture
def livestock(another: Callable[[], Instance]) -> Instance:
    """A table whose title has no type of livestock, and thirty datasets without a table."""
    instance = another()
    publish(instance, "z", MANY)
    publish(instance, "a", [*dataset("mal", "Малын тоо", data=[TABLE]), *kinds()])
    return instance


def kinds(**more: str) -> list[bytes]:
    lines = cube(**{"sheep": "Хонь", "goat": "Ямаа", **more})
    for key in ("sheep", *more):
        lines.append(line(f"{CODES}/{key}", RDF.type, SKOS.Concept))
    return [*lines, line(f"{CODES}/sheep", SKOS.prefLabel, ox.Literal("Sheep", language="en"))]


@pytest.mark.parametrize("text", ["хонь", "Хонины тоо", "хониноос", "sheep", "honi", "хон*"])
def test_a_table_is_found_by_a_code_in_any_form(livestock: Instance, text: str) -> None:
    found = page(opened(livestock), text=text)
    assert names(found) == ["mal"]
    said, is_code = snippet(found)
    assert is_code
    assert said in {"Хонь", "Sheep"}
    assert any(part.is_match for part in found.entries[0].snippet)


def test_the_code_itself_is_a_term(livestock: Instance) -> None:
    found = page(opened(livestock), "term", "хонь")
    assert [entry.document.titles["mn"] for entry in found.entries] == ["Хонь"]


def test_words_of_the_title_are_no_words_of_a_code(livestock: Instance) -> None:
    assert snippet(page(opened(livestock), text="малын")) == ("", False)
    assert names(page(opened(livestock), text="тэмээ")) == []


def test_codes_that_come_change_and_go(livestock: Instance) -> None:
    publish(livestock, "a", [*dataset("mal", "Малын тоо", data=[TABLE]), *kinds(camel="Тэмээ")])
    assert names(page(opened(livestock), text="тэмээ")) == ["mal"]
    publish(livestock, "a", [*dataset("mal", "Малын тоо", data=[TABLE]), *kinds(camel="Ингэ")])
    assert names(page(opened(livestock), text="тэмээ")) == []
    assert names(page(opened(livestock), text="ингэ")) == ["mal"]
    publish(livestock, "a", [*dataset("mal", "Малын тоо", data=[TABLE]), *kinds()])
    assert names(page(opened(livestock), text="ингэ")) == []
    publish(livestock, "a", [*dataset("mal", "Малын тоо"), *kinds()])
    assert names(page(opened(livestock), text="хонь")) == []


def test_a_list_of_thousands_of_codes_is_cut(
    another: Callable[[], Instance], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(describing, "MOST_CODES", 10)
    instance = another()
    many = {f"{n:05}": f"Код{n:05} нэр" for n in range(100)}
    publish(instance, "a", [*dataset("mal", "Малын тоо", data=[TABLE]), *cube(**many)])
    lists = opened(instance)
    assert names(page(lists, text="код00009")) == ["mal"]
    assert names(page(lists, text="код00010")) == []


def test_long_lists_cost_a_page_little(another: Callable[[], Instance]) -> None:
    instance = another()
    many = {f"{n:05}": f"{n:05}-р мөрийн нэр" for n in range(describing.MOST_CODES)}
    tables = [text for n in range(20) for text in dataset(str(n), "Хүснэгт", data=[TABLE])]
    publish(instance, "a", [*tables, *cube(**many)])
    lists = opened(instance)
    page(lists, text="00998")
    took = []
    for _ in range(5):
        began = process_time()
        found = page(lists, text="00999 хүснэгт")
        took.append(process_time() - began)
    assert len(found.entries) == 20
    assert all(entry.is_code for entry in found.entries)
    assert min(took) < 0.03  # seconds; about 0.005


@pytest.mark.parametrize(
    ("word", "form"), [("хонь", "хонины"), ("морь", "мориноос"), ("говь", "говийн")]
)
def test_words_with_a_soft_sign_have_their_forms(word: str, form: str) -> None:
    assert stems(word) & stems(form)
