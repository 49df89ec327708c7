"""The catalogue over HTTP, as harvesters see it: every page, in every syntax, to every request."""

from __future__ import annotations

import gzip
import itertools
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from rdflib import RDF, Graph
from rdflib.compare import to_isomorphic

from server.catalogue.answers import PageAnswer
from server.catalogue.direct import DirectPages
from tests.harvesters import DCAT, DCT, HYDRA, RULES
from tests.served_catalogues import HERE, MEDIA, bundled, described, get, parsed, walk

__all__ = ["bundled"]
pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore::DeprecationWarning:rdflib"),  # of its own parsers
]


@pytest.mark.parametrize("extension", MEDIA)
@pytest.mark.parametrize("rule", RULES)
def test_every_rule_finds_every_dataset_once(
    bundled: FlaskClient, extension: str, rule: Callable[[Graph], str | None]
) -> None:
    pages = walk(bundled, extension, rule)
    assert len(pages) == 3
    found = described(pages)
    assert len(found) == len(set(found)) == 5
    assert found == sorted(found)
    for page in pages:
        assert {str(o) for o in page.objects(None, HYDRA.totalItems)} == {"5"}
        assert set(page.objects(None, DCAT.dataset)) == set(page.subjects(RDF.type, DCAT.Dataset))


def test_every_syntax_says_the_same(bundled: FlaskClient) -> None:
    def told(extension: str) -> list[Graph]:
        pages = walk(bundled, extension, RULES[0])
        for page in pages:  # the paging block names its own syntax
            for node in list(page.subjects(RDF.type, HYDRA.PagedCollection)):
                page.remove((node, None, None))
        return pages

    first = told("nt")
    for extension in MEDIA:
        for one, other in zip(first, told(extension), strict=True):
            assert to_isomorphic(one) == to_isomorphic(other)


def test_a_page_before_flask_is_the_page_of_flask(
    bundled: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server that sends files gets pages without Flask; a condition goes through it."""
    wrapped: list[int] = []
    found: list[PageAnswer | None] = []
    find = DirectPages.find

    def seen(pages: DirectPages, *asked: str) -> PageAnswer | None:
        found.append(find(pages, *asked))
        return found[-1]

    monkeypatch.setattr(DirectPages, "find", seen)

    def wrap(body: Any, _size: int = 0) -> Any:
        wrapped.append(body.length)
        return body

    number = get(bundled, "catalog.ttl").headers["Ulzii-Snapshot"]
    paths = ("/catalog.ttl", "/catalog.rdf?page=2", f"/snapshot/{number}/catalog.jsonld?page=3")
    codings: list[dict[str, str]] = [{}, {"Accept-Encoding": "gzip, deflate"}]
    for path, coding in itertools.product(paths, codings):
        direct, flasks = (
            bundled.get(path, headers=headers, environ_overrides={"wsgi.file_wrapper": wrap})
            for headers in (coding, {**coding, "If-None-Match": '"other"'})
        )
        assert found.pop()
        assert direct.status_code == flasks.status_code == 200
        assert direct.data == flasks.data
        assert direct.headers.get("Content-Encoding") == ("gzip" if coding else None)
        assert wrapped[0] == len(direct.data)
        wrapped.clear()
        del direct.headers["Date"], flasks.headers["Date"]
        assert dict(direct.headers) == dict(flasks.headers)
    for path, status in (
        ("/catalog.ttl?page=4", 404),
        ("/catalog.ttl?page=0", 400),
        ("/catalog.ttl?page=", 400),
        ("/snapshot/1/catalog.ttl", 404),
        (f"/snapshot/{int(number) + 5}/catalog.ttl", 404),
    ):
        refused = bundled.get(path, environ_overrides={"wsgi.file_wrapper": wrap})
        assert refused.status_code == status, path
        assert refused.is_json
    head = bundled.head("/catalog.ttl", environ_overrides={"wsgi.file_wrapper": wrap})
    assert (head.data, wrapped) == (b"", [])


def test_cyrillic_arrives_byte_for_byte(bundled: FlaskClient) -> None:
    title = "Хуулийн этгээдийн улсын бүртгэлийн нээлттэй өгөгдөл"
    for extension in MEDIA:
        bodies = [get(bundled, f"catalog.{extension}?page={number}").data for number in (1, 2, 3)]
        assert sum(title.encode() in body for body in bodies) == 1
        titles = {
            str(t) for p in walk(bundled, extension, RULES[0]) for t in p.objects(None, DCT.title)
        }
        assert title in titles


@pytest.mark.parametrize("extension", MEDIA)
def test_every_page_has_its_validator_in_each_coding(bundled: FlaskClient, extension: str) -> None:
    tags = set()
    for url in (f"catalog.{extension}", f"catalog.{extension}?page=2"):
        plain, packed = get(bundled, url), get(bundled, url, Accept_Encoding="gzip")
        assert packed.headers["Content-Encoding"] == "gzip"
        assert gzip.decompress(packed.data) == plain.data
        for answer in (plain, packed):
            tag = answer.headers["ETag"]
            tags.add(tag)
            assert "Accept-Encoding" in answer.headers["Vary"]
            coding = answer.headers.get("Content-Encoding", "identity")
            again = get(bundled, url, If_None_Match=tag, Accept_Encoding=coding)
            assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", tag)
        head = bundled.head(url)
        same = ("Content-Type", "Content-Length", "ETag", "Last-Modified", "Cache-Control", "Vary")
        assert [head.headers[name] for name in same] == [plain.headers[name] for name in same]
        dated = get(bundled, url, If_Modified_Since=plain.headers["Last-Modified"])
        assert dated.status_code == 304
    assert len(tags) == 4


def test_a_request_chooses_by_accept_and_the_extension_wins(bundled: FlaskClient) -> None:
    for extension, media in MEDIA.items():
        answer = get(bundled, "catalog", Accept=media)
        assert answer.status_code == 200
        assert answer.data == get(bundled, f"catalog.{extension}").data
        assert "Accept" in answer.headers["Vary"].split(", ")
    browser = "text/html,application/xhtml+xml,*/*;q=0.8"
    assert get(bundled, "catalog", Accept=browser).location == "/catalog.html"
    assert get(bundled, "catalog.ttl", Accept=browser).mimetype == "text/turtle"
    assert get(bundled, "catalog", Accept="image/png").status_code == 406
    table = get(bundled, "catalog", Accept="text/csv")
    assert table.status_code == 303
    assert table.location == "/catalog.csv"
    assert get(bundled, "catalog", Accept="*/*").mimetype == "text/turtle"


@pytest.mark.parametrize(
    "url",
    [
        *("catalog.ttl", "catalog.rdf?page=2", "org/5296722/catalog.ttl", "sitemap.xml"),
        *("sitemap/1.xml", "robots.txt", ".well-known/void", ".well-known/api-catalog"),
        *("sparql?format=ttl", "openapi.json", "id/dataset/mn-odp/6686.ttl"),
    ],
)
def test_links_never_come_from_the_request(bundled: FlaskClient, url: str) -> None:
    plain = get(bundled, url)
    assert plain.status_code == 200
    for name in ("Host", "X-Forwarded-Host", "Forwarded"):
        other = bundled.get(url, headers={name: "evil.example"})
        assert other.data == plain.data
        assert "evil.example" not in str(other.headers)


@pytest.mark.parametrize(
    ("url", "status"),
    [
        ("catalog.ttl?page=4", 404),
        ("catalog.ttl?page=0", 400),
        ("catalog.ttl?page=%D9%A3", 400),
        ("catalog.ttl?page=1&page=2", 400),
        ("catalog.ttl?modified_since=2026-01-01&modified_since=2026-01-02", 400),
        ("catalog.ttl?modified_since=yesterday", 400),
        ("catalog.ttl?modified_since=", 400),
        ("org/0000000/catalog.ttl", 404),
        ("snapshot/0/catalog.ttl", 404),
        ("snapshot/99999/catalog.ttl", 404),
        ("catalog.zzz", 404),
        ("catalog.ttl?utm_source=x&_=1", 200),
    ],
)
def test_strange_requests_get_a_clear_answer(bundled: FlaskClient, url: str, status: int) -> None:
    answer = get(bundled, url, Accept="text/turtle")
    assert answer.status_code == status
    assert status == 200 or answer.mimetype == "application/problem+json"


def test_other_methods_are_refused_by_name(bundled: FlaskClient) -> None:
    for method in ("POST", "PUT", "DELETE", "PATCH"):
        answer = bundled.open("/catalog.ttl", method=method)
        assert answer.status_code == 405
        assert {"GET", "HEAD"} <= set(answer.headers["Allow"].split(", "))


@pytest.mark.parametrize(
    ("name", "count"),
    [("org/5296722", 3), ("theme/AGRI", 1), ("place/mn", 5), ("sources/mn-odp", 3)],
)
def test_sub_catalogues_page_like_the_whole(bundled: FlaskClient, name: str, count: int) -> None:
    page, url, found = Graph(), f"{HERE}{name}/catalog.ttl", set[str]()
    while url:
        page = parsed(get(bundled, url).data, "ttl")
        found |= set(described([page]))
        (root,) = page.subjects(RDF.type, DCAT.Catalog)
        assert str(root).endswith(f"{name}/catalog")
        for needed in (DCT.title, DCT.description, DCT.publisher):
            assert page.value(root, needed), needed
        url = RULES[0](page) or ""
    assert len(found) == count
    person = get(bundled, f"{name}/catalog", Accept="text/html")
    assert person.status_code == 303
