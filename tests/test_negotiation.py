"""Content negotiation (RFC 9110 §12.5)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.http.negotiation import HTML, Offer, best, for_document, for_query, parse_accept

JSON = Offer("application/sparql-results+json", "json")
XML = Offer("application/sparql-results+xml", "xml")
CSV = Offer("text/csv", "csv", text=True)
OFFERS = [JSON, XML, CSV]


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        ("", JSON),  # no header accepts everything
        ("*/*", JSON),
        ("text/csv", CSV),
        ("TEXT/CSV", CSV),
        ("text/*", CSV),
        ("application/*", JSON),
        ("text/csv, */*", CSV),  # named beats covered
        ("application/sparql-results+xml;q=0.9, text/csv;q=0.8", XML),
        ("text/csv;q=0.8, application/sparql-results+xml;q=0.9", XML),
        ("*/*;q=0.1, text/csv;q=0.2", CSV),
        ("*/*, application/sparql-results+json;q=0", XML),  # excluded
        ("application/*;q=0, */*", CSV),  # a range excluded
        ("application/*, application/sparql-results+json;q=0.1", XML),  # specificity
        ("text/csv;charset=utf-8", CSV),
        ('text/csv; charset="UTF-8"', CSV),
        ("text/csv;charset=utf-16", None),  # incompatible charset
        ("text/csv;charset=utf-16, text/csv;q=0.5", CSV),
        ("text/csv;q=0.1, text/csv;charset=utf-8;q=0, */*;q=0.01", JSON),  # parameter specificity
        ("application/sparql-results+json;q=0, application/*;charset=utf-8", XML),
        ("text/csv;header=absent", None),
        ("application/sparql-results+xml; version=1.2", XML),
        ("application/sparql-results+xml; version=3", None),
        ("image/png", None),
        ("image/png, */*;q=0", None),
        ("text/csv;q=0", None),
        ("text/csv;q=many, application/sparql-results+xml", XML),  # malformed is left out
        ("nonsense, */csv", None),
        ("text/csv;q=7", CSV),
    ],
)
def test_the_best_offer(accept: str, expected: Offer | None) -> None:
    assert best(accept, OFFERS) == expected


RANGES = st.builds(
    lambda main, sub, rest: f"{main}/{sub}{rest}",
    st.sampled_from(["text", "application", "*"]),
    st.sampled_from(["csv", "sparql-results+xml", "sparql-results+json", "*"]),
    st.sampled_from(["", ";q=0", ";q=0.5", ";q=1", ";charset=utf-8", ";charset=utf-8;q=0"]),
)


@given(st.lists(RANGES, min_size=1, max_size=6))
def test_what_is_excluded_by_name_is_never_chosen(ranges: list[str]) -> None:
    parsed = parse_accept(", ".join(ranges))
    chosen = best(", ".join(ranges), OFFERS)
    for offer in OFFERS:
        own = [r for r in parsed if f"{r.type}/{r.subtype}" == offer.media_type]
        closest = [r for r in own if r.parameters] or own
        if closest and all(r.quality == 0 for r in closest):
            assert chosen != offer
        if closest and any(r.quality == 1 for r in closest):
            assert chosen is not None


@given(st.text(max_size=60))
def test_any_header_can_be_read(accept: str) -> None:
    assert best(accept, OFFERS) in [*OFFERS, None]


def test_ranges_are_read_with_their_parameters() -> None:
    [one] = parse_accept('text/csv ; charset="utf-8" ; q=0.5')
    assert one.parameters == frozenset({("charset", "utf-8")})
    assert one.quality == 0.5


BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


@pytest.mark.parametrize(
    ("accept", "form", "name", "content_type"),
    [
        ("", "", "json", "application/sparql-results+json"),
        ("application/json", "", "json", "application/json"),
        ("application/xml", "", "xml", "application/xml"),
        (BROWSER, "", "html", "text/html; charset=utf-8"),
        (BROWSER, "csv", "csv", "text/csv; charset=utf-8"),  # ?format= beats Accept
        ("image/png", "text/csv", "csv", "text/csv; charset=utf-8"),
        ("text/csv", "srx", "xml", "application/sparql-results+xml"),
    ],
)
def test_results(accept: str, form: str, name: str, content_type: str) -> None:
    offer = for_query("results", accept, form)
    assert offer is not None
    assert (offer.name, offer.content_type) == (name, content_type)


def test_results_are_not_written_as_graphs_nor_graphs_as_tables() -> None:
    assert for_query("results", "text/turtle") is None
    assert for_query("results", "", "ttl") is None
    assert for_query("graph", "text/csv") is None


def test_graphs() -> None:
    turtle = for_query("graph", "")
    assert turtle is not None
    assert turtle.content_type == "text/turtle; charset=utf-8"
    assert for_query("graph", "application/json", "") == Offer("application/json", "jsonld")


def test_things_are_pages_unless_something_else_is_asked_for() -> None:
    assert for_document("*/*") == HTML
    assert for_document(BROWSER) == HTML
    for accept, name in (
        ("text/turtle", "ttl"),
        ("application/ld+json", "jsonld"),
        ("text/csv", "csv"),
    ):
        offer = for_document(accept)
        assert offer is not None
        assert offer.name == name
    assert for_document("image/png") is None
