"""The files that vouch for the log: its keys and its signed checkpoint."""

from __future__ import annotations

from graph.core.errors import IntegrityError
from graph.core.instance import Instance
from graph.ledger.note import Checkpoint, Signer, Verifier

CHECKPOINT = "checkpoint"
PUBLIC_KEY = "verifier.txt"
PRIVATE_KEY = "ledger.pem"


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


def read_signer(instance: Instance, verifier: Verifier) -> Signer:
    """The private key that signs the log.

    Raises IntegrityError where it is missing, not readable, or not the log's: what another key
    announced could neither be finished nor taken back.
    """
    path = instance.keys / PRIVATE_KEY
    hint = "Restore it from a backup. Without it the log can be read, but not continued."
    try:
        signer = Signer.from_pem(verifier.name, path.read_bytes())
    except (OSError, ValueError, IntegrityError) as error:
        message = "the signing key cannot be read"
        raise IntegrityError(message, where=str(path), hint=hint) from error
    if signer.verifier != verifier:
        raise IntegrityError("the signing key is not this log's", where=str(path), hint=hint)
    return signer
