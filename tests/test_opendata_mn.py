"""opendata.gov.mn: the bundled answers, texts and addresses of files."""

from __future__ import annotations

import hashlib
import tomllib
from dataclasses import replace
from typing import Any

import pyoxigraph as ox
import pytest

from graph.statements.canonical import Normaliser, line
from loaders.formats.html_text import to_text
from loaders.pipeline import capture
from loaders.pipeline.record import INFERRED, Statement
from loaders.systems import opendata_mn
from tests.opendata_answers import (
    BASE,
    CONTEXT,
    DATASET,
    NOWHERE,
    SOURCE,
    capture_of,
    detail,
    distribution,
    map_all,
    objects,
    row,
    search,
)
from vocab.namespaces import ADMS, CORE, DCAT, DCT, EU_FREQUENCY, SKOS

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
