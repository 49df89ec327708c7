"""Catalogues in pages of RDF, in all dialects and with all faults: whole, or refused."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

from graph.core.errors import InputError
from tests.harvests import capture, lines, mapped
from tests.stand_ins import HOST, StandIn, StandInAnswer, StandInRequest, run

PREFIXES = """
@prefix dcat: <http://www.w3.org/ns/dcat#> . @prefix dct: <http://purl.org/dc/terms/> .
@prefix hydra: <http://www.w3.org/ns/hydra/core#> .
"""
Pages = Mapping[str, str]


def datasets(*numbers: int) -> str:
    """Datasets without IRIs, in one catalogue."""
    return "".join(
        f'<{HOST}/catalog> dcat:dataset [ a dcat:Dataset ; dct:identifier "d{n}" ; '
        f'dct:title "t{n}" ] .\n'
        for n in numbers
    )


def served(pages: Pages) -> StandIn:
    """A server of Turtle pages by path and query."""

    def answer(request: StandInRequest) -> StandInAnswer:
        query = "&".join(f"{k}={v}" for k, v in request.query.items())
        key = request.path + (f"?{query}" if query else "")
        if key not in pages:
            return StandInAnswer(b"", status=404)
        return StandInAnswer((PREFIXES + pages[key]).encode())

    return answer


COLLECTION = "<> a hydra:Collection ; hydra:totalItems 6 ; hydra:view <#v> . "
DIALECTS = {
    "partial view with next": ("<#v> a hydra:PartialCollectionView .", "<#v> hydra:next <{}> ."),
    "paged collection with nextPage": (
        '<#v> a hydra:PagedCollection ; hydra:totalItems "6" .',
        "<#v> hydra:nextPage <{}> .",
    ),
    "view of a collection": (
        f"{COLLECTION} <#v> a hydra:PartialCollectionView ; hydra:last <?page=3> .",
        "<#v> hydra:next <{}> .",
    ),
    "both types on one node": (
        "<#v> a hydra:PartialCollectionView, hydra:PagedCollection ; hydra:totalItems 6 .",
        "<#v> hydra:next <{0}> ; hydra:nextPage <{0}> .",
    ),
    "links as text": ("<#v> a hydra:PagedCollection .", '<#v> hydra:nextPage "{}" .'),
    "nodes without names": ("", "[] a hydra:PartialCollectionView ; hydra:next <{}> ."),
}
"""What every page says, and what all but the last say."""


def three_pages(dialect: str) -> Pages:
    always, link = DIALECTS[dialect]
    return {
        "/": datasets(1, 2) + always + link.format("?page=2"),
        "/?page=2": datasets(3, 4) + always + link.format("?page=3"),
        "/?page=3": datasets(5, 6) + always,
    }


@pytest.mark.parametrize("dialect", DIALECTS)
def test_every_dialect_of_hydra_is_followed_to_the_end(dialect: str) -> None:
    harvest = run(served(three_pages(dialect)))
    assert harvest.titles() == [f"t{n}" for n in range(1, 7)]
    assert harvest.requested == ["/", "/?page=2", "/?page=3"]


def test_answers_have_names_that_tell_them_apart() -> None:
    harvest = run(served(three_pages("both types on one node")), HOST + "/")
    assert len({one.name for one in harvest.fetch()}) == 3


NEXT = "<#v> hydra:next <{}> ."


@pytest.mark.parametrize(
    ("pages", "count"),
    [
        ({"/": datasets(1) + NEXT.format("/")}, 1),
        ({"/": datasets(1) + NEXT.format("/b"), "/b": datasets(2) + NEXT.format("/")}, 2),
        ({"/": datasets(1) + NEXT.format(HOST + "/b"), "/b": datasets(1, 2)}, 2),
        ({"/": datasets(1) + NEXT.format("b#x"), "/b": datasets(1) + NEXT.format("b#x")}, 1),
    ],
    ids=["a page that is its own next", "a circle", "overlapping pages", "the same bytes"],
)
def test_circles_and_repeated_pages_end(pages: Pages, count: int) -> None:
    assert len(set(run(served(pages)).titles())) == count


def test_a_server_that_counts_pages_without_end_is_refused() -> None:
    def answer(request: StandInRequest) -> StandInAnswer:
        page = int(request.query.get("page", 1)) + 1
        return StandInAnswer((PREFIXES + datasets(1, 2) + NEXT.format(f"?page={page}")).encode())

    with pytest.raises(InputError, match="same datasets"):
        run(answer).fetch()


def test_the_first_page_may_have_an_address_of_its_own() -> None:
    """As CKAN says it of a catalogue with one page, which nobody has requested as `?page=1`."""
    view = "<?page=1> a hydra:PagedCollection ; hydra:first <?page=1> ; hydra:last <?page={}> . "
    one = run(served({"/c.ttl": datasets(1) + view.format(1)}), HOST + "/c.ttl")
    assert one.titles() == ["t1"]
    pages = {
        "/c.ttl": datasets(1) + view.format(2) + "<?page=1> hydra:next <?page=2> .",
        "/c.ttl?page=2": datasets(2) + view.format(2) + "<?page=2> hydra:previous <?page=1> .",
    }
    two = run(served(pages), HOST + "/c.ttl")
    assert two.titles() == ["t1", "t2"]
    assert two.requested == ["/c.ttl", "/c.ttl?page=2"]


TOTAL = "<#v> hydra:totalItems {} ."
MISSING: Mapping[str, tuple[Pages, str]] = {
    "page 3 of 3": (
        {
            "/": datasets(1, 2) + TOTAL.format(6) + NEXT.format("?page=2"),
            "/?page=2": datasets(3, 4) + TOTAL.format(6),
        },
        "has 6 items, but only 4",
    ),
    "page 3 of 3, without a total": (
        {
            "/": datasets(1, 2) + NEXT.format("?page=2"),
            "/?page=2": datasets(3, 4) + "<#v> hydra:last <?page=3> .",
        },
        "there is another page",
    ),
    "one of an overlap": (
        {
            "/": datasets(1, 2) + TOTAL.format(4) + NEXT.format("?page=2"),
            "/?page=2": datasets(2, 3) + TOTAL.format(4),
        },
        "has 4 items, but only 3",
    ),
    "most of a total that lies": ({"/": datasets(1) + TOTAL.format(99)}, "99 items"),
}


@pytest.mark.parametrize("fault", MISSING)
def test_a_list_that_is_not_whole_is_refused(fault: str) -> None:
    pages, message = MISSING[fault]
    with pytest.raises(InputError, match=message):
        run(served(pages)).statements()


def test_a_total_may_count_services_too() -> None:
    service = f"<{HOST}/api> a dcat:DataService ."
    assert run(served({"/": datasets(1) + service + TOTAL.format(2)})).titles() == ["t1"]
    with pytest.raises(InputError, match="3 items, but only 1"):
        run(served({"/": datasets(1) + service + TOTAL.format(3)})).statements()


def test_a_total_that_always_lies_can_be_set_aside() -> None:
    pages = {"/": datasets(1) + TOTAL.format(99)}
    assert run(served(pages), check_total=False).titles() == ["t1"]


def test_a_next_page_on_another_host_is_refused() -> None:
    pages = {"/": datasets(1) + NEXT.format("http://other.example/?page=2")}
    with pytest.raises(InputError, match="on another host"):
        run(served(pages)).fetch()


def test_a_change_of_order_renames_nothing() -> None:
    def names(order: Callable[[list[int]], list[int]]) -> set[str]:
        a, b = order([1, 2, 3, 4])[:2], order([1, 2, 3, 4])[2:]
        pages = {"/": datasets(*a) + NEXT.format("?page=2"), "/?page=2": datasets(*b)}
        return run(served(pages)).datasets()

    assert names(list) == names(lambda numbers: numbers[::-1])


LINKED = {
    "/": f"<{HOST}/c> a dcat:Catalog ; dcat:dataset <{HOST}/d/1>, <{HOST}/d/2>, <{HOST}/d/3> .",
    "/d/1": f'<{HOST}/d/1> a dcat:Dataset ; dct:title "t1" .',
    "/d/2": f'<{HOST}/d/2> a dcat:Dataset ; dct:title "t2" .',
    "/d/3": f'<{HOST}/d/3> a dcat:Dataset ; dct:title "t3" .',
}


def test_datasets_that_a_catalogue_only_lists_are_requested() -> None:
    harvest = run(served(LINKED))
    assert harvest.titles() == ["t1", "t2", "t3"]
    assert harvest.requested == ["/", "/d/1", "/d/2", "/d/3"]


def test_catalogues_in_a_catalogue_are_requested_and_what_they_list() -> None:
    pages = {
        **LINKED,
        "/top": f"<{HOST}/top> a dcat:Catalog ; dcat:catalog <{HOST}/> .",
    }
    assert run(served(pages), HOST + "/top").titles() == ["t1", "t2", "t3"]


def test_other_hosts_are_asked_only_where_the_description_says_so() -> None:
    pages = {
        "/": f"<{HOST}/catalog> a dcat:Catalog ; dcat:dataset <http://other.example/d> .",
        "/d": '<http://other.example/d> a dcat:Dataset ; dct:title "other" .',
    }
    assert run(served(pages)).fetch()[1:] == []
    followed = run(served(pages), follow_hosts=["other.example"])
    assert followed.titles() == ["other"]


def test_a_described_dataset_is_not_requested_again() -> None:
    pages = {
        "/": f'<{HOST}/c> dcat:dataset <{HOST}/d> . <{HOST}/d> a dcat:Dataset ; dct:title "t" .'
    }
    assert run(served(pages)).fetch()[1:] == []


def test_a_listed_dataset_that_answers_with_a_web_page_costs_itself_alone() -> None:
    def answer(request: StandInRequest) -> StandInAnswer:
        if request.path == "/d/2":
            return StandInAnswer(b"<!doctype html><title>Dataset 2</title>", "text/html")
        return served(LINKED)(request)

    harvest = run(answer)
    assert harvest.titles() == ["t1", "t3"]
    assert "dataset-not-described" in {kind for kind, _ in harvest.findings()}


def test_pages_in_files_are_whole_where_one_is_the_last() -> None:
    pages = three_pages("partial view with next")
    files = [
        capture((PREFIXES + text).encode(), f"{number}.ttl")
        for number, text in enumerate(pages.values())
    ]
    assert len([one for one in lines(mapped(files)) if "ns/dcat#Dataset>" in one]) == 6
    with pytest.raises(InputError, match="there is another page"):
        mapped(files[:2])
