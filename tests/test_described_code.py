"""What archived code says of a line that names a rule."""

from __future__ import annotations

from server.captures import described

CODE = '''"""The file.

More.
"""
RULE = "one"
def f():
    """Makes a value of
    a row.

    Not this."""
    return "two"
'''


def test_the_innermost_description_is_told() -> None:
    assert described.at("x.py", CODE, 5) == "The file."
    assert described.at("x.py", CODE, 11) == "Makes a value of a row."
    assert described.at("x.py", "def (", 1) == ""


def test_a_comment_above_describes_other_files() -> None:
    assert described.at("x.toml", "a = 1\n# One\n# two.\nrule = 'x'\n", 4) == "One two."
    assert described.at("x.toml", "a = 1\n", 1) == ""
