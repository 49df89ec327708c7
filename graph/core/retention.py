"""How long old snapshots are kept, so that an address of an answer can be cited and followed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from graph.core.errors import ConfigError

TABLE = "retention"  # in instance.toml


@dataclass(frozen=True, slots=True)
class Retention:
    """An old snapshot is kept for `days` after another took its place; of those at most
    `snapshots`, the newest ones, and no more than take `gib` GiB of disk together beside the
    current one. (Files that a snapshot shares with a newer one take nothing.)
    """

    days: float = 7.0
    snapshots: int = 100
    gib: float = 10.0

    @property
    def seconds(self) -> int:
        """The time as HTTP wants it."""
        return int(self.days * 86_400)

    @property
    def bytes(self) -> int:
        """The disk space."""
        return int(self.gib * 2**30)


def from_toml(table: Mapping[str, Any]) -> Retention:
    """Retention from its table in instance.toml.

    Raises ConfigError for names it does not have and values that are no numbers.
    """
    known = {field.name for field in fields(Retention)}
    for name, value in table.items():
        if name not in known or not isinstance(value, int | float) or value < 0:
            raise ConfigError(
                f"[{TABLE}] cannot have {name} = {value!r}",
                hint=f"It may have {', '.join(sorted(known))}, each a number.",
            )
    return Retention(**table)
