"""What the maintainers change in bundled data reaches instances that have the old data."""

from __future__ import annotations

import tarfile
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from graph.archive import Archive
from graph.core.errors import ConfigError
from graph.core.instance import Instance, open_instance
from graph.ledger import Ledger
from loaders.pipeline.load import load
from server.cli import main
from tests.test_bad_input import THINGS
from tests.test_bad_input import source as described

pytestmark = pytest.mark.slow

OLD = Path(__file__).parent / "instances" / "bundled" / "0435de3.tar.xz"


@pytest.fixture
def old(tmp_path: Path) -> Instance:
    """An instance of commit 0435de3 with its bundled data of the portal: 28 records."""
    with tarfile.open(OLD) as archive:
        # Python 3.11.0 to 3.11.3 have no filters
        archive.extraction_filter = getattr(tarfile, "tar_filter", lambda member, _: member)
        archive.extractall(tmp_path)
    return open_instance(tmp_path / "data")


def ulzii(instance: Instance, *command: str) -> Result:
    return CliRunner().invoke(main, ["--data", str(instance.root), *command])


def test_fewer_datasets_are_taken_without_a_flag(old: Instance) -> None:
    done = ulzii(old, "load", "mn-odp")
    assert (done.exit_code, "mn-odp: published, version 2, 4 records" in done.output) == (0, True)
    titles = """SELECT (COUNT(*) AS ?n) WHERE { GRAPH ?g {
        ?dataset a <http://www.w3.org/ns/dcat#Dataset> } }"""
    assert "3" in ulzii(old, "query", "--format", "csv", titles).output.split()
    verified = ulzii(old, "verify")
    assert (verified.exit_code, "no problems found" in verified.output) == (0, True)
    assert ulzii(old, "load", "mn-odp").output.startswith("mn-odp: same, version 2")


def test_the_log_says_that_it_was_meant(old: Instance) -> None:
    """The archived description of the new version names the data of the old one."""
    ledger = Ledger(old)
    manifest = next(e for e in ledger if e["type"] == "Fetch")["manifest"]
    ulzii(old, "load", "mn-odp")
    ledger = Ledger(old)
    new = next(e for e in ledger if e["type"] == "Load" and e["version"] == 2)
    code = next(e for e in ledger if e["type"] == "Code" and e["digest"] == new["code"])
    archived = Archive(old.archive).read(code["files"]["sources/mn-odp.toml"]).decode()
    assert f'replaces = ["{manifest}"]' in archived


def test_only_the_very_data_that_are_named_may_shrink(instance: Instance, tmp_path: Path) -> None:
    (tmp_path / "things.ttl").write_bytes(THINGS)
    whole = described(tmp_path)
    load(instance, whole)
    manifest = next(e for e in Ledger(instance) if e["type"] == "Fetch")["manifest"]
    (tmp_path / "things.ttl").write_bytes(THINGS[: len(THINGS) // 10])
    for replaces in ((), ("0" * 64,)):
        outcome = load(instance, replace(whole, replaces=replaces))
        assert outcome.held == ("the published version has 10 records, this one 1",)
    assert load(instance, replace(whole, replaces=(manifest,))).version == 2


def test_only_bundled_descriptions_may_say_so(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="only descriptions that come with Ulzii") as refused:
        described(tmp_path, more='replaces = ["0"]')
    assert refused.value.where == f"{tmp_path / 'things.toml'} replaces"
    assert "ulzii approve" in str(refused.value)
