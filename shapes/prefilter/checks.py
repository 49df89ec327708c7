"""Checks: whether a focus node with given value nodes can fail a constraint."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

LineValues = Sequence[bytes]
CanFail = Callable[[bytes, LineValues], bool]
SingleCheck = Callable[[bytes], bool]


@dataclass(frozen=True, slots=True)
class ValueCheck:
    """Whether a focus node with these value nodes can fail.

    `exact`: the check is right both ways, so its negation can be used too.
    """

    can_fail: CanFail
    exact: bool


def each_value(can_fail: SingleCheck, exact: bool = True) -> ValueCheck:
    """A check that fails when any single value fails."""
    return ValueCheck(lambda focus, values: any(map(can_fail, values)), exact)


ALWAYS = ValueCheck(lambda focus, values: True, False)
SOME_VALUE = ValueCheck(lambda focus, values: bool(values), False)
NEVER = ValueCheck(lambda focus, values: False, True)


def any_of(checks: Iterable[ValueCheck]) -> ValueCheck:
    """A check that fails when any of the given checks fails."""
    needed = [check for check in checks if check is not NEVER]
    tests, exact = [check.can_fail for check in needed], all(check.exact for check in needed)
    if len(needed) == 1:
        return needed[0]
    return ValueCheck(
        lambda focus, values: any(can_fail(focus, values) for can_fail in tests), exact
    )
