"""Invitations of tender.gov.mn: real ones where they are there, and what a wrong one does."""

from __future__ import annotations

import hashlib
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest

from graph.core.errors import InputError
from graph.core.iris import Names
from loaders.pipeline import source
from loaders.pipeline.protocol import LoaderContext
from loaders.pipeline.record import INFERRED, Capture, Rejected, Statement
from loaders.systems import tender_mn
from shapes.validate import validate

REAL = (
    Path(__file__).parents[2] / "shared/data/mn/procurement/tender_gov_mn_invitations_sample.json"
)
BASE = "https://example.mn/"
PREFIXES = """
PREFIX dct: <http://purl.org/dc/terms/>
PREFIX epo: <http://data.europa.eu/a4g/ontology#>
PREFIX tender: <https://w3id.org/ulzii/def/tender#>
"""
INVITATION = {
    "invitationId": "1700000000001",
    "invitationNumber": "ЖИШЭЭ/20260101001/01/01",
    "tenderId": "1700000000000",
    "tenderCode": "ЖИШЭЭ/20260101001",
    "tenderName": "Бичгийн хэрэгсэл",
    "uusgesenEntityRegNumber": "1234567",
    "uusgesenEntityName": "Жишээ сургууль ",
    "totalBudget": "1000000",
    "yearBudget": "400000",
    "tenderTypeCode": "PRODUCT",
    "tenderTypeName": "Бараа",
    "tenderRuleId": "13",
    "ruleName": "Нээлттэй тендер шалгаруулалтын арга",
    "publishDate": "2026-09-04 00:00:00",
    "receiveDate": "2026-10-30 09:05:00",
}

real = pytest.mark.skipif(not REAL.exists(), reason="the invitations are not here")


@pytest.fixture
def context(tmp_path: Path) -> LoaderContext:
    path = tmp_path / "tender.toml"
    path.write_text(
        'id = "tender"\nloader = "tender_mn"\nfiles = ["invitations.json"]\n'
        'media_type = "application/json"\n[title]\nmn = "Тендер"\nen = "Tenders"\n'
    )
    return LoaderContext(source.read(path), Names(BASE))


def capture(content: Any) -> Capture:
    data = content if isinstance(content, bytes) else json.dumps(content).encode()
    digest = hashlib.sha256(data).hexdigest()
    return Capture(digest, "invitations.json", "", "application/json", data)


def mapped(content: Any, context: LoaderContext) -> list[Statement]:
    found = [
        one
        for record in tender_mn.records([capture(content)], context)
        for one in tender_mn.statements(record, context)
    ]
    return [one for one in found if isinstance(one, Statement)]


def select(found: list[Statement], query: str) -> list[tuple[str, ...]]:
    store = ox.Store()
    store.extend(ox.Quad(s.subject, s.predicate, s.object) for s in found)
    solutions = store.query(PREFIXES + query)
    assert isinstance(solutions, ox.QuerySolutions)
    return [tuple(term.value for term in row) for row in solutions]


TOTAL = "SELECT ?n { ?p tender:totalBudget/epo:hasAmountValue ?n }"
BUYERS = "SELECT DISTINCT ?o { ?p epo:involvesBuyer/epo:playedBy ?o }"
PERCENTS = "SELECT ?n { ?t tender:guaranteePercent ?n }"
AMOUNTS = "SELECT ?n { ?t tender:guaranteeAmount/epo:hasAmountValue ?n }"


@real
def test_nine_real_invitations(context: LoaderContext) -> None:
    found = mapped(REAL.read_bytes(), context)
    assert len(select(found, "SELECT ?i { ?i a epo:CompetitionNotice }")) == 9
    buyers = {one.rpartition("/")[2] for (one,) in select(found, BUYERS)}
    assert buyers == {
        "4611225", "2051303", "7987891", "2074192", "3075923", "6577539", "5435528",
    }  # fmt: skip
    assert sum(Decimal(n) for (n,) in select(found, TOTAL)) == 5_594_727_603
    assert select(found, PERCENTS) == [("0.5",)]
    assert select(found, AMOUNTS) == [("756835.11",)]
    lines = sorted({f"{s.subject} {s.predicate} {s.object} .\n" for s in found})
    assert validate("".join(lines).encode(), b"").conforms


@pytest.mark.parametrize("content", [[INVITATION], {"total": 1, "data": [INVITATION]}])
def test_a_list_and_an_answer_of_the_portal_give_the_same(
    content: Any, context: LoaderContext
) -> None:
    found = mapped(content, context)
    assert select(found, TOTAL) == [("1000000",)]
    assert select(found, BUYERS) == [("https://w3id.org/ulzii/id/org/1234567",)]
    assert select(found, "SELECT ?d { ?i dct:issued ?d }") == [("2026-09-04",)]
    assert select(found, "SELECT ?t { ?t epo:isGuaranteeRequired ?b }") == []


def test_the_zone_of_a_deadline_is_inferred(context: LoaderContext) -> None:
    (deadline,) = [
        one for one in mapped([INVITATION], context) if one.predicate.value.endswith("Deadline")
    ]
    assert deadline.layer == INFERRED
    assert deadline.object.value == "2026-10-30T09:05:00+08:00"


def test_half_a_percent_and_half_a_togrog_are_told_apart(context: LoaderContext) -> None:
    percent = mapped([INVITATION | {"guaranteeAmount": "0.5", "isAmount": "0"}], context)
    amount = mapped([INVITATION | {"guaranteeAmount": "0.5", "isAmount": "1"}], context)
    assert (select(percent, PERCENTS), select(percent, AMOUNTS)) == ([("0.5",)], [])
    assert (select(amount, PERCENTS), select(amount, AMOUNTS)) == ([], [("0.5",)])


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"tenderName": " "}, "/0 tenderName: missing"),
        ({"uusgesenEntityRegNumber": "12345678"}, "not a number of seven digits"),
        ({"guaranteeAmount": "0.5"}, "isAmount: “” is neither"),
        ({"totalBudget": "a million"}, "totalBudget: “a million”"),
    ],
)
def test_a_wrong_invitation_is_rejected_by_name(
    changed: dict[str, str], told: str, context: LoaderContext
) -> None:
    with pytest.raises(Rejected, match=told):
        mapped([INVITATION | changed], context)


@pytest.mark.parametrize("content", [{"return_code": 401}, {"data": "none"}, ["a"]])
def test_what_is_no_list_is_refused(content: Any, context: LoaderContext) -> None:
    with pytest.raises(InputError, match="no list of invitations"):
        mapped(content, context)
