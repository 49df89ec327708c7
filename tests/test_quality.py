"""The 405 points: each metric's known answer, the best distribution, ratings, and the forecast."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from contextlib import suppress
from datetime import date
from fractions import Fraction

import pyoxigraph as ox
import pytest

from shapes.quality import codes
from shapes.quality.metrics import DIMENSIONS, EITHER, MAX_POINTS, METRICS
from shapes.quality.score import Score, Scores, rating, score
from shapes.quality.scored_resource import Evidence, ProbedAddress, store_of
from tests.shared import DCAT_SAMPLES, SHARED, needs_shared
from tests.turtle import lines

LISTS = SHARED / "data/dcat/vocab"
TODAY = date(2026, 11, 22)
OK, GONE = ProbedAddress(200), ProbedAddress(404)
URLS = {
    "https://a.mn/page": OK,
    "https://a.mn/file": OK,
    "https://a.mn/other": GONE,
    "https://a.mn/moved": ProbedAddress(304),
    "https://a.mn/down": ProbedAddress(0),
}
BASE = "<d> a dcat:Dataset ; dcat:distribution <f> . <f> a dcat:Distribution . "


def scored(turtle: str, violating: frozenset[str] | None = frozenset()) -> Scores:
    return score(store_of(lines(turtle)), Evidence(TODAY, URLS, violating))


def only(turtle: str, violating: frozenset[str] | None = frozenset()) -> Score:
    (found,) = scored(turtle, violating).datasets
    return found


# metric → what earns its points, and what does not
KNOWN = {
    "keywordAvailability": ('<d> dcat:keyword "мал"@mn .', '<d> dcat:keyword " "@mn .'),
    "categoryAvailability": ("<d> dcat:theme theme:AGRI .", "<f> dcat:theme theme:AGRI ."),
    "spatialAvailability": ("<d> dct:spatial <mn> .", "<f> dct:spatial <mn> ."),
    "temporalAvailability": ("<d> dct:temporal <d#time> .", "<f> dct:temporal <d#time> ."),
    "accessUrlStatusCode": (
        "<f> dcat:accessURL <https://a.mn/other> , <https://a.mn/page> .",
        "<f> dcat:accessURL <https://a.mn/other> .",
    ),
    "downloadUrlAvailability": (
        "<f> dcat:downloadURL <https://a.mn/other> .",
        "<f> dcat:accessURL <https://a.mn/other> .",
    ),
    "downloadUrlStatusCode": (
        "<f> dcat:downloadURL <https://a.mn/moved> .",
        "<f> dcat:downloadURL <https://a.mn/down> .",
    ),
    "formatAvailability": ('<f> dct:format "csv" .', "<d> dct:format file:CSV ."),
    "mediaTypeAvailability": ('<f> dcat:mediaType "csv" .', "<d> dcat:mediaType <text/csv> ."),
    "formatMediaTypeVocabularyAlignment": (
        "<f> dct:format file:CSV ; dcat:mediaType iana:text\\/csv .",
        "<f> dct:format file:CSV .",
    ),
    "formatMediaTypeNonProprietary": (
        "<f> dct:format file:CSV .",
        "<f> dct:format file:XLSX .",
    ),
    "formatMediaTypeMachineInterpretable": (
        "<f> dct:format file:XLSX .",
        '<f> dct:format file:PDF , "CSV" .',
    ),
    "licenceAvailability": ("<f> dct:license <l> .", "<d> dct:license <l> ."),
    "knownLicence": ("<f> dct:license licence:CC_BY_4_0 .", "<f> dct:license licence:NONE_SUCH ."),
    "accessRightsAvailability": ("<d> dct:accessRights <open> .", "<f> dct:accessRights <open> ."),
    "accessRightsVocabularyAlignment": (
        "<d> dct:accessRights right:PUBLIC .",
        "<d> dct:accessRights right:OPEN .",
    ),
    "contactPointAvailability": ("<d> dcat:contactPoint <c> .", "<f> dcat:contactPoint <c> ."),
    "publisherAvailability": ("<d> dct:publisher <o> .", "<f> dct:publisher <o> ."),
    "rightsAvailability": ("<f> dct:rights <r> .", "<d> dct:rights <r> ."),
    "byteSizeAvailability": ("<f> dcat:byteSize 10 .", "<d> dcat:byteSize 10 ."),
    "dateIssuedAvailability": ('<d> dct:issued "2026" .', '<x> dct:issued "2026" .'),
    "dateModifiedAvailability": ('<f> dct:modified "2026" .', '<f> dct:modified "" .'),
}


def test_there_are_23_metrics_of_405_points() -> None:
    assert [metric.number for metric in METRICS] == list(range(1, 24))
    assert {metric.id for metric in METRICS} == {*KNOWN, "dcatApCompliance"}
    assert MAX_POINTS == 405
    most = {d.id: sum(m.points for m in METRICS if m.dimension == d.id) for d in DIMENSIONS}
    assert list(most.values()) == [100, 100, 110, 75, 20]


@pytest.mark.parametrize("name", KNOWN)
def test_known_answers(name: str) -> None:
    earning, failing = KNOWN[name]
    worth = {metric.id: metric.points for metric in METRICS}[name]
    assert only(BASE + earning).points[name] == worth
    assert only(BASE + failing).points[name] == 0
    assert only(BASE).points[name] == 0


@pytest.mark.parametrize("culprit", ["d", "f", "o", "l"])
def test_conformance(culprit: str) -> None:
    turtle = BASE + "<d> dct:publisher <o> . <f> dct:license <l> ."
    root = "https://example.mn/"
    assert only(turtle).points["dcatApCompliance"] == 30
    assert only(turtle, frozenset({root + "x"})).points["dcatApCompliance"] == 30
    assert only(turtle, frozenset({root + culprit})).points["dcatApCompliance"] == 0
    assert "dcatApCompliance" not in only(turtle, None).points


def test_an_address_nobody_asked_is_not_measured() -> None:
    found = only(BASE + "<f> dcat:accessURL <https://b.mn/> .")
    assert "accessUrlStatusCode" not in found.points
    assert found.points["downloadUrlStatusCode"] == 0  # there is no address to ask


TWO = "<d> a dcat:Dataset ; dcat:distribution <f1> , <f2> . "


def test_the_best_distribution_speaks_and_points_are_not_mixed() -> None:
    found = only(TWO + "<f1> dct:license <l> . <f2> dct:format file:CSV .")
    assert found.best == "https://example.mn/f2"
    assert found.points["formatAvailability"] == 20
    assert found.points["licenceAvailability"] == 0
    assert found.total == 20 + 20 + 20 + 30  # format, open, machine-readable; conformance


def test_of_equals_the_first_speaks() -> None:
    found = only(TWO + "<f2> dct:rights <r> . <f1> dcat:byteSize 1 .")
    assert found.best == "https://example.mn/f1"
    assert found.points["byteSizeAvailability"] == 5
    assert found.points["rightsAvailability"] == 0


def test_dates_count_once_and_fall_back_to_the_dataset() -> None:
    date_on = {
        where: only(f'{BASE} {where} dct:issued "2026-01-01"^^xsd:date .').total
        for where in ("<d>", "<f>", "<d> dct:issued '2025' . <f>")
    }
    assert set(date_on.values()) == {35}
    other = only(TWO + '<f1> dct:issued "2026" . <f2> dct:license <l> .')
    assert other.points["dateIssuedAvailability"] == 0  # only the best one's date counts


def test_without_distribution_only_the_dataset_counts() -> None:
    found = only('<d> a dcat:Dataset ; dct:issued "2026" ; dct:modified "2026" ; dct:license <l> .')
    assert found.best == ""
    assert found.total == 30 + 5 + 5
    assert {m.id for m in METRICS if m.level == EITHER} == {
        "dateIssuedAvailability",
        "dateModifiedAvailability",
    }


@pytest.mark.parametrize(
    ("total", "name"),
    [(405, "excellent"), (351, "excellent"), (350, "good"), (221, "good"), (220, "sufficient"),
     (121, "sufficient"), (120, "bad"), (0, "bad")],
)  # fmt: skip
def test_ratings(total: int, name: str) -> None:
    assert rating(total) == name


def test_a_mean_of_350_and_a_half_is_not_yet_excellent() -> None:
    assert rating(Fraction(701, 2)) == "good"


NAIVE = """
<d> a dcat:Dataset ; dct:title "Бүртгэл"@mn ; dct:publisher <o> ; dcat:distribution <f> ;
  dct:modified "2026-04-19T08:00:00+08:00"^^xsd:dateTime .
<f> a dcat:Distribution ; dcat:accessURL <https://a.mn/page> ;
  dcat:downloadURL <https://a.mn/file> ; dct:format file:JSON ; dcat:byteSize 440 ;
  dcat:mediaType iana:application\\/json .
"""
DECLARED = """
<d> dcat:keyword "бүртгэл"@mn ; dcat:theme theme:GOVE ; dct:spatial <mn> ; dct:temporal <d#t> ;
  dct:accessRights right:PUBLIC ; dcat:contactPoint <o#contact> ;
  dct:issued "2026-01-01"^^xsd:date .
<f> dct:license licence:CC_BY_4_0 ; dct:rights <r> .
"""


def test_a_naive_mapping_of_the_portal_would_be_barely_good() -> None:
    """What the portal's API states: publisher, addresses, format, size, a date."""
    found = only(NAIVE)
    assert found.total == 230
    assert found.rating == "good"
    assert found.dimensions == {
        "findability": 0,
        "accessibility": 100,
        "interoperability": 110,
        "reusability": 10,
        "contextuality": 10,
    }


def test_all_that_an_organisation_could_declare_makes_it_whole() -> None:
    assert only(NAIVE + DECLARED).total == MAX_POINTS


def test_means_of_organisations_and_of_the_catalogue() -> None:
    found = scored(
        "<c> a dcat:Catalog ; dcat:dataset <d1> , <d2> , <d3> ."
        "<d1> dct:publisher <o> ; dcat:keyword 'a' . <d2> dct:publisher <o> . <d3> dct:title 'x' ."
    )
    (organisation,) = found.organisations
    assert (organisation.subject, organisation.datasets) == ("https://example.mn/o", 2)
    assert organisation.points["keywordAvailability"] == 15
    assert organisation.total == 15 + 10 + 30
    assert (found.catalogue.subject, found.catalogue.datasets) == ("https://example.mn/c", 3)
    assert found.catalogue.points["keywordAvailability"] == 10
    assert found.catalogue.points["publisherAvailability"] == Fraction(20, 3)


def test_an_empty_catalogue_has_no_points() -> None:
    found = scored("<c> a dcat:Catalog .")
    assert found.datasets == ()
    assert found.catalogue.total == 0
    assert found.catalogue.rating == "bad"


@pytest.mark.parametrize(
    ("ours", "file"),
    [
        (codes.FILE_TYPES, "file_types.csv"),
        (codes.NON_PROPRIETARY, "non_proprietary.csv"),
        (codes.LICENCES, "licenses.csv"),
        (codes.ACCESS_RIGHTS, "access_rights.csv"),
        (codes.MEDIA_TYPES, "media_types.csv"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_code_lists_are_those_of_the_authorities(ours: codes.CodeList, file: str) -> None:
    if not (LISTS / file).exists():
        pytest.skip("the authorities' lists are not here")
    with (LISTS / file).open(encoding="utf-8", newline="") as table:
        cells = {cell for row in csv.reader(table) for cell in row if cell.startswith(ours.prefix)}
    assert {ours.prefix + code for code in ours.codes} == cells


def test_twenty_formats_are_machine_readable() -> None:
    assert len(codes.MACHINE_READABLE.codes) == 20
    assert codes.MACHINE_READABLE.codes < codes.FILE_TYPES.codes
    assert codes.NON_PROPRIETARY.codes < codes.FILE_TYPES.codes


def sample_stores() -> Iterator[ox.Store]:
    """Every sample of real catalogues that parses as it stands."""
    for path in sorted(DCAT_SAMPLES.rglob("*.*")):
        syntax = ox.RdfFormat.from_extension(path.suffix[1:].replace("xml", "rdf"))
        if syntax is None:
            continue
        with suppress(SyntaxError, ValueError):
            store = ox.Store()
            store.load(path.read_bytes(), syntax, base_iri="https://example.mn/")
            yield store


@needs_shared
def test_real_catalogues_stay_within_the_table() -> None:
    """Blank nodes, literals for resources, datasets without anything: a score, no traceback."""
    most = {d.id: sum(m.points for m in METRICS if m.dimension == d.id) for d in DIMENSIONS}
    totals = []
    for store in sample_stores():
        for one in score(store, Evidence(TODAY)).datasets:
            totals.append(one.total)
            assert all(0 <= points <= most[key] for key, points in one.dimensions.items())
    assert len(totals) > 200
    assert {rating(total) for total in totals} >= {"good", "sufficient", "bad"}
