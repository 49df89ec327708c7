"""Names of blank nodes in foreign catalogues: from what identifies them, kept when they change."""

from __future__ import annotations

import random
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests import parts
from tests.harvests import BASE, DATASET, datasets, harvest

ROAD = 'dct:identifier "road-1" ; dct:title "Roads"@en'


def dataset(properties: str) -> str:
    return f"[] a dcat:Dataset ; {properties} .\n"


def locals_(*pages: str, previous: set[str] | None = None) -> set[str]:
    found = datasets(harvest(*pages, previous=previous))
    return {iri.removeprefix(DATASET) for iri in found}


def test_an_identifier_names_a_dataset() -> None:
    assert locals_(dataset(ROAD)) == {"road-1"}


@pytest.mark.parametrize(
    "text",
    ["a b", "a/b", "https://x.example/?q=1", "a+b", "x" * 81, "table.csv", "x.TTL", "..", "дугаар"],
)
def test_an_unsafe_identifier_gives_a_hash(text: str) -> None:
    (name,) = locals_(dataset(f'dct:identifier "{text}"'))
    assert re.fullmatch("[0-9a-f]{32}", name)
    assert {name} == locals_(dataset(f'dct:identifier "{text}" ; dct:title "other"'))


def test_what_two_have_identifies_neither() -> None:
    page = "<http://portal.example/>"
    one = dataset(f'dcat:landingPage {page} ; dct:title "a" ; dcat:theme :1')
    two = dataset(f'dcat:landingPage {page} ; dct:title "b" ; dcat:theme :2')
    both = locals_(one, two)
    assert len(both) == 2
    # with content, not with the landing page; another title changes nothing
    assert both == locals_(one.replace('"a"', '"c"'), two)


def test_a_shared_identifier_is_kept_and_told_apart_by_the_next_key() -> None:
    one = dataset(f"{ROAD} ; dct:publisher :a")
    two = dataset(f"{ROAD} ; dct:publisher :b")
    names = locals_(one + two)
    assert all(re.fullmatch("road-1~[0-9a-f]{8}", name) for name in names)
    assert len(names) == 2


def test_equal_descriptions_are_one_dataset() -> None:
    files = "dcat:distribution [ dcat:accessURL :f ] , [ dcat:accessURL :g ]"
    page = dataset(f"{ROAD} ; {files}")
    assert harvest(page, page) == harvest(page)


EIGHT = [
    dataset(
        f'dct:title "T{n}" ; dcat:landingPage <http://p.example/{n}> ; dcat:distribution '
        f"[ dcat:accessURL <http://f.example/{n}.csv> ]"
    )
    for n in range(8)
]
EDITS = {
    "title": ('"T3"', '"Other"'),
    "file added": ("/3.csv> ]", "/3.csv> ] , [ dcat:accessURL :x ]"),
    "identifier added": ('dct:title "T3"', 'dct:title "T3" ; dct:identifier "three"'),
    "landing page moved": ("<http://p.example/3>", "<http://new.example/3>"),
    "files moved": ("<http://f.example/3.csv>", "<http://new.example/3.csv>"),
}  # fmt: skip


@pytest.mark.parametrize("edit", EDITS)
def test_an_edited_dataset_is_recognised(edit: str) -> None:
    before = harvest("".join(EIGHT))
    edited = [text.replace(*EDITS[edit]) for text in EIGHT]
    assert edited != EIGHT
    assert datasets(harvest("".join(edited), previous=before)) == datasets(before)


def test_a_dataset_keeps_its_name_when_a_second_takes_its_identifier() -> None:
    first = dataset(f"{ROAD} ; dcat:landingPage :one")
    before = harvest(first)
    assert locals_(first) == {"road-1"}
    second = dataset(f'{ROAD} ; dcat:landingPage :two ; dct:description "other"')
    now = locals_(second + first, previous=before)
    assert "road-1" in now
    assert len(now) == 2


def test_a_neighbour_takes_no_name_through_a_shared_address() -> None:
    a = dataset('dct:identifier "a" ; dcat:distribution [ dcat:accessURL :1 ]')
    b = dataset('dct:identifier "b" ; dcat:distribution [ dcat:accessURL :2 ]')
    before = harvest(a + b)
    # a says now where the file of b was; b has a new one
    moved = a.replace(":1", ":2") + b.replace(":2", ":3")
    now = harvest(moved, previous=before)
    assert f'<{DATASET}a> <http://purl.org/dc/terms/identifier> "a" .' in now
    assert f'<{DATASET}b> <http://purl.org/dc/terms/identifier> "b" .' in now


def test_a_hash_stays_the_name_when_a_near_copy_arrives() -> None:
    one = dataset('dct:title "One" ; dcat:theme :t')
    before = harvest(one)
    now = harvest(one + one.replace("One", "Two"), previous=before)
    assert datasets(before) < datasets(now)


def test_distributions_are_named_under_their_dataset_and_twins_stay_two() -> None:
    page = dataset(
        f'{ROAD} ; dcat:distribution [ dcat:accessURL :f ] , [ dcat:accessURL :g ; dct:title "1" ] '
        ", [ dcat:accessURL :g ] , [ ] , [ ]"
    )
    files = {line.split("> ")[2].strip("<> .") for line in harvest(page) if "distribution>" in line}
    assert len(files) == 5
    assert all(iri.startswith(f"{DATASET}road-1/file/") for iri in files)
    assert any(iri.endswith("-2") for iri in files)


def test_nothing_is_made_under_a_foreign_iri() -> None:
    page = """:d a dcat:Dataset ; dcat:distribution [ dcat:accessURL :f ;
        spdx:checksum [ spdx:checksumValue "1" ] ] ; dcat:contactPoint [ vcard:fn "Office" ] ."""
    subjects = {line.split("> ")[0][1:] for line in harvest(page)}
    assert {iri for iri in subjects if not iri.startswith(BASE)} == {"http://other.example/d"}


def test_equal_values_exist_once_and_parts_belong_to_their_owner() -> None:
    contact = 'dcat:contactPoint [ a vcard:Kind ; vcard:fn "Office" ]'
    sums = "dcat:qualifiedRelation [ dcat:hadRole :part ]"
    page = dataset(f'dct:identifier "1" ; {contact} ; {sums}') + dataset(
        f'dct:identifier "2" ; {contact} ; {sums}'
    )
    found = harvest(page)
    assert sum(line.endswith("vcard/ns#Kind> .") for line in found) == 1
    assert sum("hadRole" in line for line in found) == 2


def test_the_only_unnamed_catalogue_is_the_sources_own() -> None:
    found = harvest(f"[] a dcat:Catalog ; dcat:dataset [ a dcat:Dataset ; {ROAD} ] .")
    assert (
        f"<{BASE}id/catalog/test> <http://www.w3.org/ns/dcat#dataset> <{DATASET}road-1> ." in found
    )


def test_catalogue_records_are_named_by_what_they_are_about() -> None:
    page = (
        '[] a dcat:CatalogRecord ; foaf:primaryTopic _:d ; dct:title "{}" . _:d a dcat:Dataset ; '
    )
    before, after = (harvest(page.format(title) + ROAD + ".") for title in ("a", "b"))
    subjects = [{line.split("> ")[0] for line in found} for found in (before, after)]
    assert subjects[0] == subjects[1]


def test_relative_iris_stand_under_the_source() -> None:
    assert datasets(harvest("<ds/1> a dcat:Dataset .")) == {f"{BASE}id/source/test/ds/1"}


def test_rings_and_shared_nodes_get_names() -> None:
    ring = """_:d a dcat:Dataset ; dct:identifier "r" ; dct:relation _:a .
        _:a dct:title "a" ; dct:relation _:b . _:b dct:title "b" ; dct:relation _:a , _:d .
        _:x dct:title "x" ; dct:relation _:y . _:y dct:relation _:x ."""
    found = harvest(ring)
    assert len(found) == 11
    assert not any("_:" in line for line in found)
    assert found == harvest(ring.replace("_:a", "_:z1").replace("_:b", "_:a"))


def test_a_ring_of_parts_ends() -> None:
    ring = dataset("dct:identifier 'd' ; dcat:qualifiedRelation _:a") + (
        "_:a dcat:qualifiedRelation _:b ; dcat:hadRole :r . _:b dcat:qualifiedRelation _:a ."
    )
    assert len(harvest(ring)) == 6


CATALOGUE = [
    f'_:c <http://www.w3.org/ns/dcat#dataset> _:d{n} .' for n in range(6)
] + [
    f'_:d{n} <{p}> {o} .'
    for n in range(6)
    for p, o in (
        ("http://www.w3.org/1999/02/22-rdf-syntax-ns#type", "<http://www.w3.org/ns/dcat#Dataset>"),
        ("http://purl.org/dc/terms/identifier", f'"{n // 2}"'),
        ("http://purl.org/dc/terms/title", f'"Title {n // 4}"'),
        ("http://www.w3.org/ns/dcat#distribution", f"_:f{n}"),
        ("http://www.w3.org/ns/dcat#distribution", f"_:g{n}"),
        ("http://www.w3.org/ns/dcat#contactPoint", f"_:k{n % 2}"),
        ("http://purl.org/dc/terms/relation", f"_:d{(n + 1) % 6}"),
    )
] + [
    f"_:{letter}{n} <http://www.w3.org/ns/dcat#accessURL> <http://f.example/{n % 3}> ."
    for n in range(6)
    for letter in "fg"
] + [
    '_:k0 <http://www.w3.org/2006/vcard/ns#fn> "Office" .',
    '_:k1 <http://www.w3.org/2006/vcard/ns#fn> "Office" .',
    "_:c <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <http://www.w3.org/ns/dcat#Catalog> .",
]  # fmt: skip


@settings(max_examples=parts.examples(10, 50), deadline=None)
@given(st.integers(0, 2**32))
def test_neither_order_nor_labels_matter(seed: int) -> None:
    rng = random.Random(seed)
    labels = sorted({label for text in CATALOGUE for label in re.findall(r"_:\w+", text)})
    renamed = dict(
        zip(labels, rng.sample([f"_:n{n}" for n in range(99)], len(labels)), strict=True)
    )
    shuffled = [re.sub(r"_:\w+", lambda m: renamed[m[0]], text) for text in CATALOGUE]
    rng.shuffle(shuffled)
    assert harvest("\n".join(shuffled)) == harvest("\n".join(CATALOGUE))


FORBIDDEN = f"<{BASE}id/dataset/other/x>"
NODES = [*(f"_:{letter}" for letter in "abcdef"), ":i", ":j", FORBIDDEN, "<rel>"]
CLASSES = ["Dataset", "Catalog", "Distribution", "DataService", "CatalogRecord", "DatasetSeries"]
LINKS = [
    *("dcat:dataset", "dcat:distribution", "dcat:service", "dcat:record", "foaf:primaryTopic"),
    *(
        "dct:relation",
        "dcat:qualifiedRelation",
        "dcat:contactPoint",
        "dct:publisher",
        "dcat:inSeries",
    ),
]
TEXTS = ["dct:identifier", "dct:title", "vcard:fn", "dcat:accessURL", "dcat:landingPage"]
TRIPLES = st.one_of(
    st.builds("{} a dcat:{} .".format, st.sampled_from(NODES), st.sampled_from(CLASSES)),
    st.builds("{} {} {} .".format, *map(st.sampled_from, (NODES, LINKS, NODES))),
    st.builds('{} {} "{}" .'.format, *map(st.sampled_from, (NODES, TEXTS, "123"))),
)


@settings(max_examples=parts.examples(40, 300), deadline=None)
@given(st.lists(TRIPLES, min_size=1, max_size=25), st.randoms(use_true_random=False))
def test_whatever_is_linked_to_whatever(triples: list[str], rng: random.Random) -> None:
    found = harvest("\n".join(triples))
    assert not any("_:" in line for line in found)
    shuffled = [re.sub(r"_:(\w)", r"_:other\1", one) for one in triples]
    rng.shuffle(shuffled)
    assert harvest("\n".join(shuffled)) == found
    # the same again keeps all names, whatever they came from
    assert harvest("\n".join(shuffled), previous=found) == found
