"""HTTP authentication at a remote store.

The credentials come from the environment (`ULZII_STORE_CREDENTIALS`) or from the instance's file
`keys/store-credentials`, which only its owner may read.
"""

from __future__ import annotations

import os
from collections.abc import Generator
from pathlib import Path

import httpx2

from graph.core.errors import ConfigError
from graph.core.files import write_atomic
from graph.core.remote_settings import CREDENTIALS_VARIABLE

CREDENTIALS_FILE = "store-credentials"


def keep_credentials(keys: Path, file: Path) -> None:
    """Copy a file of credentials into the instance's `keys/`, with file mode 600."""
    write_atomic(keys / CREDENTIALS_FILE, file.read_bytes(), mode=0o600)


def http_auth(auth: str, keys: Path) -> httpx2.Auth | None:
    """The authentication of requests; None without credentials. `auth` is one of AUTH.

    Raises ConfigError where others may read the file of credentials.
    """
    secret = os.environ.get(CREDENTIALS_VARIABLE) or _from_file(keys / CREDENTIALS_FILE)
    if not secret:
        return None
    if auth == "bearer":
        return _Bearer(secret)
    user, _, password = secret.partition(":")
    kind = httpx2.DigestAuth if auth == "digest" else httpx2.BasicAuth
    return kind(user, password)


def _from_file(path: Path) -> str:
    if not path.exists():
        return ""
    if path.stat().st_mode & 0o077:
        raise ConfigError(
            "others may read the file of credentials", where=str(path), hint=f"chmod 600 {path}"
        )
    return path.read_text("utf-8").strip()


class _Bearer(httpx2.Auth):
    """`Authorization: Bearer …`."""

    def __init__(self, token: str) -> None:
        self._token = token

    def auth_flow(
        self, request: httpx2.Request
    ) -> Generator[httpx2.Request, httpx2.Response, None]:
        """See httpx2.Auth."""
        request.headers["Authorization"] = f"Bearer {self._token}"
        yield request
