"""The last kept verification: at an address, and in short for the foot of pages."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient

from graph.archive import Archive
from graph.audit import record
from graph.core.instance import Instance
from graph.ledger import Ledger
from graph.queries import Pool
from graph.statements import canonical
from graph.transparency import asking, witnesses
from graph.transparency.witnesses import Witness
from server.app import create_app
from server.auth.tokens import TokenStore
from server.cli import main
from server.log import trust
from tests.auditors import Auditor, serving
from tests.test_publish import publish
from vocab.namespaces import RDF

LINE = canonical.line(RDF.type, RDF.type, RDF.Property)


@pytest.fixture
def page(instance: Instance) -> Iterator[FlaskClient]:
    """The pages of an instance with one public source."""
    publish(instance, "open", [LINE])
    with Pool.start(instance, workers=1) as pool:
        yield create_app(instance, pool).test_client(use_cookies=False)


def verify(instance: Instance, *options: str) -> int:
    asked = ["--data", str(instance.root), "verify", "--record", *options]
    return CliRunner().invoke(main, asked).exit_code


def shown(page: FlaskClient, **headers: str) -> Any:
    answer = page.get("/verify.json", headers=headers)
    assert answer.status_code == 200
    return answer.json


def damage(instance: Instance) -> str:
    """Delete a blob of the first load; its digest."""
    load = next(one for one in Ledger(instance) if one["type"] == "Load")
    digest = str(load["layers"]["stated"]["rows"])
    Archive(instance.archive).path(digest).unlink()
    return digest


def test_without_a_result_the_page_says_so(page: FlaskClient) -> None:
    assert shown(page)["verified"] is None
    text = page.get("/verify?lang=en", headers={"Accept": "text/html"}).text
    assert "No result of a verification is kept yet" in text
    assert "nothing is known of the levels below" in text
    assert text.count("not done") == 6
    assert "self-signed only" in text


def test_the_last_result_is_shown_level_by_level(page: FlaskClient, instance: Instance) -> None:
    assert verify(instance, "--level", "2", "--sample", "3") == 0
    found = shown(page)["verified"]
    assert (found["sound"], found["of_this_log"], found["sample"]) == (True, True, 3)
    assert [one["checked"] for one in found["levels"]] == [True, True, True, False, False, False]
    text = page.get("/verify?lang=en", headers={"Accept": "text/html"}).text
    assert text.count("✓ no difference") == 3
    assert text.count("not done") == 3
    mongolian = page.get("/verify?lang=mn", headers={"Accept": "text/html"}).text
    assert mongolian.count("✓ зөрүүгүй") == 3


def test_problems_are_named_by_their_place_in_the_instance(
    page: FlaskClient, instance: Instance
) -> None:
    digest = damage(instance)
    assert verify(instance, "--level", "1") == 6
    found = shown(page)["verified"]
    assert (found["sound"], found["found"]) == (False, 1)
    (problem,) = found["problems"]
    assert problem["where"] == f"archive/{digest[:2]}/{digest[2:]}"
    assert str(instance.root) not in page.get("/verify", headers={"Accept": "text/html"}).text


def test_what_restricted_sources_are_named_by_is_for_their_readers(
    page: FlaskClient, instance: Instance
) -> None:
    publish(instance, "closed", [LINE], visibility="restricted")
    digest = damage(instance)
    verify(instance, "--level", "1")
    found = shown(page)["verified"]
    assert (found["problems"], found["found"], found["sound"]) == (None, 1, False)
    text = page.get("/verify?lang=en", headers={"Accept": "text/html"}).text
    assert digest not in text
    _, token = TokenStore(instance).add("reader", (), ("closed",))
    assert len(shown(page, Authorization=f"Bearer {token}")["verified"]["problems"]) == 1


def test_the_result_of_another_log_is_said_to_be_one(
    page: FlaskClient, instance: Instance, another: Callable[[], Instance]
) -> None:
    other = another()
    publish(other, "other", [LINE])
    assert verify(other) == 0
    record.path_of(instance).write_bytes(record.path_of(other).read_bytes())
    assert shown(page)["verified"]["of_this_log"] is False
    summary = trust.read(instance)
    assert summary is not None and summary.verified is None


def test_a_file_that_is_no_result_is_named(page: FlaskClient, instance: Instance) -> None:
    for text in ("", "[]", '{"at": 1}', '{"problems": 3}', "[" * 100_000):
        record.path_of(instance).write_text(text, "utf-8")
        assert page.get("/verify.json").status_code == 503
        summary = trust.read(instance)
        assert summary is not None and summary.verified is None


def test_the_summary_tells_snapshot_events_and_verification(
    page: FlaskClient, instance: Instance
) -> None:
    first = trust.read(instance)
    assert first is not None
    assert (first.events, first.snapshot) == (Ledger(instance).size, str(Ledger(instance).size))
    assert first.published == Ledger(instance)[first.events - 1]["at"]
    assert first.is_self_signed_only and first.verified is None
    assert trust.read(instance) is first  # nothing was read again
    verify(instance, "--level", "0")
    second = trust.read(instance)
    assert second is not None and second.verified is not None and second.verified.is_sound


def test_the_summary_names_what_each_witness_confirmed(
    page: FlaskClient, instance: Instance
) -> None:
    verifier = Ledger(instance).verifier()
    with serving(Auditor(logs={verifier.name: verifier})) as auditor:
        witnesses.write(instance, [Witness(auditor.vkey, auditor.url)])
        asking.ask_all(instance)
    size = Ledger(instance).size
    publish(instance, "later", [LINE])
    summary = trust.read(instance)
    assert summary is not None
    assert [(one.name, one.size) for one in summary.witnessed] == [(auditor.name, size)]
    assert summary.events > size
    assert shown(page)["log"]["witnessed"][0]["size"] == size


def test_a_result_that_is_named_lies_there(instance: Instance, tmp_path: Path) -> None:
    assert verify(instance, str(tmp_path / "kept.json"), "--level", "0") == 0
    assert json.loads((tmp_path / "kept.json").read_text("utf-8"))["level"] == 0
    assert not record.path_of(instance).exists()
