"""Whose subject it is: a source describes under our addresses only what was made for it."""

from __future__ import annotations

from graph.core import iris
from graph.core.iris import Names
from loaders.catalogues.naming import kinds
from loaders.catalogues.naming.minting import Minter
from loaders.pipeline.protocol import OtherSources
from vocab.namespaces import DCT, FOAF, RDFS, SKOS

TextTriple = tuple[str, str, str]

_STUBS = {kinds.TYPE, *map(str, (RDFS.label, SKOS.prefLabel, SKOS.inScheme, SKOS.notation))}
_STUBS |= set(map(str, (FOAF.name, DCT.title, DCT.identifier, SKOS.altLabel, SKOS.broader)))
"""What catalogues repeat about the things that they refer to."""

_SHARED = (
    iris.DEF,
    iris.SCHEME,
    iris.RULE,
    *(f"{iris.ID}{kind}/" for kind in ("place", "org", "law", "period")),
)
"""Names that are the same in every instance. Others below the root are of the instance that has the
default base: a catalogue, datasets, a log; for one with another base they are foreign."""


class Ownership:
    """Tells what a source may state."""

    def __init__(
        self, names: Names, source: str, minter: Minter, others: OtherSources | None
    ) -> None:
        self._ours = tuple(f"<{prefix}" for prefix in (names.base, *_SHARED))
        own = names.source(source)
        self._relative, self._versions = f"<{own}/", f"<{own}/v/"
        self._minter = minter
        self._others = others

    def may_describe(self, subject: str) -> bool:
        """Whether a subject is none of ours, or was made for this source."""
        if not subject.startswith(self._ours) or self._minter.is_made(subject):
            return True
        # relative addresses in a file stand under the source, and so do its versions
        return subject.startswith(self._relative) and not subject.startswith(self._versions)

    def is_known(self, triple: TextTriple) -> bool:
        """Whether a triple only repeats what another source has published: a type or a label."""
        return triple[1] in _STUBS and self._others is not None and self._others.holds(*triple)
