"""What the shapes graph says of each rule: names, messages, severity."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from rdflib import RDFS, SH, Graph, Literal, URIRef
from rdflib.term import Node

from vocab.namespaces import CORE, DQV

_RULE = URIRef(CORE.rule.value)
_DIMENSION = URIRef(DQV.inDimension.value)
_VARIABLE = re.compile(r"\{[?$](\w+)\}")


@dataclass(frozen=True, slots=True)
class MessageTemplate:
    """One sh:message. Its placeholders are `{?name}`; `language` is "" for the machine's own."""

    text: str
    language: str
    pattern: re.Pattern[str] = field(repr=False)

    @property
    def variables(self) -> tuple[str, ...]:
        """The names in its placeholders, in order."""
        return tuple(_VARIABLE.findall(self.text))

    def values(self, message: str) -> Mapping[str, str] | None:
        """What stands in the placeholders of a finished message; None if it is another's."""
        found = self.pattern.fullmatch(message)
        return found.groupdict() if found else None


def template(message: Literal) -> MessageTemplate:
    """A template from a message as the shape has it."""
    parts = _VARIABLE.split(str(message))
    seen: set[str] = set()
    pattern = "".join(
        re.escape(part) if n % 2 == 0 else _capture(part, seen) for n, part in enumerate(parts)
    )
    return MessageTemplate(str(message), message.language or "", re.compile(pattern, re.DOTALL))


def _capture(name: str, seen: set[str]) -> str:
    if name in seen:
        return f"(?P={name})"
    seen.add(name)
    return f"(?P<{name}>.*?)"


@dataclass(frozen=True, slots=True)
class Rule:
    """A shape that can give results.

    `rule` is the rule it is a face of, mostly itself. `labels` by language.
    """

    shape: str
    rule: str
    severity: str
    dimension: str
    labels: Mapping[str, str]
    templates: tuple[MessageTemplate, ...]

    def read(self, messages: Iterable[str]) -> tuple[dict[str, str], dict[str, str]]:
        """Messages by language, and the values in their placeholders.

        pySHACL drops the language of a message when it fills its placeholders, so each is
        recognised by the template it was made from.
        """
        texts: dict[str, str] = {}
        details: dict[str, str] = {}
        for message, made_from, values in self._recognised(sorted(messages)):
            if made_from.language:
                texts[made_from.language] = message
                details.update(values)
            else:
                details.update((name, _sorted(text)) for name, text in values.items())
        return texts, details

    def _recognised(
        self, messages: Iterable[str]
    ) -> Iterator[tuple[str, MessageTemplate, Mapping[str, str]]]:
        for message in messages:
            for made_from in self.templates:
                values = made_from.values(message)
                if values is not None:
                    yield message, made_from, values
                    break

    @property
    def messages(self) -> dict[str, str]:
        """Its messages by language, for rules without placeholders."""
        return {t.language: t.text for t in self.templates if t.language}


def rules(graph: Graph) -> dict[str, Rule]:
    """Every rule of a shapes graph, by the IRI of its shape."""
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
        templates=tuple(template(message) for message in sorted(messages)),
    )


def _literals(graph: Graph, node: Node, predicate: URIRef) -> Iterator[Literal]:
    return (o for o in graph.objects(node, predicate) if isinstance(o, Literal))


def _sorted(text: str) -> str:
    # GROUP_CONCAT promises no order
    return " ".join(sorted(text.split()))
