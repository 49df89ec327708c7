"""Lines of a version in an archive, as the tests of look-ups read them."""

from __future__ import annotations

from pathlib import Path

import pytest

from graph.archive import Archive
from graph.ledger import Event
from graph.statements import layer, rowmap, sorting
from graph.statements.layer import Layer

NUMBER = 2500  # lines; of three frames


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    folder = tmp_path_factory.mktemp("evidence")
    (folder / "archive").mkdir()
    return Archive(folder / "archive")


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "cache"


def line(subject: int, value: str) -> bytes:
    return f'<https://example.mn/{subject:04}> <https://example.mn/p> "{value}" .'.encode()


def written(archive: Archive, lines: list[bytes]) -> Layer:
    """A layer of these lines; every third one has two records."""
    made = rowmap.Origins()
    records = [made.record(f"{n % 3:064x}", f"row={n + 2}") for n in range(len(lines))]
    rules = [made.rule(f"rule {n % 5}") for n in range(len(lines))]
    tagged = [
        one + sorting.tag(records[-n - 1 if again else n], rules[n])
        for n, one in enumerate(lines)
        for again in ([False, True] if n % 3 == 0 else [False])
    ]
    return layer.write(sorted(tagged), made, archive)


def load_of(stated: Layer) -> Event:
    return {"layers": {"stated": stated.to_json()}}
