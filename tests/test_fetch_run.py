"""Runs of many requests: what follows from answers, what fails, what is not asked again. The
portal is a stand-in of opendata.gov.mn; everything else is real."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from graph import snapshots
from graph.archive import Archive
from graph.audit.verify import verify
from graph.core.errors import InputError
from graph.core.instance import Instance
from graph.ledger import Ledger, manifests
from graph.versions import provenance
from loaders.pipeline.load import load
from loaders.pipeline.source import Source, read
from tests import parts, portal_runs
from tests.portal_runs import NUMBER, all_titles, entries, findings, last_fetch, literals, titles
from tests.servers import Answer, AnsweringServer, Asked, Portal, allow, answering, described, of
from tests.test_fetch import bomb

pytestmark = pytest.mark.slow

portal, server, source = portal_runs.portal, portal_runs.server, portal_runs.source
listening, first_harvest = portal_runs.listening, portal_runs.first_harvest
harvested = portal_runs.harvested


# --- what follows from answers -----------------------------------------------------------------


def test_pages_and_details_follow_from_the_first_page(
    instance: Instance, source: Source, server: AnsweringServer
) -> None:
    outcome = load(instance, source)
    assert (outcome.status, outcome.counts["mapped"]) == ("published", NUMBER + 3)
    assert titles(instance) == all_titles()
    assert "Тайлбар 7" in literals(instance, "odp", "description")
    sent = [json.loads(one.body) for one in server.asked]
    assert [body["page"]["page"] for body in sent[:3]] == [1, 2, 3]
    assert [body["id"] for body in sent[3:]] == list(range(1, NUMBER + 1))
    assert {one.method for one in server.asked} == {"POST"}


def test_the_description_in_the_docs_harvests_the_portal(
    instance: Instance, portal: Portal, server: AnsweringServer, tmp_path: Path
) -> None:
    page = (Path(__file__).parent.parent / "docs" / "harvesting.md").read_text("utf-8")
    (text,) = re.findall(r"^```toml opendata\n(.*?)^```", page, re.M | re.S)
    path = tmp_path / "opendata.toml"
    portal.size = 100
    path.write_text(text.replace("https://opendata.gov.mn", server.url).replace("pause = 1", ""))
    assert load(instance, read(path)).counts["mapped"] == NUMBER + 1
    assert titles(instance, "opendata") == all_titles()


def test_without_details_only_the_list_is_requested(
    instance: Instance, portal: Portal, server: AnsweringServer, tmp_path: Path
) -> None:
    source = portal.source(tmp_path, server)
    assert load(instance, replace(source, options={**source.options, "details": False}))
    assert titles(instance) == all_titles()
    assert len(server.asked) == 3


def test_the_manifest_says_what_was_sent(harvested: Instance, source: Source) -> None:
    first, *_, last = entries(harvested)
    assert (first["method"], last["detail"]) == ("POST", 1)
    assert json.loads(last["sent"]) == {"id": NUMBER}
    assert first["charset"] == "utf-8"


def test_an_unchanged_harvest_makes_no_version_and_one_small_line(
    harvested: Instance, source: Source
) -> None:
    size, snapshot = Ledger(harvested).size, snapshots.current(harvested)
    blobs = len(list(Archive(harvested.archive)))
    assert load(harvested, source).status == "same"
    ledger = Ledger(harvested)
    assert (ledger.size, snapshots.current(harvested)) == (size + 1, snapshot)
    assert len(list(Archive(harvested.archive))) == blobs
    assert (ledger[-1]["outcome"], ledger[-1]["counts"]["unchanged"]) == ("same", NUMBER + 3)
    assert len(json.dumps(ledger[-1])) < 500
    assert [*verify(harvested)] == []


def test_a_changed_order_changes_nothing(
    harvested: Instance, source: Source, portal: Portal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Portal, "order", property(lambda self: list(range(self.datasets, 0, -1))))
    assert load(harvested, source).status == "same"
    assert last_fetch(harvested)["outcome"] == "changed"


def test_events_with_a_manifest_are_verified_and_described(
    instance: Instance, source: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(manifests, "MAX_INLINE", dict.fromkeys(manifests.MAX_INLINE, 0))
    load(instance, source)
    event = last_fetch(instance)
    assert "responses" not in event
    assert [*verify(instance)] == []
    manifest = instance.names.capture(event["manifest"])
    loaded = Ledger(instance).last("Load", "odp")
    assert loaded is not None
    assert loaded["captures"] == [event["manifest"]]
    lines = b"\n".join(provenance.lines(list(Ledger(instance)), instance.names)).decode()
    assert f"<{manifest}> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type>" in lines
    assert f"wasDerivedFrom> <{manifest}>" in lines
    archive = Archive(instance.archive)
    path = archive.path(manifests.responses(event, archive)[0]["sha256"])
    path.unlink()
    assert [problem.where for problem in verify(instance)] == [str(path)]
    assert load(instance, source).status == "same"  # and it brings the lost bytes back
    assert [*verify(instance)] == []


# --- lists that are not whole ------------------------------------------------------------------


def overlap(portal: Portal) -> None:
    """The second page begins with the last row of the first."""
    result = portal.page(2, 5)
    result["details"]["items"] = [portal.row(5), *result["details"]["items"][:4]]
    portal.pages[2] = of(result)


def duplicate(portal: Portal) -> None:
    portal.pages[2] = of(portal.page(1, 5))


def grow(portal: Portal) -> None:
    result = portal.page(3, 5)
    result["details"]["total_rows"] += 1
    portal.pages[3] = of(result)


def shorten(portal: Portal) -> None:
    result = portal.page(3, 5)
    del result["details"]["items"][-1]
    portal.pages[3] = of(result)


def error_page(portal: Portal) -> None:
    portal.pages[2] = Answer(b"<html>Down for maintenance</html>", headers={"Content-Type": "x"})


def unavailable(portal: Portal) -> None:
    portal.pages[2] = Answer(status=503)


def cut(portal: Portal) -> None:
    whole = of(portal.page(2, 5))
    portal.pages[2] = replace(whole, sent=len(whole.body) // 2)


@pytest.mark.parametrize(
    ("misbehave", "message"),
    parts.each(
        4,
        [
            (overlap, "12 rows announced, 12 received, of them 11 different ones: 5 came"),
            (duplicate, "12 rows announced, 12 received, of them 7 different"),
            (grow, "13 rows, but 12 in search.json"),
            (shorten, "12 rows announced, 11 received"),
            (error_page, "a web page instead of JSON"),
            (unavailable, "HTTP status 503, 2 times"),
            (cut, "without sending complete message body"),
        ],
    ),
)
def test_a_list_is_whole_or_the_run_failed(
    harvested: Instance,
    portal: Portal,
    source: Source,
    misbehave: Callable[[Portal], None],
    message: str,
) -> None:
    misbehave(portal)
    with pytest.raises(InputError, match=message):
        load(harvested, source)
    event = last_fetch(harvested)
    assert event["outcome"] == "failed"
    assert event["error"]
    assert titles(harvested) == all_titles()
    portal.pages.clear()
    assert load(harvested, source).status == "same"
    assert [*verify(harvested)] == []


# --- details that fail -------------------------------------------------------------------------

FAULTS = {
    "gone": Answer(status=404),
    "broken": Answer(status=500),
    "error page": Answer(b"<html>500</html>"),
    "error of the portal": Answer(b'{"code": 500, "message": "x"}'),
    "another thing": Answer(b'{"code": 200, "result": {}}'),
    "another dataset": Answer(b'{"code": 200, "result": {"id": 8, "name": "x"}}'),
    "another encoding": Answer('{"code": 200, "result": {"id": 7, "name": "Н"}}'.encode("cp1251")),
    "bomb": Answer(bomb(64 << 20), headers={"Content-Encoding": "gzip"}),
    "cut": Answer(b'{"code": 200, "result": {"id": 7}}', sent=20),
    "empty": Answer(b" \n"),
}


@pytest.mark.parametrize("fault", parts.each(6, FAULTS))
def test_a_failed_detail_keeps_the_last_version_marked(
    harvested: Instance, portal: Portal, source: Source, fault: str
) -> None:
    portal.details[7] = FAULTS[fault]
    assert load(harvested, source).status == "published"
    assert "Тайлбар 7" in literals(harvested, "odp", "description")
    dataset = f"{harvested.base}id/dataset/odp/7>"
    marked = [line for line in findings(harvested) if "rule/record-stale/1" in line]
    assert marked
    assert any(dataset in line for line in findings(harvested))
    (entry,) = [e for e in entries(harvested) if "stale" in e]
    assert entry["name"] == "detail-7.json"
    assert load(harvested, source).status == "same"
    del portal.details[7]
    assert load(harvested, source).status == "published"
    assert findings(harvested) == []


def with_mark(answer: Answer) -> Answer:
    return replace(answer, body=b"\xef\xbb\xbf" + answer.body)


def with_wrong_charset(answer: Answer) -> Answer:
    return replace(answer, headers={"Content-Type": "application/json; charset=windows-1251"})


def with_gzip(answer: Answer) -> Answer:
    return replace(answer, body=gzip.compress(answer.body), headers={"Content-Encoding": "gzip"})


@pytest.mark.parametrize("dress", parts.each(3, [with_mark, with_wrong_charset, with_gzip]))
def test_how_an_answer_is_dressed_changes_nothing(
    harvested: Instance,
    portal: Portal,
    source: Source,
    dress: Callable[[Answer], Answer],
) -> None:
    """JSON is UTF-8 (RFC 8259), whatever a header says."""
    for number in range(1, NUMBER + 1):
        result = {**portal.row(number), "description": f"<p>Тайлбар {number}</p>"}
        portal.details[number] = dress(of(result))
    portal.pages = {number: dress(of(portal.page(number, 5))) for number in (1, 2, 3)}
    assert load(harvested, source).status == "same"
    assert findings(harvested) == []


def test_a_detail_that_never_came_is_said(
    instance: Instance, portal: Portal, source: Source
) -> None:
    portal.details[7] = Answer(status=404)
    assert load(instance, source).counts["mapped"] == NUMBER + 3
    assert titles(instance) == all_titles()
    assert any("rule/detail-missing/1" in line for line in findings(instance))


def test_a_server_that_answers_no_detail_is_not_asked_for_all(
    harvested: Instance, portal: Portal, source: Source, server: AnsweringServer
) -> None:
    before = len(server.asked)
    portal.details = dict.fromkeys(range(1, NUMBER + 1), Answer(status=404))
    with pytest.raises(InputError, match="404; so did the 9 before"):
        load(harvested, source)
    assert len(server.asked) == before + 3 + 10


def test_error_pages_for_most_details_are_the_servers_failure(
    harvested: Instance, portal: Portal, source: Source
) -> None:
    portal.details = dict.fromkeys(range(2, NUMBER + 1), Answer(b'{"code": 500, "message": "x"}'))
    with pytest.raises(InputError, match="11 of 12 details failed; the first: the portal responds"):
        load(harvested, source)
    assert "Тайлбар 7" in literals(harvested, "odp", "description")
    portal.details.clear()
    assert load(harvested, source).status == "same"


# --- validators --------------------------------------------------------------------------------


def with_etag(asked: Asked) -> Answer:
    if asked.headers.get("if-none-match") == '"1"':
        return Answer(status=304)
    body = '<id/1> <http://purl.org/dc/terms/title> "Нэг"@mn .'.encode()
    return Answer(body, headers={"ETag": '"1"'})


def test_what_has_the_same_validator_is_not_sent_again(instance: Instance, tmp_path: Path) -> None:
    with answering(with_etag) as server:
        allow(instance, server)
        text = f'loader = "rdf"\nfiles = ["{server.url}/x.ttl"]\nmedia_type = "text/turtle"'
        source = described(tmp_path, "tagged", text)
        assert load(instance, source).status == "published"
        assert load(instance, source).status == "same"
        assert [a.headers.get("if-none-match") for a in server.asked] == [None, '"1"']
    first, second = (e for e in Ledger(instance) if e["type"] == "Fetch")
    assert first["manifest"] == second["manifest"]
    assert second["outcome"] == "same"


# --- any loader --------------------------------------------------------------------------------


def test_a_listed_dataset_that_is_gone_today_keeps_its_last_version(
    instance: Instance, tmp_path: Path
) -> None:
    """A catalogue that only lists the addresses of its datasets: each is a detail."""
    gone: set[str] = set()

    def behave(asked: Asked) -> Answer:
        if asked.path == "/catalog.ttl":
            listed = ", ".join(f"<{agency.url}/d{n}>" for n in (1, 2))
            return Answer(
                f"{DCAT}<{agency.url}/c> a dcat:Catalog ; dcat:dataset {listed} .".encode()
            )
        if asked.path in gone:
            return Answer(status=503)
        text = f'{DCAT}<{agency.url}{asked.path}> a dcat:Dataset ; dct:title "{asked.path}"@en .'
        return Answer(text.encode())

    with answering(behave) as agency:
        allow(instance, agency, attempts=1)
        text = f'loader = "dcat"\nforeign = true\nfiles = ["{agency.url}/catalog.ttl"]\n'
        source = described(tmp_path, "listed", f'{text}media_type = "text/turtle"\n')
        load(instance, source)
        gone.add("/d2")
        assert load(instance, source).status == "published"
        assert set(literals(instance, "listed", "title")) >= {"/d1", "/d2"}
        stale = [f for f in findings(instance, "listed") if "rule/record-stale/1" in f]
        assert len(stale) == 1
        assert any(f"{agency.url}/d2" in line for line in findings(instance, "listed"))


DCAT = """@prefix dcat: <http://www.w3.org/ns/dcat#> . @prefix dct: <http://purl.org/dc/terms/> .
"""
