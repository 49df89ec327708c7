"""What a thing without a name of its own is about, in words: the labels of what it refers to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import pyoxigraph as ox

from graph.core.iris import scheme
from graph.lists.document import LANGUAGES, Text, spoken, title, titles_of
from graph.lists.store import Properties, PublicStore
from vocab.namespaces import (
    CORE,
    DCT,
    DQV,
    ELI,
    FOAF,
    OA,
    PLACE,
    PROV,
    QB,
    RDF,
    RDFS,
    SDMX_ATTRIBUTE,
    SDMX_DIMENSION,
    SERVICE,
    SKOS,
)

NAMES = (SKOS.prefLabel, RDFS.label, DCT.title, FOAF.name)
"""What facet values and parts of observations are called by."""
_UNITS = "au"  # the scheme of codes that says which unit is a part of which
_MOST = 3  # observations that a finding names
_FIRST_LEVEL = {PLACE.Aimag.value, PLACE.Capital.value}
_AREA, _PERIOD = SDMX_DIMENSION.refArea, SDMX_DIMENSION.refPeriod
_NOT_SAID = frozenset({RDF.type, QB.dataSet, PROV.wasDerivedFrom, PROV.wasQuotedFrom})
_COMMA, _SEMICOLON = Text("", ", "), Text("", "; ")

Words = Mapping[str, Sequence[Text]]
"""For readers of each language: names, each in the language it is in, and what separates them."""


@dataclass(frozen=True, slots=True)
class About:
    """Words, and the things that they come from; `datasets` that a finding is beside, `publishers`
    of those, `within` what a place or provision is a part of (`is_inferred`: no source says so),
    `codes` that a place has, `kinds` the names of what it is."""

    words: Words = field(default_factory=dict)
    depends: Sequence[str] = ()
    datasets: Sequence[str] = ()
    publishers: Sequence[str] = ()
    within: Sequence[str] = ()
    is_inferred: bool = False
    codes: Sequence[str] = ()
    kinds: Sequence[ox.Literal] = ()


NOTHING = About()


def of_finding(store: PublicStore, iri: str, found: Properties) -> About:
    """The type, area and period of the figures that a finding is about, else its dataset."""
    datasets = store.referring(DQV.hasQualityAnnotation, iri)
    targets = sorted(_iris(found, CORE.about) | _iris(found, OA.hasTarget))
    depends = {*datasets, *targets}
    parts: list[list[Names]] = []
    for target in targets:
        if len(parts) < _MOST and (values := _dimensions(store, target)):
            parts.append(_written_once(store, values))
            depends.update(value for _, value in values)
    if not parts:
        named = [_names(store, dataset) for dataset in datasets or targets]
        parts = [[names] for names in named]
    publishers = sorted({iri for one in datasets for iri in store.things(one, DCT.publisher)})
    return About(_words(parts), sorted(depends), datasets, publishers)


def of_place(store: PublicStore, iri: str, classes: Sequence[str]) -> About:
    """The unit above a place and its code, by the codes of administrative units: many soums share
    a name. The labels of its classes are words for it too: “Khentii aimag”.

    The codes say of no unit of the first level that it is in the country: that is inferred."""
    kinds = [label for cls in classes for label in store.literals(cls, NAMES)]
    depends, within, codes = set[str](), set[str](), set[str]()
    for code in store.referring(FOAF.focus, iri):
        depends.add(code)
        found = store.values(code)
        if ox.NamedNode(scheme(_UNITS)) not in found.values(SKOS.inScheme):
            continue
        codes.update(v.value for v in found.values(SKOS.notation) if isinstance(v, ox.Literal))
        for above in _iris(found, SKOS.broader):
            depends.add(above)
            within |= _iris(store.values(above), FOAF.focus) - {iri}
    is_first = not within and not _FIRST_LEVEL.isdisjoint(classes)
    if is_first:
        within = set(store.instances(PLACE.Country)) - {iri}
    return About(
        depends=sorted(depends | within | {*classes}),
        within=sorted(within),
        is_inferred=is_first and bool(within),
        codes=sorted(codes),
        kinds=kinds,
    )


def of_provision(store: PublicStore, iri: str) -> About:
    """The law that a provision is of, whatever articles stand between."""
    above, tops = [iri], list[str]()
    for one in above:  # grows
        parents = [p for p in store.things(one, ELI.is_part_of) if p not in above]
        above += parents
        tops += [] if parents or one == iri else [one]
    return About(depends=sorted({*above} - {iri}), within=sorted(tops))


def of_code(store: PublicStore, found: Properties) -> About:
    """The codes above a code: two codes of a list may have one name."""
    above = sorted(_iris(found, SKOS.broader))
    return About(_words([[_names(store, iri)] for iri in above]), above)


def of_nameless(store: PublicStore, found: Properties) -> About:
    """A centre by its class and unit: “e-Mongolia centre, Dornod”; nothing for other things."""
    if SERVICE.Centre not in found.values(RDF.type):
        return NOTHING
    parts = [SERVICE.Centre.value, *sorted(_iris(found, SERVICE.inUnit))]
    names = [_names(store, part) for part in parts]
    return About(_words([names]), parts)


def _iris(found: Properties, predicate: ox.NamedNode) -> set[str]:
    return {v.value for v in found.values(predicate) if isinstance(v, ox.NamedNode)}


def _dimensions(store: PublicStore, target: str) -> list[tuple[str, str]]:
    """The dimensions and coded values of an observation: its own, then the area, then the
    period."""
    if not store.has(target, RDF.type, QB.Observation):
        return []
    found = store.values(target)
    attributes = str(SDMX_ATTRIBUTE)
    own = sorted(
        p.value
        for p in found.statements
        if p not in (_AREA, _PERIOD, *_NOT_SAID) and not p.value.startswith(attributes)
    )
    order = [*map(ox.NamedNode, own), _AREA, _PERIOD]
    return [(p.value, iri) for p in order for iri in sorted(_iris(found, p))]


Names = dict[str, Text]
"""The name of a thing for readers of each language."""


def _names(store: PublicStore, iri: str) -> Names:
    """A thing's name for each reader, in another language where it has none, else its last
    segment."""
    titles = titles_of(store.literals(iri, NAMES)) or {"": iri.rstrip("/#").rpartition("/")[2]}
    return {tag: title(titles, tag) for tag in LANGUAGES}


def _written_once(store: PublicStore, values: Sequence[tuple[str, str]]) -> list[Names]:
    """The names of values. For readers for whom several have one name it stands once, with the
    names of their dimensions: “Total (type of livestock, aimag)”."""
    named = [(_names(store, value), titles_of(store.literals(of, NAMES))) for of, value in values]
    made: list[Names] = [{} for _ in named]
    for tag in LANGUAGES:
        places: dict[Text, list[int]] = {}
        for number, (name, _) in enumerate(named):
            places.setdefault(name[tag], []).append(number)
        for text, same in places.items():
            of = [title(named[number][1], tag).value for number in same]
            is_told = len(same) > 1 and all(of)  # sdmx-dimension:refArea has no name here
            more = f" ({', '.join(of)})" if is_told else ""
            made[same[0]][tag] = Text(text.language, text.value + more)
    return made


def _words(parts: Iterable[Sequence[Names]]) -> dict[str, list[Text]]:
    """The names of one part with commas between, parts with semicolons."""
    listed = [*parts]
    words = {
        tag: [
            *_with(
                _SEMICOLON,
                [[*_with(_COMMA, [[n[tag]] for n in names if tag in n])] for names in listed],
            )
        ]
        for tag in LANGUAGES
    }
    return {tag: said for tag, said in words.items() if spoken(said)}


def _with(separator: Text, groups: Iterable[Sequence[Text]]) -> Iterator[Text]:
    """The texts of groups that say anything, with a separator between groups."""
    for number, group in enumerate(one for one in groups if spoken(one)):
        yield from (separator, *group) if number else group
