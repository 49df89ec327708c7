"""Lists and search over what is published: order, pages, words, and what stays hidden."""

from __future__ import annotations

from collections.abc import Callable

import pyoxigraph as ox
import pytest

from graph import snapshots
from graph.core.errors import EngineFailure
from graph.core.instance import Instance
from graph.core.iris import ID, SCHEME
from graph.lists import index, schema, suggest
from graph.lists import query as listing
from graph.lists.document import Document, title_key
from graph.lists.kinds import KINDS
from tests.listed_datasets import ORGS, counts, dataset, line, names, opened, page, unit
from tests.versions import publish
from vocab.namespaces import DCT, ELI, FOAF, ORG, PLACE, RDF, RDFS, SKOS


@pytest.fixture(scope="module")
def listed(another: Callable[[], Instance]) -> Instance:
    """Fifty datasets, an organisation, places, and a source that is restricted."""
    instance = another()
    many = [
        *(text for n in range(45) for text in dataset(f"{n:02}", f"Малын тоо {n:02}")),
        *(text for n in range(5) for text in dataset(f"x{n}")),
    ]
    places = [
        *(line(f"{ID}place/1", RDF.type, kind) for kind in (PLACE.Aimag, DCT.Location)),
        line(f"{ID}place/1", RDFS.label, ox.Literal("Баян-Өлгий", language="mn")),
        line(f"{ID}place/1", RDFS.label, ox.Literal("Bayan-Ulgii", language="en")),
        line(f"{ID}place/2", RDF.type, PLACE.Aimag),
        line(f"{ID}place/2", RDFS.label, ox.Literal("Говь-Алтай", language="mn")),
        line(ORGS[0].value, RDF.type, ORG.Organization),
        line(ORGS[0].value, FOAF.name, ox.Literal("Газар", language="mn")),
        line(f"{ID}org/person", RDF.type, FOAF.Agent),
        line(f"{ID}org/person", RDF.type, FOAF.Person),
        line(f"{ID}org/person", FOAF.name, ox.Literal("Хэн нэгэн", language="mn")),
    ]
    publish(instance, "a", many + places)
    hidden = [
        *dataset("hidden", "Нууц мал", publisher=[ORGS[2]]),
        line(f"{ID}place/2", RDFS.label, ox.Literal("Нууц нэр")),
    ]
    publish(
        instance, "b", [text.replace(b"/a/", b"/b/") for text in hidden], visibility="restricted"
    )
    return instance


@pytest.mark.parametrize("sort", ["title", "new", "relevance"])
@pytest.mark.parametrize("text", ["", "мал"])
def test_pages_have_everything_once(listed: Instance, sort: str, text: str) -> None:
    lists = opened(listed)
    first = page(lists, text=text, sort=sort)
    assert (first.total, first.last) == ((45, 3) if text else (50, 3))
    pages = [page(lists, text=text, sort=sort, page=n) for n in range(1, first.last + 1)]
    found = [name for one in pages for name in names(one)]
    assert len(found) == len(set(found)) == first.total
    assert names(page(lists, text=text, sort=sort, page=first.last + 1)) == []


def test_things_without_a_title_come_last_and_are_not_lost(listed: Instance) -> None:
    last = page(opened(listed), page=3)
    assert names(last)[-5:] == [f"x{n}" for n in range(5)]


@pytest.mark.parametrize("text", ["баянөлгий", "bayanulgii", "Баян-Өлгий", "баян өлгийд", "BAYAN"])
def test_a_place_is_found_in_any_spelling(listed: Instance, text: str) -> None:
    found = page(opened(listed), "place", text)
    assert [e.document.titles["mn"] for e in found.entries] == ["Баян-Өлгий"]
    assert page(opened(listed), "place", "говьалтайн").total == 1


def test_a_place_is_found_by_its_kind_and_other_searches_are_proposed(
    another: Callable[[], Instance],
) -> None:
    instance = another()
    kinds = [
        line(str(PLACE) + name, RDFS.label, ox.Literal(label, language=tag))
        for name, labels in (("Aimag", ("аймаг", "aimag")), ("Soum", ("сум", "soum")))
        for label, tag in zip(labels, ("mn", "en"), strict=True)
    ]
    units = [
        *unit("023", PLACE.Aimag, "Хэнтий", ""),
        *unit("02301", PLACE.Soum, "Хэрлэн", "023"),
        *unit("046", PLACE.Aimag, "Өмнөговь", ""),
    ]
    publish(instance, "a", kinds + units)
    lists = opened(instance)
    for text in ("хэнтий аймаг", "khentii aimag", "Хэнтий аймгийн"):
        found = page(lists, "place", text).entries
        assert [e.document.iri for e in found] == [f"{ID}place/023"], text
    assert page(lists, "place", "хэрлэн сум").total == 1
    assert page(lists, "place", "хэрлэн аймаг").total == 0
    proposed = suggest.instead(lists, [KINDS["dataset"], KINDS["place"]], "хэрлэн аймаг")
    assert {one.text: one.hits for one in proposed}.items() >= {"аймаг": 2, "хэрлэн": 1}.items()
    for typed, meant in (("эмнэговийн", "өмнөговийн"), ("vmnugovi", "umnugovi")):
        proposed = suggest.instead(lists, [KINDS["dataset"], KINDS["place"]], typed)
        assert proposed[0] == (meant, 1), typed
    assert suggest.instead(lists, [KINDS["place"]], "ээээээээ") == []


def test_a_place_says_what_it_is_a_part_of(another: Callable[[], Instance]) -> None:
    """Several soums are called Altai."""
    instance = another()
    units = [
        *unit("045", PLACE.Aimag, "Говь-Алтай", ""),
        *unit("06401", PLACE.Soum, "Алтай", "045"),
        *unit("08204", PLACE.Soum, "Алтай", ""),
    ]
    publish(instance, "a", units)
    found = page(opened(instance), "place", filters=(("within", "045"),))
    assert [e.document.iri for e in found.entries] == [f"{ID}place/06401"]
    assert found.entries[0].document.codes == ["06401"]
    assert [v.labels for v in found.entries[0].of("within")] == [{"mn": "Говь-Алтай"}]
    moved = [*units[:-5], *unit("08204", PLACE.Soum, "Алтай", "045")]
    publish(instance, "a", moved)
    assert page(opened(instance), "place", filters=(("within", "045"),)).total == 2


def test_people_are_not_listed(listed: Instance) -> None:
    assert page(opened(listed), "organisation").total == 1
    assert page(opened(listed), "organisation", "хэн").total == 0


def test_nothing_of_a_restricted_source_is_in_the_lists(listed: Instance) -> None:
    lists = opened(listed)
    assert page(lists, text="нууц").total == 0
    assert page(lists, "place", "нууц").total == 0
    assert "x-b" not in counts(page(lists), "publisher")
    assert counts(page(lists), "source") == {"a": 50}
    assert counts(page(lists, "place"), "source") == {"a": 2}
    now = snapshots.current(listed)
    assert now is not None
    written = now.companion(schema.SUFFIX).read_bytes()
    assert "Нууц".encode() not in written
    assert "нууц".encode() not in written


def test_more_hits_than_are_counted_are_listed_all_the_same(
    listed: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (index, listing):
        monkeypatch.setattr(module, "MOST", 30)
    lists = opened(listed)
    words = page(lists, text="мал")
    assert (words.total, words.is_over, words.last) == (30, True, 2)
    assert {v.count for facet in words.facets for v in facet.values} == {None}
    one = (("licence", "none"),)
    found = [n for p in (1, 2, 3) for n in names(page(lists, filters=one, page=p))]
    assert len(set(found)) == page(lists, filters=one).total == 50
    two = page(lists, filters=(*one, ("data", "description")), page=3)
    assert (len(two.entries), two.is_over) == (10, True)


def test_provisions_are_counted_apart_from_laws(another: Callable[[], Instance]) -> None:
    instance = another()
    law, article, clause = (f"{ID}law/7{end}" for end in ("", "/8", "/8.1"))
    lines = [line(iri, RDF.type, ELI.LegalResource) for iri in (law, article, clause)]
    for iri, above in ((article, law), (clause, article)):
        lines += [
            line(iri, RDF.type, ELI.LegalResourceSubdivision),
            line(iri, ELI.is_part_of, ox.NamedNode(above)),
        ]
    for iri in (law, article, clause):
        lines.append(line(iri, RDFS.label, ox.Literal(f"Хууль {iri[-3:]}", language="mn")))
    publish(instance, "a", lines)
    lists = opened(instance)
    assert [e.document.iri for e in page(lists, "law").entries] == [law]
    provisions = page(lists, "provision")
    assert provisions.total == 2
    assert counts(provisions, "law") == {"7": 2}  # of a clause of an article too


def test_codes_of_one_name_say_what_they_are_under(another: Callable[[], Instance]) -> None:
    instance = another()
    made: list[bytes] = []
    for key, name, above in (
        ("r", "Улаанбаатар", "t"),
        ("c", "Улаанбаатар", "r"),
        ("t", "Дүн", ""),
    ):
        iri = f"{SCHEME}a/{key}"
        made += [
            line(iri, RDF.type, SKOS.Concept),
            line(iri, SKOS.prefLabel, ox.Literal(name, language="mn")),
        ]
        made += [line(iri, SKOS.broader, ox.NamedNode(f"{SCHEME}a/{above}"))] if above else []
    publish(instance, "a", made)
    lists = opened(instance)
    under = {
        one.document.iri[-1]: [text.value for text in one.document.about.get("mn", ())]
        for one in page(lists, "term").entries
    }
    assert under == {"r": ["Дүн"], "c": ["Улаанбаатар"], "t": []}
    assert page(lists, "term", "дүн").total == 1  # the code itself, not what is under it


def test_what_is_inferred_is_marked_and_counted_in_facets(another: Callable[[], Instance]) -> None:
    instance = another()
    kinds = {"mn": PLACE.Country, "1": PLACE.Aimag, "2": PLACE.Capital}
    lines = [line(f"{ID}place/{key}", RDF.type, kind) for key, kind in kinds.items()]
    lines += [line(f"{ID}place/{key}", RDFS.label, ox.Literal(key, language="mn")) for key in kinds]
    publish(instance, "a", lines)

    def within() -> dict[str, tuple[int | None, int, bool]]:
        (facet,) = (f for f in page(opened(instance), "place").facets if f.name == "within")
        return {v.key: (v.count, v.inferred, v.is_inferred) for v in facet.values}

    # no code says that an aimag is in the country; the country itself is in nothing
    assert within() == {"mn": (2, 2, True), "none": (1, 0, False)}
    entries = page(opened(instance), "place", filters=(("within", "mn"),)).entries
    assert all("within" in entry.document.inferred for entry in entries)
    publish(instance, "a", [one for one in lines if b"place/2" not in one])
    assert within() == {"mn": (1, 1, True), "none": (1, 0, False)}


def test_mongolian_lists_have_latin_last_and_letters_in_their_order() -> None:
    titles = ["Уул", "Apple", "Үнэ", "Өрх", "Орон", "Ёс", "2020 он", "Елба", "Эрүүл"]
    documents = {text: Document("", "place", {"mn": text}) for text in titles}
    ordered = sorted(titles, key=lambda text: title_key(documents[text], "mn"))
    assert ordered == ["2020 он", "Елба", "Ёс", "Орон", "Өрх", "Уул", "Үнэ", "Эрүүл", "Apple"]
    english = sorted(titles, key=lambda text: title_key(documents[text], "en"))
    assert english[:2] == ["2020 он", "Apple"]


def test_a_snapshot_of_an_earlier_version_says_what_to_do(another: Callable[[], Instance]) -> None:
    instance = another()
    shown = publish(instance, "a", dataset("1", "Багц"))
    shown.companion(schema.SUFFIX).unlink()
    with pytest.raises(EngineFailure, match="lists") as caught:
        opened(instance)
    assert "ulzii rebuild" in caught.value.hint
    # the next publication makes them, whatever it is about
    publish(instance, "b", [line(ORGS[0].value, RDF.type, ORG.Organization)])
    assert page(opened(instance)).total == 1
