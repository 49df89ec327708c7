"""The findings about a dataset and its observations: how many of each rule, the first warnings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pyoxigraph as ox

from graph.queries import Pool
from server.sparql import internal_queries
from vocab.namespaces import SH


@dataclass(frozen=True, slots=True)
class RuleFindings:
    """How many findings of one rule there are: its IRI, its names by language."""

    rule: str
    names: Mapping[str, str]
    is_warning: bool
    number: int


@dataclass(frozen=True, slots=True)
class DatasetFindings:
    """Findings by rule, warnings first; the first warnings as (IRI, what it says by language)."""

    rules: tuple[RuleFindings, ...]
    first: tuple[tuple[str, Mapping[str, str]], ...]

    @property
    def warnings(self) -> int:
        """The number of warnings."""
        return sum(one.number for one in self.rules if one.is_warning)

    @property
    def remarks(self) -> int:
        """The number of findings that are no warnings."""
        return sum(one.number for one in self.rules if not one.is_warning)


def findings(pool: Pool, dataset: str) -> DatasetFindings:
    """The findings of a dataset."""
    rows = internal_queries.select(pool, "datasets/findings", [dataset])
    if not rows:
        return DatasetFindings((), ())
    rules = {row["rule"].value for row in rows}
    names: dict[str, dict[str, str]] = {}
    for row in internal_queries.select(pool, "sparql/labels", sorted(rules)):
        if isinstance(label := row["label"], ox.Literal) and label.language:
            names.setdefault(row["thing"].value, {})[label.language] = label.value
    first: dict[str, dict[str, str]] = {}
    for row in internal_queries.select(pool, "datasets/warnings", [dataset]):
        if isinstance(comment := row["comment"], ox.Literal):
            first.setdefault(row["finding"].value, {})[comment.language or ""] = comment.value
    made = (
        RuleFindings(
            row["rule"].value,
            names.get(row["rule"].value, {}),
            row["severity"] != SH.Info,
            int(row["number"].value),
        )
        for row in rows
    )
    return DatasetFindings(
        tuple(sorted(made, key=lambda one: (not one.is_warning, -one.number, one.rule))),
        tuple(first.items()),
    )
