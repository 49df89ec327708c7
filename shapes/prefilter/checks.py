"""Checks: whether a focus node with some value nodes can fail."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

Values = Sequence[bytes]
Fails = Callable[[bytes, Values], bool]
One = Callable[[bytes], bool]


@dataclass(frozen=True, slots=True)
class Check:
    """Whether a focus node with these value nodes can fail."""

    fails: Fails
    exact: bool


def each(fails: One, exact: bool = True) -> Check:
    """A check of every value by itself."""
    return Check(lambda focus, values: any(map(fails, values)), exact)


ALWAYS = Check(lambda focus, values: True, False)
SOME_VALUE = Check(lambda focus, values: bool(values), False)
NEVER = Check(lambda focus, values: False, True)


def together(checks: Iterable[Check]) -> Check:
    """Fails where any fails."""
    known = [check for check in checks if check is not NEVER]
    made, exact = [check.fails for check in known], all(check.exact for check in known)
    if len(known) == 1:
        return known[0]
    return Check(lambda focus, values: any(fails(focus, values) for fails in made), exact)
