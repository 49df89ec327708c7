"""Harvests while the catalogue changes: pages kept, what is restricted or gone since."""

from __future__ import annotations

from types import SimpleNamespace
from typing import cast

import pytest

from graph.catalogue import listing
from graph.catalogue.listing import Listing, Selection
from graph.catalogue.page import Page, PageRequest
from graph.catalogue.syntax import SYNTAXES
from graph.core.instance import Instance
from server.catalogue.page_cache import PageCache
from server.core.context import AppContext
from server.core.settings import Settings
from tests import catalogues, versions
from tests.catalogues import datasets, iri
from tests.harvesters import HYDRA, RULES
from tests.served_catalogues import MEDIA, described, get, opened, own, parsed, walk

__all__ = ["own"]
pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore::DeprecationWarning:rdflib"),  # of its own parsers
]


def test_pages_are_kept_until_a_newer_catalogue_is_asked_for(own: Instance) -> None:
    """Places in packs keep their files open: not of each snapshot that was ever asked for."""
    cache = PageCache(cast(AppContext, SimpleNamespace(instance=own, settings=Settings())))

    def pages(found: Listing) -> list[Page]:
        wanted = [Selection(""), Selection("sources/agency")]
        requests = [PageRequest(each, 1, SYNTAXES["nt"], frozen=True) for each in wanted]
        return [cache.get(found, request, catalogues.ADDRESSES) for request in requests]

    versions.publish(own, "agency", datasets(["a", "b"]))
    older = listing.current(own)
    first, again = pages(older), pages(older)
    assert all(one is other for one, other in zip(first, again, strict=True))
    assert first[0].fragments
    versions.publish(own, "agency", datasets(["a", "b", "c"]))
    assert b"".join(pages(listing.current(own))[0].segments()) != b"".join(first[0].segments())
    made_again = pages(older)
    assert not any(one is other for one, other in zip(first, made_again, strict=True))
    assert [page.tag for page in first] == [page.tag for page in made_again]


def test_a_harvest_under_way_finishes_on_its_snapshot(own: Instance) -> None:
    catalogues.publish(own, catalogues.OWN, "catalog")
    versions.publish(own, "agency", datasets("abcde"))
    for client in opened(own):
        first = get(client, "catalog.ttl")
        second = RULES[0](parsed(first.data, "ttl"))
        assert second
        before = get(client, second)
        assert "immutable" in before.headers["Cache-Control"]
        assert "immutable" not in first.headers["Cache-Control"]
        versions.publish(own, "agency", datasets("bcdef", changed="c"))
        assert get(client, second).data == before.data
        assert get(client, "catalog.ttl", If_None_Match=first.headers["ETag"]).status_code == 200
        now = described(walk(client, "ttl", RULES[0]))
        assert now == [iri(name) for name in "bcdef"]
        versions.publish(own, "notes", versions.lines("x=1"))  # nothing that a page tells
        latest = get(client, "catalog.ttl")
        assert get(client, "catalog.ttl", If_None_Match=latest.headers["ETag"]).status_code == 304
        assert described(walk(client, "ttl", RULES[0])) == now


def test_modified_since_gives_what_changed(own: Instance) -> None:
    versions.publish(own, "agency", datasets("abcde"))
    for client in opened(own):
        found, url = set[str](), "catalog.nt?modified_since=2000-01-01"
        while url:
            page = parsed(get(client, url).data, "nt")
            found |= set(described([page]))
            url = RULES[0](page) or ""
        assert found == {iri(name) for name in "abcde"}
        none = parsed(
            get(client, "catalog.nt?modified_since=2999-01-01T00:00:00%2B08:00").data, "nt"
        )
        assert not described([none])
        assert {str(o) for o in none.objects(None, HYDRA.totalItems)} == {"0"}


def test_a_source_that_is_restricted_since_takes_its_old_pages_along(own: Instance) -> None:
    versions.publish(own, "agency", datasets("abc"))
    for client in opened(own):
        second = RULES[0](parsed(get(client, "catalog.ttl").data, "ttl"))
        assert second
        versions.publish(own, "agency", datasets("abc"), "restricted")
        assert get(client, second).status_code in (403, 410)
        assert not described(walk(client, "ttl", RULES[0]))


def test_before_anything_is_published_the_answer_is_an_error(own: Instance) -> None:
    for client in opened(own):
        answer = get(client, "catalog.ttl")
        assert (answer.status_code, answer.mimetype) == (503, "application/problem+json")
        assert "Retry-After" in answer.headers


def test_a_dataset_that_is_gone_leaves_a_tombstone(own: Instance) -> None:
    versions.publish(own, "agency", datasets("ab"))
    versions.publish(own, "agency", datasets("a"))
    path = iri("b").removeprefix("https://example.mn/")
    for client in opened(own):
        for extension in ("ttl", "rdf", "jsonld"):
            for url, accept in ((path, MEDIA[extension]), (f"{path}.{extension}", "*/*")):
                answer = get(client, url, Accept=accept)
                assert (answer.status_code, answer.mimetype) == (410, MEDIA[extension])
                (node,) = set(parsed(answer.data, extension).subjects())
                assert str(node) == iri("b")
                assert "Багц b" in answer.text
                assert b"dcat#Dataset" not in answer.data
        page = get(client, path, Accept="text/html")
        assert (page.status_code, page.mimetype) == (410, "text/html")
        assert "Багц b" in page.text
        assert get(client, f"{path}x", Accept="text/turtle").status_code == 404
        assert get(client, iri("a"), Accept="text/turtle").status_code != 410
        versions.publish(own, "agency", datasets("ab"))
        assert get(client, f"{path}.ttl").status_code == 200
