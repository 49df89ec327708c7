"""A part of many cases for `make test`; `.ci/run` has the others."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest
from hypothesis import settings

THOROUGH = "thorough"  # the Hypothesis profile of `.ci/run`


def each(step: int, cases: Iterable[Any]) -> list[Any]:
    """The cases as parameters, all but the first of each `step` marked `ci`."""
    return [
        case if number % step == 0 else pytest.param(*_values(case), marks=pytest.mark.ci)
        for number, case in enumerate(cases)
    ]


def examples(few: int, many: int) -> int:
    """How many examples of a property to try: `few`, or `many` in `.ci/run`."""
    return many if settings.get_current_profile_name() == THOROUGH else few


def _values(case: Any) -> tuple[Any, ...]:
    return case if isinstance(case, tuple) else (case,)
