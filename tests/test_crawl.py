"""All pages of the demo, followed from link to link in both languages: each is there, light, and
brings nothing from elsewhere.

Of addresses of one form (`/id/dataset/…`, `/datasets?theme=&page=`) the first MOST are opened;
`ULZII_CRAWL=1000` opens more of each.
"""

from __future__ import annotations

import os
import re
from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import parse_qsl, urldefrag, urljoin, urlsplit

import pytest
from flask.testing import FlaskClient

from graph.core.instance import open_instance
from graph.queries import Pool
from graph.snapshots import current
from server.app import create_app
from tests.page_texts import english_names_of, unmarked

pytestmark = [pytest.mark.slow, pytest.mark.ci]
MOST = int(os.environ.get("ULZII_CRAWL", "12"))
MOST_BYTES = 60_000
HTML = {"Accept": "text/html"}
HOST = "http://localhost/"
STARTS = ("/", "/search?q=мал", "/trace", "/log", "/verify", "/history", "/sparql", "/about")
LOADED = {"stylesheet", "icon", "preload", "modulepreload", "manifest"}
# Their answers are large or take long by nature: queries, captured files, evidence, tiles.
NOT_OPENED = re.compile(r"/(?:sparql\?|captures|capture|tile|snapshot|evidence|dump|catalog)")
# The editor's own page may be heavier: it holds the queries and the prefixes.
HEAVIER = re.compile(r"/sparql")


# What stands in a captured file is in no stated language, and half of its names are in both.
IN_NO_LANGUAGE = re.compile(r"/(?:capture|code)/")


@dataclass
class Page(HTMLParser):
    """What a page links and loads, and what it must not have."""

    links: list[str] = field(default_factory=list)
    loaded: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    language: str | None = None

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "html":
            self.language = given.get("lang")
        if tag in ("a", "area") and "href" in given:
            self.links.append(given["href"])
        if "src" in given or LOADED & set(given.get("rel", "").split()):
            self.loaded.append(given.get("src") or given.get("href", ""))
        self.wrong += [f"{tag} {name}=" for name in given if name == "style" or name[:2] == "on"]
        is_data = given.get("type") in ("application/ld+json", "application/json")
        if tag == "style" or (
            tag == "script" and not {"src", "nonce"} & set(given) and not is_data
        ):
            self.wrong.append(f"<{tag}>")


@pytest.fixture(scope="module")
def english(demo: Path) -> frozenset[str]:
    """What the demo's data call by an English name alone."""
    snapshot = current(open_instance(demo))
    assert snapshot is not None
    return english_names_of(snapshot.path)


@pytest.fixture(scope="module")
def client(demo: Path) -> Iterator[FlaskClient]:
    instance = open_instance(demo)
    with Pool.start(instance, workers=1) as pool:
        yield create_app(instance, pool).test_client(use_cookies=False)


def form(address: str) -> str:
    """Addresses of one form: the first parts of the path, one parameter's name and their number."""
    parts = urlsplit(address)
    names = sorted({re.sub(r"\..*", "", name) for name, _ in parse_qsl(parts.query)} - {"lang"})
    folders = parts.path.split("/")
    extension = folders[-1].rpartition(".")[2] if "." in folders[-1] else ""
    return (
        "/".join(folders[:3] if folders[1] == "id" else folders[:2])
        + f".{extension}?{names[:1]}{len(names)}"
    )


def internal(page: str, href: str) -> str:
    """The address of a link on this server; empty for another one, or none of a page."""
    target = urldefrag(urljoin(HOST[:-1] + page, href)).url
    return "/" + target.removeprefix(HOST) if target.startswith(HOST) else ""


@pytest.mark.parametrize("language", ["mn", "en"])
def test_every_page_is_there_light_and_complete(
    client: FlaskClient, english: frozenset[str], language: str
) -> None:
    waiting = deque((start, "") for start in STARTS)
    seen, opened, wrong = set(STARTS), Counter[str](), list[str]()
    while waiting:
        address, origin = waiting.popleft()
        if opened[form(address)] >= MOST or NOT_OPENED.match(address):
            continue
        opened[form(address)] += 1
        answer = client.get(address, headers=HTML | {"Accept-Language": language}, buffered=True)
        if answer.status_code in (301, 302, 303, 307, 308):
            target = internal(address, answer.headers["Location"])
            if target and target not in seen:
                seen.add(target)
                waiting.append((target, origin))
            continue
        if answer.status_code != 200:
            wrong.append(f"{answer.status_code} {address} linked by {origin}")
            continue
        if answer.mimetype != "text/html":
            continue
        page = Page()
        page.feed(answer.text)
        wrong += [f"{found}: {address}" for found in page.wrong]
        if len(answer.data) > MOST_BYTES and not HEAVIER.match(address):
            wrong.append(f"{len(answer.data):,} bytes: {address}")
        if page.language != language and "lang=" not in address:
            wrong.append(f"lang={page.language}: {address}")
        if not (language == "mn" and IN_NO_LANGUAGE.match(address)):
            silent = unmarked(answer.text, english)
            wrong += [f"without lang: {text[:200]}: {address}" for text in silent]
        foreign = [one for one in page.loaded if not internal(address, one)]
        wrong += [f"loads {one}: {address}" for one in foreign]
        for href in page.links:
            target = internal(address, href)
            if target and target not in seen:
                seen.add(target)
                waiting.append((target, address))
    assert sum(opened.values()) > 100
    assert not wrong, "\n".join(wrong)
