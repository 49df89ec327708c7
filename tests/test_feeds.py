"""Event streams (DCAT-AP Feeds): members applied in the order of their times, from all pages."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.core.errors import InputError
from loaders.fetching.model import FetchRequest
from tests import parts
from tests.stand_ins import HOST, StandIn, StandInAnswer, StandInRequest, run

PREFIXES = """
@prefix dcat: <http://www.w3.org/ns/dcat#> . @prefix dct: <http://purl.org/dc/terms/> .
@prefix as: <https://www.w3.org/ns/activitystreams#> . @prefix tree: <https://w3id.org/tree#> .
@prefix ldes: <https://w3id.org/ldes#> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""
STREAM = (
    f"<{HOST}/feed> a ldes:EventStream ; ldes:timestampPath as:published ; "
    f"ldes:versionOfPath as:object ; tree:view <{HOST}/feed> .\n"
)


def activity(number: int, kind: str, dataset: str, hour: int, title: str = "") -> str:
    """An activity; its payload stands in the graph of its name."""
    name = f"<{HOST}/activity/{number}>"
    payload = (
        f'{name} {{ <{HOST}/{dataset}> a dcat:Dataset ; dct:title "{title}" ; '
        f'dcat:distribution [ a dcat:Distribution ; dct:title "file of {title}" ] . }}\n'
    )
    return (
        f"<{HOST}/feed> tree:member {name} .\n"
        f"{name} a as:{kind} ; as:object <{HOST}/{dataset}> ; "
        f'as:published "2026-01-01T{hour:02}:00:00Z"^^xsd:dateTime .\n' + (payload if title else "")
    )


CREATE_A = activity(1, "Create", "a", 1, "old a")
UPDATE_A = activity(2, "Update", "a", 5, "new a")
CREATE_B = activity(3, "Create", "b", 2, "b")
DELETE_B = activity(4, "Delete", "b", 4)
CREATE_C = activity(5, "Create", "c", 3, "c")


def relation(path: str) -> str:
    return f"<{HOST}/feed> tree:relation [ a tree:Relation ; tree:node <{HOST}/{path}> ] .\n"


def served(pages: dict[str, str]) -> StandIn:
    def answer(request: StandInRequest) -> StandInAnswer:
        text = PREFIXES + pages[request.path]
        return StandInAnswer(text.encode(), "application/trig")

    return answer


@given(st.permutations([CREATE_A, UPDATE_A, CREATE_B, DELETE_B, CREATE_C]))
@settings(max_examples=parts.examples(10, 60))
def test_the_last_member_of_each_object_counts_in_any_order(members: list[str]) -> None:
    harvest = run(served({"/feed": STREAM + "".join(members)}), HOST + "/feed")
    assert harvest.titles() == ["c", "new a"]


def test_pages_are_followed_and_applied_as_one() -> None:
    pages = {
        "/feed": STREAM + relation("p1") + relation("p2"),
        "/p1": UPDATE_A + DELETE_B + relation("p3"),
        "/p2": CREATE_C + CREATE_A,
        "/p3": CREATE_B,
    }
    harvest = run(served(pages), HOST + "/feed")
    assert harvest.titles() == ["c", "new a"]
    assert sorted(harvest.requested) == ["/feed", "/p1", "/p2", "/p3"]


def test_parts_of_an_old_version_are_gone() -> None:
    said = run(served({"/feed": STREAM + CREATE_A + UPDATE_A}), HOST + "/feed").statements()
    titles = {s.object.value for s in said if s.predicate.value.endswith("title")}
    assert titles == {"new a", "file of new a"}


def test_a_page_that_was_not_read_is_missed() -> None:
    harvest = run(served({"/feed": STREAM + CREATE_A + relation("p1")}), HOST + "/feed")
    harvest.captures = [harvest.answer(FetchRequest("feed.trig", HOST + "/feed"))]
    with pytest.raises(InputError, match="another page"):
        harvest.statements()


def test_versions_in_the_default_graph_describe_their_object() -> None:
    text = (
        f"<{HOST}/feed> a ldes:EventStream ; ldes:timestampPath dct:modified ; "
        f"ldes:versionOfPath dct:isVersionOf ; tree:member <{HOST}/a/v1>, <{HOST}/a/v2> .\n"
    ) + "".join(
        f'<{HOST}/a/v{n}> a dcat:Dataset ; dct:isVersionOf <{HOST}/a> ; dct:title "v{n}" ; '
        f'dct:modified "2026-01-0{n}T00:00:00Z"^^xsd:dateTime .\n'
        for n in (2, 1)
    )
    harvest = run(served({"/feed": text}), HOST + "/feed")
    assert harvest.titles() == ["v2"]
    assert harvest.datasets() == {f"{HOST}/a"}


def json_member(number: int, title: str) -> dict[str, object]:
    return {
        "@id": f"{HOST}/activity/{number}",
        "@type": "https://www.w3.org/ns/activitystreams#Update",
        "https://www.w3.org/ns/activitystreams#object": {"@id": f"{HOST}/a"},
        "https://www.w3.org/ns/activitystreams#published": f"2026-01-0{number}T00:00:00Z",
        "@graph": [
            {
                "@id": f"{HOST}/a",
                "@type": "http://www.w3.org/ns/dcat#Dataset",
                "http://purl.org/dc/terms/title": title,
            }
        ],
    }


STREAM_OBJECT = {
    "@id": f"{HOST}/feed",
    "@type": "https://w3id.org/ldes#EventStream",
    "https://w3id.org/tree#member": [json_member(2, "new"), json_member(1, "old")],
}


@pytest.mark.parametrize(
    "page",
    [
        STREAM_OBJECT,
        {"@graph": [STREAM_OBJECT]},
        {"@id": f"{HOST}/feed?page=1", "@type": "x:Page", "@graph": [STREAM_OBJECT]},
    ],
    ids=["one object", "a graph", "a graph with a name"],
)
def test_a_feed_may_be_json_ld(page: dict[str, object]) -> None:
    answer = StandInAnswer(json.dumps(page).encode(), "application/ld+json")
    assert run(lambda _: answer, HOST + "/feed").titles() == ["new"]
