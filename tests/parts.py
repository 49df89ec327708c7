"""A part of many cases for `make test`; `.ci/run` has the others."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest


def each(step: int, cases: Iterable[Any]) -> list[Any]:
    """The cases as parameters, all but the first of each `step` marked `ci`."""
    return [
        case if number % step == 0 else pytest.param(*_values(case), marks=pytest.mark.ci)
        for number, case in enumerate(cases)
    ]


def _values(case: Any) -> tuple[Any, ...]:
    return case if isinstance(case, tuple) else (case,)
