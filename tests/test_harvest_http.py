"""Harvesting to the letter of HTTP: conditions, ranges, what an answer varies by, and dates."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient

from graph.core.instance import Instance
from graph.queries import Pool
from server.app import create_app
from server.catalogue.parameters import since
from server.core.settings import Settings
from server.http.problem_details import HttpProblem
from tests import versions
from tests.catalogues import datasets
from tests.pools import ready

DUMP = "dump/agency.nq"
DOWNLOADS = (DUMP, "graph/agency.nt")


@pytest.fixture(scope="module")
def client(another: Callable[[], Instance]) -> Iterator[FlaskClient]:
    instance = another()
    versions.publish(instance, "agency", datasets("abcdefgh"))
    with Pool.start(instance, workers=1) as pool:
        ready(pool)
        app = create_app(instance, pool, Settings(public_url="http://data.example.mn/"))
        yield app.test_client(use_cookies=False)


def get(client: FlaskClient, url: str, method: str = "GET", **headers: str) -> Any:
    return client.open(
        url, method=method, headers={k.replace("_", "-"): v for k, v in headers.items()}
    )


@pytest.mark.parametrize("url", DOWNLOADS)
def test_the_last_bytes_of_what_has_fewer_are_all_of_it(client: FlaskClient, url: str) -> None:
    whole = get(client, url).data
    for more in (0, 1, 10**30):
        part = get(client, url, Range=f"bytes=-{len(whole) + more}")
        assert (part.status_code, part.data) == (206, whole)
        assert part.headers["Content-Range"] == f"bytes 0-{len(whole) - 1}/{len(whole)}"
    assert get(client, url, Range="bytes=-0").status_code == 416
    assert get(client, url, Range=f"bytes=0-{'9' * 5000}").data == whole


@pytest.mark.parametrize("url", DOWNLOADS)
def test_a_part_is_sent_only_of_what_a_strong_validator_names(
    client: FlaskClient, url: str
) -> None:
    tag = get(client, url).headers["ETag"]
    assert not tag.startswith("W/")
    for validator, status in ((tag, 206), (f"W/{tag}", 200), ('"other"', 200)):
        assert get(client, url, Range="bytes=0-9", If_Range=validator).status_code == status


@pytest.mark.parametrize("url", DOWNLOADS)
def test_conditions_come_before_ranges(client: FlaskClient, url: str) -> None:
    tag = get(client, url).headers["ETag"]
    unchanged = get(client, url, Range="bytes=0-9", If_None_Match=tag)
    assert (unchanged.status_code, unchanged.data) == (304, b"")
    assert get(client, url, Range="bytes=0-9", If_None_Match='"other"').status_code == 206
    assert get(client, url, Range="bytes=0-9", If_Match='"other"').status_code == 412


@pytest.mark.parametrize("url", DOWNLOADS)
def test_a_range_means_nothing_to_head(client: FlaskClient, url: str) -> None:
    plain, ranged = (get(client, url, "HEAD", **h) for h in ({}, {"Range": "bytes=0-9"}))
    assert ranged.status_code == 200
    assert ranged.headers["Content-Length"] == plain.headers["Content-Length"]


@pytest.mark.parametrize("url", ["catalog", "catalog.ttl", "sources/agency/catalog.rdf", DUMP])
@pytest.mark.parametrize("coding", ["identity", "gzip", "zstd"])
def test_any_validator_is_answered_with_that_of_the_answer(
    client: FlaskClient, url: str, coding: str
) -> None:
    tag = get(client, url, Accept_Encoding=coding).headers["ETag"]
    for asked in ("*", tag, f'"other", {tag}', f"W/{tag}"):
        answer = get(client, url, Accept_Encoding=coding, If_None_Match=asked)
        assert (answer.status_code, answer.headers["ETag"]) == (304, tag), asked


@pytest.mark.parametrize("url", ["catalog", "catalog.ttl", "catalog.ttl?page=1"])
def test_a_page_is_not_sent_to_who_wants_another_one(client: FlaskClient, url: str) -> None:
    tag = get(client, url).headers["ETag"]
    assert get(client, url, If_Match=tag).status_code == 200
    assert get(client, url, If_Match='"other"').status_code == 412


@pytest.mark.parametrize(
    ("url", "accept", "status"),
    [
        ("catalog", "image/png", 406),
        ("catalog.ttl?page=9", "text/turtle", 404),
        ("catalog.ttl?page=0", "text/html", 400),
        ("id/dataset/agency/none", "text/turtle", 404),
    ],
)
def test_an_error_varies_by_accept(client: FlaskClient, url: str, accept: str, status: int) -> None:
    answer = get(client, url, Accept=accept)
    assert answer.status_code == status
    assert "Accept" in answer.headers["Vary"].split(", ")


NOON = 1764590400  # 2025-12-01T12:00:00Z


@pytest.mark.parametrize(
    "text",
    [
        "2025-12-01T12:00:00Z",
        "2025-12-01t12:00:00z",
        "2025-12-01T12:00",
        "2025-12-01 12:00:00",
        "2025-12-01T12:00:00.999999999Z",
        "2025-12-01T20:00:00+08:00",
        "2025-12-01T20:00:00 08:00",
        "2025-12-01T20:00:00+0800",
        "2025-12-01T08:30:00-03:30",
        "2025-12-02T02:00:00+14:00",
        "2025-12-01-12:00",
        "2025-12-02+12:00",
    ],
)
def test_a_moment_is_read_in_every_form_of_xsd(text: str) -> None:
    assert since(text) == NOON


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("2025-12-01", "2025-12-01T00:00:00Z"),
        ("2025-12-01Z", "2025-12-01T00:00:00Z"),
        ("2025-12-01+08:00", "2025-11-30T16:00:00Z"),
        ("2025-12-01 08:00", "2025-11-30T16:00:00Z"),
        ("2025-12-01T24:00:00Z", "2025-12-02T00:00:00Z"),
        ("0001-01-01T00:00:00+14:00", "1970-01-01T00:00:01Z"),
    ],
)
def test_a_day_begins_in_its_zone(text: str, same: str) -> None:
    assert since(text) == since(same)


@pytest.mark.parametrize(
    "text",
    [
        *("", "2025", "20251201", "2025-W49-1", "2025-02-30", "2025-12-01\n", "٢025-12-01"),
        *("2025-12-01T00:00:00+15:00", "2025-12-01T24:01:00Z", "2025-12-01T00:00:60Z"),
        "9999-12-31T24:00:00Z",
    ],
)
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(HttpProblem) as raised:
        since(text)
    assert raised.value.problem.kind.status == 400
