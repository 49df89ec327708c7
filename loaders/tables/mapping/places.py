"""Places by name, within a code system, a level and a date.

42 names of soums are shared by 100 soums, and some soums have the name of an aimag. So a name is
looked up among the concepts of one scheme, of one kind of place, valid at a date, below the place
that the row names; where this does not leave exactly one, the name stays unresolved.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

import pyoxigraph as ox

from graph.core import iris
from loaders.pipeline.protocol import OtherSources
from vocab.namespaces import CORE, FOAF, PLACE, RDF, SKOS

_LEVELS = {
    "country": {PLACE.Country},
    "aimag": {PLACE.Aimag, PLACE.Capital},
    "soum": {PLACE.Soum, PLACE.District},
}
# the kind of place may stand behind its name: «Архангай аймаг», «Улаанбаатар хот»
_KIND = re.compile(r"\s+(?:аймаг|сум|дүүрэг|хот|нийслэл|aimag|soum|sum|district|city)$")
# «Баянгол дүүрэг» is no soum of that name; хот says nothing: a town may be the centre of any unit
_KINDS_BY_WORD = {
    **dict.fromkeys(("аймаг", "aimag"), PLACE.Aimag),
    **dict.fromkeys(("сум", "soum", "sum"), PLACE.Soum),
    **dict.fromkeys(("дүүрэг", "district"), PLACE.District),
}
_SEPARATORS = re.compile(r"[\s\u2010-\u2015-]+")


@dataclass(frozen=True, slots=True)
class PlaceConcept:
    """A concept of a code system of places; `valid` has its bounds, empty where unknown."""

    node: ox.NamedNode
    key: str
    labels: frozenset[str]
    kinds: frozenset[ox.NamedNode]
    above: frozenset[ox.NamedNode]
    valid: tuple[str, str]

    def is_valid(self, date: str) -> bool:
        """Whether it is valid at a date; dates of any precision are compared as texts."""
        first, end = self.valid
        return not date or ((not first or first <= date) and (not end or date < end))


@dataclass(frozen=True, slots=True)
class NameMatch:
    """What a name means: the concept, or none and the number of those that it may mean."""

    concept: PlaceConcept | None
    candidates: int = 0


def plain(name: str) -> str:
    """A name as it is compared: lower case, without the word for its kind, hyphens as blanks."""
    return _KIND.sub("", _SEPARATORS.sub(" ", name).strip().lower())


@dataclass(slots=True)
class Places:
    """The places of published code systems, by name."""

    others: OtherSources | None
    _schemes: dict[str, dict[str, list[PlaceConcept]]] = field(default_factory=dict)

    def find(
        self, name: str, scheme: str, level: str, date: str, within: ox.NamedNode | None
    ) -> NameMatch:
        """The one place with a name; `within` is the concept of a place above it."""
        wanted = _LEVELS.get(level)
        said = _KINDS_BY_WORD.get(name.rpartition(" ")[2].strip().lower())
        found = [
            one
            for one in self.in_scheme(scheme).get(plain(name), ())
            if (wanted is None or one.kinds & wanted)
            and (said is None or said in one.kinds)
            and one.is_valid(date)
            and (within is None or within in one.above)
        ]
        return NameMatch(found[0] if len(found) == 1 else None, len(found))

    def by_notation(self, notation: str, scheme: str) -> NameMatch:
        """The place with a code."""
        node = ox.NamedNode(iris.concept(scheme, notation))
        known = {one.node: one for group in self.in_scheme(scheme).values() for one in group}
        return NameMatch(known.get(node), int(node in known))

    def in_scheme(self, scheme: str) -> dict[str, list[PlaceConcept]]:
        """The concepts of a scheme by name; none where nobody has published it."""
        if scheme not in self._schemes:
            by_name: defaultdict[str, list[PlaceConcept]] = defaultdict(list)
            for one in self._concepts(scheme):
                for label in one.labels:
                    by_name[label].append(one)
            self._schemes[scheme] = dict(by_name)
        return self._schemes[scheme]

    def _concepts(self, scheme: str) -> Iterator[PlaceConcept]:
        if self.others is None:
            return
        members = self.others.subjects(SKOS.inScheme, ox.NamedNode(iris.scheme(scheme)))
        for node in sorted(members, key=str):
            yield _concept(node, self.others)


def _concept(node: ox.NamedNode, others: OtherSources) -> PlaceConcept:
    focus = [one for one in others.objects(node, FOAF.focus) if isinstance(one, ox.NamedNode)]
    kinds = {kind for place in focus for kind in others.objects(place, RDF.type)}
    return PlaceConcept(
        node,
        node.value.rpartition("/")[2],
        frozenset(plain(one.value) for one in others.objects(node, SKOS.prefLabel)),
        frozenset(one for one in kinds if isinstance(one, ox.NamedNode)),
        frozenset(_above(node, others)),
        (_date(node, CORE.validFrom, others), _date(node, CORE.validUntil, others)),
    )


def _above(node: ox.NamedNode, others: OtherSources) -> set[ox.NamedNode]:
    """All concepts above one."""
    above: set[ox.NamedNode] = set()
    below = [node]
    while below:
        for one in others.objects(below.pop(), SKOS.broader):
            if isinstance(one, ox.NamedNode) and one not in above:
                above.add(one)
                below.append(one)
    return above


def _date(node: ox.NamedNode, predicate: ox.NamedNode, others: OtherSources) -> str:
    return min((one.value for one in others.objects(node, predicate)), default="")
