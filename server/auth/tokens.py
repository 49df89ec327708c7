"""The tokens of an instance: made by its operator, kept as salted hashes in one file (mode 600).

A token is 256 random bits, so one SHA-256 over salt and text is all it needs: there is nothing to
guess that a slow hash would protect. A revoked or expired token stays listed, and its name stays
taken: the ledger speaks of writes by that name.
"""

from __future__ import annotations

import fcntl
import hashlib
import hmac
import json
import os
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from graph.core.errors import ConfigError
from graph.core.files import write_atomic
from graph.core.instance import Instance
from graph.core.privacy import mask_personal_data
from graph.ledger.events import now

PREFIX = "ulzii-"
_BYTES = 32
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")


@dataclass(frozen=True, slots=True)
class AccessToken:
    """What is known of a token; never the token itself.

    `write` and `read` are ids of sources: editable ones, and restricted ones. Times are RFC 3339;
    an empty one means never.
    """

    name: str
    write: tuple[str, ...]
    read: tuple[str, ...]
    added: str
    expires: str
    revoked: str
    salt: str
    hash: str

    def live(self, at: str) -> bool:
        """Whether it is good at this time."""
        ended = datetime.fromisoformat(self.expires) if self.expires else None
        return not self.revoked and (ended is None or datetime.fromisoformat(at) < ended)

    @property
    def readable(self) -> frozenset[str]:
        """The sources it may read; whoever may write a source may read it."""
        return frozenset((*self.read, *self.write))

    def is_hash_of(self, text: str) -> bool:
        """Whether this text is the token, in a time that tells nothing."""
        return hmac.compare_digest(self.hash, _hash(self.salt, text))


def _hash(salt: str, text: str) -> str:
    return hashlib.sha256(f"{salt}{text}".encode("utf-8", "surrogateescape")).hexdigest()


class TokenStore:
    """The tokens of one instance; the file is read again whenever it is another one, so that a
    revoked token stops at once in every process."""

    def __init__(self, instance: Instance) -> None:
        self._path = instance.tokens
        self._mark = (0, 0)
        self._known: tuple[AccessToken, ...] = ()

    def __iter__(self) -> Iterator[AccessToken]:
        self._refresh()
        return iter(self._known)

    def _refresh(self) -> None:
        try:
            status = self._path.stat()
        except FileNotFoundError:
            self._mark, self._known = (0, 0), ()
            return
        mark = (status.st_ino, status.st_mtime_ns)
        if mark != self._mark:
            self._known = tuple(map(_token, json.loads(self._path.read_bytes())))
            self._mark = mark

    def find(self, text: str) -> AccessToken | None:
        """The live token that this text is. Every token is compared, found or not."""
        at = now()
        found = [token for token in self if token.is_hash_of(text)]
        return next((token for token in found if token.live(at)), None)

    def add(
        self, name: str, write: tuple[str, ...], read: tuple[str, ...], days: float = 0
    ) -> tuple[AccessToken, str]:
        """Make a token, good for so many days (0: until it is revoked); give it and its text.

        Raises ConfigError for a name that is taken or is none.
        """
        _check_name(name)
        text, salt, at = PREFIX + secrets.token_urlsafe(_BYTES), secrets.token_hex(16), now()
        ends = datetime.fromisoformat(at) + timedelta(days=days)
        expires = ends.isoformat(timespec="seconds") if days else ""
        made = AccessToken(name, write, read, at, expires, "", salt, _hash(salt, text))
        with self._changing() as known:
            if any(token.name == name for token in known):
                raise ConfigError(
                    f"there is a token “{name}” already",
                    hint="A name is used once, because the log speaks of its writes.",
                )
            self._write([*known, made])
        return made, text

    def revoke(self, name: str) -> AccessToken:
        """End a token now.

        Raises ConfigError where there is none of that name.
        """
        with self._changing() as known:
            found = next((token for token in known if token.name == name), None)
            if found is None:
                raise ConfigError(f"no token “{name}”", hint="`ulzii token list` lists them.")
            ended = found if found.revoked else replace(found, revoked=now())
            self._write([ended if token is found else token for token in known])
        return ended

    @contextmanager
    def _changing(self) -> Iterator[list[AccessToken]]:
        """All tokens, while nobody else changes them."""
        lock = self._path.with_name(self._path.name + ".lock")
        handle = os.open(lock, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield list(self)
        finally:
            os.close(handle)

    def _write(self, tokens: list[AccessToken]) -> None:
        text = json.dumps([asdict(token) for token in tokens], indent=1, ensure_ascii=False)
        write_atomic(self._path, text.encode(), mode=0o600)


def _token(fields: dict[str, Any]) -> AccessToken:
    lists = {name: tuple(fields[name]) for name in ("write", "read")}
    return AccessToken(**{**fields, **lists})


def _check_name(name: str) -> None:
    if not _NAME.fullmatch(name) or mask_personal_data(name) != name:
        raise ConfigError(
            f"“{name}” cannot name a token",
            hint="a-z, 0-9 and -, at most 64; the log shows it, so name an office, not a person.",
        )
