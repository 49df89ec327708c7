"""Traces over versions and sources: withdrawn, restricted, said by several, masked, hostile."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient

from graph.archive import Archive, frames
from graph.core.errors import ConfigError, IntegrityError
from graph.core.instance import Instance
from graph.ledger import Ledger
from graph.queries import Pool
from graph.trace.formats import jsonable, text
from graph.trace.model import Trace
from graph.trace.question import parse
from graph.trace.records import json_pointers
from graph.trace.records.masking import masked
from graph.trace.records.view import RecordView
from graph.trace.tracing import Scope, Tracer
from loaders.pipeline.load import load
from loaders.pipeline.source import read
from server.app import create_app
from server.auth.tokens import TokenStore
from server.cli import main
from tests.copies import copied

HTML = {"Accept": "text/html"}
NOTE = "<http://www.w3.org/2004/02/skos/core#note>"
OLD, NEW = (f'<https://example.org/x> {NOTE} "{name}"' for name in ("old", "new"))
BOTH = f'<https://example.org/x> {NOTE} "both"'


def put(instance: Instance, source: str, *lines: str, keys: str = "") -> None:
    """Load lines of N-Triples as the next version of a source."""
    folder = instance.root.parent
    (folder / f"{source}.nt").write_text("".join(f"{line} .\n" for line in lines), "utf-8")
    description = folder / f"{source}.toml"
    description.write_text(
        f'id = "{source}"\nloader = "rdf"\nfiles = ["{source}.nt"]\n'
        f'media_type = "application/n-triples"\n{keys}\n'
        f'[title]\nen = "{source}"\nmn = "{source}"\n',
        "utf-8",
    )
    load(instance, read(description))


def traced(instance: Instance, asked: str, **scope: Any) -> Trace:
    ledger = Ledger(instance)
    tracer = Tracer(instance, ledger.events, Archive(instance.archive))
    scope.setdefault("readable", None)
    return tracer.trace(parse(asked, instance.names), Scope(**scope), asked)


def told(instance: Instance, asked: str, **scope: Any) -> Any:
    (statement,) = jsonable.trace(traced(instance, asked, **scope), instance.names)["statements"]
    return statement


@pytest.fixture(scope="module")
def published_two(another: Callable[[], Instance]) -> Path:
    """Two versions of a source, one of another that says the same. Nobody changes the instance."""
    made = another()
    put(made, "a", OLD, BOTH)
    put(made, "a", NEW, BOTH)
    put(made, "b", BOTH)
    return made.root.parent


@pytest.fixture
def two(published_two: Path, tmp_path: Path) -> Instance:
    """A copy of it."""
    return copied(published_two, tmp_path)


def test_a_withdrawn_statement_tells_when_it_was_last_stated(two: Instance) -> None:
    found = told(two, OLD)
    assert found["status"] == "withdrawn"
    (stating,) = found["statedBy"]
    assert stating["version"] == "https://example.mn/id/source/a/v/1"
    (seen,) = stating["seen"]
    assert seen["first"]["version"] == seen["last"]["version"] == stating["version"]
    assert told(two, found["id"]) == found  # by its hash alone


def test_what_came_later_was_first_seen_later(two: Instance) -> None:
    (seen,) = told(two, NEW)["statedBy"][0]["seen"]
    assert seen["first"]["version"].endswith("/v/2")
    assert seen["last"] is None


def test_what_went_and_came_back_has_two_spans(two: Instance) -> None:
    put(two, "a", OLD, BOTH)
    spans = told(two, OLD)["statedBy"][0]["seen"]
    assert [(one["first"]["version"][-1], one["last"] and one["last"]["version"][-1])
            for one in spans] == [("1", "1"), ("3", None)]  # fmt: skip


def test_several_sources_say_it_and_one_can_be_chosen(two: Instance) -> None:
    assert [one["version"] for one in told(two, BOTH)["statedBy"]] == [
        "https://example.mn/id/source/a/v/2",
        "https://example.mn/id/source/b/v/1",
    ]
    (only,) = told(two, BOTH, source="b")["statedBy"]
    assert only["source"] == "https://example.mn/id/source/b"
    (old,) = told(two, OLD, source="a", version=1)["statedBy"]
    assert (old["version"][-1], old["isCurrent"]) == ("1", False)
    assert told(two, NEW, source="a", version=1)["status"] == "elsewhere"


def test_what_was_never_stated_is_unknown(two: Instance) -> None:
    never = told(two, f'<https://example.org/x> {NOTE} "never"')
    assert never["status"] == "unknown"
    assert never["instead"] == [f"{BOTH} .", f"{NEW} ."]
    assert traced(two, "<https://example.mn/nothing>").statements == ()


def test_what_is_asked_of_another_source_or_version_is_said_to_be_elsewhere(
    two: Instance, pool: Pool
) -> None:
    found = told(two, NEW, source="b")
    assert found["status"] == "elsewhere"
    assert [one["source"] for one in found["statedBy"]] == ["https://example.mn/id/source/a"]
    assert told(two, NEW, version=1)["status"] == "elsewhere"
    scopes: list[dict[str, Any]] = [{"source": "nosuch"}, {"source": "b", "version": 9}]
    for scope in scopes:
        with pytest.raises(ConfigError, match=r"nosuch|version 9"):
            told(two, NEW, **scope)
    client = create_app(two, pool).test_client()
    page = client.get("/trace", query_string={"of": NEW, "source": "b", "lang": "en"}, headers=HTML)
    assert "but elsewhere" in page.text
    asked = {"of": NEW, "source": "nosuch"}
    assert client.get("/trace", query_string=asked).status_code == 404


def test_lines_that_were_changed_on_disk_are_not_vouched_for(two: Instance, pool: Pool) -> None:
    iri = told(two, NEW)["id"]
    false = NEW.replace("new", "nev")
    load = [*Ledger(two).events.find("Load", "a")][-1]
    archive, lines = Archive(two.archive), load["layers"]["stated"]["lines"]
    path, data = archive.path(lines), archive.read(lines)
    path.chmod(0o600)
    path.write_bytes(frames.packed(data.replace(b'"new"', b'"nev"')))
    for asked in (NEW, false, iri, "<https://example.org/x>", f'<https://e.x/y> {NOTE} "z"'):
        with pytest.raises(IntegrityError):
            traced(two, asked)
    client = create_app(two, pool).test_client(use_cookies=False)
    for path_of in ("/trace?of=", "/history?entity="):
        assert client.get(path_of + quote("<https://example.org/x>")).status_code == 503
    done = CliRunner().invoke(main, ["--data", str(two.root), "trace", false])
    assert done.exit_code == 6
    assert "ulzii verify" in done.output


def test_a_statement_of_the_provenance_graph_names_its_event(two: Instance) -> None:
    found = told(two, "<https://example.mn/id/source/a/v/2> dcat:version '2'".replace("'", '"'))
    assert (found["status"], found["event"]["type"]) == ("computed", "Load")
    assert found["graph"] == "https://example.mn/graph/provenance"
    assert told(two, found["id"])["event"] == found["event"]
    assert told(two, "<https://example.mn/log/1> core:logIndex 2")["status"] == "unknown"


def test_counts_of_void_are_not_said_to_be_unknown(two: Instance) -> None:
    assert told(two, "<https://example.mn/void> void:triples 3")["status"] == "counted"


def test_a_restricted_source_needs_its_token(instance: Instance, pool: Pool) -> None:
    put(instance, "closed", OLD, keys='visibility = "restricted"\ncaptures = "public"')
    assert told(instance, OLD)["status"] == "stated"  # the operator
    assert told(instance, OLD, readable=frozenset())["status"] == "unknown"
    client = create_app(instance, pool).test_client()
    _, key = TokenStore(instance).add("reader", write=(), read=("closed",))
    secret = {"Authorization": f"Bearer {key}"}
    answer = client.get("/trace", query_string={"of": OLD, "format": "json"}, headers=secret)
    (statement,) = json.loads(answer.data)["statements"]
    digest = statement["statedBy"][0]["records"][0]["sha256"]
    paths = (
        f"/trace?of={quote(OLD)}",
        f"/capture/sha256-{digest}",
        f"/capture/sha256-{digest}/file",
    )
    for path in paths:
        assert client.get(path, headers=HTML).status_code == 404, path
        assert client.get(path, headers={**HTML, **secret}).status_code == 200, path


def test_what_was_restricted_stays_so_for_others(instance: Instance) -> None:
    put(instance, "a", OLD, keys='visibility = "restricted"')
    put(instance, "a", NEW)
    assert told(instance, NEW, readable=frozenset())["status"] == "stated"
    assert told(instance, OLD, readable=frozenset())["status"] == "unknown"


def test_files_are_private_unless_the_source_says_otherwise(instance: Instance, pool: Pool) -> None:
    put(instance, "a", OLD)
    client = create_app(instance, pool).test_client()
    record = told(instance, OLD, readable=frozenset())["statedBy"][0]["records"][0]
    assert record["captures"] == "private"
    assert "private" in record["record"]["note"]
    page = client.get(f"/capture/sha256-{record['sha256']}?record=line%3D0%2C1&lang=en",
                      headers=HTML)  # fmt: skip
    shown = page.text.partition("<main")[2].partition("</main>")[0]
    assert (page.status_code, bool(re.search(r"\bold\b", shown))) == (200, False)
    assert client.get(f"/capture/sha256-{record['sha256']}/file").status_code == 403
    # the newest description that a load used counts, whether its lines are new or not
    put(instance, "a", OLD, keys='captures = "public"')
    assert client.get(f"/capture/sha256-{record['sha256']}/file").status_code == 200


def test_personal_data_is_masked_but_not_what_is_published_anyway() -> None:
    number = "УБ99" + "010112"
    view = {"Регистрийн дугаар": "1", "note": f"{number} утас 9911" + "2233"}
    shown = masked(RecordView(cells=view), frozenset({"2"})).cells
    assert shown == {"Регистрийн дугаар": "…", "note": "… утас …"}
    named = {"захирал.нэр": "Бат", "Хариуцсан ажилтан": "Дорж", "Дарга": "12", "Сум": "Давст"}
    assert [*masked(RecordView(cells=named)).cells.values()] == ["…", "…", "12", "Давст"]
    assert masked(RecordView(value="99112" + "233"), frozenset({"99112" + "233"})).value


@pytest.mark.parametrize(
    "asked",
    ["", "x y", "<a> <b> <c> <d>", "<a> <b> (1)", "_:b <b> <c>", "a b", '<a> <b> "x"@'],
)
def test_what_is_no_question_is_refused(instance: Instance, asked: str) -> None:
    with pytest.raises(ConfigError):
        parse(asked, instance.names)


def test_a_withdrawn_statement_is_404_in_words(two: Instance, pool: Pool) -> None:
    client: FlaskClient = create_app(two, pool).test_client()
    page = client.get("/trace", query_string={"of": OLD, "lang": "en"}, headers=HTML)
    assert page.status_code == 404
    assert "Withdrawn" in page.text
    assert "until version 1" in page.text


def test_an_entity_is_listed_with_its_records(two: Instance, tmp_path: Path) -> None:
    found = traced(two, "<https://example.org/x>")
    assert len(found.statements) == 2
    lines = [*text.lines(found, two.names)]
    assert any("a.nt#line=0,2, rule as-stated" in line for line in lines), lines


def test_persons_are_hidden_at_any_depth_of_a_document() -> None:
    body = {"нэр": "ХХК", "захирал": {"нэр": "Бат"}, "холбоо": {"овог": "Дорж", "хот": "Ховд"}}
    data = json.dumps({"items": [body]}, ensure_ascii=False).encode()
    for pointer in ("", "/захирал", "/захирал/нэр", "/холбоо", "/холбоо/овог"):
        shown = str(masked(json_pointers.read(data, "/items/0" + pointer)).to_json())
        assert "Бат" not in shown, pointer
        assert "Дорж" not in shown, pointer
    assert "Бат" not in str(masked(json_pointers.read(data, "/items")).to_json())
    assert "Ховд" in str(json_pointers.read(data, "/items/0").to_json())
    assert json_pointers.read(data, "/items/0/нэр").value == "ХХК"
