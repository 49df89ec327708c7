"""How long pages of the catalogue are kept, and what an audit says of them."""

from __future__ import annotations

import os
import sqlite3
import time
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from graph.audit.verify import verify
from graph.catalogue import keeping, listing, packs, schema
from graph.catalogue.listing import Selection
from graph.core.errors import ConfigError
from graph.core.instance import Instance
from graph.core.retention import Retention
from graph.ledger import Ledger
from tests import catalogues, versions
from tests.catalogues import all_pages, datasets, rebuild

pytestmark = pytest.mark.slow


def test_pages_outlive_their_snapshot_for_two_days(
    instance: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    instance = replace(instance, retention=Retention(days=0))
    first = versions.publish(instance, "agency", datasets(["a", "b"]))
    found = listing.find(instance, first.number)
    assert found
    before = catalogues.page(found, instance)
    second = versions.publish(instance, "agency", datasets(["b"]))
    assert not first.path.exists()
    again = listing.find(instance, first.number)
    assert again and catalogues.page(again, instance) == before
    assert list(verify(instance)) == []
    hours = keeping.KEPT + 60
    clock = time.time() + hours
    monkeypatch.setattr(time, "time", lambda: clock)
    keeping.prune(instance, list(Ledger(instance)))
    assert listing.find(instance, first.number) is None
    latest = listing.find(instance, second.number)
    assert latest and latest.count(Selection()) == 1
    assert all_pages(instance)


def test_verify_names_a_pack_that_is_changed_or_missing(instance: Instance) -> None:
    versions.publish(instance, "agency", datasets(["a"]))
    assert list(verify(instance)) == []
    pack = next((instance.root / packs.FOLDER).glob("*.ttl"))
    whole = pack.read_bytes()
    for wrong in (whole.replace(b"dct", b"dcx"), b"", None):
        pack.unlink()
        if wrong is not None:
            pack.write_bytes(wrong)
        problems = list(verify(instance))
        assert [p.where for p in problems] == [str(pack)], problems
        pack.write_bytes(whole)


def test_missing_packs_are_made_again(instance: Instance) -> None:
    versions.publish(instance, "agency", datasets(["a", "b"]))
    before = all_pages(instance)
    for path in (instance.root / packs.FOLDER).iterdir():
        path.unlink()
    rebuild(instance)
    assert all_pages(instance) == before
    for path in (instance.root / packs.FOLDER).glob("*.ttl"):
        path.unlink()
    versions.publish(instance, "agency", datasets(["a", "b", "c"]))
    assert len(all_pages(instance)) == 1


def test_nobody_else_may_read_the_files(instance: Instance) -> None:
    os.umask(0o022)
    versions.publish(instance, "agency", datasets(["a"]))
    folder: Path = instance.root / packs.FOLDER
    assert folder.stat().st_mode & 0o077 == 0


def test_a_list_of_another_version_is_not_read(instance: Instance) -> None:
    now = versions.publish(instance, "agency", datasets(["a"]))
    with closing(sqlite3.connect(now.companion(schema.SUFFIX))) as connection, connection:
        connection.execute("UPDATE meta SET value = 0 WHERE key = 'version'")
    assert listing.find(instance, now.number) is None
    with pytest.raises(ConfigError, match="earlier version"):
        listing.current(instance)
    rebuild(instance)
    assert listing.current(instance).count(Selection()) == 1
