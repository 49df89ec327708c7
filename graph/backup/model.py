"""What a backup is of, and the names of its members."""

from __future__ import annotations

import re
from dataclasses import dataclass

INFO = "backup.json"
"""The first member: BackupInfo as JSON."""

FOLDERS = ("sources", "keys", "ledger")
"""Taken whole, but for the files of the log itself, which are taken as far as they are signed."""

FILES = ("instance.toml", "tokens.json", "verified.json")
DATABASES = ("queries.sqlite", "url-checks.sqlite")

MEMBER = re.compile(
    rf"(?:{'|'.join(map(re.escape, (INFO, *FILES, *DATABASES)))}"
    rf"|(?:{'|'.join(FOLDERS)})/(?!.*(?:^|/)\.\.?(?:/|$))[^\0]+"
    r"|archive/[0-9a-f]{2}/[0-9a-f]{62})"
)
"""The names that a backup may have: none leads out of the directory it is restored into."""


@dataclass(frozen=True, slots=True)
class BackupInfo:
    """The state that a backup holds: `size` events with this `root` (base64), at a time (RFC 3339),
    of the instance with this `base`; `version` is that of the program that wrote it."""

    base: str
    size: int
    root: str
    at: str
    version: str
