"""What is restricted is never shown, whatever is done to ledger and snapshots."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from urllib.parse import quote

import pytest

from graph.core.errors import UlziiError
from graph.core.instance import Instance
from graph.queries import Pool, Query, QueryLimits
from graph.snapshots.directory import Snapshot
from server.app import create_app
from tests import attacked, parts
from tests.attacked import SECRET

pytestmark = pytest.mark.slow

Attack = Callable[[Instance], object]
EVERYTHING = "SELECT * { { GRAPH ?g { ?s ?p ?o } } UNION { ?s ?p ?o } }"


def set_back(instance: Instance) -> None:
    """The ledger of before the restriction, with the snapshot of after it."""
    note = (instance.root.parent / "announced" / "17").read_bytes().partition(b"\n\n")[2]
    lines = attacked.entries(instance).read_bytes().splitlines(keepends=True)[:17]
    attacked.entries(instance).write_bytes(b"".join(lines))
    attacked.checkpoint(instance).write_bytes(note)


def all_beside(instance: Instance) -> None:
    """Everything beside the snapshot, and no list of what is restricted."""
    for path in Snapshot(instance.snapshots / "22").companions():
        path.unlink()


def emptied_lists(instance: Instance) -> None:
    for name in ("restricted", "graphs"):
        (instance.snapshots / f"22.{name}.json").write_bytes(b"[]")


def without(*names: str) -> Attack:
    def attack(instance: Instance) -> None:
        for name in names:
            path = instance.root / name
            shutil.rmtree(path) if path.is_dir() else path.unlink()

    return attack


def line_edited(instance: Instance) -> None:
    path = attacked.entries(instance)
    path.write_bytes(path.read_bytes().replace(b'"kind":"Load"', b'"kind":"Code"'))


def pointed(data: bytes) -> Attack:
    return lambda instance: (instance.snapshots / "current").write_bytes(data)


READERS: dict[str, Attack] = {
    "nothing": lambda _: None,
    "all beside deleted": all_beside,
    "empty lists planted": emptied_lists,
    "set back": set_back,
    "no checkpoint": without("ledger/checkpoint"),
    "no lines": without("ledger/entries.ndjson"),
    "no ledger": without("ledger"),
    "no key": without("ledger/verifier.txt"),
    "visibility edited": line_edited,
    "pointer to when it was public": pointed(b"17"),
    "pointer garbage": pointed(b"../22"),
    "no pointer": without("snapshots/current"),
}
OPEN = {"nothing", "all beside deleted", "empty lists planted"}


@pytest.mark.parametrize("name", parts.each(2, READERS))
def test_nobody_sees_what_is_restricted(
    victim: Instance, name: str, capfd: pytest.CaptureFixture[str]
) -> None:
    READERS[name](victim)
    with Pool.start(victim, workers=1, limits=QueryLimits(timeout=20)) as running:
        client = create_app(victim, running).test_client(use_cookies=False)
        for place in ("/sparql", "/snapshot/22/sparql", "/snapshot/17/sparql"):
            found = client.get(f"{place}?query={quote(EVERYTHING)}")
            assert SECRET not in found.text
            assert found.status_code in ({200, 403} if name in OPEN else {403, 404, 410, 503}), (
                place
            )
        for snapshot in ("", "22", "17"):
            try:
                answer = running.run(Query(EVERYTHING, format="csv"), snapshot=snapshot).read()
            except UlziiError as error:
                assert SECRET not in str(error)
            else:
                assert SECRET not in answer.decode()
        health = client.get("/healthz")
        assert health.status_code == (503 if name not in {*OPEN, *ALIVE} else 200), health.text
        assert str(victim.root) not in health.text
    assert "Traceback" not in capfd.readouterr().err


ALIVE = {"pointer to when it was public", "no pointer"}  # queries are answered, or nothing is there


def test_an_old_snapshot_of_before_a_new_restricted_source_is_open(victim: Instance) -> None:
    """Snapshot 7 was published before `drafts` and `turned` existed: it cannot show them."""
    with Pool.start(victim, workers=1, limits=QueryLimits(timeout=20)) as running:
        found = running.run(Query(EVERYTHING, format="csv"), snapshot="7").read().decode()
    assert "http://e/19" in found
    assert SECRET not in found
