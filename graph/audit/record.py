"""The result of a verification, kept as JSON where neither ledger nor archive is.

It is a report, no evidence: who doubts it verifies again. The server shows the one that lies in the
instance's directory.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final, Self

from graph.audit.model.problem import Fault, IntegrityProblem
from graph.core.errors import ConfigError, storage_error
from graph.core.files import write_atomic
from graph.core.instance import Instance
from graph.ledger.events import now

NAME: Final = "verified.json"
_MOST_BYTES = 4 << 20


@dataclass(frozen=True, slots=True)
class VerificationResult:
    """What the last kept verification found.

    `at` is when it ended, `level` the deepest one that it looked at, `sample` how many versions
    were taken at random (None: all), `size` and `root` (base64) those of the log, None and empty
    where it could not be read.
    """

    at: str
    ulzii: str
    level: int
    sample: int | None
    size: int | None
    root: str
    problems: tuple[IntegrityProblem, ...]

    @property
    def is_sound(self) -> bool:
        """Whether everything looked at is as the log says."""
        return self.size is not None and not self.faults[Fault.PROBLEM]

    @property
    def faults(self) -> Counter[Fault]:
        """How many of each kind were found."""
        return Counter(one.fault for one in self.problems)

    def at_level(self, level: int) -> tuple[IntegrityProblem, ...] | None:
        """The problems of a level; None where it was not looked at.

        A problem of level 0 ends a verification, but for missing bodies of sealed events.
        """
        found = tuple(one for one in self.problems if one.level == level)
        stopped = level > 0 and self.size is None
        return None if level > self.level or (stopped and not found) else found

    @classmethod
    def parse(cls, data: bytes) -> Self:
        """Read what `write` wrote. Raises ValueError, LookupError or TypeError for other bytes."""
        kept = json.loads(data)
        return cls(
            str(kept["at"]),
            str(kept["ulzii"]),
            int(kept["level"]),
            None if kept["sample"] is None else int(kept["sample"]),
            None if kept["size"] is None else int(kept["size"]),
            str(kept["root"] or ""),
            tuple(_problem(one) for one in kept["problems"]),
        )


def _problem(kept: Mapping[str, Any]) -> IntegrityProblem:
    fault = Fault(kept["fault"])
    return IntegrityProblem(
        int(kept["level"]), str(kept["where"]), str(kept["what"]), fault, str(kept["hint"])
    )


def path_of(instance: Instance) -> Path:
    """Where the server looks for the last result."""
    return instance.root / NAME


def read(instance: Instance) -> VerificationResult | None:
    """The last result that was kept there; None where there is none.

    Raises ConfigError where the file is not such a result.
    """
    path = path_of(instance)
    try:
        with path.open("rb") as file:
            return VerificationResult.parse(file.read(_MOST_BYTES))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, LookupError, TypeError, RecursionError) as error:
        hint = "`ulzii verify --record` writes it anew."
        message = "this is not the result of a verification"
        raise ConfigError(message, where=str(path), hint=hint) from error


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
