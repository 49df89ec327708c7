"""Labels in a language in which the agency has none: our translations, in the inferred layer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import pyoxigraph as ox

from loaders.formats.mapping import language_text
from loaders.pipeline.record import INFERRED, Statement

RULE = "own-translation"
_OTHER = {"en": "mn", "mn": "en"}


@dataclass(frozen=True, slots=True)
class Translations:
    """`[options.translations]` of a source: text of the agency → text in the other language."""

    texts: Mapping[str, str] = field(default_factory=dict)

    def of(
        self, node: ox.NamedNode, predicate: ox.NamedNode, label: str, lang: str
    ) -> Iterator[Statement]:
        """The translation of a label in `lang`; none where the source has none. It is inferred: the
        agency did not say it. A label without letters (18-19) is the same in both languages."""
        text = label.strip()
        same = text if self.texts and not any(map(str.isalpha, text)) else ""
        if made := self.texts.get(text, same):
            yield Statement(node, predicate, language_text(made, _OTHER[lang]), RULE, INFERRED)
