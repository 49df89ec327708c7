"""Cosignatures: a witness says that it saw a checkpoint, and that the log only grew until then.

c2sp.org/tlog-cosignature, the Ed25519 form: a signature line of the note, whose bytes are
key id ‖ time as a big-endian uint64 ‖ signature over

    cosignature/v1\\ntime <seconds since 1970>\\n<the text of the checkpoint>
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import NamedTuple

from graph.core.errors import IntegrityError
from graph.ledger import note as notes
from graph.ledger.note import parse_key, signature_line

KIND = b"\x04"
_TIME = struct.Struct(">Q")
_ID, _BYTES = 4, 4 + 8 + 64


class Cosignature(NamedTuple):
    """The line as it stands in the note, and when the witness saw it (seconds since 1970)."""

    line: str
    time: int


@dataclass(frozen=True, slots=True)
class Cosigner:
    """The name and public key of a witness."""

    name: str
    key: bytes

    @classmethod
    def parse(cls, text: str) -> Cosigner:
        """Read a verifier key (`name+hash+base64`, type 0x04). Raises IntegrityError."""
        return cls(*parse_key(text, KIND))

    @property
    def key_id(self) -> bytes:
        """The first four bytes of SHA-256(name ‖ LF ‖ 0x04 ‖ key)."""
        return notes.key_id(self.name, KIND, self.key)

    def find(self, note: str) -> Cosignature | None:
        """The newest cosignature by this witness on a note; None where it has none.

        Raises IntegrityError where one is not good: under the right key that is an edit.
        """
        text, signatures = notes.split(note)
        own = [raw for name, raw in signatures if (name, raw[:_ID]) == (self.name, self.key_id)]
        return max((self._check(text, raw) for raw in own), key=lambda one: one.time, default=None)

    def _check(self, text: str, raw: bytes) -> Cosignature:
        if len(raw) == _BYTES:
            (time,) = _TIME.unpack(raw[_ID : _ID + _TIME.size])
            if notes.is_signed(self.key, raw[_ID + _TIME.size :], message(text, time)):
                return Cosignature(signature_line(self.name, raw), time)
        raise IntegrityError("a cosignature is not good under the witness's key", where=self.name)


def message(text: str, time: int) -> bytes:
    """What a witness signs: the text of a checkpoint, and when."""
    return f"cosignature/v1\ntime {time}\n{text}".encode()
