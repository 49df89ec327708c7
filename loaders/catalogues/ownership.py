"""Whose subject it is: a source describes under our addresses only what was made for it."""

from __future__ import annotations

from functools import lru_cache

from graph.core import iris
from graph.core.iris import Names
from loaders.catalogues.naming import kinds
from loaders.catalogues.naming.minting import Minter
from loaders.formats.cubes import periods
from loaders.pipeline.protocol import OtherSources
from vocab.namespaces import DCT, FOAF, RDFS, SKOS

TextTriple = tuple[str, str, str]

_STUBS = {kinds.TYPE, *map(str, (RDFS.label, SKOS.prefLabel, SKOS.inScheme, SKOS.notation))}
_STUBS |= set(map(str, (FOAF.name, DCT.title, DCT.identifier, SKOS.altLabel, SKOS.broader)))
"""What catalogues repeat about the things that they refer to."""

_PERIOD = f"<{iris.period('')}"


class Ownership:
    """Tells what a source may state."""

    def __init__(
        self, names: Names, source: str, minter: Minter, others: OtherSources | None
    ) -> None:
        # what else is below the root is of the instance that has the default base: a catalogue,
        # datasets, a log; for one with another base they are foreign
        self._ours = tuple(f"<{prefix}" for prefix in (names.base, *iris.SHARED))
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

    def may_state(self, triple: TextTriple) -> bool:
        """Whether a triple is about what the source may describe, or only says of a period which
        days its name means: no source can change that, and where none has said it, it is lost."""
        return self.may_describe(triple[0]) or triple in _meaning(triple[0])

    def is_known(self, triple: TextTriple) -> bool:
        """Whether a triple only repeats what another source has published: a type or a label."""
        return triple[1] in _STUBS and self._others is not None and self._others.holds(*triple)


@lru_cache(maxsize=1000)
def _meaning(subject: str) -> frozenset[TextTriple]:
    """What the name of a period says of it; nothing for other things."""
    if not subject.startswith(_PERIOD):
        return frozenset()
    try:
        said = list(periods.period(subject[len(_PERIOD) : -1]))
    except ValueError:  # no key of a period
        return frozenset()
    return frozenset((str(s.subject), str(s.predicate), str(s.object)) for s in said)
