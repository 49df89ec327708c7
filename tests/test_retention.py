"""Old snapshots: how long they are kept, and their permanent addresses."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient

from graph import snapshots
from graph.core import instance as instances
from graph.core.errors import ConfigError
from graph.core.instance import Instance
from graph.core.retention import Retention
from graph.ledger import Ledger, create, event
from graph.queries import Pool, Query
from graph.snapshots import Snapshot
from graph.snapshots.checksums import FORM
from server.app import create_app

pytestmark = pytest.mark.slow

Republish = Callable[[Instance, int, str], Snapshot]
NEW = "<http://e/x> a <http://e/New> ."
ASK = "?query=" + quote("ASK { ?s a <http://e/New> }")
DAY = 86_400.0


def names(instance: Instance) -> list[str]:
    return [snapshot.name for snapshot in snapshots.list_all(instance)]


def aged(instance: Instance, **days: float) -> None:
    """Set how many days ago snapshots were published: `s1=3` for snapshot 1."""
    for name, ago in days.items():
        then = time.time() - ago * DAY
        os.utime(instance.snapshots / name.removeprefix("s").replace("_", "-"), (then, then))


def with_retention(instance: Instance, **rules: float) -> Instance:
    return replace(instance, retention=Retention(**rules))  # type: ignore[arg-type]


def test_time_counts_from_the_next_publication(published: Instance, republish: Republish) -> None:
    republish(published, 2, NEW)
    republish(published, 3, NEW)
    aged(published, s1=30, s2=8, s3=6.5)
    assert snapshots.prune(with_retention(published, days=7)) == ["1"]
    assert names(published) == ["2", "3"]  # 2 was replaced six and a half days ago
    assert snapshots.prune(with_retention(published, days=6)) == ["2"]
    assert snapshots.prune(with_retention(published, days=0)) == []  # the current one stays


def test_the_number_is_bounded(published: Instance, republish: Republish) -> None:
    for number in (2, 3, 4):
        republish(published, number, NEW)
    assert snapshots.prune(with_retention(published, snapshots=2)) == ["1"]
    assert snapshots.prune(with_retention(published, snapshots=0)) == ["3", "2"]


def test_disk_is_bounded_and_shared_files_are_free(
    published: Instance, republish: Republish
) -> None:
    republish(published, 2, NEW)
    now = republish(published, 3, NEW)
    for number in (1, 2):  # 1 holds the files of the current one; 2 has its own
        folder = published.snapshots / str(number)
        for path in folder.iterdir():
            path.unlink()
        if number == 1:
            for path in now.path.iterdir():
                (folder / path.name).hardlink_to(path)
    beside = sum(p.stat().st_size for p in Snapshot(published.snapshots / "1").companions())
    (published.snapshots / "2" / "large").write_bytes(b"x" * 100_000)
    rules = with_retention(published, gib=(beside + 50_000) / 2**30)
    assert snapshots.prune(rules) == ["2"]
    assert names(published) == ["1", "3"]


def test_a_store_that_was_made_anew_replaces_the_one_of_its_number(
    published: Instance, republish: Republish
) -> None:
    republish(published, 2, "")
    republish(published, 2, NEW)
    assert names(published) == ["1", "2", "2-2"]
    kept = snapshots.find(published, 2)
    assert kept is not None
    assert kept.name == "2-2"
    assert snapshots.prune(published) == ["2"]


def test_what_was_never_shown_is_not_found(published: Instance, republish: Republish) -> None:
    republish(published, 2, NEW)
    snapshots.set_current(published, Snapshot(published.snapshots / "1"))
    assert snapshots.find(published, 2) is None
    assert snapshots.prune(published) == ["2"]


def test_a_reader_keeps_what_retention_does_not(published: Instance, republish: Republish) -> None:
    none = with_retention(published, days=0)
    with snapshots.lease(Snapshot(published.snapshots / "1")):
        republish(published, 2, NEW)
        assert snapshots.prune(none) == []
    assert snapshots.prune(none) == ["1"]


# --- instance.toml ---


def test_retention_is_a_setting_of_the_instance(instance: Instance) -> None:
    config = instance.root / instances.CONFIG
    written = config.read_text("utf-8")
    assert instances.open_instance(instance.root).retention == Retention()
    config.write_text(written + "[retention]\ndays = 30\nsnapshots = 5\n", "utf-8")
    assert instances.open_instance(instance.root).retention == Retention(30, 5)


@pytest.mark.parametrize("line", ["weeks = 1", 'days = "seven"', "days = -1"])
def test_a_wrong_setting_is_named(instance: Instance, line: str) -> None:
    config = instance.root / instances.CONFIG
    config.write_text(config.read_text("utf-8") + f"[retention]\n{line}\n", "utf-8")
    with pytest.raises(ConfigError, match=line.split()[0]):
        instances.open_instance(instance.root)


# --- addresses ---


@pytest.fixture(scope="module")
def grown(tmp_path_factory: pytest.TempPathFactory, republish: Republish) -> Instance:
    """Snapshots 4 and 5; the ledger's second event is a publication too, whose snapshot is gone."""
    made = instances.create(tmp_path_factory.mktemp("grown") / "data", "https://example.mn/")
    create(made)
    instances.write_config(made)
    facts = {"source": "a", "version": 1, "load": 0, "validate": 0, "files": FORM}
    Ledger(made).append(event("Publish", **facts, approvals=[]))
    republish(made, 4, "")
    republish(made, 5, NEW)
    return made


@pytest.fixture(scope="module")
def client(grown: Instance) -> Iterator[FlaskClient]:
    with Pool.start(grown, workers=1) as pool:
        yield create_app(grown, pool).test_client(use_cookies=False)


def answer(client: FlaskClient, address: str) -> bool:
    response = client.get(address)
    assert response.status_code == 200
    found: bool = json.loads(response.data)["boolean"]
    return found


def test_an_old_snapshot_answers_as_it_did(client: FlaskClient) -> None:
    for _ in range(3):
        assert answer(client, f"/snapshot/4/sparql{ASK}") is False
        assert answer(client, f"/sparql{ASK}") is True
        assert answer(client, f"/snapshot/5/sparql{ASK}") is True


def test_the_live_answer_tells_its_permanent_address(client: FlaskClient) -> None:
    live = client.get(f"/sparql{ASK}&format=csv")
    address = live.headers["Content-Location"]
    assert address.startswith("/snapshot/5/sparql?query=ASK")
    kept = client.get(address)
    assert (kept.data, kept.content_type) == (live.data, live.content_type)
    assert kept.headers["ETag"] == live.headers["ETag"]
    assert live.headers["Cache-Control"] == "no-cache"
    assert kept.headers["Cache-Control"] == "public, max-age=604800, immutable"
    assert kept.headers["Link"].endswith('&format=csv>; rel="latest-version"')
    assert client.get(kept.headers["Link"][1:].partition(">")[0]).data == live.data
    for name in ("Content-Location", "Link"):
        assert name in live.headers["Access-Control-Expose-Headers"]


def test_a_permanent_answer_is_not_sent_twice(client: FlaskClient) -> None:
    first = client.get(f"/snapshot/4/sparql{ASK}")
    known = {"If-None-Match": first.headers["ETag"]}
    again = client.get(f"/snapshot/4/sparql{ASK}", headers=known)
    assert (again.status_code, again.data) == (304, b"")
    assert "immutable" in again.headers["Cache-Control"]


def test_dataset_parameters_and_posts_have_one_too(client: FlaskClient) -> None:
    graph = "https://example.mn/graph/b"
    data = {"query": "SELECT ?s { ?s ?p ?o }", "default-graph-uri": graph, "format": "csv"}
    live = client.post("/sparql", data=data)
    assert client.get(live.headers["Content-Location"]).data == live.data
    assert (
        "Content-Location"
        not in client.post("/sparql", data={"query": "ASK {}" + " " * 9000}).headers
    )


def test_what_may_differ_next_time_has_no_address(client: FlaskClient) -> None:
    response = client.get("/sparql?query=" + quote("SELECT (NOW() AS ?n) {}"))
    assert "Content-Location" not in response.headers


def test_browsers_get_data_of_old_snapshots(client: FlaskClient) -> None:
    response = client.get(f"/snapshot/4/sparql{ASK}", headers={"Accept": "text/html"})
    assert response.content_type == "application/sparql-results+json"


@pytest.mark.parametrize(
    ("number", "status", "name"),
    [(2, 410, "gone"), (1, 404, "not-found"), (3, 404, "not-found"), (6, 404, "not-found")],
)
def test_what_is_gone_and_what_never_was(
    client: FlaskClient, number: int, status: int, name: str
) -> None:
    response = client.get(f"/snapshot/{number}/sparql{ASK}")
    assert response.status_code == status
    assert response.json is not None
    assert response.json["type"].endswith(f"problem/{name}")
    assert "5" in response.json["hint"]
    assert response.headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize(
    "path", ["/snapshot/05/sparql", "/snapshot/x/sparql", "/snapshot/5-2/sparql"]
)
def test_other_addresses_are_none(client: FlaskClient, path: str) -> None:
    assert client.get(path + ASK).status_code == 404


def test_an_address_that_is_gone_meanwhile(published: Instance, republish: Republish) -> None:
    republish(published, 2, NEW)
    with Pool.start(published, workers=1) as pool:
        client = create_app(published, pool).test_client()
        assert answer(client, f"/snapshot/1/sparql{ASK}") is False
        end = time.monotonic() + 8
        none = with_retention(published, days=0)
        while not snapshots.prune(none) and time.monotonic() < end:
            time.sleep(0.1)  # until the worker has let go of it
        assert client.get(f"/snapshot/1/sparql{ASK}").status_code in {404, 410}
        with pytest.raises(Exception, match="no longer kept"):
            pool.run(Query("ASK {}"), snapshot="1")
