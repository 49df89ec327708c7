"""The result of a verification, kept as JSON where neither ledger nor archive is.

It is a report, no evidence: who doubts it verifies again.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

from graph.core.errors import ConfigError, storage_error
from graph.core.files import write_atomic
from graph.core.instance import Instance
from graph.ledger.events import now


def check_place(instance: Instance, path: Path) -> None:
    """Raises ConfigError for a file among those that are verified, or that are secret."""
    kept = (instance.ledger, instance.archive, instance.snapshots, instance.staging, instance.keys)
    if any(path.resolve().is_relative_to(folder.resolve()) for folder in kept):
        raise ConfigError(
            "the result of a verification is kept outside of what is verified",
            where=str(path),
            hint="Name a file in another folder.",
        )


def write(path: Path, facts: Mapping[str, Any]) -> None:
    """Keep a result: with the time at which it was there, and the version that made it.

    Raises StorageError where the file cannot be written.
    """
    kept = {"at": now(), "ulzii": version("ulzii"), **facts}
    data = json.dumps(kept, ensure_ascii=False, indent=1, sort_keys=True).encode() + b"\n"
    try:
        write_atomic(path, data)
    except OSError as error:
        raise storage_error(error, str(path)) from error
