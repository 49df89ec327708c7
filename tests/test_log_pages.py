"""The log over HTTP: pages, JSON, proofs; what is about a restricted source is for its readers."""

from __future__ import annotations

import base64
import hashlib
import html
import io
import json
import re
import zipfile
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient

from graph.core.instance import Instance
from graph.ledger import Ledger, event, sealing
from graph.queries import Pool
from graph.statements import canonical
from graph.transparency import signed_log, tiles
from graph.transparency.proofs import InclusionProof, decode
from graph.transparency.tree import is_consistent, root_by_inclusion
from server.app import create_app
from server.auth.tokens import TokenStore
from tests.test_publish import publish
from vocab.namespaces import RDF

pytestmark = pytest.mark.slow
HTML = {"Accept": "text/html"}
JSON = {"Accept": "application/json"}


@pytest.fixture(scope="module")
def logged(another: Callable[[], Instance]) -> Instance:
    """A public source, a restricted one, and events that are about neither."""
    made, line = another(), canonical.line(RDF.type, RDF.type, RDF.Property)
    publish(made, "open", [line])
    publish(made, "closed", [line], visibility="restricted")
    Ledger(made).append(*[_code(n) for n in range(60)])
    return made


@pytest.fixture(scope="module")
def served(logged: Instance) -> Iterator[FlaskClient]:
    with Pool.start(logged, workers=1) as pool:
        yield create_app(logged, pool).test_client(use_cookies=False)


def _code(number: int) -> dict[str, Any]:
    return event("Code", kind="shapes", name=f"s{number}", digest="0" * 64, files={})


def indexes(instance: Instance, source: str) -> list[int]:
    return [item["index"] for item in Ledger(instance) if item.get("source") == source]


def test_the_log_is_listed_page_by_page(served: FlaskClient, logged: Instance) -> None:
    size, seen, address = signed_log.read(logged).size, list[int](), "/log"
    while address:
        page = served.get(address, headers=JSON).json
        assert page is not None and page["size"] == size
        seen += [row["index"] for row in page["events"]]
        address = f"/log?before={page['before']}" if page["before"] else ""
    assert seen == [*range(size - 1, -1, -1)]
    only = served.get("/log?source=open&type=Load", headers=JSON).json
    assert only is not None
    assert {(row["type"], row["source"]) for row in only["events"]} == {("Load", "open")}


@pytest.mark.parametrize(("language", "words"), [("mn", "Бүртгэл"), ("en", "Self-signed only")])
def test_the_pages_are_in_two_languages(served: FlaskClient, language: str, words: str) -> None:
    page = served.get(f"/log?lang={language}", headers=HTML)
    assert words in page.text
    assert "script-src" not in page.headers["Content-Security-Policy"]
    assert served.get(f"/log/1.html?lang={language}").status_code == 200


def test_events_are_told_in_words(served: FlaskClient, logged: Instance) -> None:
    page = served.get("/log?lang=en&source=open", headers=HTML).text
    for words in ("loaded", "published"):
        assert words in page, words
    assert 'href="/verify"' in page and 'href="/log/checkpoint"' in page
    mongolian = served.get("/log?lang=mn&source=open", headers=HTML).text
    assert "ачаалсан" in mongolian
    whole = served.get("/log?lang=en", headers=HTML).text
    assert "shapes s59" in whole
    older = html.unescape(re.findall('rel="next" href="([^"]*)"', whole)[0])
    assert "closed" not in served.get(older, headers=HTML).text.replace("enclosed", "")
    assert "There is no such event" in served.get("/log?lang=en&type=Nope", headers=HTML).text
    last = indexes(logged, "open")[-1]
    assert "published" in served.get(f"/log/{last}.html?lang=en").text


def test_an_event_redirects_to_its_document(served: FlaskClient) -> None:
    to_page = served.get("/log/1", headers=HTML)
    assert (to_page.status_code, to_page.headers["Location"]) == (303, "/log/1.html")
    to_rdf = served.get("/log/1", headers={"Accept": "text/turtle"})
    assert (to_rdf.status_code, to_rdf.headers["Location"]) == (303, "/log/1.ttl")
    assert "LedgerEntry" in served.get("/log/1.ttl").text
    assert served.get("/log/9999.html").status_code == 404
    assert served.get("/log/9999.json").status_code == 404
    assert served.get("/log/9999.tlog-proof").status_code == 404


def test_an_event_proves_itself(served: FlaskClient, logged: Instance) -> None:
    log = signed_log.read(logged)
    for index in (0, 1, log.size - 1):
        found = served.get(f"/log/{index}.json").json
        assert found is not None
        assert found["line"].encode() == log.line(index)
        leaf = hashlib.sha256(b"\0" + found["line"].encode()).digest()
        assert found["leaf"] == leaf.hex()
        assert (
            root_by_inclusion(leaf, index, log.size, decode(found["path"])) == log.checkpoint.root
        )
        proof = InclusionProof.parse(served.get(f"/log/{index}.tlog-proof").text)
        assert proof.check(log.line(index), log.verifier) == log.checkpoint


def test_growth_is_proven(served: FlaskClient, logged: Instance) -> None:
    log = signed_log.read(logged)
    found = served.get("/log/consistency?old=3").json
    assert found is not None
    roots = [base64.b64decode(found[name]) for name in ("old_root", "new_root")]
    assert roots == [log.tree.root(3), log.checkpoint.root]
    assert is_consistent(3, log.size, roots[0], roots[1], decode(found["path"]))
    for wrong in ("old=9&new=3", "old=x", "new=99999", "old=-1", "old=" + "9" * 40):
        assert served.get(f"/log/consistency?{wrong}").status_code == 400


def test_lines_about_a_restricted_source_are_for_its_readers(
    served: FlaskClient, logged: Instance
) -> None:
    log, closed = signed_log.read(logged), indexes(logged, "closed")
    assert closed
    _, text = TokenStore(logged).add("reader", (), ("closed",))
    _, other = TokenStore(logged).add("other", (), ("open",))
    reader, stranger = bearer(text), bearer(other)
    for index in closed:
        for headers in ({}, stranger):
            page = served.get(f"/log/{index}.html?lang=en", headers=headers)
            found = served.get(f"/log/{index}.json", headers=headers)
            assert found.json is not None
            assert (found.json["event"], found.json["source"]) == (None, "")
            assert found.json["line"].endswith('"type":"Sealed"}')
            assert found.json["leaf"] == log.tree.leaf(index).hex()
            assert "closed" not in page.text.replace("enclosed", "")
            assert "closed" not in found.text
            assert served.get(f"/log/{index}.tlog-proof", headers=headers).status_code == 200
        shown = served.get(f"/log/{index}.json", headers=reader).json
        assert shown is not None and shown["source"] == "closed"
    assert "closed" not in served.get("/log?before=50", headers=JSON).text
    assert '"closed"' in served.get("/log?before=50", headers={**JSON, **reader}).text
    assert served.get("/log?source=closed", headers=JSON).json["events"] == []  # type: ignore[index]


def bearer(text: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {text}"}


def test_sealed_lines_need_no_token(served: FlaskClient, logged: Instance) -> None:
    log = signed_log.read(logged)
    for tile in tiles.of_size(log.size):
        shown = served.get(f"/log/tile/{tile.path}")
        assert shown.data == tiles.content(log, tile)
        assert b"closed" not in shown.data


@pytest.fixture
def unsealed(instance: Instance, monkeypatch: pytest.MonkeyPatch) -> Iterator[FlaskClient]:
    """A restricted source whose events an earlier version logged."""
    monkeypatch.setattr(sealing, "is_about_restricted", lambda *_: False)
    line = canonical.line(RDF.type, RDF.type, RDF.Property)
    publish(instance, "open", [line])
    publish(instance, "closed", [line], visibility="restricted")
    with Pool.start(instance, workers=1) as pool:
        yield create_app(instance, pool).test_client(use_cookies=False)


def test_older_lines_need_the_token_and_hashes_need_none(
    unsealed: FlaskClient, instance: Instance
) -> None:
    log = signed_log.read(instance)
    (bundle,) = (t for t in tiles.of_size(log.size) if t.level is None)
    refused = unsealed.get(f"/log/tile/{bundle.path}")
    assert refused.status_code == 401
    assert refused.headers["WWW-Authenticate"] == 'Bearer realm="ulzii"'
    _, text = TokenStore(instance).add("reader", (), ("closed",))
    _, other = TokenStore(instance).add("other", (), ("open",))
    assert unsealed.get(f"/log/tile/{bundle.path}", headers=bearer(other)).status_code == 403
    shown = unsealed.get(f"/log/tile/{bundle.path}", headers=bearer(text))
    assert shown.data == tiles.content(log, bundle)
    assert shown.headers["Cache-Control"] == "private, no-store"
    first = indexes(instance, "closed")[0]
    before = unsealed.get(f"/log/tile/entries/000.p/{first}")
    assert before.headers["Cache-Control"] == "public, max-age=86400, immutable"
    for tile in tiles.of_size(log.size):
        if tile.level is not None:
            assert unsealed.get(f"/log/tile/{tile.path}").status_code == 200
    hidden = unsealed.get(f"/log/{first}.json").json
    assert hidden is not None and (hidden["line"], hidden["event"]) == (None, None)


def test_evidence_is_downloaded(served: FlaskClient, logged: Instance) -> None:
    statement = f"{RDF.type} {RDF.type} {RDF.Property}"
    done = served.get("/bundle", query_string={"statement": statement, "source": "open"})
    assert (done.status_code, done.content_type) == (200, "application/zip")
    with zipfile.ZipFile(io.BytesIO(done.data)) as file:
        told = json.loads(file.read("manifest.json"))
        assert file.read("checkpoint").decode() == signed_log.read(logged).note
    assert told["format"] == "ulzii-evidence@v2"
    for query in (
        {},
        {"statement": statement, "version": "x"},
    ):
        assert served.get("/bundle", query_string=query).status_code == 400
    for query in (
        {"statement": "<urn:a> <urn:b> <urn:c>"},
        {"statement": statement, "source": "closed"},
        {"statement": statement, "absent-from": "closed"},
        {"statement": statement, "source": "open", "version": "7"},
        {"statement": "urn:a"},
    ):
        assert served.get("/bundle", query_string=query).status_code == 404, query
    absent = {"statement": "<urn:a> <urn:b> <urn:c>", "absent-from": "open"}
    assert served.get("/bundle", query_string=absent).status_code == 200
