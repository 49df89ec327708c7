"""What the log and the provenance graph say of local files: no HTTP, their own date, old events."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest

from graph.core.errors import ConfigError, InputError
from graph.core.instance import Instance
from graph.core.iris import ROOT, Names
from graph.ledger import Event, Ledger
from graph.versions import provenance
from loaders.pipeline.load import load
from tests.test_bad_input import THINGS, source
from vocab.namespaces import DCT, PROV

NAMES = Names(ROOT)
CAPTURE = ox.NamedNode(NAMES.capture("a" * 64))
OLD = {
    "name": "facts.csv",
    "url": "../bundled/emongolia-local/facts.csv",
    "status": 200,
    "media_type": "text/csv",
    "sha256": "a" * 64,
    "bytes": 7,
}
LOCAL = {key: value for key, value in OLD.items() if key != "status"} | {"kind": "file"}


def fetches(instance: Instance) -> list[Event]:
    return [event for event in Ledger(instance) if event["type"] == "Fetch"]


def described(response: dict[str, Any]) -> set[tuple[ox.NamedNode, Any]]:
    """(predicate, object) of the statements about a capture, and the one that leads to it."""
    at = "2026-11-30T10:00:00+08:00"
    fetch = {"type": "Fetch", "index": 0, "at": at, "source": "s", "responses": [response]}
    load_ = {
        "type": "Load",
        "index": 1,
        "at": at,
        "source": "s",
        "version": 1,
        "title": {"en": "S"},
        "fetch": 0,
        "captures": [],
        "code": "b" * 64,
        "layers": {"stated": {"lines": "c" * 64}},
    }
    publish = {
        "type": "Publish",
        "index": 2,
        "at": at,
        "source": "s",
        "version": 1,
        "load": 1,
        "validate": 1,
    }
    lines = provenance.lines([fetch, load_, publish], NAMES)
    triples = list(ox.parse(b"\n".join(lines), ox.RdfFormat.N_TRIPLES))
    about = {(t.predicate, t.object) for t in triples if t.subject == CAPTURE}
    return about | {(t.predicate, t.object) for t in triples if t.object == CAPTURE}


def test_a_local_file_is_logged_without_a_status(instance: Instance, tmp_path: Path) -> None:
    (tmp_path / "things.ttl").write_bytes(THINGS)
    load(instance, source(tmp_path))
    ((entry,),) = [event["responses"] for event in fetches(instance)]
    assert entry["kind"] == "file"
    assert not {"status", "date"} & entry.keys()


def test_its_own_date_is_the_one_that_is_stated(instance: Instance, tmp_path: Path) -> None:
    (tmp_path / "things.ttl").write_bytes(THINGS)
    load(instance, source(tmp_path, more='[dates]\n"other.*" = "2020-01-01"\n'))
    load(instance, source(tmp_path, more='[dates]\n"*.ttl" = "2022-07-19"\n'))
    first, second = fetches(instance)
    assert "date" not in first["responses"][0]
    assert second["responses"][0]["date"] == "2022-07-19"
    assert second["outcome"] == "same", "the bytes are the same; what is known of them is more"


@pytest.mark.parametrize("day", ['"19.07.2022"', '"2022-02-30"', "2022-07-19"])
def test_a_wrong_date_is_refused(tmp_path: Path, day: str) -> None:
    with pytest.raises(ConfigError, match="date"):
        source(tmp_path, more=f'[dates]\n"*.ttl" = {day}\n')


def test_a_file_that_cannot_be_read_has_no_status_either(
    instance: Instance, tmp_path: Path
) -> None:
    (tmp_path / "things.ttl").write_bytes(b"")
    with pytest.raises(InputError, match="empty"):
        load(instance, source(tmp_path))
    (entry,) = fetches(instance)[0]["responses"]
    assert (entry["kind"], "status" in entry, "sha256" in entry) == ("file", False, False)


def test_the_graph_does_not_claim_a_request_for_a_local_file() -> None:
    facts = described(LOCAL | {"date": "2022-07-19"})
    used = {predicate for predicate, thing in facts if thing == CAPTURE}
    assert used == {PROV.used}
    day = ox.Literal("2022-07-19", datatype=ox.NamedNode("http://www.w3.org/2001/XMLSchema#date"))
    assert (DCT.date, day) in facts


def test_events_of_0_1_0_give_the_statements_they_gave() -> None:
    facts = described(OLD)
    assert {predicate for predicate, thing in facts if thing == CAPTURE} == {PROV.generated}
    assert not any(predicate == DCT.date for predicate, _ in facts)
    assert len(facts) == 4  # generated, type, media type, checksum
