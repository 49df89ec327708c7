"""Periods of one dataset as one span: those that lie within another one are told beside it.

A table over years and quarters has two: its years, and the years with their quarters.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from graph.core.iris import period
from server.http.language import LANGUAGES
from server.texts import TEXTS

_STEPS = (
    (re.compile(r"-Q\d$"), "period_by_quarters"),
    (re.compile(r"(^|--)\d{4}-\d\d$"), "period_by_months"),
    (re.compile(r"-\d\d-\d\d$"), "period_by_days"),
)
"""How the key of a period ends, and the text that says in which steps its figures are."""


class PeriodSpan(NamedTuple):
    """A period: its IRI, its first and its last day (ISO 8601)."""

    iri: str
    first: str
    last: str

    def is_within(self, other: PeriodSpan) -> bool:
        """Whether another one has all its days, and more."""
        days = self.first >= other.first and self.last <= other.last
        return days and (self.first, self.last) != (other.first, other.last)


def nested(spans: Sequence[PeriodSpan]) -> dict[str, list[str]]:
    """The periods that lie in no other one, each with those within it; open ones stand alone."""
    known = [one for one in spans if one.first and one.last]
    outer = [one for one in known if not any(one.is_within(other) for other in known)]
    within = {one.iri: [each.iri for each in known if each.is_within(one)] for one in outer}
    return {one.iri: within.get(one.iri, []) for one in spans if one in outer or one not in known}


def with_parts(said: Mapping[str, str], parts: Sequence[str]) -> dict[str, str]:
    """The text of a period, `1995–2024 (by quarters 1995–2021-Q2)`."""
    if not parts:
        return dict(said)
    span = next(iter(said.values()), "")
    return {
        tag: f"{span} ({'; '.join(_part(iri, number) for iri in parts)})"
        for number, tag in enumerate(LANGUAGES)
    }


def _part(iri: str, language: int) -> str:
    key = iri.removeprefix(period(""))
    text = next((text for end, text in _STEPS if end.search(key)), "period_part")
    return TEXTS[text][language].format(span=key.replace("--", "–"))
