"""Values of the export that strict readers refuse: restated, or left out."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from graph.core.instance import Instance
from tests.catalogues import publish, values
from vocab.namespaces import DCAT, DCT

pytestmark = pytest.mark.slow


OUTSIDE = (
    *("http://10.example.mn/x", "http://127.mn/x", "http://localhost.example.mn/x"),
    *("http://8.8.8.8:80/x", "http://[2001:4860:4860::8888]/x"),
)
INSIDE = (
    *("http://10.1.2.3/x", "http://172.16.0.1/x", "http://user@192.168.1.1:8080/x"),
    *("http://100.64.0.1/x", "http://0.0.0.0/x", "http://[::1]/x", "http://[fe80::1]/x"),
    *("http://[::ffff:10.0.0.1]/x", "http://localhost./x", "http://portal.local/x"),
    "HTTPS://LOCALHOST:8443",
)


def test_only_addresses_inside_are_left_out(instance: Instance) -> None:
    pages = " , ".join(f"<{address}>" for address in (*OUTSIDE, *INSIDE))
    publish(instance, f"<http://far/d> a dcat:Dataset ; dcat:landingPage {pages} .", "far")
    assert values(instance, "http://far/d", DCAT.landingPage) == set(OUTSIDE)


DATES = {
    "2031-01-01T00:00:00Z": False,
    "2031-01-01": False,
    "2031-01": False,
    "2031": False,
    "2020-01-01T10:00:00+99:00": False,
    "2020-01-01T10:00:00+14:30": False,
    "2020-01-01T10:00:00+14:00": True,
    "2020-01-01T10:00:00.123456789": True,
    "2020-02-28+08:00": True,
    "0001-01-01": True,
    "2020": True,
}


def test_a_date_of_the_past_is_not_in_the_future(instance: Instance) -> None:
    dataset = """<http://far/{n}> a dcat:Dataset ; dct:modified "{text}" ;
      dct:temporal <http://far/t> ; dcat:distribution <http://far/{n}/f> .
    <http://far/{n}/f> a dcat:Distribution ; dcat:accessURL <http://far/x> ; dct:issued "{text}" .
    """
    period = '<http://far/t> a dct:PeriodOfTime ; dcat:endDate "2031-01-01"^^xsd:date .'
    text = "".join(dataset.format(n=n, text=text) for n, text in enumerate(DATES))
    publish(instance, text + period, "far")
    for n, (text, kept) in enumerate(DATES.items()):
        found = {text} if kept else set()
        assert values(instance, f"http://far/{n}", DCT.modified) == found
        assert values(instance, f"http://far/{n}/f", DCT.issued) == found
    assert values(instance, "http://far/t", DCAT.endDate) == {"2031-01-01"}


def test_the_day_of_the_publication_is_no_future_anywhere(instance: Instance) -> None:
    now = datetime.now(UTC)
    soon, later = ((now + timedelta(hours=h)).date().isoformat() for h in (13, 39))
    for day, kept in ((soon, True), (later, False)):
        text = (
            f'<http://far/d> a dcat:Dataset ; dct:title "d"@en ; dct:modified "{day}"^^xsd:date .'
        )
        publish(instance, text, "far")
        assert (day in values(instance, "http://far/d", DCT.modified)) is kept


def test_what_stands_for_an_unreadable_character_is_left_out(instance: Instance) -> None:
    text = (
        '<http://far/d> a dcat:Dataset ; dct:title "М\\uFFFDал"@mn ; dct:description "\\uFFFD"@mn .'
    )
    publish(instance, text, "far")
    assert values(instance, "http://far/d", DCT.title) == {"Мал"}
    assert not values(instance, "http://far/d", DCT.description)
