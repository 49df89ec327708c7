"""Access tokens of an instance, stored as salted hashes in one file (mode 600).

A token is 256 random bits. One SHA-256 over salt and text is enough: a slow hash would only help
against guessing. A revoked or expired token stays listed and its name stays taken, because the
ledger records writes by that name.
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
_BYTES = 32  # of randomness, so a fast hash suffices: nobody can guess a token
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")


@dataclass(frozen=True, slots=True)
class AccessToken:
    """What is stored about a token; never the token itself.

    `write` are ids of editable sources, `read` of restricted ones. Times are RFC 3339; empty means
    never.
    """

    name: str
    write: tuple[str, ...]
    read: tuple[str, ...]
    added: str
    expires: str
    revoked: str
    salt: str
    hash: str

    def is_valid(self, at: str) -> bool:
        """Whether it is neither revoked nor expired at a time."""
        ended = datetime.fromisoformat(self.expires) if self.expires else None
        return not self.revoked and (ended is None or datetime.fromisoformat(at) < ended)

    @property
    def readable(self) -> frozenset[str]:
        """The sources it may read; a token that may write a source may read it too."""
        return frozenset((*self.read, *self.write))

    def matches(self, text: str) -> bool:
        """Whether a text is this token; takes the same time either way."""
        return hmac.compare_digest(self.hash, _hash(self.salt, text))


def _hash(salt: str, text: str) -> str:
    return hashlib.sha256(f"{salt}{text}".encode("utf-8", "surrogateescape")).hexdigest()


class TokenStore:
    """The tokens of one instance.

    The file is read again whenever it has changed, so a revoked token ends at once in every
    process.
    """

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
        # Each change replaces the file (write_atomic), so another inode shows it at any clock.
        mark = (status.st_ino, status.st_mtime_ns)
        if mark != self._mark:
            self._known = tuple(map(_token, json.loads(self._path.read_bytes())))
            self._mark = mark

    def find(self, text: str) -> AccessToken | None:
        """The valid token with this text, or None."""
        at = now()
        # Compare all, so that the time does not show whether one was found.
        matching = [token for token in self if token.matches(text)]
        return next((token for token in matching if token.is_valid(at)), None)

    def add(
        self, name: str, write: tuple[str, ...], read: tuple[str, ...], days: float = 0
    ) -> tuple[AccessToken, str]:
        """Create a token that is valid for `days` (0: until it is revoked).

        Returns it and its text, which is not stored. Raises ConfigError for a name that is taken
        or invalid.
        """
        _check_name(name)
        text, salt, at = PREFIX + secrets.token_urlsafe(_BYTES), secrets.token_hex(16), now()
        ends = datetime.fromisoformat(at) + timedelta(days=days)
        expires = ends.isoformat(timespec="seconds") if days else ""
        created = AccessToken(
            name=name,
            write=write,
            read=read,
            added=at,
            expires=expires,
            revoked="",
            salt=salt,
            hash=_hash(salt, text),
        )
        with self._changing() as known:
            if any(token.name == name for token in known):
                raise ConfigError(
                    f"there is already a token “{name}”",
                    hint="A name cannot be reused, because the ledger records writes by it.",
                )
            self._write([*known, created])
        return created, text

    def revoke(self, name: str) -> AccessToken:
        """Revoke a token now.

        Raises ConfigError if there is no token of that name.
        """
        with self._changing() as known:
            token = next((one for one in known if one.name == name), None)
            if token is None:
                raise ConfigError(
                    f"there is no token “{name}”", hint="`ulzii token list` lists them."
                )
            revoked = token if token.revoked else replace(token, revoked=now())
            self._write([revoked if one is token else one for one in known])
        return revoked

    @contextmanager
    def _changing(self) -> Iterator[list[AccessToken]]:
        """All tokens, locked against changes by other processes."""
        # A file of its own, because each change replaces the file of tokens.
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
            f"“{name}” is not a valid name for a token",
            hint="Use at most 64 of a-z, 0-9 and -. The name is public: name an office, "
            "not a person.",
        )
