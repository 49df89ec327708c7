"""Groups within groups, each named by a row with text alone: which rows are the outer ones.

A row that is followed by another such row names an outer group. Its pattern is what all outer names
have in common and inner names have not; where there is nothing of the kind, the names themselves.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

_MOST_LEVELS = 3
_MOST_NAMES = 20
# what the names of one level have in common
_FORMS = (
    r"[^a-zа-яөүё]*[A-ZА-ЯӨҮЁ]{2}[^a-zа-яөүё]*",  # capitals
    r"[IVXLC]+\s?[.)].*",
    r"\d{1,2}[.)]?\s?[^\W\d].*",  # not “1.1 …”
    r"\d{1,2}\.\d{1,2}[.)]?\s?[^\W\d].*",
    r"[А-ЯӨҮЁA-Z]\s?[.)].*",
    r".*:",
    r"(?i).*\b(бүлэг|хэсэг|салбар|ангилал|төрөл)\b.*",
)


def outer_patterns(levels: Mapping[int, Sequence[str]]) -> list[str]:
    """The patterns of outer groups, the outermost first, by the names of rows that have so many
    such rows directly below them; none where no level is known by its names."""
    found: list[str] = []
    for level in sorted(levels.keys() - {0}, reverse=True)[-_MOST_LEVELS + 1 :]:
        inner = [name for below in range(level) for name in levels.get(below, ())]
        if pattern := _pattern(levels[level], inner):
            found.append(pattern)
    return found


def are_told_apart(levels: Mapping[int, Sequence[str]]) -> bool:
    """Whether there are groups within groups, and all outer names of a level have a form."""
    found = outer_patterns(levels)
    return bool(found) and len(found) == len(levels) - 1 and set(found) <= {*_FORMS}


def _pattern(outer: Sequence[str], inner: Sequence[str]) -> str:
    for form in _FORMS:
        fits = re.compile(form, re.DOTALL).fullmatch
        # an inner name of the form is an outer group without groups within it
        if all(map(fits, outer)) and not all(map(fits, inner)):
            return form
    names = dict.fromkeys(outer)
    is_known = len(names) <= _MOST_NAMES and not names.keys() & {*inner}
    return "|".join(map(_escaped, names)) if is_known else ""


def _escaped(name: str) -> str:
    """A pattern of a name, with blanks as they are: people read and write them."""
    return re.sub(r"[\\.^$*+?{}\[\]|()]", r"\\\g<0>", name)
