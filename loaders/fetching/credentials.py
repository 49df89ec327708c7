"""Credentials of a source: its `[credentials]` say where the secret is kept, never the secret.

    [credentials]
    kind = "bearer"                       or "basic", "header", "cookie"
    env = "ULZII_CREDENTIAL_TENDER"       an environment variable, or
    file = "tender.credential"            a file in keys/ of the instance, mode 600
    user = "…"                            the user name of “basic”
    name = "X-Api-Key"                    the name of the header or cookie
    origin = "https://api.agency.mn"      the only server to send it to; the source's first one

A description can come from anywhere. So it can name only variables and files that are called
credentials, and not the signing key, for example.
"""

from __future__ import annotations

import base64
import os
import stat
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from graph.core.errors import ConfigError
from graph.core.instance import Instance
from graph.outbound.credentials import Credentials, origin

VARIABLE_PREFIX = "ULZII_CREDENTIAL_"
FILE_SUFFIX = ".credential"


def read(
    table: Mapping[str, Any], urls: Sequence[str], instance: Instance, description: Path
) -> Credentials | None:
    """The credentials that a description names; None without `[credentials]`.

    `urls` are those of the description. Raises ConfigError, without the secret, for one that is
    missing, cannot be sent in a header, or lies in a file that others can read.
    """
    if not table:
        return None
    where = f"{description} [credentials]"
    place = f"${table['env']}" if "env" in table else str(instance.keys / table["file"])
    secret = _from_variable(table, where) if "env" in table else _from_file(Path(place), where)
    if not secret or not secret.isascii() or not secret.isprintable():
        raise ConfigError(
            f"{place} is empty, or has characters that no header can have", where=where
        )
    server = origin(table.get("origin", "") or (urls[0] if urls else ""))
    header, value = _header(table, secret)
    secrets = {secret, value, value.split(" ", 1)[-1]}
    return Credentials(server, {header: value}, tuple(sorted(secrets, key=len, reverse=True)))


def _from_variable(table: Mapping[str, Any], where: str) -> str:
    name = table["env"]
    try:
        return os.environ[name].strip()
    except KeyError as error:
        raise ConfigError(
            f"the environment variable {name} is not set",
            where=where,
            hint="Set it where `ulzii load` runs.",
        ) from error


def _from_file(path: Path, where: str) -> str:
    try:
        mode = stat.S_IMODE(path.stat().st_mode)
        text = path.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(
            f"{path} cannot be read", where=where, hint="Write the secret into it, mode 600."
        ) from error
    if mode & 0o077:
        raise ConfigError(
            f"{path} can be read by others (mode {mode:04o})",
            where=where,
            hint=f"chmod 600 {path}",
        )
    return text


def _header(table: Mapping[str, Any], secret: str) -> tuple[str, str]:
    kind = table["kind"]
    if kind == "bearer":
        return "Authorization", f"Bearer {secret}"
    if kind == "basic":
        pair = f"{table.get('user', '')}:{secret}".encode()
        return "Authorization", f"Basic {base64.b64encode(pair).decode()}"
    return ("Cookie", f"{table['name']}={secret}") if kind == "cookie" else (table["name"], secret)
