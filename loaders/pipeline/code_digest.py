"""The code that makes a version, by hash: modules of the loader and the source's description.

The modules of a mapping are found by following its imports inside this project. So a change in any
of them makes the next load map again, and no other change does. Together they can be run without
this project (`loaders.replay`): with every `__init__.py`, and with the data that modules read.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path

from graph.archive import Archive
from graph.ledger import Event, Ledger, event, of_kinds
from loaders.bundles import imports
from loaders.pipeline.protocol import module_name
from loaders.pipeline.source import BUNDLED, Source

_ROOT = imports.ROOT
RULES = _ROOT / "loaders" / "mapping_rules.tsv"
"""What each rule of a mapping does, in words: archived with the code that it describes, so that a
trace shows the sentence of that time. A new rule needs a line there."""
_READ_BY_REPLAY = ("loaders.pipeline.protocol", "loaders.pipeline.source", "graph.core.iris")


def mapping_files(source: Source) -> dict[str, Path]:
    """Name → path of every file that the mapping of a source consists of, and of the code that
    generated its input."""
    modules = imports.files_of((module_name(source), *_READ_BY_REPLAY))
    # loaders ask whether a source of this id is bundled
    bundled = BUNDLED / f"{source.id}.toml"
    own = (bundled,) if bundled.is_file() else ()
    packages = (init for path in source.generated_by for init in imports.packages_of(path))
    paths = (*modules, RULES, *own, *source.generated_by, *packages)
    files = {p.relative_to(_ROOT).as_posix(): p for p in paths}
    return {**files, f"sources/{source.path.name}": source.path}


def shapes_files() -> dict[str, Path]:
    """Name → path of the rules: shapes, their queries, and the code that applies them."""
    # Not profiles/ and quality/: a load is not held against them. They make the scores, whose
    # source has them in its mapping (`Source.generated_by`).
    folder = _ROOT / "shapes"
    patterns = ("*.ttl", "*.py", "queries/*.rq", "prefilter/*.py", "loading/*.*")
    paths = (path for pattern in patterns for path in folder.glob(pattern))
    return {p.relative_to(_ROOT).as_posix(): p for p in paths}


def environment(source: Source) -> dict[str, str]:
    """What a mapping runs on besides its bundle: name → version of Python, of Ulzii, and of each
    package that the modules of the bundle import."""
    return imports.environment(mapping_files(source).values())


def register(
    kind: str,
    name: str,
    files: dict[str, Path],
    archive: Archive,
    ledger: Ledger,
    more: Mapping[str, str] | None = None,
) -> str:
    """Archive the files, and write a Code event unless the ledger has this very code; `more` are
    further fields of it.

    Returns the digest of the bundle: SHA-256 of canonical JSON, file name → digest.
    """
    digests = _digests(files)
    digest = hashlib.sha256(_bundle(digests)).hexdigest()
    if _is_registered(ledger.events, kind, name, digest):  # and so its files are in the archive
        return digest
    for key, path in files.items():
        if digests[key] not in archive:  # most files are those of another source too
            digests[key] = archive.put(path.read_bytes())
    digest = archive.put(_bundle(digests))
    item = event("Code", kind=kind, name=name, digest=digest, files=digests, **(more or {}))
    ledger.append(item)
    return digest


def digest_of(files: dict[str, Path]) -> str:
    """The digest that `register` gives the files; nothing is written."""
    return hashlib.sha256(_bundle(_digests(files))).hexdigest()


def _digests(files: dict[str, Path]) -> dict[str, str]:
    return {key: _digest(path, *_state(path)) for key, path in sorted(files.items())}


def _state(path: Path) -> tuple[int, int, int]:
    found = path.stat()
    return found.st_ino, found.st_size, found.st_mtime_ns


@lru_cache(maxsize=4096)  # a load of twenty sources names two thousand times the same few files
def _digest(path: Path, _inode: int, _size: int, _changed: int) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _bundle(digests: dict[str, str]) -> bytes:
    return json.dumps(digests, sort_keys=True, ensure_ascii=False).encode()


def _is_registered(events: Sequence[Event], kind: str, name: str, digest: str) -> bool:
    found = (e for e in of_kinds(events, "Code") if e.get("digest") == digest)
    return any((e.get("kind"), e.get("name")) == (kind, name) for e in found)
