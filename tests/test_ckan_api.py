"""Harvests of CKAN portals: in pages, by names, and with the faults of servers."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from graph.core.errors import InputError
from loaders.fetching.model import FetchRequest
from tests.stand_ins import HOST, StandIn, StandInAnswer, StandInRequest, answer_json, run

API = "/api/3/action/"


def package(number: int) -> dict[str, Any]:
    return {"id": f"id-{number:04}", "name": f"n{number}", "title": f"t{number:04}", "tags": []}


def page(request: StandInRequest, packages: list[dict[str, Any]]) -> list[dict[str, Any]]:
    start, rows = int(request.query.get("start", 0)), int(request.query.get("rows", 10))
    return packages[start : start + min(rows, 40)]  # a portal gives at most so many


def portal(
    count: int = 90, change: Callable[[StandInRequest, dict[str, Any]], Any] | None = None
) -> StandIn:
    """A portal; `change` makes a fault of a right answer."""
    packages = [package(n) for n in range(count)]

    def answer(request: StandInRequest) -> StandInAnswer:
        results: Any
        match request.path.removeprefix(API):
            case "package_search":
                if request.query.get("sort") != "id asc":  # as portals do: by change, which moves
                    packages.reverse()
                results = {"count": count, "results": page(request, packages)}
            case "current_package_list_with_resources":
                offset, limit = (int(request.query.get(k, 0)) for k in ("offset", "limit"))
                results = packages[offset : offset + (limit or 40)]
            case "package_list":
                results = [one["name"] for one in packages[:9]]
            case "package_show":
                results = next(p for p in packages if p["name"] == request.query["id"])
            case _:
                return StandInAnswer(b"<html>portal</html>", "text/html")
        right = {"help": "…", "success": True, "result": results}
        return answer_json(change(request, right) if change else right)

    return answer


TITLES = [f"t{n:04}" for n in range(90)]


def test_the_base_address_of_a_portal_is_enough() -> None:
    harvest = run(portal(), HOST, protocol="ckan")
    assert harvest.titles() == TITLES
    assert harvest.requested == [
        f"{API}package_search?rows=100&sort=id+asc&start={start}" for start in (0, 40, 80)
    ]


def test_a_portal_below_a_path_and_other_parameters_are_kept() -> None:
    harvest = run(portal(), f"{HOST}{API}package_search?fq=type:dataset")
    assert harvest.titles() == TITLES
    assert all("fq=type%3Adataset" in one for one in harvest.requested)


def test_the_number_of_rows_can_be_stated() -> None:
    assert len(run(portal(), HOST, protocol="ckan", page_size=20).fetch()) == 5


@pytest.mark.parametrize(
    ("action", "requests", "datasets"),
    [("current_package_list_with_resources?limit=30", 4, 90), ("package_list", 10, 9)],
)
def test_other_lists_are_known_by_their_answers(action: str, requests: int, datasets: int) -> None:
    harvest = run(portal(), HOST + API + action)
    assert len(harvest.datasets()) == datasets
    assert len(harvest.captures) == requests


def changed(number: int, **members: Any) -> Callable[[StandInRequest, dict[str, Any]], Any]:
    """A fault from the page that starts at a number on."""

    def change(request: StandInRequest, right: dict[str, Any]) -> Any:
        if int(request.query["start"]) < number:
            return right
        return {**right, "result": {**right["result"], **members}}

    return change


def overlap(request: StandInRequest, right: dict[str, Any]) -> Any:
    """Every page begins with the last package of the one before."""
    results = right["result"]["results"]
    start = int(request.query["start"])
    if start:
        results = [package(start - 1), *results[:-1]]
    return {**right, "result": {**right["result"], "results": results}}


FAULTS: dict[str, tuple[Any, str]] = {
    "an overlap that loses one": (overlap, "90 items, but only 89"),
    "an empty page": (changed(80, results=[]), "an empty page"),
    "a list that changes meanwhile": (changed(80, count=89), "had 89, 90 packages"),
    "a total that lies": (changed(0, count=900), "an empty page, but the list has 900"),
    "no success": (lambda q, right: {"success": False, "error": {"message": "Solr"}}, "Solr"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_list_that_is_not_whole_fails_the_run(fault: str) -> None:
    change, message = FAULTS[fault]
    with pytest.raises(InputError, match=message):
        run(portal(change=change), HOST, protocol="ckan").fetch()


def test_a_web_page_instead_of_an_api_is_refused() -> None:
    def answer(_: StandInRequest) -> StandInAnswer:
        return StandInAnswer(b"<!doctype html><title>Portal</title>", "text/html")

    with pytest.raises(InputError, match="web page"):
        run(answer, HOST, protocol="ckan").fetch()


def test_repeated_packages_are_no_loss() -> None:
    def repeat(request: StandInRequest, right: dict[str, Any]) -> Any:
        results = right["result"]["results"]
        return {**right, "result": {**right["result"], "results": [*results, *results[:1]]}}

    harvest = run(portal(count=30, change=repeat), HOST, protocol="ckan")
    assert sorted(set(harvest.titles())) == TITLES[:30]
    assert len(harvest.datasets()) == 30


def test_an_answer_in_a_file_that_is_only_a_page_is_refused() -> None:
    first = portal()(StandInRequest(f"{API}package_search", {"sort": "id asc"}))
    assert json.loads(first.data)["result"]["count"] == 90
    harvest = run(portal())
    harvest.captures = [
        harvest.answer(FetchRequest("a.json", f"{HOST}{API}package_search?sort=id+asc"))
    ]
    with pytest.raises(InputError, match="90 items, but only 10"):
        harvest.statements()


def test_a_source_may_have_several_portals() -> None:
    small, large = portal(3), portal(5)

    def both(request: StandInRequest) -> StandInAnswer:
        wanted = small if request.path.startswith("/small") else large
        path = request.path.removeprefix("/small").removeprefix("/large")
        return wanted(StandInRequest(path, request.query))

    harvest = run(both, f"{HOST}/small", protocol="ckan")
    harvest.described = replace(harvest.described, files=(f"{HOST}/small", f"{HOST}/large"))
    assert len(harvest.datasets()) == 5


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_answers_in_other_encodings_are_followed_too(encoding: str) -> None:
    def answer(request: StandInRequest) -> StandInAnswer:
        right = portal(50)(request)
        return StandInAnswer(right.data.decode().encode(encoding), right.media_type)

    assert len(run(answer, f"{HOST}{API}package_search").datasets()) == 50
