"""From the statements of a record to blocks by layer.

This runs for each statement of each load, so there is one loop over them, and what occurs again
(predicates, subjects, rules) is written once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from operator import itemgetter, lt
from typing import Any, NamedTuple

import pyoxigraph as ox

from graph.statements.blocks import record_tag, rule_tag
from graph.statements.rowmap import Origins
from vocab.namespaces import DCAT, RDF
from vocab.terms import Object

MadeStatement = tuple[ox.NamedNode, ox.NamedNode, Object, str, str]
"""Subject, predicate, object, name of the rule that made it, name of its layer."""

WrittenRun = tuple[ox.NamedNode, Sequence[str], Sequence[str], str]
"""Subject; predicate and object of each statement as N-Triples; their rules; the layer."""

_REMEMBERED, _MOST_RULES = 10_000, 100  # sequences of rules, and how long they may be
_IS_DATASET = f"{RDF.type} {DCAT.Dataset}"


@dataclass(slots=True)
class RecordLines:
    """What a record became: blocks (`graph.statements.blocks`) by layer, in the order of its
    statements. `dataset` is the first subject that is said to be a dataset; empty where there is
    none.
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


class _Order(NamedTuple):
    """Puts the texts of a run into the order of their lines; the tags of their rules, so ordered"""

    of: Callable[[Sequence[str]], Sequence[str]]
    tags: str


class _Orders(dict[tuple[str, ...], _Order]):
    """The last order of runs with the same rules: rows of a table have one again and again, and to
    see that it fits takes less time than sorting."""

    def __init__(self, origins: Origins) -> None:
        super().__init__()
        self._tags = _RuleTags(origins)

    def blocks(self, start: str, texts: Sequence[str], rules: Sequence[str], end: str) -> list[str]:
        """The blocks of a run: one, or one for each line where several lines are the same."""
        order = self.get(key := tuple(rules)) or self._anew(texts, key)
        ordered = order.of(texts)
        if not all(map(lt, ordered, ordered[1:])):  # as lines are: no blank is within a term
            if len({*texts}) < len(texts):
                pairs = zip(texts, map(self._tags.__getitem__, rules), strict=True)
                return [start + text + end + tag for text, tag in pairs]
            order = self._anew(texts, key)
            ordered = order.of(texts)
        return [start + f" .\n{start}".join(ordered) + end + order.tags]

    def _anew(self, texts: Sequence[str], rules: tuple[str, ...]) -> _Order:
        tags = [self._tags[rule] for rule in rules]
        places = sorted(range(len(texts)), key=texts.__getitem__)
        of = itemgetter(*places) if len(places) > 1 else tuple
        order = _Order(of, "".join(map(tags.__getitem__, places)))
        if rules in self or (len(self) < _REMEMBERED and len(rules) < _MOST_RULES):
            self[rules] = order
        return order


class StatementWriter:
    """Writes the statements of one record after the other."""

    def __init__(self, origins: Origins, check_subject: Callable[[ox.NamedNode], None]) -> None:
        self._check_subject = check_subject
        self._predicates = _PredicateTexts()
        self._orders = _Orders(origins)

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
            found = result.lines.setdefault(layer, [])
            found += self._orders.blocks(f"{subject} ", texts, rules, behind)
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
