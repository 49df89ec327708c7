"""Read the rules from a shapes graph: names, messages, severity."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from rdflib import RDFS, SH, Graph, Literal, URIRef
from rdflib.term import Node

from vocab.namespaces import CORE, DQV

_RULE = URIRef(CORE.rule.value)
_ASKED_OF = URIRef(CORE.askedOf.value)
_DIMENSION = URIRef(DQV.inDimension.value)
_VARIABLE = re.compile(r"\{[?$](\w+)\}")
_NUMBERS = frozenset("stated computed tolerance parts rows count codes covered".split())
"""The placeholders that stand for numbers, which a sentence shows with thousands separated."""
_NUMBER = re.compile(r"(?<![\w.,])\d{4,}(?!\w)")


@dataclass(frozen=True, slots=True)
class MessageTemplate:
    """A sh:message with placeholders `{?name}`; `language` "" marks one for machines only."""

    text: str
    language: str
    pattern: re.Pattern[str] = field(repr=False)

    @property
    def variables(self) -> tuple[str, ...]:
        """The names of its placeholders, in order."""
        return tuple(_VARIABLE.findall(self.text))

    def match(self, message: str) -> Mapping[str, str] | None:
        """The placeholders' values in a message; None if it was not made from this template."""
        found = self.pattern.fullmatch(message)
        return found.groupdict() if found else None

    def sentence(self, values: Mapping[str, str]) -> str:
        """The message for people: its numbers are written as pages write them, `10,316.9`."""
        parts = _VARIABLE.split(self.text)
        return "".join(
            part if n % 2 == 0 else _written(part, values[part]) for n, part in enumerate(parts)
        )


def parse_template(message: Literal) -> MessageTemplate:
    """The template of a sh:message."""
    parts = _VARIABLE.split(str(message))
    seen: set[str] = set()
    pattern = "".join(
        re.escape(part) if n % 2 == 0 else _capture(part, seen) for n, part in enumerate(parts)
    )
    return MessageTemplate(str(message), message.language or "", re.compile(pattern, re.DOTALL))


def _written(name: str, value: str) -> str:
    """A value in a sentence (CLDR separates thousands alike in Mongolian and English)."""
    if name not in _NUMBERS:
        return value
    return _NUMBER.sub(lambda found: f"{int(found[0]):,}", value)


def _capture(name: str, seen: set[str]) -> str:
    if name in seen:
        return f"(?P={name})"
    seen.add(name)
    return f"(?P<{name}>.*?)"


@dataclass(frozen=True, slots=True)
class Rule:
    """A shape with a severity.

    `rule` is the rule it belongs to, usually itself: one rule can have several shapes. `labels` by
    language. `asked_of` is whom it asks (`shapes.asked`), "" for shapes of profiles.
    """

    shape: str
    rule: str
    severity: str
    dimension: str
    labels: Mapping[str, str]
    templates: tuple[MessageTemplate, ...]
    asked_of: str = ""

    def parse_messages(self, messages: Iterable[str]) -> tuple[dict[str, str], dict[str, str]]:
        """Messages by language, and the values in their placeholders, as they were computed.

        pySHACL loses the language of a message when it fills in the placeholders, so the language
        is found by matching the message with the templates.
        """
        texts: dict[str, str] = {}
        details: dict[str, str] = {}
        for template, values in self._matches(sorted(messages)):
            if template.language:
                texts[template.language] = template.sentence(values)
                details.update(values)
            else:
                details.update((name, _sorted(text)) for name, text in values.items())
        return texts, details

    def _matches(
        self, messages: Iterable[str]
    ) -> Iterator[tuple[MessageTemplate, Mapping[str, str]]]:
        for message in messages:
            for template in self.templates:
                values = template.match(message)
                if values is not None:
                    yield template, values
                    break

    @property
    def messages(self) -> dict[str, str]:
        """The messages by language, for rules without placeholders."""
        return {t.language: t.text for t in self.templates if t.language}


def read_rules(graph: Graph) -> dict[str, Rule]:
    """All rules of a shapes graph by the IRI of the shape."""
    return {str(shape): _rule(graph, shape) for shape in graph.subjects(SH.severity, None)}


def _rule(graph: Graph, shape: Node) -> Rule:
    constraints = [shape, *graph.objects(shape, SH.sparql)]
    messages = [m for node in constraints for m in _literals(graph, node, SH.message)]
    labels = {str(label.language): str(label) for label in _literals(graph, shape, RDFS.label)}
    return Rule(
        shape=str(shape),
        rule=str(graph.value(shape, _RULE) or shape),
        severity=str(graph.value(shape, SH.severity)).removeprefix(str(SH)),
        dimension=str(graph.value(shape, _DIMENSION) or ""),
        labels=labels,
        asked_of=str(graph.value(shape, _ASKED_OF) or "").rpartition("/")[2],
        templates=tuple(parse_template(message) for message in sorted(messages)),
    )


def _literals(graph: Graph, node: Node, predicate: URIRef) -> Iterator[Literal]:
    return (o for o in graph.objects(node, predicate) if isinstance(o, Literal))


def _sorted(text: str) -> str:
    # GROUP_CONCAT does not guarantee an order
    return " ".join(sorted(text.split()))
