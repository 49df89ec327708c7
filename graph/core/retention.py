"""How long old snapshots are kept. The permanent URL of a response works until its snapshot is
removed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

TABLE = "retention"  # in instance.toml


@dataclass(frozen=True, slots=True)
class Retention:
    """The limits of old snapshots; the current one is always kept.

    A snapshot is kept for `days` after the next one was published. Of those at most `snapshots` are
    kept, newest first, and at most `gib` GiB of disk; files that a snapshot shares with a newer one
    (hard links) are not counted again.
    """

    days: float = 7.0
    snapshots: int = 100
    gib: float = 10.0

    @property
    def seconds(self) -> int:
        """The time in seconds, as for `Cache-Control: max-age`."""
        return int(self.days * 86_400)

    @property
    def bytes(self) -> int:
        """The disk space in bytes."""
        return int(self.gib * 2**30)


def from_toml(table: Mapping[str, Any]) -> Retention:
    """Retention from table `[retention]` of instance.toml, which `instance_schema` has checked.

    Missing keys have their default.
    """
    return Retention(**table)
