"""A new log: its key, and the first line, which names it."""

from __future__ import annotations

from graph.core.files import write_atomic
from graph.core.instance import Instance
from graph.ledger import announcement, events
from graph.ledger.checkpoints import CHECKPOINT, PRIVATE_KEY, PUBLIC_KEY
from graph.ledger.log import ENTRIES, Ledger
from graph.ledger.note import Signer


def create(instance: Instance) -> Ledger:
    """Make the key (file mode 600) and write the first event."""
    for name in (ENTRIES, CHECKPOINT, announcement.NAME):  # of an `init` that was killed
        (instance.ledger / name).unlink(missing_ok=True)
    signer = Signer.generate(instance.new_origin)
    write_atomic(instance.keys / PRIVATE_KEY, signer.pem(), mode=0o600)
    write_atomic(instance.ledger / PUBLIC_KEY, f"{signer.verifier}\n".encode())
    ledger = Ledger(instance, new=True)
    ledger.append(events.event("Key", action="add", verifier=str(signer.verifier)))
    return ledger
