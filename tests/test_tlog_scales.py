"""The log read and checked by code of others: tlog-scales reads our static tiles, checks our
proofs, and makes the same ones."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from click.testing import CliRunner
from cryptography.exceptions import InvalidSignature
from tlog_scales import signing, tlog
from tlog_scales.backend import LocalBackend
from tlog_scales.reader import TilesReader

from graph.core.instance import Instance
from graph.ledger import Ledger, event
from graph.ledger.merkle import leaf_hash
from graph.transparency import signed_log
from graph.transparency.signed_log import SignedLog
from server.cli import main

SIZE = 300  # one whole tile and a part of the next


@pytest.fixture
def log(instance: Instance) -> SignedLog:
    """A log of so many events."""
    ledger = Ledger(instance)
    facts = {"kind": "shapes", "digest": "0" * 64, "files": {}}
    missing = range(SIZE - ledger.size)
    ledger.append(*(event("Code", name=f"n{number}", **facts) for number in missing))
    return signed_log.read(instance)


def test_others_read_our_tiles_and_check_our_proofs(
    log: SignedLog, instance: Instance, tmp_path: Path
) -> None:
    command = ["--data", str(instance.root), "log", "export", str(tmp_path / "static")]
    assert CliRunner().invoke(main, command).exit_code == 0
    reader = TilesReader(LocalBackend(tmp_path / "static"))
    checkpoint = reader.get_checkpoint()
    checkpoint.verify(signing.Vkey.from_string(str(log.verifier)))
    root = reader.calculate_root_hash()
    assert (checkpoint.size, checkpoint.root_hash) == (SIZE, root)
    for index in (0, 1, 255, 256, 299):
        assert reader.get_entry(index) == log.line(index)
        proof = tlog.InclusionProof(index, SIZE, log.tree.inclusion(index, SIZE))
        proof.check(leaf_hash(log.line(index)), root)
        assert reader.get_inclusion_proof(index, SIZE) == proof
    for old in (1, 7, 255, 256, 299):
        growth = tlog.ConsistencyProof(old, SIZE, log.tree.consistency(old, SIZE))
        growth.check(log.tree.root(old), root)
        assert reader.get_consistency_proof(old, SIZE) == growth


def test_others_refuse_what_is_not_of_the_log(log: SignedLog) -> None:
    root = log.checkpoint.root
    proof = tlog.InclusionProof(7, SIZE, log.tree.inclusion(7, SIZE))
    with pytest.raises(tlog.InclusionProofInvalid):
        proof.check(leaf_hash(log.line(7) + b" "), root)
    with pytest.raises(tlog.InclusionProofInvalid):
        dataclasses.replace(proof, leaf_index=8).check(leaf_hash(log.line(7)), root)
    with pytest.raises(tlog.ConsistencyProofInvalid):
        growth = tlog.ConsistencyProof(7, SIZE, log.tree.consistency(7, SIZE))
        growth.check(log.tree.root(8), root)
    checkpoint = tlog.Checkpoint.from_text(log.note)
    key = signing.Vkey.from_string(str(log.verifier))
    with pytest.raises(InvalidSignature):
        dataclasses.replace(checkpoint, size=SIZE + 1).verify(key)
