"""The files that vouch for the log: its verifier key and its signed checkpoint."""

from __future__ import annotations

from graph.core.errors import IntegrityError
from graph.core.instance import Instance
from graph.ledger.note import Checkpoint, Verifier

CHECKPOINT = "checkpoint"
PUBLIC_KEY = "verifier.txt"


def signed_size(instance: Instance) -> int:
    """The number of events that the checkpoint covers. The lines are not read.

    Raises IntegrityError as `Ledger.checkpoint` does.
    """
    return read_checkpoint(instance, read_verifier(instance)).size


def read_checkpoint(instance: Instance, verifier: Verifier) -> Checkpoint:
    """The signed checkpoint.

    Raises IntegrityError where it is missing, not signed by this key, or another log's.
    """
    path = instance.ledger / CHECKPOINT
    try:
        checkpoint = Checkpoint.parse(verifier.check(path.read_bytes().decode()))
    except (OSError, UnicodeDecodeError) as error:
        raise IntegrityError("the checkpoint cannot be read", where=str(path)) from error
    except IntegrityError as error:
        raise IntegrityError(f"the checkpoint: {error.message}", where=str(path)) from error
    if checkpoint.origin != verifier.name:
        raise IntegrityError(
            f"the checkpoint is of another log, “{checkpoint.origin}”", where=str(path)
        )
    return checkpoint


def read_verifier(instance: Instance) -> Verifier:
    """The public key that verifies the log's checkpoints.

    Raises IntegrityError where it is missing, not readable, or of another base.
    """
    path = instance.ledger / PUBLIC_KEY
    try:
        verifier = Verifier.parse(path.read_bytes().decode())
    except (OSError, UnicodeDecodeError) as error:
        raise IntegrityError("the verifier key cannot be read", where=str(path)) from error
    except IntegrityError as error:
        raise IntegrityError(f"the verifier key: {error.message}", where=str(path)) from error
    if not instance.is_origin(verifier.name):
        raise IntegrityError(
            f"the log is of “{verifier.name}”, the base of this instance is {instance.base}",
            where=str(instance.root),
            hint="The base of an instance cannot be changed; restore `base` in instance.toml.",
        )
    return verifier
