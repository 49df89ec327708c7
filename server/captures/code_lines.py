"""Lines of archived code, and which of them name a rule."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from graph.archive import Archive
from graph.trace import rule_texts
from server.captures import described

_MOST = 50  # lines that name a rule
_LONGEST = 200  # characters of such a line
_WHERE_NAMES_ARE_BARE = (".ttl", ".rq")


class NamedLine(NamedTuple):
    """A line of a file that names a rule; `what` is what the file says that is done there."""

    path: str
    number: int
    text: str
    what: str


class CodeLine(NamedTuple):
    """A line of a file, from 1; `named` where it names the rule that was asked for."""

    number: int
    text: str
    named: bool


def naming(archive: Archive, files: dict[str, str], rule: str) -> Iterator[NamedLine]:
    """The first lines in which a rule is named; the table of all rules is left out."""
    left = _MOST
    for path, blob in sorted(files.items()):
        if path == rule_texts.TABLE:
            continue
        text = archive.read(blob).decode("utf-8", "replace")
        for line in numbered(path, text, rule):
            if left and line.named:
                left -= 1
                what = described.at(path, text, line.number)
                yield NamedLine(path, line.number, line.text.strip()[:_LONGEST], what)


def numbered(path: str, text: str, rule: str) -> list[CodeLine]:
    """All lines of a file."""
    names = _pattern(rule, path.endswith(_WHERE_NAMES_ARE_BARE)).search
    return [
        CodeLine(number, line, bool(rule and names(line)))
        for number, line in enumerate(text.splitlines(), 1)
    ]


@lru_cache(maxsize=64)
def _pattern(rule: str, bare: bool) -> re.Pattern[str]:
    """A rule as a whole word; in code it is quoted, since “code” and “text” are words too."""
    word = re.escape(rule)
    return re.compile(rf"(?<![\w-]){word}(?![\w-])" if bare else rf"""["']{word}["']""")
