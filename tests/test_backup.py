"""`ulzii backup` and `restore`: whole, also while something is loaded; only what is a backup."""

from __future__ import annotations

import io
import json
import sqlite3
import tarfile
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from graph import backup
from graph.audit.model.problem import Fault
from graph.audit.verify import verify
from graph.core.errors import ConfigError, InputError, UlziiError
from graph.core.instance import Instance
from graph.core.progress import SilentReporter
from graph.ledger import Ledger
from graph.ledger.checkpoints import CHECKPOINT
from graph.publication.publish import Publisher
from server.auth.tokens import TokenStore
from server.cli import main
from server.saved_queries.store import SavedQueryStore
from tests.test_trace_versions import NEW, OLD, put


def run(data: Path, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["--data", str(data), *arguments])


def written(instance: Instance, reporter: SilentReporter | None = None) -> io.BytesIO:
    out = io.BytesIO()
    backup.write(instance, out, reporter)
    return io.BytesIO(out.getvalue())


def problems(instance: Instance) -> list[str]:
    return [p.message for p in verify(instance) if p.fault is not Fault.WARNING]


def test_it_comes_back_with_everything_and_verifies(instance: Instance, tmp_path: Path) -> None:
    put(instance, "a", OLD)
    put(instance, "secret", NEW, keys='visibility = "restricted"')
    TokenStore(instance).add("x", (), ("secret",))
    instance.sources.mkdir(exist_ok=True)
    (instance.sources / "o.toml").write_text('id = "o"')
    file, to = tmp_path / "b.tar", tmp_path / "restored"
    told = run(instance.root, "backup", str(file), "--json")
    assert json.loads(told.stdout)["size"] == Ledger(instance).size
    assert file.stat().st_mode & 0o777 == 0o600
    done = run(to, "restore", str(file))
    assert done.exit_code == 0, done.output
    again = Instance(to, instance.base)
    assert Ledger(again).root == Ledger(instance).root
    assert problems(again) == []
    query = ("query", "SELECT * { GRAPH ?g { ?s ?p ?o } } ORDER BY ?g ?s ?p ?o", "--format", "csv")
    rows = run(to, *query).stdout
    assert rows == run(instance.root, *query).stdout
    assert rows.count("\n") > 5
    assert [one.name for one in TokenStore(again)] == ["x"]
    assert (again.sources / "o.toml").exists()
    put(again, "a", NEW)  # the key is there: it goes on
    assert problems(again) == []


def test_it_holds_one_state_though_something_is_loaded_meanwhile(
    instance: Instance, tmp_path: Path
) -> None:
    put(instance, "a", OLD)
    size = Ledger(instance).size

    class Loading(SilentReporter):
        """A load between the lines and the blobs."""

        def step(self, name: str, total: int | None = None) -> None:
            put(instance, "a", NEW)
            SavedQueryStore(instance)

    restored = backup.restore(written(instance, Loading()), tmp_path / "restored")
    assert Ledger(restored).size == size < Ledger(instance).size
    Publisher(restored, Ledger(restored), SilentReporter()).rebuild()
    assert problems(restored) == []


def test_an_older_state_is_named_by_a_kept_checkpoint(instance: Instance, tmp_path: Path) -> None:
    put(instance, "a", OLD)
    older = written(instance)
    put(instance, "a", NEW)
    kept = tmp_path / "kept"
    kept.write_bytes((instance.ledger / CHECKPOINT).read_bytes())
    restored = backup.restore(older, tmp_path / "restored")
    Publisher(restored, Ledger(restored), SilentReporter()).rebuild()
    assert run(restored.root, "verify").exit_code == 0
    told = run(restored.root, "verify", "--against", str(kept))
    assert told.exit_code == 6
    assert "set back: the kept checkpoint has" in told.stdout


def test_what_stands_in_a_write_ahead_log_is_in_it(instance: Instance, tmp_path: Path) -> None:
    put(instance, "a", OLD)
    database = sqlite3.connect(instance.root / "url-checks.sqlite", isolation_level=None)
    database.execute("PRAGMA journal_mode = WAL")
    database.execute("CREATE TABLE t AS SELECT 7 AS n")  # not checkpointed into the file yet
    restored = backup.restore(written(instance), tmp_path / "restored")
    database.close()
    copy = sqlite3.connect(restored.root / "url-checks.sqlite")
    assert copy.execute("SELECT n FROM t").fetchall() == [(7,)]
    copy.close()


def test_nothing_is_overwritten(instance: Instance) -> None:
    put(instance, "a", OLD)
    with pytest.raises(ConfigError, match="something here already"):
        backup.restore(written(instance), instance.root)
    assert problems(instance) == []


def tar_of(name: str, kind: bytes = tarfile.REGTYPE) -> io.BytesIO:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as tar:
        entry = tarfile.TarInfo(name)
        entry.type, entry.linkname = kind, "/etc/passwd"
        tar.addfile(entry)
    return io.BytesIO(out.getvalue())


FOREIGN = {
    "empty": io.BytesIO(),
    "text": io.BytesIO(b"no tar file" * 100),
    "above": tar_of("sources/../../x"),
    "absolute": tar_of("/tmp/x"),
    "unknown": tar_of("snapshots/7/CURRENT"),
    "link": tar_of("sources/x.toml", tarfile.SYMTYPE),
    "nothing": tar_of("instance.toml"),
}


@pytest.mark.parametrize("name", FOREIGN)
def test_what_is_no_backup_leaves_nothing(tmp_path: Path, name: str) -> None:
    with pytest.raises(InputError, match="backup"):
        backup.restore(FOREIGN[name], tmp_path / "to" / "data")
    assert [*tmp_path.rglob("*")] in ([], [tmp_path / "to"])


@pytest.mark.parametrize("share", [0.3, 0.9, 0.98])
def test_a_backup_that_was_cut_is_refused(instance: Instance, tmp_path: Path, share: float) -> None:
    put(instance, "a", OLD)
    whole = written(instance).getvalue()
    for length in (int(len(whole) * share), int(len(whole) * share) // 512 * 512):
        with pytest.raises(UlziiError):
            backup.restore(io.BytesIO(whole[:length]), tmp_path / "restored")
        assert not (tmp_path / "restored").exists()
