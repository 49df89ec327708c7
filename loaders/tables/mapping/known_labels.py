"""Which labels a code list of the published version has: others are drift, and are named."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from graph.core.errors import InputError
from graph.statements.layer import STATED
from loaders.pipeline.protocol import EarlierLines
from vocab.namespaces import SKOS

_IN_SCHEME = f" {SKOS.inScheme} <".encode()
_OF_CUBES = b"/cube/"


@dataclass(slots=True)
class KnownLabels:
    """The concepts of the code lists that cubes of the published version define."""

    previous: EarlierLines | None
    refused: dict[str, list[str]] = field(default_factory=dict)
    _concepts: dict[str, set[str]] | None = None

    def is_new(self, scheme: str, concept: str) -> bool:
        """Whether a code list was published without a concept; both are given by IRI."""
        if self._concepts is None:
            self._concepts = self._read()
        known = self._concepts.get(scheme)
        return known is not None and concept not in known

    def _read(self) -> dict[str, set[str]]:
        found: defaultdict[str, set[str]] = defaultdict(set)
        for line in self.previous.lines(STATED) if self.previous else ():
            subject, is_member, rest = line.partition(_IN_SCHEME)
            if is_member and _OF_CUBES in rest:
                found[rest.partition(b">")[0].decode()].add(subject[1:-1].decode())
        return dict(found)

    def refuse(self, name: str, label: str) -> None:
        """Remember a new label of a list whose description takes none."""
        self.refused.setdefault(name, []).append(label)

    def check(self, where: str) -> None:
        """Raise InputError that names every new label of such lists."""
        if self.refused:
            named = "; ".join(
                f"{', '.join(f'“{label}”' for label in labels)} in “{name}”"
                for name, labels in self.refused.items()
            )
            raise InputError(
                f"labels that the published version has not: {named}",
                where=where,
                hint="Ask the agency what they are; then give each a key under [options.codes] and"
                " load again. Nothing of this file is published, the last version stays.",
            )
