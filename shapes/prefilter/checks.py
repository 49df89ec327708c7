"""Checks: whether a focus node with some value nodes can fail."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

LineValues = Sequence[bytes]
Fails = Callable[[bytes, LineValues], bool]
SingleCheck = Callable[[bytes], bool]


@dataclass(frozen=True, slots=True)
class ValueCheck:
    """Whether a focus node with these value nodes can fail."""

    fails: Fails
    exact: bool


def each(fails: SingleCheck, exact: bool = True) -> ValueCheck:
    """A check of every value by itself."""
    return ValueCheck(lambda focus, values: any(map(fails, values)), exact)


ALWAYS = ValueCheck(lambda focus, values: True, False)
SOME_VALUE = ValueCheck(lambda focus, values: bool(values), False)
NEVER = ValueCheck(lambda focus, values: False, True)


def together(checks: Iterable[ValueCheck]) -> ValueCheck:
    """Fails where any fails."""
    known = [check for check in checks if check is not NEVER]
    made, exact = [check.fails for check in known], all(check.exact for check in known)
    if len(known) == 1:
        return known[0]
    return ValueCheck(lambda focus, values: any(fails(focus, values) for fails in made), exact)
