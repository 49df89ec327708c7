"""What is personal is refused: register and phone numbers, and who made a file."""

from __future__ import annotations

import pytest

from shapes.validate import validate
from tests.shape_examples import FILE, OFFICE, RULE, broken, check

HIDDEN = [
    "УБ90010112",
    "уб90010112",
    "YБ90010112",  # Latin Y
    "AA90010112",  # Latin both
    "Аv90010112",  # v for ү
    "єА90010112",  # є for ө
    "ӨҮ 90010112",
    "ӨҮ-05210112",
    "УБ９００１０１１２",  # full-width digits
    "Иргэн УБ90010112, Улаанбаатар",
]


@pytest.mark.parametrize("text", HIDDEN)
def test_register_numbers_are_refused(text: str) -> None:
    found = check(f'<a> skos:note "{text}"@mn ; dct:identifier "{text}" .')
    assert not found.conforms
    mine = [r for r in found.results if r.rule == RULE + "no-register-number/1"]
    assert len(mine) == 2
    assert "0112" not in found.to_json().decode()


@pytest.mark.parametrize(
    "text",
    [
        "ИНҮТ/20260103056",
        "DT_NSO_1001_109V1",
        "УБ9001011",
        "УБ900101123",
        "sha256-ab12345678cd",
        "2022-07-19",
        "57649.7",
        "WS100316",
    ],
)
def test_codes_are_no_personal_data(text: str) -> None:
    assert check(f'<a> skos:note "{text}"@mn ; skos:notation "{text}" .').results == ()


def test_a_register_number_in_escapes_is_refused() -> None:
    line = b'<urn:a> <urn:b> "\\u0423\\u0411\\u0039\\u0030010112" .\n'
    assert "no-register-number/1" in broken(validate(line))


@pytest.mark.parametrize("text", ["99112233", "Утас 8811 2233.", "+976-95112233", "976 95112233"])
def test_phone_numbers_are_refused(text: str) -> None:
    assert broken(check(f'<a> skos:note "{text}"@mn .')) == {"no-phone-number/1"}


@pytest.mark.parametrize("iri", ["tel:+97699112233", "tel:99112233", "TEL:+976-9911-2233"])
def test_phone_numbers_in_addresses_are_refused(iri: str) -> None:
    found = check(f"<a> foaf:phone <{iri}> .")
    assert broken(found) == {"no-phone-number/1"}
    assert "9911" not in found.to_json().decode()
    assert check("<a> foaf:phone <tel:105> ; foaf:page <https://a.mn/99112233> .").results == ()


@pytest.mark.parametrize(
    "name",
    [
        "dct:creator 'Дорж'@mn",
        "<http://purl.org/dc/elements/1.1/creator> 'Dorj'",
        f"<{OFFICE}#lastModifiedBy> 'Dorj'",
        "<https://schema.org/author> 'Dorj'",
        "dct:contributor <p> . <p> a foaf:Person",
        "prov:wasAttributedTo <o> , <p> . <p> a <http://www.w3.org/2006/vcard/ns#Individual>",
    ],
)
@pytest.mark.parametrize(
    "file", [FILE, "<d> dcat:distribution <f> . ", "<f> a <http://xmlns.com/foaf/0.1/Document> . "]
)
def test_a_file_names_no_person(file: str, name: str) -> None:
    found = check(f"{file} <f> {name} .")
    files = {iri for iri in found.rejected_subjects if not iri.endswith("/p")}
    assert files == {"https://w3id.org/ulzii/f"}
    assert (len(found.rejected_subjects) == 2) is (
        "<p> a" in name
    )  # the person is not published either
    assert broken(found) == {"no-person-in-file/1"}
    written = found.to_json().decode() + found.to_ntriples("https://example.mn/r").decode()
    assert "Дорж" not in written and "Dorj" not in written


def test_only_files_are_asked_for_persons() -> None:
    assert check("<e> dct:creator <p> . <p> a foaf:Person ; foaf:name 'П'@mn .").results == ()


def test_codes_and_amounts_are_no_phone_numbers() -> None:
    turtle = """<a> skos:notation "84713000" ; dct:identifier "x:99112233" ; rdf:value 99112233 ;
      skos:note "99112233.5 ба 99,112,233 ба 85000000₮ ба 12345678"@mn ."""
    assert check(turtle).results == ()
