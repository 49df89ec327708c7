"""From the statements of a record to tagged lines by layer.

This runs for each statement of each load, so there is one loop over them, and what occurs again
(predicates, subjects, rules) is written once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import pyoxigraph as ox

from graph.statements.rowmap import Origins
from graph.statements.sorting import record_tag, rule_tag
from vocab.namespaces import DCAT, RDF
from vocab.terms import Object

MadeStatement = tuple[ox.NamedNode, ox.NamedNode, Object, str, str]
"""Subject, predicate, object, name of the rule that made it, name of its layer."""

WrittenRun = tuple[ox.NamedNode, list[str], list[str], str]
"""Subject; predicate and object of each statement as N-Triples; their rules; the layer."""

_IS_DATASET = f" {RDF.type} {DCAT.Dataset}"


@dataclass(slots=True)
class RecordLines:
    """What a record became: tagged lines by layer, in the order of its statements.

    `dataset` is the first subject that is said to be a dataset; empty where there is none.
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


class StatementWriter:
    """Writes the statements of one record after the other."""

    def __init__(self, origins: Origins, check_subject: Callable[[ox.NamedNode], None]) -> None:
        self._check_subject = check_subject
        self._predicates = _PredicateTexts()
        self._rules = _RuleTags(origins)

    def write(self, record: int, statements: Iterable[MadeStatement | WrittenRun]) -> RecordLines:
        """The lines of the statements of a record, given its number.

        Raises what `check_subject` raises for a subject, and what making the statements raises.
        """
        result, predicates = RecordLines(), self._predicates
        texts: list[str] = []
        rules: list[str] = []
        layers: list[str] = []
        last: ox.NamedNode | None = None
        start = ""
        for one in statements:
            subject = one[0]
            if subject is not last:
                self._check_subject(subject)
                last, start = subject, f"{subject} "
            if len(one) == 4:  # a run; mypy knows tuples by their lengths
                _, written, of_run, layer = one
                texts += [start + text for text in written]
                rules += of_run
                layers += [layer] * len(written)
                if not result.dataset and _IS_DATASET[1:] in written:
                    result.dataset = subject.value
                continue
            _, predicate, value, rule, layer = one
            # str, and not a format: that asks the term for its own format first
            texts.append(start + predicates[predicate] + str(value))
            rules.append(rule)
            layers.append(layer)
            if not result.dataset and texts[-1].endswith(_IS_DATASET):
                result.dataset = subject.value
        result.lines = self._by_layer(self._tagged(record, texts, rules), layers)
        return result

    def _tagged(self, record: int, texts: list[str], rules: list[str]) -> list[str]:
        # only now that the record is known to be mapped do its rules get numbers
        head, tags = " ." + record_tag(record), self._rules
        return [text + head + tags[rule] for text, rule in zip(texts, rules, strict=True)]

    @staticmethod
    def _by_layer(texts: list[str], layers: list[str]) -> dict[str, list[str]]:
        names = dict.fromkeys(layers)
        if len(names) == 1:
            return dict.fromkeys(names, texts)
        return {
            name: [text for text, layer in zip(texts, layers, strict=True) if layer == name]
            for name in names
        }
