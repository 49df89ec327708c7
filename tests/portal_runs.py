"""Runs against a stand-in of opendata.gov.mn: its fixtures, and what a run published."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from graph import snapshots
from graph.archive import Archive
from graph.core.instance import Instance, open_instance
from graph.ledger import Ledger, manifests
from graph.store.embedded import EmbeddedStore
from loaders.pipeline.load import load
from loaders.pipeline.source import Source
from tests.servers import AnsweringServer, Portal, allow, answering

NUMBER = 12


@pytest.fixture
def portal() -> Portal:
    """Twelve datasets on pages of five."""
    return Portal(NUMBER, size=5)


@pytest.fixture(scope="module")
def listening() -> Iterator[AnsweringServer]:
    """One server for all tests of a file, so that a portal's description stays the same."""
    with answering(Portal(NUMBER, size=5)) as running:
        yield running


@pytest.fixture(scope="module")
def first_harvest(
    listening: AnsweringServer,
    another: Callable[[], Instance],
    tmp_path_factory: pytest.TempPathFactory,
) -> Path:
    """An instance after the first harvest of the portal. Nobody changes it."""
    made, portal = another(), Portal(NUMBER, size=5)
    allow(made, listening, attempts=2)
    listening.behaviour = portal
    source = portal.source(tmp_path_factory.mktemp("first"), listening)
    assert load(made, source).status == "published"
    return made.root


@pytest.fixture
def server(portal: Portal, instance: Instance, listening: AnsweringServer) -> AnsweringServer:
    allow(instance, listening, attempts=2)
    listening.behaviour, listening.asked = portal, []
    return listening


@pytest.fixture
def source(portal: Portal, server: AnsweringServer, tmp_path: Path) -> Source:
    return portal.source(tmp_path, server)


@pytest.fixture
def harvested(first_harvest: Path, server: AnsweringServer, instance: Instance) -> Instance:
    """A copy of it, in the place of the empty instance."""
    shutil.rmtree(instance.root)
    return open_instance(shutil.copytree(first_harvest, instance.root))


def titles(instance: Instance, name: str = "odp") -> set[str]:
    """The titles of datasets that are published."""
    return {text for text in literals(instance, name, "title") if "Өгөгдөл" in text}


def literals(instance: Instance, name: str, ending: str) -> list[str]:
    now = snapshots.current(instance)
    assert now is not None
    store = EmbeddedStore(now.path, read_only=True)
    lines = [line.decode() for line in store.lines(instance.names.graph(name))]
    store.close()
    return [line.split('"')[1] for line in lines if f"/{ending}>" in line.split(" ")[1]]


def findings(instance: Instance, name: str = "odp") -> list[str]:
    """The subjects and rules of findings, as lines."""
    load_event = Ledger(instance).last("Load", name)
    assert load_event is not None
    lines = Archive(instance.archive).read(load_event["layers"]["findings"]["lines"])
    return lines.decode().splitlines()


def last_fetch(instance: Instance, name: str = "odp") -> dict[str, Any]:
    event = Ledger(instance).last("Fetch", name)
    assert event is not None
    return event


def entries(instance: Instance, name: str = "odp") -> list[dict[str, Any]]:
    return manifests.responses(last_fetch(instance, name), Archive(instance.archive))


def all_titles() -> set[str]:
    return {f"Өгөгдөл {n}" for n in range(1, NUMBER + 1)}
