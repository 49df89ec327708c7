"""Checkpoints that witnesses cosigned, kept beside the log: it may not fall behind them.

`graph.transparency.witnesses` writes them. A log that was restored from an older backup and went on
would sign a second history, which its witnesses refuse for ever.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from graph.core.errors import IntegrityError
from graph.core.instance import Instance
from graph.ledger.note import Checkpoint, Verifier

FOLDER = "witness"


def checkpoints(instance: Instance, verifier: Verifier) -> Iterator[tuple[str, Checkpoint]]:
    """Path and checkpoint of each note that is kept. Raises IntegrityError where one is damaged."""
    for path in sorted((instance.ledger / FOLDER).glob("*")):
        if not path.suffix and len(path.name) == 8:
            try:
                yield str(path), Checkpoint.parse(verifier.check(path.read_bytes().decode()))
            except (OSError, UnicodeDecodeError) as error:
                raise _damaged(path, "cannot be read") from error
            except IntegrityError as error:
                raise _damaged(path, error.message) from error


def _damaged(path: Path, what: str) -> IntegrityError:
    return IntegrityError(f"a note that a witness cosigned: {what}", where=str(path))


def check_not_behind(instance: Instance, verifier: Verifier, size: int) -> None:
    """Raises IntegrityError where a witness cosigned a log of more events than `size`."""
    for path, checkpoint in checkpoints(instance, verifier):
        if checkpoint.size > size:
            raise IntegrityError(
                f"a witness cosigned {checkpoint.size} events, the ledger has {size}",
                where=path,
                hint="The ledger was set back: restore a newer backup. Nothing is appended, since"
                " it would be another history.",
            )
