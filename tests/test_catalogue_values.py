"""Values of the export that strict readers refuse: restated, or left out."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from graph.core.instance import Instance
from tests.catalogues import publish, values
from vocab.namespaces import DCAT, DCT

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(
    ("address", "kept"),
    [
        ("http://10.example.mn/x", True),
        ("http://127.mn/x", True),
        ("http://localhost.example.mn/x", True),
        ("http://8.8.8.8:80/x", True),
        ("http://[2001:4860:4860::8888]/x", True),
        ("http://10.1.2.3/x", False),
        ("http://172.16.0.1/x", False),
        ("http://user@192.168.1.1:8080/x", False),
        ("http://100.64.0.1/x", False),
        ("http://0.0.0.0/x", False),
        ("http://[::1]/x", False),
        ("http://[fe80::1]/x", False),
        ("http://[::ffff:10.0.0.1]/x", False),
        ("http://localhost./x", False),
        ("http://portal.local/x", False),
        ("HTTPS://LOCALHOST:8443", False),
    ],
)
def test_only_addresses_inside_are_left_out(instance: Instance, address: str, kept: bool) -> None:
    text = f"""<http://far/d> a dcat:Dataset ; dct:title "d"@en ;
      dcat:landingPage <{address}> , <http://far/> ."""
    publish(instance, text, "far")
    assert (address in values(instance, "http://far/d", DCAT.landingPage)) is kept


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("2031-01-01T00:00:00Z", False),
        ("2031-01-01", False),
        ("2031-01", False),
        ("2031", False),
        ("2020-01-01T10:00:00+99:00", False),
        ("2020-01-01T10:00:00+14:30", False),
        ("2020-01-01T10:00:00+14:00", True),
        ("2020-01-01T10:00:00.123456789", True),
        ("2020-02-28+08:00", True),
        ("0001-01-01", True),
        ("2020", True),
    ],
)
def test_a_date_of_the_past_is_not_in_the_future(instance: Instance, text: str, kept: bool) -> None:
    publish(
        instance,
        f"""<http://far/d> a dcat:Dataset ; dct:title "d"@en ; dct:modified "{text}" ;
          dct:temporal <http://far/t> ; dcat:distribution <http://far/f> .
        <http://far/t> a dct:PeriodOfTime ; dcat:endDate "2031-01-01"^^xsd:date .
        <http://far/f> a dcat:Distribution ; dcat:accessURL <http://far/x> ;
          dct:issued "{text}" .""",
        "far",
    )
    assert values(instance, "http://far/d", DCT.modified) == ({text} if kept else set())
    assert values(instance, "http://far/f", DCT.issued) == ({text} if kept else set())
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
