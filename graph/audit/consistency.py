"""The ledger against what somebody kept elsewhere: a checkpoint, the verifier key, cosignatures.

A log that was set back, forked, or signed anew with another key is consistent in itself; only what
was kept outside its reach shows it.
"""

from __future__ import annotations

from collections.abc import Iterator

from graph.audit.model.problem import IntegrityProblem
from graph.core.errors import IntegrityError, UlziiError
from graph.core.instance import Instance
from graph.ledger import Ledger, cosigned
from graph.ledger.note import Checkpoint, Verifier
from graph.transparency import witnesses

_WHERE = "what was kept elsewhere"


def check(ledger: Ledger, note: str | None, key: str | None) -> Iterator[IntegrityProblem]:
    """Problems of a ledger beside a kept checkpoint (a signed note) and a kept verifier key.

    Either may be None, but not empty: a copy that failed proves nothing. Without a kept key the
    checkpoint is checked with the ledger's own.
    """
    try:
        verifier = Verifier.parse(key) if key is not None else ledger.verifier()
    except IntegrityError as error:
        yield IntegrityProblem(0, _WHERE, f"the key: {error.message}")
        return
    if verifier != ledger.verifier():
        what = f"the key was exchanged: kept {verifier}, found {ledger.verifier()}"
        yield IntegrityProblem(0, str(ledger.path.parent), what)
    if note is not None:
        yield from _compare(ledger, note, verifier)


def _compare(ledger: Ledger, note: str, verifier: Verifier) -> Iterator[IntegrityProblem]:
    where = str(ledger.path)
    try:
        kept = Checkpoint.parse(verifier.check(note))
    except IntegrityError as error:
        what = f"the checkpoint: {error.message}; it is another log's, or the key was exchanged"
        yield IntegrityProblem(0, _WHERE, what)
        return
    if kept.origin != ledger.verifier().name:
        yield IntegrityProblem(0, _WHERE, f"the checkpoint is of “{kept.origin}”")
    elif kept.size > ledger.size:
        what = f"set back: the kept checkpoint has {kept.size} events, the ledger {ledger.size}"
        yield IntegrityProblem(0, where, what)
    elif ledger.root_at(kept.size) != kept.root:
        what = f"forked: the first {kept.size} lines are not those the kept checkpoint signs"
        yield IntegrityProblem(0, where, what)


def check_cosigned(instance: Instance, ledger: Ledger) -> Iterator[IntegrityProblem]:
    """The problems of the notes that witnesses cosigned (they are good, of this log's history and
    not ahead of it), and of the list of witnesses."""
    try:
        for path, checkpoint in cosigned.checkpoints(instance, ledger.verifier()):
            if checkpoint.size > ledger.size:
                what = f"a witness cosigned {checkpoint.size} events, the ledger has {ledger.size}"
                yield IntegrityProblem(0, path, what)
            elif ledger.root_at(checkpoint.size) != checkpoint.root:
                what = f"forked: a witness cosigned other lines as the first {checkpoint.size}"
                yield IntegrityProblem(0, path, what)
        for witness in witnesses.read(instance):
            if note := witnesses.kept(instance, witness):
                witness.cosigner.find(note)
    except UlziiError as error:
        yield IntegrityProblem.of_error(0, error)
