"""Copies of instances that a file of tests makes once."""

from __future__ import annotations

import shutil
from pathlib import Path

from graph.core.instance import Instance, open_instance


def copied(folder: Path, into: Path) -> Instance:
    """The instance `data` of a folder, copied into another one with all that lies beside it."""
    return open_instance(shutil.copytree(folder, into, dirs_exist_ok=True) / "data")
