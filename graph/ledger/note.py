"""C2SP signed notes with Ed25519, and the checkpoint of a log that they sign.

    <origin>\n<size>\n<root in base64>\n\n— <name> <base64(key id ‖ signature)>\n

Sources: c2sp.org/signed-note, c2sp.org/tlog-checkpoint.
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from graph.core.errors import IntegrityError

_ED25519 = b"\x01"
_DASH = "— "


@dataclass(frozen=True, slots=True)
class Verifier:
    """A public key and the name of the signer."""

    name: str
    key: bytes

    @property
    def key_id(self) -> bytes:
        """The first four bytes of SHA-256(name ‖ LF ‖ type ‖ key)."""
        return hashlib.sha256(self.name.encode() + b"\n" + _ED25519 + self.key).digest()[:4]

    def __str__(self) -> str:
        """The verifier key in C2SP form: `name+hash+base64`."""
        packed = base64.b64encode(_ED25519 + self.key).decode()
        return f"{self.name}+{self.key_id.hex()}+{packed}"

    @classmethod
    def parse(cls, text: str) -> Verifier:
        """The key in C2SP form.

        Raises IntegrityError where its hash is not that of its key.
        """
        name, identity, packed = text.strip().split("+", 2)
        verifier = cls(name, base64.b64decode(packed)[1:])
        if verifier.key_id.hex() != identity:
            raise IntegrityError("a verifier key's hash does not match its key", where=name)
        return verifier

    def check(self, note: str) -> str:
        """The signed text of a note.

        Raises IntegrityError where no line is a valid signature by this key.
        """
        text, _, lines = note.rpartition("\n\n")
        text += "\n"
        for line in lines.splitlines():
            if line.startswith(f"{_DASH}{self.name} ") and self._signed(text, line.rsplit(" ")[-1]):
                return text
        raise IntegrityError("the note has no valid signature by this key", where=self.name)

    def _signed(self, text: str, packed: str) -> bool:
        try:
            raw = base64.b64decode(packed, validate=True)
            Ed25519PublicKey.from_public_bytes(self.key).verify(raw[4:], text.encode())
        except (ValueError, InvalidSignature):
            return False
        return raw[:4] == self.key_id


class Signer:
    """A private key and the name of the signer. Its `repr` does not show the key."""

    def __init__(self, name: str, key: Ed25519PrivateKey) -> None:
        self.name = name
        self._key = key

    @classmethod
    def generate(cls, name: str) -> Signer:
        """A new key."""
        return cls(name, Ed25519PrivateKey.generate())

    @classmethod
    def from_pem(cls, name: str, pem: bytes) -> Signer:
        """The key in a PEM file.

        Raises IntegrityError where it is not an Ed25519 key.
        """
        key = serialization.load_pem_private_key(pem, None)
        if not isinstance(key, Ed25519PrivateKey):
            raise IntegrityError("the signing key is not an Ed25519 key", where=name)
        return cls(name, key)

    def pem(self) -> bytes:
        """The private key as PKCS #8 in PEM, unencrypted: for the key file only."""
        return self._key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )

    @property
    def verifier(self) -> Verifier:
        """The public key."""
        return Verifier(self.name, self._key.public_key().public_bytes_raw())

    def sign(self, text: str) -> str:
        """A signed note of `text`, which must end in a line feed."""
        packed = base64.b64encode(self.verifier.key_id + self._key.sign(text.encode())).decode()
        return f"{text}\n{_DASH}{self.name} {packed}\n"


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The text that a log signs: its name, its size and the root of its Merkle tree."""

    origin: str
    size: int
    root: bytes

    def text(self) -> str:
        """The three lines that are signed."""
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"

    @classmethod
    def parse(cls, text: str) -> Checkpoint:
        """The checkpoint in a signed text; further lines are allowed and ignored.

        Raises IntegrityError.
        """
        try:
            origin, size, root = text.split("\n")[:3]
            return cls(origin, int(size), base64.b64decode(root, validate=True))
        except ValueError as error:
            raise IntegrityError(
                "the checkpoint does not have its three lines: origin, size, root"
            ) from error
