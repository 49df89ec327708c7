"""Where the service is reachable: the setting, and what stands for it where it is not set."""

from __future__ import annotations

import pytest

from graph.core.errors import ConfigError
from graph.core.instance import CONFIG, Instance, open_instance
from server.cli.serving import _announce_public
from server.front.serve import loopback_url
from server.http.urls import Urls


def configured(instance: Instance, text: str) -> Instance:
    (instance.root / CONFIG).write_text(f'base = "https://example.mn/"\n{text}', "utf-8")
    return open_instance(instance.root)


def test_the_setting_is_read_and_links_begin_with_it(instance: Instance) -> None:
    assert open_instance(instance.root).public_url == ""
    set_to = configured(instance, 'public_url = "https://data.example.mn/open/"\n')
    assert set_to.base == "https://example.mn/"
    urls = Urls(set_to.base, set_to.public_url)
    assert urls.absolute("/catalog.ttl") == "https://data.example.mn/open/catalog.ttl"
    assert urls.href("https://example.mn/id/x") == "/id/x"  # IRIs keep the base


@pytest.mark.parametrize(
    "wrong",
    ["data.example.mn/", "https://data.example.mn", "ftp://x/", "https://x/?a=1/", "http://["],
)
def test_an_address_that_is_none_is_refused_by_name(instance: Instance, wrong: str) -> None:
    with pytest.raises(ConfigError, match="public_url") as raised:
        configured(instance, f'public_url = "{wrong}"\n')
    assert raised.value.where.endswith(CONFIG)


@pytest.mark.parametrize("size", ["0", "501", '"2"', "true"])
def test_a_page_size_out_of_range_is_refused(instance: Instance, size: str) -> None:
    with pytest.raises(ConfigError, match="page_size"):
        configured(instance, f"[catalogue]\npage_size = {size}\n")


def test_the_catalogues_own_words_are_read(instance: Instance) -> None:
    text = """[catalogue]
title = { mn = "Манай каталог", en = "Our catalogue" }
description = { mn = "Бүх багц" }
publisher = "https://w3id.org/ulzii/id/org/5296722"
"""
    words = configured(instance, text).catalogue
    assert dict(words.title) == {"mn": "Манай каталог", "en": "Our catalogue"}
    assert dict(words.description) == {"mn": "Бүх багц"}
    assert words.publisher == "https://w3id.org/ulzii/id/org/5296722"


@pytest.mark.parametrize(
    ("key", "wrong"),
    [
        ("title", '"text"'),
        ("title", '{ mongolian_language = "x" }'),
        ("title", '{ mn = "" }'),
        ("description", "{ mn = 1 }"),
        ("publisher", '"Статистикийн хороо"'),
        ("publisher", '"https://x/<y>"'),
    ],
)
def test_words_that_are_wrong_are_refused_by_name(instance: Instance, key: str, wrong: str) -> None:
    with pytest.raises(ConfigError, match=key):
        configured(instance, f"[catalogue]\n{key} = {wrong}\n")


def test_where_every_address_is_bound_the_loopback_name_stands_for_it(
    instance: Instance, capsys: pytest.CaptureFixture[str]
) -> None:
    assert loopback_url("http://0.0.0.0:8008/") == "http://localhost:8008/"
    assert loopback_url("http://[::]:8008/") == "http://localhost:8008/"
    assert loopback_url("http://127.0.0.1:8008/") == "http://127.0.0.1:8008/"
    _announce_public("http://0.0.0.0:8008/", instance)
    assert 'public_url = "https://' in capsys.readouterr().err
    _announce_public("http://127.0.0.1:8008/", instance)
    assert not capsys.readouterr().err
