"""What a data cube consists of: its dimensions with their codes in order, measures, unit."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import groupby

import pyoxigraph as ox

from graph.queries import Pool
from server.cubes import templated
from server.cubes.members import CubeCode, members, texts_of_members
from server.sparql import internal_queries
from server.sparql.internal_queries import QueryRow
from vocab.namespaces import QB, RDFS, SDMX_ATTRIBUTE, SDMX_DIMENSION
from vocab.terms import Object

TIME, AREA, CODE = "time", "area", "code"
_KINDS = {
    SDMX_DIMENSION.refPeriod.value: TIME,
    SDMX_DIMENSION.timePeriod.value: TIME,
    SDMX_DIMENSION.refArea.value: AREA,
}
MOST_OBSERVATIONS = 200_000
"""Observations that are looked at for the codes of a cube; a page says where there are more."""

Labels = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Dimension:
    """A dimension with the codes that observations have, in order. `kind`: time, area or code."""

    iri: str
    key: str
    labels: Labels
    kind: str
    members: tuple[CubeCode, ...]

    def member(self, key: str) -> CubeCode | None:
        """The code with a key."""
        return next((one for one in self.members if one.key == key), None)

    @property
    def usual(self) -> CubeCode:
        """The code to begin with: the latest period, else the total of others, else the first."""
        return self.members[-1] if self.kind == TIME else self.members[0]


@dataclass(frozen=True, slots=True)
class UnitOfMeasure:
    """The unit of all figures of a cube: names by language, and the power of ten."""

    labels: Labels = field(default_factory=dict)
    power: int = 0


@dataclass(frozen=True, slots=True)
class CubeStructure:
    """A cube. `measures` and `attributes` are IRIs; `observations` is how many were counted."""

    iri: str
    labels: Labels
    dimensions: tuple[Dimension, ...]
    measures: tuple[str, ...]
    attributes: tuple[str, ...]
    names: Mapping[str, Labels]
    unit: UnitOfMeasure | None
    observations: int

    @property
    def is_whole(self) -> bool:
        """Whether all observations were looked at."""
        return self.observations < MOST_OBSERVATIONS

    @property
    def names_each(self) -> bool:
        """Whether each observation has a name of its own: a work, a thing bought. Such figures are
        told apart by numbers, and the same number in another year is another thing."""
        return RDFS.label.value in self.attributes

    def dimension(self, key: str) -> Dimension | None:
        """The dimension with a key."""
        return next((one for one in self.dimensions if one.key == key), None)


def cubes(pool: Pool, dataset: str) -> list[CubeStructure]:
    """The cubes that are made of a dataset, by IRI; a cube without observations is left out."""
    rows = internal_queries.select(pool, "cubes/components", [dataset])
    found = (
        _cube(pool, str(cube), [*components])
        for cube, components in groupby(rows, key=lambda row: row["cube"].value)
    )
    return [cube for cube in found if cube.observations]


def _cube(pool: Pool, cube: str, components: list[QueryRow]) -> CubeStructure:
    of_kind: dict[Object, list[str]] = defaultdict(list)
    for row in components:
        if row["property"].value not in of_kind[row["kind"]]:
            of_kind[row["kind"]].append(row["property"].value)
    properties = of_kind[QB.dimension]
    named = list(dict.fromkeys(row["property"].value for row in components))
    of = internal_queries.texts_of
    with internal_queries.joined(
        _texts_of_values(cube, properties), of("sparql/labels", named), of("cubes/unit", [cube])
    ):
        counted = _values(pool, cube, properties)
        names = _names(pool, named)
        said = _said(pool, cube)
    keys = unique_keys(properties)
    codes = (text for iri in properties for text in texts_of_members(counted[iri]))
    with internal_queries.joined(codes, of("sparql/labels", _units(said))):
        dimensions = tuple(
            Dimension(iri, keys[iri], names.get(iri, {}), _kind(iri, counted[iri]),
                      members(pool, counted[iri]))
            for iri in properties
            if counted[iri]
        )  # fmt: skip
        unit, labels = _unit_and_name(pool, said)
    return CubeStructure(
        iri=cube,
        labels=labels,
        dimensions=dimensions,
        measures=tuple(of_kind[QB.measure]),
        attributes=tuple(of_kind[QB.attribute]),
        names=names,
        unit=unit,
        observations=max((sum(found.values()) for found in counted.values()), default=0),
    )


def _values(pool: Pool, cube: str, dimensions: list[str]) -> dict[str, dict[Object, int]]:
    """Dimension → value → number of observations."""
    found: dict[str, dict[Object, int]] = {iri: {} for iri in dimensions}
    for text in _texts_of_values(cube, dimensions):
        for row in internal_queries.select_text(pool, text):
            found[row["property"].value][row["value"]] = int(row["number"].value)
    return found


def _texts_of_values(cube: str, dimensions: list[str]) -> list[str]:
    listed = templated.terms(map(ox.NamedNode, dimensions), ", ")
    filled = {"CUBE": str(ox.NamedNode(cube)), "DIMENSIONS": listed}
    return [templated.fill("cubes/members", filled)] if dimensions else []


def _kind(iri: str, values: Iterable[Object]) -> str:
    """Of a dimension of our tables its property tells; of others, whether all values are times."""
    if iri in _KINDS:
        return _KINDS[iri]
    times = {"gYear", "gYearMonth", "date", "dateTime"}
    types = {
        value.datatype.value.rpartition("#")[2] if isinstance(value, ox.Literal) else ""
        for value in values
    }
    return TIME if types and types <= times else CODE


def _names(pool: Pool, iris: Iterable[str]) -> dict[str, Labels]:
    found: dict[str, dict[str, str]] = {}
    for row in internal_queries.select(pool, "sparql/labels", dict.fromkeys(iris)):
        label = row["label"]
        if isinstance(label, ox.Literal) and label.language:
            found.setdefault(row["thing"].value, {}).setdefault(label.language, label.value)
    return {**found}


def unit_and_name(pool: Pool, cube: str) -> tuple[UnitOfMeasure | None, Labels]:
    """The unit, and what the cube is called."""
    return _unit_and_name(pool, _said(pool, cube))


_Said = Mapping[str, list[Object]]
"""What a cube says of all its figures: values by property."""


def _said(pool: Pool, cube: str) -> _Said:
    said: dict[str, list[Object]] = defaultdict(list)
    for row in internal_queries.select(pool, "cubes/unit", [cube]):
        said[row["property"].value].append(row["value"])
    return said


def _units(said: _Said) -> list[str]:
    """The unit of all figures; none where there are several."""
    units = [one.value for one in said[SDMX_ATTRIBUTE.unitMeasure.value]]
    return units if len(units) == 1 else []


def _unit_and_name(pool: Pool, said: _Said) -> tuple[UnitOfMeasure | None, Labels]:
    labels = {
        value.language: value.value
        for value in said[RDFS.label.value]
        if isinstance(value, ox.Literal) and value.language
    }
    power = next(map(_power, said[SDMX_ATTRIBUTE.unitMult.value]), 0)
    for node in _units(said):
        return UnitOfMeasure(_names(pool, [node]).get(node, {}), power), labels
    return None, labels


def _power(multiplier: Object) -> int:
    digits = multiplier.value.rpartition("-")[2]  # sdmx-code:unitMult-3
    return int(digits) if digits.isdecimal() else 0


def unique_keys(iris: Iterable[str]) -> dict[str, str]:
    """IRI → its last part, or the IRI itself where another one ends alike."""
    ends: dict[str, list[str]] = defaultdict(list)
    for iri in iris:
        ends[last_part(iri)].append(iri)
    return dict(_keys(ends))


def _keys(ends: Mapping[str, list[str]]) -> Iterator[tuple[str, str]]:
    for end, iris in ends.items():
        for iri in iris:
            yield iri, (end if len(iris) == 1 and end else iri)


def last_part(iri: str) -> str:
    """What stands after the last slash or number sign."""
    return iri[max(iri.rfind("#"), iri.rfind("/")) + 1 :]
