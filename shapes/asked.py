"""Whom a rule asks (`core:askedOf`), and what that means for the results of a foreign source.

A foreign catalogue is harvested from people who never heard of our rules. MUST is asked of it only
where we promise something ourselves: that everything has an IRI. All else becomes a finding.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

import pyoxigraph as ox

from shapes.results import VIOLATION, WARNING, ValidationResult
from shapes.rules import Rule
from vocab.terms import Term

EVERY_SOURCE = "every-source"
AGENCIES = "agencies"
AGENCIES_ONLY = "agencies-only"
AGENCIES_AND_OBSERVATIONS = "agencies-and-observations"
AGENCIES_AND_CYRILLIC = "agencies-and-cyrillic"
ASKED_OF = (
    EVERY_SOURCE,
    AGENCIES,
    AGENCIES_ONLY,
    AGENCIES_AND_OBSERVATIONS,
    AGENCIES_AND_CYRILLIC,
)
"""The notations of the concepts in the scheme asked-of (vocab/core.ttl)."""

_CYRILLIC = frozenset(
    "ab ba be bg bua cv kk kv ky mk mn myv os ru rue sah sr tg tt tyv udm uk".split()
)


def is_cyrillic(term: Term) -> bool:
    """Whether a text says that it is in a language that is written in Cyrillic."""
    tag = term.language if isinstance(term, ox.Literal) else None
    primary, _, rest = (tag or "").lower().partition("-")
    return primary in _CYRILLIC and "latn" not in rest and "mong" not in rest


def of_foreign_source(
    results: Iterable[ValidationResult], rules: Mapping[str, Rule], *, has_observations: bool
) -> Iterator[ValidationResult]:
    """The results that a foreign source gets, each with its severity there.

    `rules` by the IRI of the shape.
    """
    not_asked = {AGENCIES_ONLY} | (set() if has_observations else {AGENCIES_AND_OBSERVATIONS})
    for result in results:
        asked = rules[result.shape].asked_of
        if asked == EVERY_SOURCE or (asked not in not_asked and result.severity != VIOLATION):
            yield result
        elif asked not in not_asked:
            yield replace(result, severity=WARNING)
