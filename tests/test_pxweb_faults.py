"""Faults that PX-Web databases of agencies have, against a stand-in: what is read all the same,
what is named, and that a refusal changes nothing."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from graph.archive import Archive
from graph.core.errors import InputError
from graph.core.instance import Instance
from graph.ledger import Ledger, manifests
from graph.statements import layer
from loaders.pipeline.load import load
from tests import parts
from tests.replays import last_load
from tests.servers import Answer, AnsweringServer, Asked, allow, answering, described
from tests.test_pxweb_tree import DATASET, SOURCE, Database, cells, literals, source

KIND, REGION = "Зүйл", "Бүсийн нэгж"
NFD = unicodedata.normalize("NFD", KIND)


class FaultyDatabase(Database):
    """The database of the other tests, with the faults that a test gives it."""

    def __init__(self) -> None:
        super().__init__()
        self.area = "Бүс"
        self.notes: dict[str, list[str]] = {}
        self.refuse = ""  # requests whose path has this are answered with `status`
        self.status = 403
        self.wants_cookie = False
        self.listed: list[dict[str, str]] = []

    def labels(self, lang: str) -> dict[str, list[str]]:
        return {self.area: self.areas[lang], "Хугацаа": self.periods}

    def values(self, lang: str, body: dict[str, Any]) -> dict[str, Any]:
        return super().values(lang, body) | ({"note": self.notes[lang]} if self.notes else {})

    def folder(self, lang: str, path: list[str]) -> list[dict[str, str]]:
        found = super().folder(lang, path)
        return [*found, *self.listed] if path == ["B"] else found

    def __call__(self, asked: Asked) -> Answer:
        if self.refuse and self.refuse in asked.path:
            return Answer(b"<html>Forbidden</html>", status=self.status)
        if self.wants_cookie and "cookie" not in asked.headers:
            there = {"Location": asked.path, "Set-Cookie": "session=s3cret; Path=/"}
            return Answer(status=302, headers=there)
        answer = super().__call__(asked)
        cookie = {"Set-Cookie": "session=s3cret; Path=/; HttpOnly"}
        return replace(answer, headers={**answer.headers, **cookie})


@pytest.fixture
def database() -> FaultyDatabase:
    return FaultyDatabase()


@pytest.fixture
def server(database: FaultyDatabase, instance: Instance) -> Iterator[AnsweringServer]:
    with answering(database) as running:
        allow(instance, running)
        yield running


def findings(instance: Instance) -> list[str]:
    lines = last_load(instance, "live")["layers"]["findings"]["lines"]
    return [one.decode() for one in layer.read(Archive(instance.archive), lines)]


def test_letters_in_two_characters_are_the_same_letters(
    instance: Instance, database: FaultyDatabase, server: AnsweringServer, tmp_path: Path
) -> None:
    """й as и with a breve: in ids, titles, labels and notes."""
    assert NFD != KIND
    database.area, database.areas["mn"] = NFD, ["Нийт", unicodedata.normalize("NFD", "Зүүн зүй")]
    database.titles["mn"] = unicodedata.normalize("NFD", "Цалингийн судалгаа, зүйлээр")
    database.notes = {lang: [unicodedata.normalize("NFD", "Тайлбар: зүй")] for lang in ("en", "mn")}
    text = SOURCE.format(url=server.url).replace('id = "Бүс"', f'id = "{KIND}"')
    done = load(instance, described(tmp_path, "live", text))
    assert done.status == "published"
    assert cells(instance)["east/2024-Q4"] == "4"
    said = [
        one.decode()
        for name in ("stated", "inferred")
        for one in layer.read(
            Archive(instance.archive), last_load(instance, "live")["layers"][name]["lines"]
        )
    ]
    texts = [one for one in said if '"@' in one]
    assert [one for one in texts if "Цалингийн судалгаа" in one]
    assert all(unicodedata.is_normalized("NFC", one) for one in texts)


def test_a_selection_is_found_in_either_form(
    instance: Instance, database: FaultyDatabase, server: AnsweringServer, tmp_path: Path
) -> None:
    database.area = NFD
    text = SOURCE.format(url=server.url).replace('id = "Бүс"', f'id = "{KIND}"')
    text = text.replace(
        'resolution = "P3M"', f'resolution = "P3M"\nselect = {{"{KIND}" = ["East"]}}'
    )
    load(instance, described(tmp_path, "live", text))
    assert {key.partition("/")[0] for key in cells(instance)} == {"east"}


def test_html_in_notes_is_told_and_its_text_inferred(
    instance: Instance, database: FaultyDatabase, server: AnsweringServer, tmp_path: Path
) -> None:
    note = '<p>Data of <b>2024</b> &amp; later.<script>alert("x")</script></p>'
    database.notes = {"en": [note], "mn": ["5 < 6 ба 7 > 6"]}
    load(instance, source(tmp_path, server))
    notes = sorted(
        one.split(b'"', 1)[1].rsplit(b'"', 1)[0].decode()
        for name in ("stated", "inferred")
        for one in layer.read(
            Archive(instance.archive), last_load(instance, "live")["layers"][name]["lines"]
        )
        if b"core#note>" in one
    )
    plain = note.replace('"', '\\"')
    assert notes == sorted(["5 < 6 ба 7 > 6", plain, "Data of 2024 & later."])
    assert len([one for one in findings(instance) if "rule/html-in-text" in one]) > 0


@pytest.mark.parametrize(
    ("status", "hint"), parts.each(2, [(403, "max_cells"), (401, "credentials")])
)
def test_a_refusal_changes_nothing_and_says_what_to_do(
    instance: Instance,
    database: FaultyDatabase,
    server: AnsweringServer,
    tmp_path: Path,
    status: int,
    hint: str,
) -> None:
    live = source(tmp_path, server)
    load(instance, live)
    before = cells(instance)
    database.refuse, database.status = "DT_T1.px", status
    with pytest.raises(InputError, match=f"(?s)DT_T1.px: HTTP status {status}.*{hint}") as raised:
        load(instance, live)
    assert "Nothing was changed" in str(raised.value)
    assert cells(instance) == before
    database.refuse = ""
    assert load(instance, live).status == "same"


def test_cookies_are_neither_sent_back_nor_kept(
    instance: Instance, server: AnsweringServer, tmp_path: Path
) -> None:
    assert load(instance, source(tmp_path, server)).status == "published"
    assert not [one for one in server.asked if "cookie" in one.headers]
    (fetch,) = [one for one in Ledger(instance) if one["type"] == "Fetch"]
    entries = manifests.responses(fetch, Archive(instance.archive))
    assert "s3cret" not in json.dumps([fetch, *entries])


def test_a_server_that_wants_its_cookie_back_is_named(
    instance: Instance, database: FaultyDatabase, server: AnsweringServer, tmp_path: Path
) -> None:
    database.wants_cookie = True
    with pytest.raises(InputError, match="redirect") as raised:
        load(instance, source(tmp_path, server))
    assert "s3cret" not in str(raised.value)
    assert len(server.asked) < 25, "it ends"


def test_ids_and_titles_as_the_index_has_them(
    instance: Instance, database: FaultyDatabase, server: AnsweringServer, tmp_path: Path
) -> None:
    """Ids that begin with a sign or a number, titles with blanks at their end and mixed letters."""
    database.listed = [
        {"id": one, "type": "t", "text": text}
        for one, text in (
            ("_Buschilsen.px", "Бүсчилсэн "),
            ("1.DT_NSO_X.px", "БYХ CАЛБАР"),
            ("-1.px", "Нэр\u00a0 "),
        )
    ]
    load(instance, source(tmp_path, server))
    titles = literals(instance, "title")
    named = {key.removeprefix(DATASET): text for key, text in titles.items() if DATASET in key}
    assert named["_Buschilsen"] == "Бүсчилсэн"
    assert named["1.DT_NSO_X"] == "БYХ CАЛБАР", "as it is written"
    assert "-1" in named
