"""The notes that witnesses cosigned: good, of this log's history, and not ahead of it."""

from __future__ import annotations

from collections.abc import Iterator

from graph.audit.problem import IntegrityProblem
from graph.core.errors import UlziiError
from graph.core.instance import Instance
from graph.ledger import Ledger, cosigned
from graph.transparency import witnesses


def check(instance: Instance, ledger: Ledger) -> Iterator[IntegrityProblem]:
    """The problems of the kept notes, and of the list of witnesses."""
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
