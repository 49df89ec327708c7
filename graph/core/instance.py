"""One instance: a directory that holds everything (docs/architecture.md has the picture)."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from graph.core import remote_settings, retention
from graph.core.errors import ConfigError
from graph.core.files import write_atomic
from graph.core.iris import ROOT, Names
from graph.core.remote_settings import Remote
from graph.core.retention import Retention

CONFIG = "instance.toml"


@dataclass(frozen=True, slots=True)
class Instance:
    """Where an instance keeps its things, the base of its IRIs, how long snapshots stay, and its
    store where that is not the embedded one."""

    root: Path
    base: str
    retention: Retention = field(default=Retention(), compare=False)
    remote: Remote | None = None

    @property
    def names(self) -> Names:
        """The IRIs of this instance."""
        return Names(self.base)

    @property
    def origin(self) -> str:
        """The ledger's name in checkpoints: schema-less, as C2SP tlog-checkpoint asks."""
        return self.base.split("://", 1)[1].rstrip("/") + "/log"

    @property
    def archive(self) -> Path:
        """Captured bytes, statements, patches, row maps, reports."""
        return self.root / "archive"

    @property
    def ledger(self) -> Path:
        """The append-only log."""
        return self.root / "ledger"

    @property
    def keys(self) -> Path:
        """The signing key; never served, never logged."""
        return self.root / "keys"

    @property
    def snapshots(self) -> Path:
        """Published stores."""
        return self.root / "snapshots"

    @property
    def staging(self) -> Path:
        """The next store while it is written, and other half-made things."""
        return self.root / "staging"

    @property
    def sources(self) -> Path:
        """Descriptions of this instance's own sources, one TOML file each."""
        return self.root / "sources"

    @property
    def tokens(self) -> Path:
        """Who may write, and read what is restricted: hashes of tokens."""
        return self.root / "tokens.json"

    @property
    def lock(self) -> Path:
        """The writer's lock."""
        return self.root / "writer.lock"


def check_base(base: str) -> str:
    """A base IRI is absolute http(s), ASCII, without query or fragment, and ends in a slash."""
    parts = urlsplit(base)
    good = (
        parts.scheme in {"http", "https"}
        and parts.netloc
        and base.isascii()
        and not (parts.query or parts.fragment or any(c in base for c in ' <>"{}|\\^`'))
    )
    if not good or not base.endswith("/"):
        raise ConfigError(
            f"“{base}” cannot be the base of IRIs",
            hint="Give an absolute http(s) address that ends in a slash.",
        )
    return base


def create(root: Path, base: str = ROOT, remote: Remote | None = None) -> Instance:
    """Lay out a new instance; the ledger's key is made by `graph.ledger`."""
    if (root / CONFIG).exists():
        raise ConfigError("an instance is already here", where=str(root))
    instance = Instance(root, check_base(base), remote=remote)
    for folder in (instance.archive, instance.ledger, instance.snapshots, instance.staging):
        folder.mkdir(parents=True, exist_ok=True)
    instance.keys.mkdir(mode=0o700, exist_ok=True)
    return instance


def write_config(instance: Instance) -> None:
    """Write the configuration last: a directory with it is a whole instance."""
    store = instance.remote.to_toml() if instance.remote else ""
    write_atomic(instance.root / CONFIG, f'base = "{instance.base}"\n{store}'.encode())


def open_instance(root: Path) -> Instance:
    """Open what `ulzii init` made.

    Raises ConfigError where there is none.
    """
    path = root / CONFIG
    if not path.exists():
        raise ConfigError(
            "no instance here", where=str(root), hint="Make one with `ulzii init` or `ulzii demo`."
        )
    said = tomllib.loads(path.read_text("utf-8"))
    kept = retention.from_toml(said.get(retention.TABLE, {}))
    store = remote_settings.from_toml(said.get("store", {}))
    return Instance(root, check_base(str(said.get("base", ""))), kept, store)
