"""An instance: one directory that holds all data (its layout is in docs/architecture.md)."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from graph.core import remote_settings, retention
from graph.core.errors import ConfigError
from graph.core.files import read_toml, write_atomic
from graph.core.iris import ROOT, Names
from graph.core.remote_settings import RemoteStoreSettings
from graph.core.retention import Retention

CONFIG = "instance.toml"
PAGE_SIZE = 500  # datasets; what harvesters take at most (docs/being-harvested.md)


class CatalogueWords(NamedTuple):
    """What an instance says of its catalogue: texts by language tag; the IRI of its publisher.

    Empty: what its sources say of it.
    """

    title: tuple[tuple[str, str], ...] = ()
    description: tuple[tuple[str, str], ...] = ()
    publisher: str = ""


@dataclass(frozen=True, slots=True)
class Instance:
    """Paths and settings of one instance.

    `root` is its directory, `base` the base of its IRIs, `retention` how long snapshots are kept;
    `remote` is the SPARQL engine used as its store, None for the embedded one. `public_url` is the
    address at which the service is reachable (empty: where it listens), `page_size` the number of
    datasets on a page of the catalogue, `contact` where readers may write (a `mailto:` or http(s)
    address; empty: nowhere, and no page offers it), `catalogue` what it says of its catalogue.
    """

    root: Path
    base: str
    # not compared: an instance stays the same when its retention is configured differently
    retention: Retention = field(default=Retention(), compare=False)
    remote: RemoteStoreSettings | None = None
    public_url: str = field(default="", compare=False)
    page_size: int = field(default=PAGE_SIZE, compare=False)
    contact: str = field(default="", compare=False)
    catalogue: CatalogueWords = field(default=CatalogueWords(), compare=False)

    @property
    def names(self) -> Names:
        """The IRIs of this instance."""
        return Names(self.base)

    def new_origin(self, key: bytes) -> str:
        """The name of a new ledger in checkpoints, from the bytes of its first public key.

        Schema-less, as C2SP tlog-checkpoint asks. Witnesses know logs by their origin, so two
        instances of one base have two: `w3id.org/ulzii/log/1f2e3d4c`.
        """
        return f"{self._log}/{hashlib.sha256(key).hexdigest()[:8]}"

    def is_origin(self, name: str) -> bool:
        """Whether a ledger of this name can be this instance's: base, `/log`, eight hex digits.

        Version 0.1.0 gave no digits.
        """
        return bool(re.fullmatch(re.escape(self._log) + "(/[0-9a-f]{8})?", name))

    @property
    def _log(self) -> str:
        return self.base.split("://", 1)[1].rstrip("/") + "/log"

    @property
    def archive(self) -> Path:
        """Captures, statements, patches, row maps, reports."""
        return self.root / "archive"

    @property
    def ledger(self) -> Path:
        """The append-only log."""
        return self.root / "ledger"

    @property
    def keys(self) -> Path:
        """The signing key and the credentials of a remote store; never served, never logged."""
        return self.root / "keys"

    @property
    def snapshots(self) -> Path:
        """Published snapshots."""
        return self.root / "snapshots"

    @property
    def staging(self) -> Path:
        """The next snapshot while it is written, and temporary files."""
        return self.root / "staging"

    @property
    def fetching(self) -> Path:
        """Fetches in progress, one folder each; only who holds its lock writes there."""
        return self.staging / "fetch"

    @property
    def cache(self) -> Path:
        """What look-ups keep (graph.evidence), and make again when it is gone."""
        return self.root / "cache"

    @property
    def sources(self) -> Path:
        """Descriptions of this instance's own sources, one TOML file each."""
        return self.root / "sources"

    @property
    def tokens(self) -> Path:
        """Hashes of the tokens that allow writing, and reading restricted sources."""
        return self.root / "tokens.json"

    @property
    def lock(self) -> Path:
        """The lock file of the writer."""
        return self.root / "writer.lock"


def check_base(base: str, where: str = "") -> str:
    """The base IRI as given; `where` is the file that says it.

    Raises ConfigError unless it is an absolute http(s) IRI in ASCII that ends in a slash, without
    query or fragment.
    """
    if not _is_folder_url(base):
        message = f"“{base}” cannot be the base of IRIs"
        raise ConfigError(message, where=where, hint=_FOLDER_URL)
    return base


_FOLDER_URL = "Give an absolute http(s) address that ends in a slash."


def check_public_url(url: str, where: str = "") -> str:
    """The address of the service as given, or empty.

    Raises ConfigError unless it is empty or an absolute http(s) address in ASCII that ends in a
    slash, without query or fragment.
    """
    if url and not _is_folder_url(url):
        message = f"“{url}” cannot be the address of the service (public_url)"
        raise ConfigError(message, where=where, hint=_FOLDER_URL)
    return url


_MAIL = re.compile(r"mailto:[^\s@<>\"']+@[^\s@<>\"']+")
_WEB = re.compile(r"https?://[^\s<>\"']+")


def check_contact(address: str, where: str = "") -> str:
    """The operator's contact as given, or empty.

    Raises ConfigError unless it is empty or a `mailto:` or http(s) address.
    """
    if address and not (_MAIL.fullmatch(address) or _WEB.fullmatch(address)):
        message = f"“{address}” cannot be the contact of the service"
        raise ConfigError(message, where=where, hint="Give an address with mailto:, or https://.")
    return address


def _is_folder_url(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:  # a bracket without its other half
        return False
    return bool(
        parts.scheme in {"http", "https"}
        and parts.netloc
        and url.isascii()
        and url.endswith("/")
        and not (parts.query or parts.fragment or any(c in url for c in ' <>"{}|\\^`'))
    )


def create(root: Path, base: str = ROOT, remote: RemoteStoreSettings | None = None) -> Instance:
    """Create the directories of a new instance.

    `graph.ledger.create` makes its key, `write_config` finishes it. Raises ConfigError where there
    is an instance already.
    """
    if (root / CONFIG).exists():
        raise ConfigError("there is an instance here already", where=str(root))
    instance = Instance(root, check_base(base), remote=remote)
    for folder in (instance.archive, instance.ledger, instance.snapshots, instance.staging):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    instance.keys.mkdir(mode=0o700, exist_ok=True)
    return instance


def write_config(instance: Instance) -> None:
    """Write `instance.toml`, as the last step of creating an instance.

    A directory without it is not taken for an instance, so a creation that was interrupted can be
    repeated.
    """
    store = instance.remote.to_toml() if instance.remote else ""
    write_atomic(instance.root / CONFIG, f'base = "{instance.base}"\n{store}'.encode())


def open_instance(root: Path) -> Instance:
    """The instance in a directory.

    Raises ConfigError where there is none, or `instance.toml` has wrong settings.
    """
    path = root / CONFIG
    if not path.exists():
        raise ConfigError(
            "no instance here", where=str(root), hint="Make one with `ulzii init` or `ulzii demo`."
        )
    config = read_toml(path)
    if config.keys() != {"base"}:
        # pydantic takes 0.1 s to import; most instances have no other settings
        from graph.core import instance_schema

        instance_schema.check(config, path)
    base = check_base(str(config["base"]), str(path))
    catalogue = config.get("catalogue", {})
    kept = retention.from_toml(config.get(retention.TABLE, {}))
    remote = remote_settings.from_toml(config.get("store", {}))
    return Instance(
        root,
        base,
        kept,
        remote,
        public_url=check_public_url(str(config.get("public_url", "")), str(path)),
        page_size=int(catalogue.get("page_size", PAGE_SIZE)),
        contact=check_contact(str(config.get("contact", "")), str(path)),
        catalogue=CatalogueWords(
            title=tuple(sorted(catalogue.get("title", {}).items())),
            description=tuple(sorted(catalogue.get("description", {}).items())),
            publisher=str(catalogue.get("publisher", "")),
        ),
    )
