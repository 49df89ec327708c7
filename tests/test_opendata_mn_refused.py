"""opendata.gov.mn: records and answers that cannot be mapped, with their messages."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from graph.core.errors import InputError
from loaders.pipeline.record import Capture, Rejected, Skipped
from loaders.systems import opendata_mn
from tests.opendata_answers import ANSWER, CONTEXT, capture_of, detail, outcome, page, row, search

# --- what is refused ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("captures", "locator", "message"),
    [
        (
            [search(row(), row(), total_rows=1)],
            "search-1.json#/result/details/items/1",
            "1 appears again, after",
        ),
        ([search(row(None))], "search-1.json#/result/details/items/0", "no id"),
        ([search("6686")], "search-1.json#/result/details/items/0", "no id"),
        ([search(row(True))], "search-1.json#/result/details/items/0", "no id"),
        ([search(row(name=" "))], "search-1.json#/result/details/items/0", "has no name"),
        ([search(row(files="x"))], "search-1.json#/result/details/items/0", "files"),
        (
            [search(row()), detail(files=[{"id": 1, "size": "1 MB"}])],
            "detail-1.json#/result",
            "size",
        ),
    ],
)
def test_records_that_cannot_be_mapped_are_rejected(
    captures: list[Capture], locator: str, message: str
) -> None:
    record = outcome(captures, locator)
    with pytest.raises(Rejected, match=message):
        list(opendata_mn.statements(record, CONTEXT))


def test_a_second_detail_is_rejected_and_an_unlisted_one_skipped() -> None:
    again = capture_of("again.json", {"code": 200, "result": row(name="Өөр")})
    captures = [search(row()), detail(), again, detail(2)]
    with pytest.raises(Rejected, match=r"again\.json#/result: dataset 1 appears again"):
        list(opendata_mn.statements(outcome(captures, "again.json#/result"), CONTEXT))
    with pytest.raises(Skipped, match="not-listed: no search page lists dataset 2"):
        list(opendata_mn.statements(outcome(captures, "detail-2.json#/result"), CONTEXT))


BROKEN: dict[str, tuple[Callable[[], list[Capture]], str]] = {
    "empty": (lambda: [capture_of("s.json", b"")], "s.json row 1: the response is empty"),
    "a page": (
        lambda: [capture_of("s.json", b"<html>500")],
        "s.json row 1: a web page instead of JSON",
    ),
    "cut": (
        lambda: [capture_of("s.json", ANSWER[:-3])],
        r"s\.json row 1 column \d+: invalid or truncated",
    ),
    "cp1251": (
        lambda: [capture_of("s.json", '{"code": 200,\n"result": "Нэр"}'.encode("cp1251"))],
        "s.json row 2: byte",
    ),
    "deep": (lambda: [capture_of("s.json", b"[" * 200_000)], "s.json"),
    "no envelope": (lambda: [capture_of("s.json", {"items": []})], "not a response of this portal"),
    "error": (
        lambda: [capture_of("s.json", {"code": 500, "message": "Алдаа гарлаа"})],
        "s.json#/code: the portal responds 500: Алдаа гарлаа",
    ),
    "no result": (
        lambda: [capture_of("s.json", {"code": 200, "result": None})],
        "#/result: the response",
    ),
    "neither": (
        lambda: [capture_of("s.json", ANSWER)],
        "#/result: neither a search page nor a dataset",
    ),
    "only details": (lambda: [detail()], "no search page"),
    "no items": (lambda: [search(items=None)], "#/result/details/items: no list of datasets"),
    "nothing listed": (lambda: [search()], "the portal lists no dataset"),
    "no count": (lambda: [page(1, row(), total="2")], "total_rows: “2” is not a count"),
    "a page missing": (lambda: [page(1, row())], "total_pages: 2 pages announced, 1 received"),
    "a page too many": (
        lambda: [page(1, row(1), pages=1), page(2, row(2), pages=1)],
        "1 pages announced, 2 received",
    ),
    "a row missing": (
        lambda: [page(1, row(1), total=3), page(2, row(2), total=3)],
        "search-2.json#/result/details/items: 3 rows announced, 2 received",
    ),
    "an overlapping page": (
        lambda: [page(1, row(1), row(2), total=4), page(2, row(2), row(3), total=4)],
        "4 rows announced, 4 received, of them 3 different ones: 2 came more than once",
    ),
    "it moved": (
        lambda: [page(1, row(1)), page(2, row(2), total=3)],
        "search-2.json#/result/details/total_rows: 3 rows, but 2 in search-1.json",
    ),
}


@pytest.mark.parametrize("case", BROKEN)
def test_broken_or_shortened_answers_are_refused_whole(case: str) -> None:
    captures, message = BROKEN[case]
    with pytest.raises(InputError, match=message):
        list(opendata_mn.records(captures(), CONTEXT))
