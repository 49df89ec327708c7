"""What many tests need: a fresh instance."""

from __future__ import annotations

from pathlib import Path

import pytest

from graph import instance as instances
from graph.instance import Instance
from graph.ledger import create


@pytest.fixture
def instance(tmp_path: Path) -> Instance:
    """An empty instance with its key, based at https://example.mn/."""
    made = instances.create(tmp_path / "data", "https://example.mn/")
    create(made)
    instances.seal(made)
    return made
