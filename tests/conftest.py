"""What many tests need: a fresh instance, a small published store, a pool of query workers."""

from __future__ import annotations

import gc
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import HealthCheck, settings

from graph import snapshots
from graph.core import instance as instances
from graph.core.instance import Instance
from graph.ledger import Ledger, create, event
from graph.queries import Pool, QueryLimits
from graph.search import index, schema
from graph.snapshots.staged import Staged
from tests import attacked, prepared
from tests.editable import with_sources
from tests.federated import Endpoint, federating, serving
from tests.parts import THOROUGH
from tests.pools import ready

# how long an example takes says nothing on a busy machine
settings.register_profile(
    "suite", deadline=None, suppress_health_check=[HealthCheck.too_slow], max_examples=30
)
settings.register_profile(THOROUGH, settings.get_profile("suite"), max_examples=100)
settings.load_profile("suite")

MEMORY = Path("/dev/shm")
ROOM = 2 << 30  # bytes that must be free there; a run takes less than half of it


def pytest_configure(config: pytest.Config) -> None:
    """Keep temporary directories in memory where there is room.

    Tests make hundreds of small stores. Through a file system on a disk these took a third of the
    suite's CPU time, and waiting for the disk most of the rest.
    """
    if config.option.basetemp or not MEMORY.is_dir() or shutil.disk_usage(MEMORY).free < ROOM:
        return
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))


def pytest_xdist_auto_num_workers() -> int:
    """One more than processors: many tests wait, for a server or a deadline."""
    return (os.cpu_count() or 1) + 1


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put files with slow tests first, so that no processor waits at the end for one such file;
    those that need an instance that is being made (`prepared`) after the other slow ones.

    Needs `--no-loadscope-reorder`: else files with few tests come last, which are often the slow.
    """
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    waiting = {item.path for item in items if _prepared_for(item)}
    items.sort(key=lambda item: (item.path not in slow, item.path in waiting))


def _prepared_for(item: pytest.Item) -> set[str]:
    return prepared.PROGRAMS.keys() & set(getattr(item, "fixturenames", ()))


def pytest_runtest_setup() -> None:
    """Exempt what is there before a test from garbage collection: modules, tests, caches.

    Closing a store collects garbage; examining all these objects each time took a fifth of the
    suite's CPU time.
    """
    gc.collect()
    gc.freeze()


@pytest.fixture
def instance(tmp_path: Path) -> Instance:
    """An empty instance with its key, based at https://example.mn/."""
    return _made(tmp_path)


@pytest.fixture(scope="session")
def another(tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Instance]:
    """Makes such instances: one for each example of a property."""
    return lambda: _made(tmp_path_factory.mktemp("another"))


def _made(folder: Path) -> Instance:
    made = instances.create(folder / "data", "https://example.mn/")
    create(made)
    instances.write_config(made)
    return made


@pytest.fixture(scope="session")
def shared_by_workers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for all who test side by side."""
    own = tmp_path_factory.getbasetemp()
    return own.parent if "PYTEST_XDIST_WORKER" in os.environ else own


@pytest.fixture(scope="session", autouse=True)
def being_prepared(request: pytest.FixtureRequest, shared_by_workers: Path) -> Iterator[None]:
    """Let the first worker have the instances made that any test needs, beside the tests."""
    wanted = set[str]().union(*map(_prepared_for, request.session.items))
    if not wanted or os.environ.get("PYTEST_XDIST_WORKER") != "gw0":
        yield
        return
    with prepared.begin(shared_by_workers, sorted(wanted, reverse=True)):  # the larger one first
        yield


@pytest.fixture(scope="session")
def loaded_demo(shared_by_workers: Path) -> Path:
    """An instance with every bundled source loaded. Nobody changes it: copy it first."""
    return prepared.made_once(shared_by_workers, "loaded_demo")


@pytest.fixture(scope="session")
def few_datasets(shared_by_workers: Path) -> Path:
    """An instance with five datasets (tests/few_datasets.py), made and kept likewise."""
    return prepared.made_once(shared_by_workers, "few_datasets")


@pytest.fixture(scope="module")
def demo(loaded_demo: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of it for one file of tests."""
    return shutil.copytree(loaded_demo, tmp_path_factory.mktemp("demo") / "data")


@pytest.fixture(scope="session")
def attacked_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the victims are copies of."""
    return attacked.template(tmp_path_factory.mktemp("attacked"))


@pytest.fixture
def victim(attacked_template: Path, tmp_path: Path) -> Instance:
    """A small instance to attack."""
    return attacked.copy_of(attacked_template, tmp_path)


SMALL = Path(__file__).with_name("small.trig")


def publish_small(instance: Instance, number: int = 1, more: str = "") -> snapshots.Snapshot:
    """Publish the small store by hand: named graphs, and their union as the default graph. Its
    index finds nothing, since no event is in the ledger."""
    staged = instance.staging / "small"
    store = ox.Store(str(staged))
    store.load(SMALL.read_text("utf-8") + more, ox.RdfFormat.TRIG)
    for quad in list(store):
        store.add(ox.Quad(quad.subject, quad.predicate, quad.object))
    store.flush()
    del store
    ledger = Ledger(instance)
    while ledger.size < number:
        ledger.append(event("Key", action="add", verifier=str(ledger.verifier())))
    snapshot = snapshots.install(instance, staged, snapshots.next_snapshot(instance, number))
    index.build(
        Staged(instance, lambda: snapshot.path, [], None), snapshot.companion(schema.SUFFIX)
    )
    snapshots.set_current(instance, snapshot)
    return snapshot


@pytest.fixture
def published(instance: Instance) -> Instance:
    """An instance with the small store published."""
    publish_small(instance)
    return instance


@pytest.fixture(scope="session")
def republish() -> Callable[[Instance, int, str], snapshots.Snapshot]:
    """A function that publishes the small store anew, with more statements."""
    return publish_small


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Instance:
    """The small store published once, for tests that only read."""
    made = instances.create(tmp_path_factory.mktemp("small") / "data", "https://example.mn/")
    create(made)
    instances.write_config(made)
    publish_small(made)
    return made


@pytest.fixture(scope="session")
def pool(small: Instance) -> Iterator[Pool]:
    """A pool over the small store with tight limits."""
    limits = QueryLimits(timeout=2.0, memory=256 << 20, result=4 << 20)
    with Pool.start(small, workers=2, limits=limits) as running:
        yield ready(running)


@pytest.fixture
def notes(instance: Instance) -> Instance:
    """An instance with editable sources."""
    return with_sources(instance)


@pytest.fixture(scope="module")
def endpoint() -> Iterator[Endpoint]:
    """Another endpoint."""
    with serving() as made:
        yield made


@pytest.fixture(scope="module")
def federated(small: Instance, endpoint: Endpoint) -> Iterator[Pool]:
    """A pool that may ask it."""
    with federating(small, endpoint) as pool:
        yield pool
