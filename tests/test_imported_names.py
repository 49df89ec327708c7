"""What a module names is found although most of its expressions are not looked at."""

from __future__ import annotations

import ast
from pathlib import Path

from loaders.bundles import imports

MODULE = """
import one.a
try:
    from two import b
except ImportError:
    import three
else:
    with open(0):
        import four
finally:
    if x:
        while y:
            from five import c
match z:
    case 1:
        def f():
            class C:
                import six
            return lambda: "lambda"
"""


def walked(path: Path) -> tuple[set[str], set[str]]:
    """The same, of every node of the module."""
    nodes = [*ast.walk(ast.parse(path.read_bytes()))]
    texts = {text for node in nodes if (text := imports._text(node))}
    return {name for node in nodes for name in imports._imported(node)}, texts


def test_imports_are_found_in_every_kind_of_block(tmp_path: Path) -> None:
    path = tmp_path / "module.py"
    path.write_text(MODULE, "utf-8")
    found = imports._scan(path)
    assert {"one.a", "two.b", "three", "four", "five.c", "six"} <= {*found.imports}
    assert not found.reads_files


def test_texts_that_name_modules_are_found_in_every_kind_of_text(tmp_path: Path) -> None:
    for text in ("x = 'graph.a.b'", 'f("loaders.c", {"vocab.d": 1})', "g = f'{h}shapes.e'"):
        path = tmp_path / f"{len(text)}.py"
        path.write_text(text, "utf-8")
        found = imports._scan(path)
        assert ({*found.imports}, {*found.texts}) == walked(path)
        assert found.texts


def test_modules_of_loaders_name_what_a_walk_through_all_nodes_finds() -> None:
    for path in (imports.ROOT / "loaders").rglob("*.py"):
        found = imports._scan(path)
        assert ({*found.imports}, {*found.texts}) == walked(path), path
