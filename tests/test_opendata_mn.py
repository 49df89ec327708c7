"""opendata.gov.mn: the bundled answers, and the traps of the portal's format."""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest

from graph.core.errors import InputError
from graph.core.instance import Instance
from graph.core.iris import Names
from graph.statements.canonical import Normaliser, line
from loaders.formats.html_text import to_text
from loaders.pipeline import capture, source
from loaders.pipeline.protocol import LoaderContext
from loaders.pipeline.record import INFERRED, Capture, Record, Rejected, Skipped, Statement
from loaders.systems import opendata_mn
from vocab.namespaces import ADMS, CORE, DCAT, DCT, EU_FREQUENCY, SKOS

BASE = "https://example.mn/"
SOURCE = source.read(source.BUNDLED / "mn-odp.toml")
CONTEXT = LoaderContext(SOURCE, Names(BASE))
DATASET = f"{BASE}id/dataset/mn-odp/"
NOWHERE = Instance(Path("/nowhere"), BASE)


def capture_of(name: str, data: Any) -> Capture:
    written = data if isinstance(data, bytes) else json.dumps(data).encode()
    digest = hashlib.sha256(written).hexdigest()
    return Capture(digest, name, f"https://portal.mn/{name}", "application/json", written)


def map_all(captures: list[Capture], context: LoaderContext = CONTEXT) -> list[Statement]:
    records = opendata_mn.records(captures, context)
    made = (s for r in records for s in opendata_mn.statements(r, context))
    return [s for s in made if isinstance(s, Statement)]


def objects(found: list[Statement], subject: str, predicate: ox.NamedNode) -> set[str]:
    return {
        s.object.value for s in found if s.subject.value == subject and s.predicate == predicate
    }


# --- the bundled answers -----------------------------------------------------------------------


@pytest.fixture(scope="module")
def bundled() -> list[Statement]:
    found = []
    for request in capture.requests(SOURCE, NOWHERE):
        assert request.path is not None
        found.append(capture_of(request.name, request.path.read_bytes()))
    return map_all(found, CONTEXT)


def test_3_datasets_in_the_catalogue(bundled: list[Statement]) -> None:
    listed = objects(bundled, f"{BASE}catalog", DCAT.dataset)
    assert listed == {f"{DATASET}{number}" for number in ("6681", "6685", "6686")}
    assert objects(bundled, f"{DATASET}6686", DCT.identifier) == {"mn-odp:6686"}
    title = "Хуулийн этгээдийн улсын бүртгэлийн нээлттэй өгөгдөл"
    assert objects(bundled, f"{DATASET}6686", DCT.title) == {title}
    daily = EU_FREQUENCY.DAILY.value
    assert objects(bundled, f"{DATASET}6686", DCT.accrualPeriodicity) == {daily}
    publisher = "https://w3id.org/ulzii/id/org/5296722"
    assert objects(bundled, f"{DATASET}6686", DCT.publisher) == {publisher}
    assert objects(bundled, publisher, DCT.identifier) == {"5296722"}


def test_every_bundled_dataset_was_seen_on_the_portal(bundled: list[Statement]) -> None:
    served = objects(bundled, f"{BASE}id/service/mn-odp-api", DCAT.servesDataset)
    assert served == objects(bundled, f"{BASE}catalog", DCAT.dataset)
    for dataset in served:
        assert not objects(bundled, f"{dataset}#record", ADMS.status)
        assert objects(bundled, dataset, ADMS.identifier)
        assert objects(bundled, dataset, DCAT.distribution)


def test_no_licence_no_modified_and_nothing_made_up(bundled: list[Statement]) -> None:
    used = {s.predicate for s in bundled}
    assert not used & {DCT.license, DCAT.byteSize, DCAT.downloadURL, DCT.issued}
    datasets = objects(bundled, f"{BASE}catalog", DCAT.dataset)
    assert not any(objects(bundled, dataset, DCT.modified) for dataset in datasets)
    notes = objects(bundled, f"{DATASET}6686#record", SKOS.note)
    assert any("2026-04-19 08:00:00" in note for note in notes)


def test_every_dataset_has_a_description(bundled: list[Statement]) -> None:
    made_of_title = "Иргэний бүртгэл. (Тайлбарыг гарчгаас үүсгэв.)"
    assert objects(bundled, f"{DATASET}6681", DCT.description) == {made_of_title}
    for dataset in objects(bundled, f"{BASE}catalog", DCAT.dataset):
        assert len(objects(bundled, dataset, DCT.description)) == 1


def test_the_record_lists_what_is_inferred(bundled: list[Statement]) -> None:
    for dataset in objects(bundled, f"{BASE}catalog", DCAT.dataset):
        inferred = {
            s.predicate.value for s in bundled if s.layer == INFERRED and s.subject.value == dataset
        }
        assert objects(bundled, f"{dataset}#record", CORE.inferredProperty) == inferred
    described = search(row(description="<p>Тайлбар</p>"))
    stated = objects(map_all([described]), f"{DATASET}1#record", CORE.inferredProperty)
    assert DCT.description.value not in stated


def test_frequencies_of_other_wording_are_kept_as_notes() -> None:
    """“Сар, Жил” is no one term of the EU list."""
    found = map_all([search(row(frequency={"name": "Сар, Жил"}))])
    assert not objects(found, f"{DATASET}1", DCT.accrualPeriodicity)
    assert any("Сар, Жил" in n for n in objects(found, f"{DATASET}1#record", SKOS.note))
    assert len([s for s in found if s.rule == "frequency-not-mapped"]) == 2


def test_statements_are_canonical(bundled: list[Statement]) -> None:
    lines = [line(s.subject, s.predicate, s.object) for s in bundled]
    assert Normaliser().lines(lines) == lines


def test_the_module_tells_how_to_ask_the_live_portal() -> None:
    """The TOML in the docstring is what the fetcher understands."""
    text = (
        (opendata_mn.__doc__ or "").split("its JSON body:\n\n")[1].split("\n\nThe other pages")[0]
    )
    table = tomllib.loads("\n".join(row.strip() for row in text.splitlines()))
    live = replace(SOURCE, files=tuple(table["files"]), options=table["options"])
    requests = capture.requests(live, NOWHERE)
    asked = [(r.name, r.url.rpartition("/front/")[2], r.body) for r in requests]
    search = {"page": {"page": 1, "page_size": 100, "sort": "created_at DESC"}}
    assert asked == [("search.json", "search", search)]


# --- small answers -----------------------------------------------------------------------------

ORG = {"reg_num": "1234567", "name": "Агентлаг "}


def row(number: Any = 1, **over: Any) -> dict[str, Any]:
    return {"id": number, "name": "Нэр", "org": ORG, "frequency": None, "term": None, **over}


def search(*rows: Any, name: str = "search-1.json", **over: Any) -> Capture:
    details = {"total_rows": len(rows), "total_pages": 1, "items": list(rows), **over}
    return capture_of(name, {"code": 200, "result": {"details": details, "org_list": []}})


def detail(number: Any = 1, **over: Any) -> Capture:
    return capture_of(f"detail-{number}.json", {"code": 200, "result": row(number, **over)})


def outcome(captures: list[Capture], locator: str) -> Record:
    records = list(opendata_mn.records(captures, CONTEXT))
    assert len({(r.capture.digest, r.locator) for r in records}) == len(records)
    return next(r for r in records if f"{r.capture.name}#{r.locator}" == locator)


def test_a_detail_says_more_than_its_row() -> None:
    both = map_all([search(row()), detail(description="<p>Тайлбар</p>")])
    assert objects(both, f"{DATASET}1", DCT.description) == {"Тайлбар"}
    alone = map_all([search(row())])
    assert objects(alone, f"{DATASET}1", DCT.title) == {"Нэр"}


def test_titles_have_plain_blanks_and_no_controls() -> None:
    found = map_all([search(row(name=" Нэг\u00a0хоёр\u0000 "))])
    assert objects(found, f"{DATASET}1", DCT.title) == {"Нэг хоёр"}


def test_ids_keep_no_neighbours() -> None:
    """66861 is no part of 6686."""
    found = map_all([search(row(6686), row(66861))])
    assert objects(found, f"{BASE}catalog", DCAT.dataset) == {f"{DATASET}6686", f"{DATASET}66861"}


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>Хуулийн&nbsp;этгээд &amp; бусад</p>", "Хуулийн этгээд & бусад"),
        ("Нэг\u00a0 хоёр &lt; гурав", "Нэг хоёр < гурав"),
        ("<p>Нэг<br>хоёр</p><p>  гурав\n дөрөв</p>", "Нэг\nхоёр\nгурав дөрөв"),
        (
            "<table><tr><th>Нэр</th><th>Төрөл</th></tr><tr><td>Огноо</td><td>date</td></tr></table>",
            "Нэр | Төрөл\nОгноо | date",
        ),
        ("<ul><li>нэг</li><li><b>хо</b>ёр</li></ul>", "- нэг\n- хоёр"),
        ("<script>alert('1')</script><style>p{}</style><p>Текст</p><!-- нууц -->", "Текст"),
        ("<title>Гарчиг</title><iframe>хүрээ</iframe><p>Текст</p>", "Текст"),
        ("<?xml version='1.0'?><div>А</div>", "А"),
        ("<p>Хаагдаагүй <b>тэмдэг", "Хаагдаагүй тэмдэг"),
        ("5 < 7 ба 8 > 3", "5 < 7 ба 8 > 3"),
        ("https://opendata.gov.mn/?a=1&b=2", "https://opendata.gov.mn/?a=1&b=2"),
        ("Нуугдсан\u200b зай\ufeff, зөө\u00adлөн, хяналт\u0007", "Нуугдсан зай, зөөлөн, хяналт"),
        ("хагас \ud83d тэмдэг", "хагас тэмдэг"),
        ("<p>&nbsp;</p><br/>", ""),
    ],
)
def test_html_is_read_as_text(html: str, text: str) -> None:
    assert to_text(html) == text


def test_an_html_description_without_text_gives_way_to_the_title() -> None:
    found = map_all([search(row()), detail(description="<p>&nbsp;</p>")])
    (text,) = objects(found, f"{DATASET}1", DCT.description)
    assert text.startswith("Нэр. (")


def distribution(**file: Any) -> tuple[list[Statement], str]:
    found = map_all([search(row()), detail(files=[file])])
    (node,) = objects(found, f"{DATASET}1", DCAT.distribution)
    return found, node


SAMPLE = "20260419/65/6502bcae65267d1fbf6e360342df061e5eb0883a"
MEDIA = f"https://opendata.gov.mn/api/v1/media/{SAMPLE}"


@pytest.mark.parametrize("path", [SAMPLE, f"/api/v1/media/{SAMPLE}", MEDIA])
def test_media_paths_are_downloads(path: str) -> None:
    found, node = distribution(id=7, ext=".JSON", size=440, path=path)
    assert node == f"{DATASET}1/file/7"
    assert objects(found, node, DCAT.downloadURL) == {MEDIA}
    assert objects(found, node, DCAT.byteSize) == {"440"}
    assert {f.rpartition("/")[2] for f in objects(found, node, DCT.format)} == {"JSON"}
    rights = "https://w3id.org/ulzii/scheme/rights/licence-not-stated"
    assert objects(found, node, DCT.rights) == {rights}


@pytest.mark.parametrize(
    ("path", "rule"),
    [
        (f"/storage/{SAMPLE}.json", "soft-404-address"),
        (f"storage/{SAMPLE}.json", "soft-404-address"),
        (f"https://opendata.gov.mn/storage/{SAMPLE}.json", "soft-404-address"),
        ("../../etc/passwd", "file-address-unknown"),
        ("20260419/../../x", "file-address-unknown"),
        ("a b/\u0444\u0430\u0439\u043b", "file-address-unknown"),
        ("ftp://agency.mn/x", "file-address-unknown"),
    ],
)
def test_addresses_that_give_no_file_are_never_downloads(path: str, rule: str) -> None:
    found, node = distribution(id=7, ext="json", path=path)
    assert not objects(found, node, DCAT.downloadURL)
    notes = [s for s in found if s.rule == rule and s.subject.value == node]
    assert {s.object.language for s in notes if isinstance(s.object, ox.Literal)} == {"mn", "en"}
    assert all(path in s.object.value for s in notes)


def test_a_file_without_id_path_or_known_extension() -> None:
    found, node = distribution(ext="mdbx")
    assert node.startswith(f"{DATASET}1/file/sha256-")
    access = "https://opendata.gov.mn/api/v1/front/detail/view"
    assert objects(found, node, DCAT.accessURL) == {access}
    assert not objects(found, node, DCT.format) | objects(found, node, DCAT.downloadURL)
    assert any("mdbx" in n for n in objects(found, node, SKOS.note))


@pytest.mark.parametrize(
    ("org", "key"),
    [
        ({"reg_num": 1234567, "name": "А"}, "1234567"),
        ({"reg_num": None, "name": " Үндэсний статистикийн хороо "}, "x-nso"),
        ({"reg_num": "12-34", "name": "А"}, f"x-{hashlib.sha256('А'.encode()).hexdigest()[:12]}"),
    ],
)
def test_organisations_are_keyed_by_number_else_by_name(org: dict[str, Any], key: str) -> None:
    found = map_all([search(row(org=org))])
    publisher = f"https://w3id.org/ulzii/id/org/{key}"
    assert objects(found, f"{DATASET}1", DCT.publisher) == {publisher}
    odd = any("12-34" in n for n in objects(found, f"{DATASET}1#record", SKOS.note))
    assert odd == (org["reg_num"] == "12-34")


def test_no_organisation_is_no_publisher() -> None:
    assert not objects(map_all([search(row(org=None))]), f"{DATASET}1", DCT.publisher)


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


def page(number: int, *rows: Any, total: Any = 2, pages: Any = 2) -> Capture:
    return search(*rows, name=f"search-{number}.json", total_rows=total, total_pages=pages)


ANSWER = json.dumps({"code": 200, "result": {}}, ensure_ascii=False).encode()

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
