"""The witnesses of a log, and what each of them cosigned: beside the log, since they speak of it.

ledger/witness/policy            who they are, as c2sp.org/tlog-policy
ledger/witness/<key id>          the newest note that one of them cosigned
ledger/witness/<key id>.answer   when it was asked last, and what it said, as JSON
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from graph.core.errors import ConfigError, IntegrityError
from graph.core.files import write_atomic
from graph.core.instance import Instance
from graph.ledger.checkpoints import read_verifier
from graph.ledger.cosigned import FOLDER
from graph.ledger.note import Checkpoint, split
from graph.transparency.cosigner import Cosignature, Cosigner
from graph.transparency.signed_log import SignedLog

POLICY = "policy"


@dataclass(frozen=True, slots=True)
class Witness:
    """A witness: its verifier key, and the URL below which it takes `add-checkpoint`."""

    key: str
    url: str

    @property
    def cosigner(self) -> Cosigner:
        """Its public key."""
        return Cosigner.parse(self.key)

    @property
    def name(self) -> str:
        """Its name."""
        return self.cosigner.name


@dataclass(frozen=True, slots=True)
class Answer:
    """What a witness said: `cosigned`, `refused` or `unreachable`; when, and why.

    `size` is that of the log it was asked about, or of the one it cosigned.
    """

    outcome: str
    at: str
    size: int
    message: str = ""


def read(instance: Instance) -> list[Witness]:
    """The witnesses, by name. Raises ConfigError where the policy is not readable."""
    path = _folder(instance) / POLICY
    try:
        lines = path.read_text("utf-8").splitlines()
    except FileNotFoundError:
        return []
    fields = (line.split() for line in lines if line.strip() and not line.startswith("#"))
    try:
        found = [Witness(key, url) for kind, _, key, url in _padded(fields) if kind == "witness"]
        return sorted(found, key=lambda one: one.name)
    except (ValueError, IntegrityError) as error:
        hint = "`ulzii witness add` writes it."
        raise ConfigError("this list is not readable", where=str(path), hint=hint) from error


def _padded(fields: Iterable[list[str]]) -> Iterator[list[str]]:
    return ((one + [""] * 4)[:4] for one in fields)


def write(instance: Instance, witnesses: Iterable[Witness]) -> None:
    """Replace the policy: this log, these witnesses, any of which is enough."""
    found = sorted(witnesses, key=lambda one: one.name)
    names = [one.name for one in found]
    lines = [
        f"log {read_verifier(instance)}",
        *(f"witness {one.name} {one.key} {one.url}" for one in found),
        *([f"group witnesses any {' '.join(names)}"] if len(names) > 1 else []),
        f"quorum {'witnesses' if len(names) > 1 else (names or ['none'])[0]}",
    ]
    folder = _folder(instance)
    folder.mkdir(mode=0o700, exist_ok=True)
    write_atomic(folder / POLICY, "".join(f"{line}\n" for line in lines).encode(), mode=0o600)


def _folder(instance: Instance) -> Path:
    return instance.ledger / FOLDER


def _note_path(instance: Instance, witness: Witness) -> Path:
    return _folder(instance) / witness.cosigner.key_id.hex()


def kept(instance: Instance, witness: Witness) -> str:
    """The newest note that a witness cosigned; empty where it did not yet."""
    try:
        return _note_path(instance, witness).read_text("utf-8")
    except FileNotFoundError:
        return ""


def keep(instance: Instance, witness: Witness, note: str) -> None:
    """Keep a note that a witness cosigned."""
    write_atomic(_note_path(instance, witness), note.encode(), mode=0o600)


def last_answer(instance: Instance, witness: Witness) -> Answer | None:
    """What a witness said last; None where it was not asked yet."""
    try:
        return Answer(**json.loads(_answer_path(instance, witness).read_bytes()))
    except (FileNotFoundError, ValueError, TypeError):
        return None


def keep_answer(instance: Instance, witness: Witness, answer: Answer) -> None:
    """Remember what a witness said."""
    data = json.dumps(asdict(answer), ensure_ascii=False).encode()
    write_atomic(_answer_path(instance, witness), data, mode=0o600)


def _answer_path(instance: Instance, witness: Witness) -> Path:
    path = _note_path(instance, witness)
    return path.with_name(f"{path.name}.answer")


def forget(instance: Instance, witness: Witness) -> None:
    """Delete what is kept of a witness."""
    for path in (_note_path(instance, witness), _answer_path(instance, witness)):
        path.unlink(missing_ok=True)


def cosignatures(instance: Instance, text: str) -> dict[Witness, Cosignature]:
    """By witness the cosignature that is kept on the text of a checkpoint."""
    found = {}
    for witness in read(instance):
        note = kept(instance, witness)
        if note and split(note)[0] == text and (one := witness.cosigner.find(note)):
            found[witness] = one
    return found


def cosigned(instance: Instance, log: SignedLog) -> str:
    """The note of a log with every cosignature that is kept on it."""
    found = cosignatures(instance, log.checkpoint.text())
    return log.note + "".join(one.line for one in found.values())


def for_proof(instance: Instance, log: SignedLog, least: int = 0) -> str:
    """The note that a proof about the first `least` events is best under.

    The newest one where a witness cosigned it, else the newest cosigned one of at least so many
    events, else the newest one, which only the log's own key signed.
    """
    if cosignatures(instance, log.checkpoint.text()):
        return cosigned(instance, log)
    notes = (kept(instance, one) for one in read(instance))
    sized = {Checkpoint.parse(split(note)[0]).size: note for note in notes if note}
    fitting = [size for size in sized if least <= size <= log.size]
    return sized[max(fitting)] if fitting else log.note
