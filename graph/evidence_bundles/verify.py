"""Verifying an evidence bundle: what `check_bundle.py` checks, its witnesses, and its age."""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Any

from graph.core.errors import IntegrityError
from graph.evidence_bundles import check_bundle
from graph.ledger.note import Checkpoint, Verifier
from graph.transparency.cosigner import Cosigner

MOST_BYTES = 256 << 20
"""Of all members of a bundle together, unpacked."""
_MOST_MEMBERS = 1000


def members(file: Path | IO[bytes]) -> dict[str, int]:
    """The members of a bundle and their sizes.

    Raises IntegrityError where it is not a zip file, or too large to be a bundle.
    """
    try:
        with zipfile.ZipFile(file) as opened:
            found = opened.infolist()
    except Exception as error:  # what a damaged directory of a zip file raises is of many kinds
        raise IntegrityError("this is not a zip file", where=str(file)) from error
    sizes = {one.filename: one.file_size for one in found}
    if len(sizes) != len(found):
        raise IntegrityError("it has two members of one name", where=str(file))
    if len(sizes) > _MOST_MEMBERS or sum(sizes.values()) > MOST_BYTES:
        raise IntegrityError("it is too large for an evidence bundle", where=str(file))
    return sizes


def verify(file: Path, key: str, witnesses: Sequence[str] = (), kept: str = "") -> dict[str, Any]:
    """What a bundle proves; `key` is the log's verifier key.

    `said` are lines of text, the statement first; `proven` says of the statement, its origin and
    the bytes of its records whether they are proven (None: the bundle has no such thing); `source`,
    `version`, `layer`, `published`, `log`, `size` and `absent` say what of.

    `witnesses` are verifier keys of witnesses that must have cosigned, `kept` a checkpoint (note)
    that was kept elsewhere. Raises IntegrityError that names the member that is not as it was
    signed.
    """
    members(file)
    try:
        found = check_bundle.check(str(file), key)
    except check_bundle.NotAsSigned as error:
        raise IntegrityError(check_bundle.plain(str(error))) from error
    verifier, note = Verifier.parse(key), _read(file, "checkpoint")
    found["said"] += [_cosigned(note, Cosigner.parse(one)) for one in witnesses]
    if kept:
        _compare(Checkpoint.parse(verifier.check(note)), Checkpoint.parse(verifier.check(kept)))
    return found


def _read(file: Path, name: str) -> str:
    with zipfile.ZipFile(file) as opened:
        return opened.read(name).decode()


def _cosigned(note: str, witness: Cosigner) -> str:
    found = witness.find(note)
    if found is None:
        raise IntegrityError(f"checkpoint: not cosigned by {witness.name}")
    return f"cosigned by {witness.name} at {found.time} (seconds since 1970)"


def _compare(own: Checkpoint, kept: Checkpoint) -> None:
    """Raises IntegrityError where the bundle's checkpoint is older than the kept one, or a fork."""
    if own.size < kept.size:
        ages = f"{own.size} events, the kept one has {kept.size}"
        raise IntegrityError(f"checkpoint: it is stale, {ages}; ask for a newer bundle")
    if own.size == kept.size and own.root != kept.root:
        raise IntegrityError("checkpoint: forked, the kept one of this size has another root")
