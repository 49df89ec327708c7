"""C2SP signed notes with Ed25519, and the checkpoint of a log that they sign.

    <origin>\n<size>\n<root in base64>\n\n— <name> <base64(key id ‖ signature)>\n

Sources: c2sp.org/signed-note, c2sp.org/tlog-checkpoint.
"""

from __future__ import annotations

import base64
import hashlib
import re
from binascii import Error as Base64Error
from collections.abc import Callable
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from graph.core.errors import IntegrityError

_ED25519 = b"\x01"
_DASH = "— "
_KEY_BYTES, _ROOT_BYTES = 32, 32
# One number has one text, so that one checkpoint has one signature: no sign, no leading zeros.
_SIZE = re.compile(r"0|[1-9][0-9]{0,18}")
_NAME = re.compile(r"[^\s+]+")
_KEY_ID = re.compile(r"[0-9a-f]{8}")


def _base64(text: str) -> bytes:
    """The bytes of strict base64. Raises ValueError where it could be written in another way."""
    try:
        data = base64.b64decode(text, validate=True)
    except Base64Error as error:
        raise ValueError("no base64") from error
    if base64.b64encode(data).decode() != text:
        raise ValueError("not canonical base64")
    return data


def key_id(name: str, kind: bytes, key: bytes) -> bytes:
    """The first four bytes of SHA-256(name ‖ LF ‖ type ‖ key)."""
    return hashlib.sha256(name.encode() + b"\n" + kind + key).digest()[:4]


def parse_key(text: str, kind: bytes) -> tuple[str, bytes]:
    """Name and bytes of an Ed25519 key in C2SP form, with or without a line feed at its end.

    `kind` is the type of its signatures. Raises IntegrityError where it is anything else.
    """
    name, _, rest = text.removesuffix("\n").partition("+")
    identity, _, packed = rest.partition("+")
    try:
        raw = _base64(packed)
    except ValueError:
        raw = b""
    if not (
        _NAME.fullmatch(name)
        and _KEY_ID.fullmatch(identity)
        and raw[:1] == kind
        and len(raw) == 1 + _KEY_BYTES
    ):
        what = f"name+hash+base64, Ed25519, type 0x{kind.hex()}"
        raise IntegrityError(f"this is not a verifier key ({what})")
    if key_id(name, kind, raw[1:]).hex() != identity:
        raise IntegrityError("a verifier key's hash does not match its key", where=name)
    return name, raw[1:]


def is_signed(key: bytes, signature: bytes, message: bytes) -> bool:
    """Whether an Ed25519 signature is good."""
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, message)
    except (ValueError, InvalidSignature):
        return False
    return True


def split(note: str) -> tuple[str, list[tuple[str, bytes]]]:
    """The text of a note with its last line feed, and name and bytes of each signature.

    Raises IntegrityError where it is not a note.
    """
    # from the end: the text may have blank lines itself; its last line feed is signed with it
    text, separator, lines = note.rpartition("\n\n")
    if not separator or not lines.endswith("\n"):
        raise IntegrityError("this is not a signed note")
    return f"{text}\n", [signature(line) for line in lines.splitlines()]


def signature(line: str) -> tuple[str, bytes]:
    """Name and bytes (key id ‖ signature) of a signature line.

    Raises IntegrityError where it is not one.
    """
    name, _, packed = line.removeprefix(_DASH).partition(" ")
    try:
        raw = _base64(packed)
    except ValueError as error:
        raise IntegrityError("a signature line is not readable", where=name) from error
    if not line.startswith(_DASH) or len(raw) < 5:
        raise IntegrityError("a signature line is not readable", where=name)
    return name, raw


def signature_line(name: str, raw: bytes) -> str:
    """The line of a signature (key id ‖ signature), with its line feed."""
    return f"{_DASH}{name} {base64.b64encode(raw).decode()}\n"


@dataclass(frozen=True, slots=True)
class Verifier:
    """A public key and the name of the signer."""

    name: str
    key: bytes

    @property
    def key_id(self) -> bytes:
        """The first four bytes of SHA-256(name ‖ LF ‖ type ‖ key)."""
        return key_id(self.name, _ED25519, self.key)

    def __str__(self) -> str:
        """The verifier key in C2SP form: `name+hash+base64`."""
        packed = base64.b64encode(_ED25519 + self.key).decode()
        return f"{self.name}+{self.key_id.hex()}+{packed}"

    @classmethod
    def parse(cls, text: str) -> Verifier:
        """Read what `str` wrote, with or without a line feed at its end.

        Raises IntegrityError where it is not `name+hash+base64` of an Ed25519 key.
        """
        return cls(*parse_key(text, _ED25519))

    def check(self, note: str) -> str:
        """The signed text of a note.

        Signatures by other keys are ignored. Raises IntegrityError when there is none by this key,
        or one that is not good.
        """
        text, signatures = split(note)
        own = [raw for name, raw in signatures if self._is_own(name, raw)]
        # all of them: a wrong signature under the right key is an edit, not another signer's
        if not own or not all(self._signed(text, raw[4:]) for raw in own):
            raise IntegrityError("the note has no valid signature by this key", where=self.name)
        return text

    def _is_own(self, name: str, raw: bytes) -> bool:
        return name == self.name and raw[:4] == self.key_id

    def _signed(self, text: str, signature: bytes) -> bool:
        return is_signed(self.key, signature, text.encode())


class Signer:
    """A private key and the name of the signer. Its `repr` does not show the key."""

    def __init__(self, name: str, key: Ed25519PrivateKey) -> None:
        self.name = name
        self._key = key

    @classmethod
    def generate(cls, name_of: Callable[[bytes], str]) -> Signer:
        """A new key; its name is made from the public key's bytes."""
        key = Ed25519PrivateKey.generate()
        return cls(name_of(key.public_key().public_bytes_raw()), key)

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
        raw = self.verifier.key_id + self._key.sign(text.encode())
        return f"{text}\n{signature_line(self.name, raw)}"


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
        """Read the signed text: three lines, the size without sign or leading zeros, 32 bytes.

        Raises IntegrityError where it is anything else; extension lines are not used here.
        """
        # padded: a text of fewer lines is refused below, like any other
        origin, size, packed, *rest = [*text.split("\n"), "", "", ""]
        try:
            root = _base64(packed)
        except ValueError:
            root = b""
        if not (origin and _SIZE.fullmatch(size) and len(root) == _ROOT_BYTES and not any(rest)):
            raise IntegrityError("this is not a checkpoint: origin, size, root in base64")
        return cls(origin, int(size), root)
