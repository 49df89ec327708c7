"""The code that makes a version, by hash: modules of the loader and the source's description.

The modules of a mapping are found by following its imports inside this project. So a change in any
of them makes the next load map again, and no other change does.
"""

from __future__ import annotations

import ast
import hashlib
import json
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from graph.archive import Archive
from graph.ledger import Ledger, event
from loaders.pipeline.protocol import module_name
from loaders.pipeline.source import Source

_PACKAGES = ("loaders", "graph", "vocab")
_ROOT = Path(__file__).parents[2]


def mapping_files(source: Source) -> dict[str, Path]:
    """Name → path of every file that the mapping of a source consists of, and of the code that
    generated its input."""
    modules: dict[str, Path] = {}
    _add_with_imports(module_name(source), modules)
    paths = (*modules.values(), *source.generated_by)
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


def _add_with_imports(module: str, modules: dict[str, Path]) -> None:
    if module in modules or not module.startswith(tuple(f"{name}." for name in _PACKAGES)):
        return
    path = _module_path(module)
    if path is None:
        return
    modules[module] = path
    for name in _imports(path):
        _add_with_imports(name, modules)


def _module_path(module: str) -> Path | None:
    try:
        spec = find_spec(module)
    except ModuleNotFoundError:  # a name inside a module, not a module
        return None
    return Path(spec.origin) if spec and spec.origin else None


@cache  # the code of a running process does not change
def _imports(path: Path) -> tuple[str, ...]:
    return tuple(_imported_names(path))


def _imported_names(path: Path) -> Iterator[str]:
    """Every dotted name that could be a module: `from a import b` may mean `a` and `a.b`."""
    for node in ast.walk(ast.parse(path.read_bytes())):
        if isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


def register(kind: str, name: str, files: dict[str, Path], archive: Archive, ledger: Ledger) -> str:
    """Archive the files, and write a Code event unless the ledger has this very code.

    Returns the digest of the bundle: SHA-256 of canonical JSON, file name → digest.
    """
    digests = {key: archive.put(path.read_bytes()) for key, path in sorted(files.items())}
    digest = archive.put(_bundle(digests))
    if not _is_registered(ledger, kind, name, digest):
        ledger.append(event("Code", kind=kind, name=name, digest=digest, files=digests))
    return digest


def digest_of(files: dict[str, Path]) -> str:
    """The digest that `register` gives the files; nothing is written."""
    digests = {
        key: hashlib.sha256(path.read_bytes()).hexdigest() for key, path in sorted(files.items())
    }
    return hashlib.sha256(_bundle(digests)).hexdigest()


def _bundle(digests: dict[str, str]) -> bytes:
    return json.dumps(digests, sort_keys=True, ensure_ascii=False).encode()


def _is_registered(ledger: Iterable[dict[str, object]], kind: str, name: str, digest: str) -> bool:
    key = ("Code", kind, name, digest)
    return any((e["type"], e.get("kind"), e.get("name"), e.get("digest")) == key for e in ledger)
