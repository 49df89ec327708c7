"""What modules of this project consist of: the modules they import, the `__init__.py` of every
package they lie in, the data files they read, and the packages of others.

Two kinds of names are not written as imports and found too: a dotted name in a text constant (a
table of readers), and files of a module that mentions `__file__`, which lie beside it.
"""

from __future__ import annotations

import ast
import platform
import re
import sys
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.metadata import PackageNotFoundError, packages_distributions
from importlib.metadata import version as installed
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]

_OURS = ("loaders.", "graph.", "vocab.", "shapes.")
_DOTTED = re.compile(r"[a-z_]\w*(?:\.[a-z_]\w*)+")
# A text constant begins behind a quote, or behind a value in an f-string.
_IN_EXPRESSIONS = re.compile(rb"__file__|[\"'}](?:loaders|graph|vocab|shapes)\.")
_BLOCKS = ("body", "handlers", "orelse", "finalbody", "cases")
_LOADERS = "loaders.descriptions.loader_names"
"""Its table names every loader, and a source uses one."""


def files_of(modules: Iterable[str]) -> list[Path]:
    """The files that these modules need, themselves included."""
    return list(_files_of(tuple(modules)))


@cache  # the code of a running process does not change
def _files_of(modules: tuple[str, ...]) -> tuple[Path, ...]:
    found: dict[str, Path] = {}
    for module in modules:
        _add_with_imports(module, found)
    packages = {parent for path in found.values() for parent in packages_of(path)}
    data = (file for path in found.values() for file in _data(path))
    return tuple(sorted({*found.values(), *packages, *data}))


def _add_with_imports(module: str, modules: dict[str, Path]) -> None:
    if module in modules or not is_ours(module):
        return
    path = _module_path(module)
    if path is None:
        return
    modules[module] = path
    scan = _scan(path)
    for name in scan.imports + (() if module == _LOADERS else scan.texts):
        _add_with_imports(name, modules)


def is_ours(module: str) -> bool:
    """Whether a dotted name is one of this project's."""
    return module.startswith(_OURS)


@cache  # twenty sources name the same hundred modules
def _module_path(module: str) -> Path | None:
    try:
        spec = find_spec(module)
    except ModuleNotFoundError:  # a name inside a module, not a module
        return None
    return Path(spec.origin) if spec and spec.origin else None


def packages_of(path: Path) -> Iterator[Path]:
    """The `__init__.py` of each package that a module lies in."""
    yield from _packages_above(path.parent)


@cache
def _packages_above(folder: Path) -> tuple[Path, ...]:
    if folder == ROOT or folder == folder.parent:
        return ()
    init, above = folder / "__init__.py", _packages_above(folder.parent)
    return (init, *above) if init.exists() else above


def _data(path: Path) -> Iterator[Path]:
    """The files beside a module that reads any: of its folder, and of those in it that hold no
    code."""
    if _scan(path).reads_files:
        yield from _data_in(path.parent)


@cache
def _data_in(folder: Path) -> tuple[Path, ...]:
    return tuple(_found_in(folder))


def _found_in(folder: Path) -> Iterator[Path]:
    for one in sorted(folder.iterdir()):
        if one.is_file() and one.suffix not in {".py", ".pyc", ".md"}:
            yield one
        elif one.is_dir() and not any(one.rglob("*.py")) and one.name != "__pycache__":
            yield from (file for file in sorted(one.rglob("*")) if file.is_file())


class _Module(NamedTuple):
    """What a module names: possible modules, by import and in texts; whether `__file__`."""

    imports: tuple[str, ...]
    texts: tuple[str, ...]
    reads_files: bool


@cache
def _scan(path: Path) -> _Module:
    source = path.read_bytes()
    module = ast.parse(source)
    # imports are statements: expressions, most of a module, are walked only where they may matter
    needed = _IN_EXPRESSIONS.search(source)
    nodes = list(ast.walk(module) if needed else _statements(module))
    return _Module(
        tuple(name for node in nodes for name in _imported(node)),
        tuple(text for node in nodes if (text := _text(node))),
        any(isinstance(node, ast.Name) and node.id == "__file__" for node in nodes),
    )


def _statements(node: ast.AST) -> Iterator[ast.AST]:
    """The statements in a module, at any depth."""
    for name in _BLOCKS:
        for inner in getattr(node, name, ()):
            yield inner
            yield from _statements(inner)


def _imported(node: ast.AST) -> Iterator[str]:
    """Every dotted name that could be a module: `from a import b` may mean `a` and `a.b`."""
    if isinstance(node, ast.ImportFrom) and node.module:
        yield node.module
        yield from (f"{node.module}.{alias.name}" for alias in node.names)
    elif isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)


def _text(node: ast.AST) -> str:
    """A text constant that could name a module; else empty."""
    text = node.value if isinstance(node, ast.Constant) else ""
    return text if isinstance(text, str) and is_ours(text) and _DOTTED.fullmatch(text) else ""


def environment(files: Iterable[Path]) -> dict[str, str]:
    """Name → version of Python, of Ulzii, and of each package that these modules import."""
    return dict(_environment(frozenset(path for path in files if path.suffix == ".py")))


@cache
def _environment(files: frozenset[Path]) -> dict[str, str]:
    modules = (_scan(path) for path in files)
    names = {name.partition(".")[0] for module in modules for name in module.imports}
    known = _distributions()
    foreign = (one for name in names - sys.stdlib_module_names for one in known.get(name, ()))
    versions = {name: installed(name) for name in sorted({*foreign, "ulzii"})}
    return {"python": platform.python_version(), **versions}


@cache
def _distributions() -> dict[str, list[str]]:
    return dict(packages_distributions())


def installed_version(name: str) -> str:
    """The version of a package here; empty where it is not installed."""
    if name == "python":
        return platform.python_version()
    try:
        return installed(name)
    except PackageNotFoundError:
        return ""
