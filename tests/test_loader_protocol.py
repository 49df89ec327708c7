"""The example in the docstring of loaders/pipeline/protocol.py is a loader that works."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest

from graph import snapshots
from graph.core.instance import Instance
from graph.store.embedded import EmbeddedStore
from loaders.descriptions.loader_names import LOADERS
from loaders.pipeline import protocol
from loaders.pipeline.load import load
from loaders.pipeline.source import read

pytestmark = pytest.mark.slow


def example(start: str, end: str) -> str:
    assert protocol.__doc__ is not None
    _, found, rest = protocol.__doc__.partition(start)
    text, ends, _ = rest.partition(end)
    assert found and ends
    return dedent(start + text)


@pytest.fixture
def described(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The example's module, named in LOADERS, and the description of its source."""
    code = example('    """Registers of an agency', "Its source, in a TOML file")
    (tmp_path / "example_loader.py").write_text(code, "utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setitem(LOADERS, "registers", "example_loader")
    path = tmp_path / "registers.toml"
    path.write_text(example('    id = "registers"', 'en = "Registers"\n') + 'en = "Registers"\n')
    return path


def test_the_example_maps_each_row(instance: Instance, described: Path) -> None:
    described.with_name("registers.csv").write_text("id,name\n7,Малын бүртгэл\n")
    assert load(instance, read(described)).counts["mapped"] == 1
    snapshot = snapshots.current(instance)
    assert snapshot is not None
    store = EmbeddedStore(snapshot.path, read_only=True)
    lines = {line.decode() for line in store.lines(instance.names.graph("registers"))}
    store.close()
    subject = f"<{instance.base}id/register/registers/7>"
    assert lines == {
        f'{subject} <http://purl.org/dc/terms/identifier> "7" .',
        f'{subject} <http://purl.org/dc/terms/title> "Малын бүртгэл"@mn .',
    }


def test_the_example_rejects_a_row_without_a_name(instance: Instance, described: Path) -> None:
    rows = "".join(f"{n},Бүртгэл {n}\n" for n in range(30))
    described.with_name("registers.csv").write_text(f"id,name\n{rows}30,\n")
    counts = load(instance, read(described)).counts
    assert (counts["mapped"], counts["rejected"]) == (30, 1)
