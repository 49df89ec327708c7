"""Which code made a version: the loader's modules and the source's description, by hash.

The files a mapping consists of are found by following its imports inside this project, so that a
change anywhere in them makes the next load map anew, and nothing else does.
"""

from __future__ import annotations

import ast
import json
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from graph.archive import Archive
from graph.ledger import Ledger, event
from loaders.pipeline.protocol import module_name
from loaders.pipeline.source import Source

_OURS = ("loaders", "graph", "vocab")
_ROOT = Path(__file__).parents[2]


def mapping_files(source: Source) -> dict[str, Path]:
    """Name → path of every file the mapping of a source consists of."""
    modules: dict[str, Path] = {}
    _follow(module_name(source), modules)
    files = {p.relative_to(_ROOT).as_posix(): p for p in modules.values()}
    return {**files, f"sources/{source.path.name}": source.path}


def shapes_files() -> dict[str, Path]:
    """Name → path of the rules: shapes, their queries, and the code that applies them."""
    folder = _ROOT / "shapes"
    patterns = ("*.ttl", "*.py", "queries/*.rq", "prefilter/*.py")
    found = (p for pattern in patterns for p in folder.glob(pattern))
    return {p.relative_to(_ROOT).as_posix(): p for p in found}


def _follow(module: str, found: dict[str, Path]) -> None:
    if module in found or not module.startswith(tuple(f"{name}." for name in _OURS)):
        return
    path = _path(module)
    if path is None:
        return
    found[module] = path
    for name in _imports(path):
        _follow(name, found)


def _path(module: str) -> Path | None:
    try:
        spec = find_spec(module)
    except ModuleNotFoundError:  # a name in a module, not a module
        return None
    return Path(spec.origin) if spec and spec.origin else None


@cache  # a running process has one version of its code
def _imports(path: Path) -> tuple[str, ...]:
    return tuple(_names(path))


def _names(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_bytes())):
        if isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


def register(kind: str, name: str, files: dict[str, Path], archive: Archive, ledger: Ledger) -> str:
    """Archive the files and write a Code event unless this very code is registered already.

    Gives the digest of the bundle: canonical JSON of name → digest.
    """
    digests = {key: archive.put(path.read_bytes()) for key, path in sorted(files.items())}
    digest = archive.put(json.dumps(digests, sort_keys=True, ensure_ascii=False).encode())
    if not _registered(ledger, kind, name, digest):
        ledger.append(event("Code", kind=kind, name=name, digest=digest, files=digests))
    return digest


def _registered(ledger: Iterable[dict[str, object]], kind: str, name: str, digest: str) -> bool:
    wanted = ("Code", kind, name, digest)
    return any((e["type"], e.get("kind"), e.get("name"), e.get("digest")) == wanted for e in ledger)
