"""From the statements of a record to tagged lines by layer.

This runs for each statement of each load, so there is one loop over them, and what occurs again
(predicates, subjects, rules) is written once. The lines that one rule made stay one text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

import pyoxigraph as ox

from graph.statements.rowmap import Origins
from graph.statements.sorting import record_tag, rule_tag
from vocab.namespaces import DCAT, RDF
from vocab.terms import Object

MadeStatement = tuple[ox.NamedNode, ox.NamedNode, Object, str, str]
"""Subject, predicate, object, name of the rule that made it, name of its layer."""

WrittenRun = tuple[ox.NamedNode, Sequence[str], Sequence[str], str]
"""Subject; predicate and object of each statement as N-Triples; their rules; the layer."""

_REMEMBERED = 10_000  # sequences of rules
_IS_DATASET = f"{RDF.type} {DCAT.Dataset}"


@dataclass(slots=True)
class RecordLines:
    """What a record became: tagged lines by layer, in the order of its statements.

    Each text is a line, or several with line feeds between. `dataset` is the first subject that is
    said to be a dataset; empty where there is none.
    """

    lines: dict[str, list[str]] = field(default_factory=dict)
    dataset: str = ""


class _PredicateTexts(dict[Any, str]):
    def __missing__(self, predicate: Any) -> str:
        text = self[predicate] = f"{predicate} "
        return text


class _RuleTags(dict[str, str]):
    """Rules are numbered in order of mention, over all layers: row maps depend on it."""

    def __init__(self, origins: Origins) -> None:
        super().__init__()
        self._origins = origins

    def __missing__(self, name: str) -> str:
        made = self[name] = rule_tag(self._origins.rule(name))
        return made


class _RuleSpans(dict[tuple[str, ...], list[tuple[str, slice]]]):
    """The statements of a run that have the same rule and follow each other, with its tag: rows of
    a table have the same rules again and again."""

    def __init__(self, origins: Origins) -> None:
        super().__init__()
        self._tags = _RuleTags(origins)

    def __missing__(self, rules: tuple[str, ...]) -> list[tuple[str, slice]]:
        spans, first = [], 0
        for rule, same in groupby(rules):
            end = first + sum(1 for _ in same)
            spans.append((self._tags[rule], slice(first, end)))
            first = end
        if len(self) < _REMEMBERED:
            self[rules] = spans
        return spans


class StatementWriter:
    """Writes the statements of one record after the other."""

    def __init__(self, origins: Origins, check_subject: Callable[[ox.NamedNode], None]) -> None:
        self._check_subject = check_subject
        self._predicates = _PredicateTexts()
        self._spans = _RuleSpans(origins)

    def write(self, record: int, statements: Iterable[MadeStatement | WrittenRun]) -> RecordLines:
        """The lines of the statements of a record, given its number.

        Raises what `check_subject` raises for a subject, and what making the statements raises.
        """
        runs = self._runs(statements)
        # only now that the record is known to be mapped do its rules get numbers
        result, behind = RecordLines(), " ." + record_tag(record)
        for subject, texts, rules, layer in runs:
            if len(texts) != len(rules):
                raise ValueError(f"{len(texts)} statements and {len(rules)} rules")
            start, lines = f"{subject} ", result.lines.setdefault(layer, [])
            for tag, span in self._spans[tuple(rules)]:
                end = behind + tag
                # joined in C: many times as fast as a text for each line
                lines.append(start + f"{end}\n{start}".join(texts[span]) + end)
            if not result.dataset and _IS_DATASET in texts:
                result.dataset = subject.value
        return result

    def _runs(self, statements: Iterable[MadeStatement | WrittenRun]) -> list[WrittenRun]:
        """The statements as runs: those of one subject and layer that follow each other together"""
        runs: list[WrittenRun] = []
        predicates = self._predicates
        texts: list[str] = []
        rules: list[str] = []
        last: tuple[ox.NamedNode, str] | None = None
        for one in statements:
            if len(one) == 4:  # a run; mypy knows tuples by their lengths
                self._check_subject(one[0])
                last = None
                if one[1]:
                    runs.append(one)
                continue
            subject, predicate, value, rule, layer = one
            if last is None or subject is not last[0] or layer != last[1]:
                self._check_subject(subject)
                texts, rules, last = [], [], (subject, layer)
                runs.append((subject, texts, rules, layer))
            # str, and not a format: that asks the term for its own format first
            texts.append(predicates[predicate] + str(value))
            rules.append(rule)
        return runs
