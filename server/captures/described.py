"""What a file of code says that is done at a line: a docstring in Python, a comment elsewhere."""

from __future__ import annotations

import ast


def at(path: str, text: str, number: int) -> str:
    """The first paragraph of the description of a line (from 1); empty where there is none.

    In Python that is the docstring of the innermost function or class around the line that has one,
    else of the file; in other files the comment lines right above.
    """
    return _python(text, number) if path.endswith(".py") else _comment(text, number)


def _python(text: str, number: int) -> str:
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError):
        return ""
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    around = [
        node
        for node in ast.walk(tree)
        if isinstance(node, kinds) and node.lineno <= number <= (node.end_lineno or 0)
    ]
    around.sort(key=lambda node: node.lineno, reverse=True)
    said = next(filter(None, map(ast.get_docstring, [*around, tree])), "")
    return " ".join(said.partition("\n\n")[0].split())


def _comment(text: str, number: int) -> str:
    found: list[str] = []
    for line in reversed(text.splitlines()[: number - 1]):
        if not line.lstrip().startswith("#"):
            break
        found.append(line.strip().lstrip("# "))
    return " ".join(reversed(found))
