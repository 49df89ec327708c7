"""Several retrievals of one table, load after load: cells accumulate by selection."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from click.testing import CliRunner

from graph.archive import Archive
from graph.core.errors import InputError
from graph.core.instance import Instance
from graph.ledger import Ledger, events
from graph.statements import layer
from graph.versions import held
from loaders.pipeline.load import load
from loaders.pipeline.source import BUNDLED, Source
from server.cli import main
from tests import test_pxweb_live as live
from tests.copies import copied
from tests.portal_runs import literals
from tests.replays import last_load, replayed, shown
from tests.servers import AnsweringServer, described

px_web, server = live.px_web, live.server

WAGES = """
loader = "nso"
publisher = "x-nso"
files = ["files/*"]
media_type = "text/csv"
[options]
described = "2026-11-30T10:00:00+08:00"
agency = "1212.mn"
publisher = { mn = "Хороо", en = "Office" }
[options.service]
key = "px"
endpoint = "https://data.1212.mn/api/v1/"
title = { mn = "API", en = "API" }
[options.rights.terms]
mn = "Нөхцөл"
en = "Terms"
see = "https://1212.mn/terms"
[options.units.togrog]
mn = "төгрөг"
en = "togrog"
[options.exports.WAGES]
files = "WAGES_*.csv"
title = { mn = "Цалин", en = "Wages" }
unit = "togrog"
multiplier = 3
rights = "terms"
dimensions = [{ name = "Aimag", key = "area" }, { name = "Sex", key = "sex" }]
"""
FIRST = "Aimag,Sex,2000-IV,2001-I\nUlaanbaatar,Total,74.4,73.4\nTuv,Total,60,61\n"
SECOND = "Aimag,Sex,2001-I,2001-II\nUlaanbaatar,Total,73.9,81.5\n"


def wages(folder: Path, files: dict[str, str], more: str = "") -> Source:
    """The source, whose folder has these files by date and no others."""
    (folder / "files").mkdir(exist_ok=True)
    for old in (folder / "files").iterdir():
        old.unlink()
    for date, text in files.items():
        (folder / f"files/WAGES_{date}_x.csv").write_text(text, "utf-8")
    return described(folder, "wages", WAGES + more)


def figures(instance: Instance, source: str = "wages") -> set[str]:
    return set(literals(instance, source, "measure#obsValue"))


@pytest.fixture(scope="module")
def first_selection(another: Callable[[], Instance]) -> Path:
    """An instance with the figures of the first file. Nobody changes it."""
    made = another()
    assert load(made, wages(made.root.parent, {"2019-04-25": FIRST})).status == "published"
    return made.root.parent


@pytest.fixture
def first(first_selection: Path, tmp_path: Path) -> Instance:
    """A copy of it."""
    return copied(first_selection, tmp_path)


def test_a_later_load_of_another_selection_keeps_the_cells_of_the_first(
    first: Instance, tmp_path: Path
) -> None:
    second = load(first, wages(tmp_path, {"2021-10-06": SECOND}))
    assert (second.version, figures(first)) == (2, {"74.4", "73.9", "60", "61", "81.5"})
    assert load(first, wages(tmp_path, {"2021-10-06": SECOND})).status == "same"
    both = wages(tmp_path, {"2021-10-06": SECOND, "2019-04-25": FIRST})
    load(first, both)
    assert figures(first) == {"74.4", "73.9", "60", "61", "81.5"}, "as in one load"
    for one in [e for e in Ledger(first) if e["type"] == "Load"]:
        assert shown(replayed(first, one)) == ("proven", set())


def test_a_kept_cell_is_traced_to_its_file(first: Instance, tmp_path: Path) -> None:
    load(first, wages(tmp_path, {"2021-10-06": SECOND}))
    (fetch,) = [Ledger(first)[last_load(first, "wages")["fetch"]]]
    kept = {one["name"]: "kept" in one for one in fetch["responses"]}
    assert kept == {"WAGES_2019-04-25_x.csv": True, "WAGES_2021-10-06_x.csv": False}
    cell = "/id/dataset/wages/WAGES/cube/tuv/total/2000-Q4"
    command = ["--data", str(first.root), "trace", cell]
    told = CliRunner().invoke(main, command).output
    assert "WAGES_2019-04-25_x.csv" in told
    assert "cell=3,3" in told


def test_a_cell_that_a_later_selection_should_have_is_gone(
    instance: Instance, tmp_path: Path
) -> None:
    load(instance, wages(tmp_path, {"2019-04-25": FIRST + "Bulgan,Total,50,51\n"}))
    load(instance, wages(tmp_path, {"2021-10-06": FIRST}))
    assert figures(instance) >= {"74.4", "50"}, "Bulgan was not asked for"
    whole = "Aimag,Sex,2000-IV\nUlaanbaatar,Total,1\nTuv,Total,2\nBulgan,Total,\n"
    load(instance, wages(tmp_path, {"2022-01-01": whole}))
    assert figures(instance) == {"1", "2", "73.4", "61", "51"}


def test_a_file_that_is_covered_is_not_kept(first: Instance, tmp_path: Path) -> None:
    load(first, wages(tmp_path, {"2021-10-06": FIRST.replace("60,61", "62,63")}))
    fetch = Ledger(first)[last_load(first, "wages")["fetch"]]
    assert [one["name"] for one in fetch["responses"]] == ["WAGES_2021-10-06_x.csv"]
    assert figures(first) == {"74.4", "73.4", "62", "63"}


def test_a_table_may_say_that_it_does_not_accumulate(instance: Instance, tmp_path: Path) -> None:
    alone = "accumulates = false\n"
    load(instance, wages(tmp_path, {"2019-04-25": FIRST}, alone))
    load(instance, wages(tmp_path, {"2021-10-06": SECOND}, alone))
    assert figures(instance) == {"73.9", "81.5"}


def test_what_is_held_is_not_kept(first: Instance, tmp_path: Path) -> None:
    source = wages(tmp_path, {"2020-01-01": "Aimag,Sex,2005-I\nTuv,Total,5\n"})
    held_source = described(tmp_path, "wages", "moderated = true\n" + WAGES)
    assert load(first, held_source).status == "held"
    assert held.waiting(Ledger(first))
    load(first, source)
    load(first, wages(tmp_path, {"2021-10-06": SECOND}))
    assert "74.4" in figures(first)


def test_a_kept_file_that_cannot_be_read_any_more_is_named(first: Instance, tmp_path: Path) -> None:
    renamed = wages(tmp_path, {"2021-10-06": SECOND.replace("Sex", "Gender")})
    renamed = described(tmp_path, "wages", WAGES.replace('"Sex"', '"Gender"'))
    with pytest.raises(InputError, match=r"(?s)WAGES_2019-04-25.*is kept for cells"):
        load(first, renamed)


def selecting(folder: Path, server: AnsweringServer, years: list[str]) -> Source:
    select = f'select = {{ "Он" = {json.dumps(years)} }}\nresolution = "P1Y"\n'
    text = live.SOURCE.format(url=server.url, limit=9).replace('resolution = "P1Y"\n', select)
    return described(folder, "px", text)


def cells_of(instance: Instance) -> set[str]:
    return {one for one in literals(instance, "px", "measure#obsValue") if one.isdigit()}


def test_a_selection_of_a_live_table_leaves_the_other_years(
    instance: Instance, px_web: live.PxWeb, server: AnsweringServer, tmp_path: Path
) -> None:
    load(instance, live.source(tmp_path, server))
    whole = cells_of(instance)

    def revise(value: dict[str, object], _: int) -> None:
        value["value"] = [one + 5000 for one in value["value"]]  # type: ignore[attr-defined]

    px_web.alter, px_web.sizes = revise, []
    outcome = load(instance, selecting(tmp_path, server, ["2025"]))
    assert (outcome.version, px_web.sizes) == (2, [6, 6]), "one year was asked for"
    of_2025 = {one for one in whole if one.endswith("0")}
    assert cells_of(instance) == whole - of_2025 | {str(int(one) + 5000) for one in of_2025}
    assert load(instance, selecting(tmp_path, server, ["2025"])).status == "same"
    assert shown(replayed(instance, last_load(instance, "px"))) == ("proven", set())


def test_retrievals_of_one_second_are_told_apart(
    instance: Instance,
    px_web: live.PxWeb,
    server: AnsweringServer,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(events, "now", lambda: "2099-12-01T08:43:16+08:00")
    load(instance, live.source(tmp_path, server))
    whole = cells_of(instance)
    for number, year in enumerate(("2025", "2024", "2023", "2025"), 1):
        px_web.alter = partial(_revised, by=1000 * number)
        load(instance, selecting(tmp_path, server, [year]))
    by_year = {"0": 4000, "1": 2000, "2": 3000}
    assert cells_of(instance) == {str(int(one) + by_year[one[-1]]) for one in whole}


def _revised(value: dict[str, list[int]], _: int, by: int) -> None:
    value["value"] = [one + by for one in value["value"]]


def test_a_renamed_label_of_a_live_table_is_named(
    instance: Instance,
    server: AnsweringServer,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    load(instance, live.source(tmp_path, server))
    monkeypatch.setitem(live.LABELS["en"], "Бүс", ["Total", "East", "Far West"])
    load(instance, live.source(tmp_path, server))
    said = last_load(instance, "px")["layers"]["findings"]["lines"]
    lines = [one.decode() for one in layer.read(Archive(instance.archive), said)]
    assert [one for one in lines if "rule/label-new" in one]
    assert [one for one in lines if "“Far West”" in one]


def test_selections_of_a_live_table_accumulate(
    instance: Instance, px_web: live.PxWeb, server: AnsweringServer, tmp_path: Path
) -> None:
    load(instance, selecting(tmp_path, server, ["2023"]))
    assert len(cells_of(instance)) == 6
    load(instance, selecting(tmp_path, server, ["2024", "2025"]))
    assert len(cells_of(instance)) == 18
    periods = "http://purl.org/dc/terms/temporal"
    made = last_load(instance, "px")["layers"]["inferred"]["lines"]
    spans = [one for one in layer.read(Archive(instance.archive), made) if periods.encode() in one]
    assert [b"period/2023--2025" in one for one in spans] == [True]


def test_of_what_a_selection_asks_for_it_says_all(
    instance: Instance,
    server: AnsweringServer,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A region that is gone is gone in the years that were asked for, and stays in the others."""
    load(instance, live.source(tmp_path, server))
    for lang, gone in (("en", "West"), ("mn", "Баруун")):
        left = [one for one in live.LABELS[lang]["Бүс"] if one != gone]
        monkeypatch.setitem(live.LABELS[lang], "Бүс", left)
    load(instance, selecting(tmp_path, server, ["2025"]))
    left_of_west = {one for one in cells_of(instance) if one.rjust(3, "0")[1] == "2"}
    assert {one[-1] for one in left_of_west} == {"1", "2"}, "not of 2025"
    load(instance, live.source(tmp_path, server))
    assert len(cells_of(instance)) == 12, "a retrieval of the whole table leaves nothing"


def test_a_selection_of_what_is_not_there_is_named(
    instance: Instance, server: AnsweringServer, tmp_path: Path
) -> None:
    with pytest.raises(InputError, match="“Он” has no value “2030”"):
        load(instance, selecting(tmp_path, server, ["2024", "2030"]))


@pytest.mark.ci
def test_the_bundled_selections_load_one_after_the_other(
    instance: Instance, tmp_path: Path
) -> None:
    """Ulaanbaatar by quarter; the total and Ulaanbaatar by quarter; the total by year."""
    text = WAGES.replace("WAGES_*", "DT_NSO_0400_021V1_*")
    paths = sorted((BUNDLED.parent / "bundled/nso/exports").glob("DT_NSO_0400_021V1_*"))
    (tmp_path / "files").mkdir()
    for number, path in enumerate(paths):
        (tmp_path / f"files/{path.name}").write_bytes(path.read_bytes())
        if number:
            (tmp_path / f"files/{paths[number - 1].name}").unlink()
        load(instance, described(tmp_path, "wages", text))
    after = sorted(literals(instance, "wages", "measure#obsValue"))
    for path in paths:
        (tmp_path / f"files/{path.name}").write_bytes(path.read_bytes())
    load(instance, described(tmp_path, "wages", text))
    assert len(after) == 184
    assert after == sorted(literals(instance, "wages", "measure#obsValue")), "as in one load"
