"""Foreign catalogues, mapped: persons' data are withheld."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest

from loaders.catalogues.personal import is_person
from loaders.pipeline.record import LoadFinding
from tests.harvests import (
    CONTEXT,
    SOURCE,
    capture,
    findings,
    lines,
    mapped,
)
from tests.test_catalogue_loader import page

# personal data


@pytest.mark.parametrize(
    ("name", "mail", "expected"),
    [
        ("Ann Example", "ann.example@city.example", True),
        ("Ann Example", "aexample@city.example", True),
        ("T. Ann Example, Jr.", "t.ann.example@city.example", True),
        ("Б.Жишээбаатар", "jisheebaatar@city.example", True),
        ("Жишээ Батхүү", "batkhuu.j@city.example", True),
        ("Нээлттэй Өгөгдөл", "info@city.example", False),
        ("Хүний нөөц", "khuniinoots@city.example", False),
        ("Ann Example", "info@city.example", False),
        ("Open Data", "opendata@city.example", False),
        ("Open Data Team", "maps@city.example", False),
        ("Office of Maps", "maps@city.example", False),
        ("maps@city.example", "maps@city.example", False),
        ("Comune di Prova", "comunicazione@comune.example", False),
    ],
)
def test_a_person_is_told_by_a_name_that_recurs(name: str, mail: str, expected: bool) -> None:
    assert is_person(name, mail) is expected


PERSON = """dcat:contactPoint [ a {type} ; vcard:fn "Ann Example" ; vcard:hasURL :form ;
    vcard:hasEmail <mailto:ann.example@city.example> ; vcard:hasTelephone <tel:+1555> ]"""


@pytest.mark.parametrize(
    ("type_", "contacts", "published"),
    [
        ("vcard:Individual", "organisations", False),
        ("vcard:Kind", "organisations", False),
        ("vcard:Organization", "organisations", True),
        ("vcard:Individual", "all", True),
        ("vcard:Organization", "none", False),
    ],
)
def test_contacts_of_persons_are_withheld(type_: str, contacts: str, published: bool) -> None:
    context = replace(CONTEXT, source=replace(SOURCE, options={"contacts": contacts}))
    found = mapped([capture(page(PERSON.format(type=type_)))], context)
    stated = "\n".join(lines(found))
    assert ("ann.example" in stated, "tel:" in stated) == (published, published)
    assert "http://other.example/form" in stated
    assert "contactPoint" in stated
    withheld = [one for one in found if isinstance(one, LoadFinding) and "withheld" in one.kind]
    assert bool(withheld) is not published
    assert not any("xample@" in one.detail or "Ann" in one.detail for one in withheld)


def test_no_name_is_a_hash_of_what_is_withheld() -> None:
    one, two = (
        lines(mapped([capture(page(PERSON.format(type="vcard:Individual").replace("Ann", name)))]))
        for name in ("Ann", "Bob")
    )
    assert one == two


def test_an_undecided_address_stays_with_a_finding() -> None:
    contact = '[ vcard:fn "Office of Maps" ; vcard:hasEmail <mailto:ann.example@city.example> ]'
    found = mapped([capture(page(f"dcat:contactPoint {contact}"))])
    assert findings(found)["contact-undecided"] == 1
    assert any("ann.example@" in line for line in lines(found))


@pytest.mark.parametrize(
    ("text", "country", "withheld"),
    [
        ("Утас 9911-2233", "MN", True),
        ("Утас +976 9911 2233", "", True),
        ("Утас 9911-2233", "", False),
        ("CVR 61056416", "DK", False),
        ("https://x.example/?id=99112233", "MN", False),
    ],
)
def test_numbers_in_prose_are_withheld_where_they_are_mongolian(
    text: str, country: str, withheld: bool
) -> None:
    context = replace(CONTEXT, source=replace(SOURCE, options={"country": country}))
    data = page(f'dct:description "{text}" ; dcat:landingPage <http://x.example/99112233>')
    found = mapped([capture(data)], context)
    assert (not any("description" in line for line in lines(found))) is withheld
    assert any("x.example/99112233>" in line for line in lines(found))
    assert ("number-withheld" in findings(found)) is withheld


def test_an_image_in_a_description_takes_no_time() -> None:
    text, start = "A" * 60_000 + " a@b.mn", time.monotonic()
    found = mapped([capture(page(f'dct:description "{text}"'))], CONTEXT)
    assert any(text in line for line in lines(found))
    assert time.monotonic() - start < 10


# findings


def test_each_kind_is_counted_once_for_a_dataset() -> None:
    data = page(
        'dct:title "<b>x</b>" ; dct:issued "2024" ; dcat:theme "roads" ; dct:license "CC BY" ; '
        'dct:publisher "Office" ; dct:description "" ; dcat:landingPage "http://x.example/" ; '
        'dcat:distribution [ dct:format "CSV" ; dcat:downloadURL :f ] , [ dct:format "PDF" ]'
    )
    found = findings(mapped([capture(data)]))
    assert found == {
        **{"html-in-text": 1, "date-untyped": 1, "theme-as-text": 1, "licence-as-text": 1},
        **{"value-kind": 1, "text-empty": 1, "address-as-text": 1, "format-as-text": 2},
        **{"access-address-missing": 1, "contact-missing": 1},
    }
