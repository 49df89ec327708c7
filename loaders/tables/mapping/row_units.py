"""The units that rows say, in a column of their own: “мян.толгой”, “%”, “сая төгрөг”.

The description says which unit each text is; nothing is guessed while a table is loaded. A text
that it does not name becomes a unit of the table itself, with the text as its name, so that its
figures are published, and counted in a finding.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field

import pyoxigraph as ox

from graph.core import iris
from loaders.formats.catalogue import about, in_languages
from loaders.formats.cubes.keys import key_of
from loaders.formats.mapping import language_text
from loaders.pipeline.record import Statement
from loaders.tables.description.options import TableOptions
from loaders.tables.values import cell_error, fold, missing
from vocab.namespaces import DCT, RDF, SKOS


@dataclass(frozen=True, slots=True)
class UnitTerm:
    """What the text of a unit means: the concept, and the power of ten, None where it is not known.
    `stated` describes a unit that only the table has."""

    node: ox.NamedNode
    power: int | None
    text: str
    stated: tuple[Statement, ...] = ()

    @property
    def is_known(self) -> bool:
        """Whether the description names it."""
        return self.power is not None


@dataclass(slots=True)
class RowUnits:
    """The units of the rows of a cube; `scheme` is the IRI of those that are not known."""

    options: TableOptions
    scheme: str
    _terms: dict[str, UnitTerm | None] = field(default_factory=dict)

    def term(self, text: str) -> UnitTerm | None:
        """The unit that a text is; None where nothing stands there."""
        if text not in self._terms:
            self._terms[text] = self._new(text)
        return self._terms[text]

    def _new(self, text: str) -> UnitTerm | None:
        if missing(text) or cell_error(text):
            return None
        known = self.options.unit_texts
        if said := known.get(text) or known.get(fold(text)):
            return UnitTerm(ox.NamedNode(iris.concept("unit", said.unit)), said.multiplier, text)
        node = ox.NamedNode(f"{self.scheme}/{_key(text)}")
        return UnitTerm(node, None, text, tuple(self._described(node, text)))

    def _described(self, node: ox.NamedNode, text: str) -> Iterator[Statement]:
        scheme = ox.NamedNode(self.scheme)
        yield Statement(node, RDF.type, SKOS.Concept, "unit-not-known")
        yield Statement(node, SKOS.inScheme, scheme, "unit-not-known")
        label = language_text(text, self.options.lang)
        yield Statement(node, SKOS.prefLabel, label, "unit-not-known")

    def structure(self) -> Iterator[Statement]:
        """The list of units that are not known, and the names of those that are."""
        for column in self.options.columns:
            if column.role == "unit":
                scheme = ox.NamedNode(self.scheme)
                title = language_text(column.name, self.options.lang)
                yield Statement(scheme, RDF.type, SKOS.ConceptScheme, "unit-not-known")
                yield Statement(scheme, DCT.title, title, "unit-not-known")
        own = [one.unit for one in self.options.columns if one.unit]
        for key in dict.fromkeys([*own, *(one.unit for one in self.options.unit_texts.values())]):
            labels = in_languages(SKOS.prefLabel, self.options.units[key])
            node = ox.NamedNode(iris.concept("unit", key))
            yield from about(node, [(RDF.type, SKOS.Concept), *labels], "unit-of-table")


def _key(text: str) -> str:
    """The key of a text; of one without a letter that has one, made of its bytes."""
    return key_of(fold(text)) or "u-" + hashlib.sha256(text.encode()).hexdigest()[:8]
