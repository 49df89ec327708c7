"""Validation reads blocks of lines: it looks at each line that it must, and keeps all of them."""

from __future__ import annotations

import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shapes import validate as validation
from shapes.dates import odd_dates, wrong_date
from shapes.prefilter import blocks, merging, spool
from shapes.prefilter.index import TYPE, GraphIndex
from shapes.prefilter.spool import LineSpool
from shapes.statements import _looked_at, _needs_parsing

_XSD = "http://www.w3.org/2001/XMLSchema#"
_DAYS = ("2026-02-28", "2026-02-29", "2024-02-29", "2026-13-01", "0999-01-01", "2026-1-1", "-2026")
_TIMES = ("2026-01-01T10:00:00+08:00", "2026-01-01T24:00:00Z", "2026-01-01T25:00:00Z", "2026-01-31")
_TYPED = st.builds(
    '"{}"^^<{}{}>'.format,
    st.sampled_from((*_DAYS, *_TIMES)),
    st.just(_XSD),
    st.sampled_from(("date", "dateTime", "gYear", "gYearMonth", "string")),
)
_PARTS = st.sampled_from(
    ("9911 2233", "99112233", "9911-223", "１２３４５６７８", "١٢٣٤٥٦٧٨", "сүx", "aб", "«Улс»", "№",
     "tel:", "<tel:", "\\u0041", "\\n", " ", "é", "𝟏𝟐𝟑𝟒𝟓𝟔𝟕𝟖", "ᠮᠣᠩ", '\\"2026-13-01\\"^^<x#date>')
)  # fmt: skip
_TEXT = st.lists(_PARTS | st.text("aбү1 -«", max_size=4), max_size=4).map(
    lambda parts: '"' + "".join(parts) + '"'
)
_OTHER = st.sampled_from(["_:b", "<tel:99112233>", "<TEL:1>", "<https://e.mn/99112233>"])
_LINE = "<https://e.mn/{}> <https://e.mn/p> {} .\n"
_LINES = st.lists(st.builds(_LINE.format, st.integers(0, 9), _TEXT | _TYPED | _OTHER), max_size=5)


@given(_LINES)
def test_every_line_that_a_rule_may_match_is_looked_at(lines: list[str]) -> None:
    found = [*_looked_at("".join(lines).encode())]
    needed = [one.encode() for one in lines if _needs_parsing(one) or wrong_date(one.encode())]
    assert [one for one in found if one in needed] == needed


def test_lines_of_the_usual_forms_are_not_looked_at() -> None:
    usual = (
        '<https://e.mn/1> <https://e.mn/p> "Баян-Өндөр сум 12"@mn .\n'
        f'<https://e.mn/1> <https://e.mn/p> "2026-02-28"^^<{_XSD}date> .\n'
        f'<https://e.mn/1> <https://e.mn/p> "2026-02-28T10:00:00+08:00"^^<{_XSD}dateTime> .\n'
    ).encode()
    assert [*_looked_at(usual)] == []
    wrong = f'<https://e.mn/1> <https://e.mn/p> "2026-02-29"^^<{_XSD}date> .\n'.encode()
    assert [*_looked_at(usual + wrong)] == [wrong]
    assert len([*odd_dates(wrong + usual + wrong)]) == 2


def test_digits_of_all_scripts_are_looked_at() -> None:
    digits = [chr(one) for one in range(128, sys.maxunicode) if chr(one).isdecimal()]
    passed = [one for one in digits if not [*_looked_at(f'<a:s> <a:p> "{one}" .\n'.encode())]]
    assert passed == []


@given(_LINES, st.integers(1, 4), st.integers(1, 200))
def test_a_spool_has_all_lines_once_and_sorted(lines: list[str], run: int, piece: int) -> None:
    given_lines = [one.encode() for one in lines if "\\" not in one]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(spool, "_RUN_SIZE", run)
        patch.setattr(spool, "_PIECE", piece)
        patch.setattr(blocks, "_SIZE", piece)
        made = LineSpool(blocks.blocks(iter(given_lines)))
    assert b"".join(made.blocks()) == b"".join(sorted({*given_lines}))
    assert made.count == len({*given_lines})


@pytest.mark.parametrize("given_form", [b"a\nb\n", b"a\r\n\r\nb", [b"a", b"", b"b\n"], [b"\na\nb"]])
def test_all_forms_of_lines_become_blocks(given_form: blocks.Statements) -> None:
    assert b"".join(blocks.blocks(given_form)) == b"a\nb\n"


def test_a_line_twice_across_lists_is_kept_once() -> None:
    assert [*merging.unique([[b"a", b"b"], [b"b", b"b", b"c"], [b"c"]])] == [
        [b"a", b"b"],
        [b"c"],
        [],
    ]


def test_the_index_has_values_as_they_stand() -> None:
    index = GraphIndex([b"<a:p>"], [b"<a:p>"])
    index.add(b'<a:s> %s <a:C> .\n<a:s> <a:q> " <a:p> " .\n<a:s> <a:p> "x . y" .\n' % TYPE)
    assert index.types(b"<a:s>") == (b"<a:C>",)
    assert index.objects(b"<a:s>", b"<a:p>") == (b'"x . y"',)
    assert index.subjects(b'"x . y"', b"<a:p>") == (b"<a:s>",)


def test_no_store_is_filled_where_no_query_has_a_focus_node(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("filled")

    monkeypatch.setattr(validation, "_store", refuse)
    report = validation.validate(b'<https://e.mn/1> <http://purl.org/dc/terms/title> "A"@en .\n')
    assert report.counts["Violation"] == 0
    assert any("iso-code" in shape for shape in report.whole)
    cube = b"<https://e.mn/1> %s <http://purl.org/linked-data/cube#DataSet> .\n" % TYPE
    with pytest.raises(AssertionError, match="filled"):
        validation.validate(cube)
