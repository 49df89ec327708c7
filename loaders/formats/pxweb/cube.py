"""A table of PX-Web as a cube: the term of each code, and the key of each cell.

Terms come from English labels, never from codes (see jsonstat.Dimension), so a table needs its
English response; the Mongolian one must be the same table, figure for figure.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field

import pyoxigraph as ox

from graph.core import iris
from graph.core.errors import InputError
from loaders.formats.cubes.observations import DimensionCode, KeyPart
from loaders.formats.cubes.periods import period_code
from loaders.formats.json_strict import error_at, pointer
from loaders.formats.pxweb.jsonstat import JsonStatDimension, JsonStatTable, composed
from loaders.formats.pxweb.table import Axis, PxTable, section
from loaders.pipeline.protocol import LoaderContext
from loaders.tables.mapping.known_labels import KnownLabels
from loaders.tables.values import period
from vocab.namespaces import SDMX_DIMENSION

PERIODS = ("year", "period")
"""The roles of a dimension whose labels are periods."""


@dataclass(frozen=True, slots=True)
class CubeAxis:
    """A dimension with its property, and the term of each position in the response.

    `provisional` are the positions of periods whose figures are marked so: `2024*`.
    """

    axis: Axis
    position: int
    property: ox.NamedNode
    terms: tuple[DimensionCode, ...]
    provisional: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Cube:
    """A table with its responses by language: always `en`, and `mn` if given.

    `is_listed` is set where a list of tables says the title of its dataset. `restricted` has the
    dimensions of which only some values were asked for; then `earlier` are older retrievals, of
    which other cells still count. `known` has the labels of the published version.
    """

    table: PxTable
    responses: dict[str, JsonStatTable]
    dataset: str
    axes: tuple[CubeAxis, ...]
    is_listed: bool = False
    restricted: frozenset[str] = frozenset()
    earlier: tuple[Cube, ...] = ()
    known: KnownLabels = field(default_factory=lambda: KnownLabels(None))

    @property
    def iri(self) -> str:
        """The qb:DataSet that Ulzii makes of the table."""
        return f"{self.dataset}/cube"

    def code_list(self, axis: Axis) -> str:
        """The concept scheme of a dimension of the table."""
        return f"{self.iri}/{axis.codes}"

    def terms(self, index: int) -> list[KeyPart]:
        """The (property, term) of each dimension for the cell at `index`, in the cube's order."""
        positions = self._positions(index)
        return [(axis.property, axis.terms[positions[axis.position]]) for axis in self.axes]

    def is_provisional(self, index: int) -> bool:
        """Whether the cell at `index` is of a period whose figures are provisional."""
        marked = [axis for axis in self.axes if axis.provisional]
        positions = self._positions(index) if marked else []
        return any(positions[axis.position] in axis.provisional for axis in marked)

    def _positions(self, index: int) -> list[int]:
        positions = []
        for size in reversed(self.responses["en"].sizes):
            index, position = divmod(index, size)
            positions.append(position)
        positions.reverse()
        return positions


def build(
    table: PxTable,
    responses: dict[str, JsonStatTable],
    context: LoaderContext,
    restricted: frozenset[str] = frozenset(),
) -> Cube:
    """The responses of a table, resolved and compared with each other.

    Raises InputError when English is missing, when the responses are different tables, when a
    dimension is not described in the source's TOML, and when a label has no term.
    """
    if "en" not in responses:
        capture = next(iter(responses.values())).capture
        message = f"{table.id}: the English response is missing; its labels name the codes"
        raise InputError(message, where=capture.name, hint="Fetch …/api/v1/en/… too.")
    english = responses["en"]
    for response in responses.values():
        _check_dimensions(response, table)
        _check_same_codes(english, response, table)
    dataset = context.names.dataset(context.source.id, table.id)
    order = [d.name for d in english.dimensions]
    axes = tuple(
        _resolve(axis, order.index(axis.id), english, f"{dataset}/cube", context)
        for axis in table.axes
    )
    for axis in axes:
        if axis.axis.id not in restricted:
            _check_total(axis, english)
    return Cube(table, responses, dataset, axes, restricted=restricted)


def _check_dimensions(response: JsonStatTable, table: PxTable) -> None:
    here = {d.name for d in response.dimensions}
    described = {axis.id for axis in table.axes}
    hint = f"Describe it under [options.tables.{table.id}] in the source's TOML."
    for name in sorted(here - described):
        message = f"dimension “{name}” is not described"
        raise error_at(response.capture, message, "dimension", name, hint=hint)
    for name in sorted(described - here):
        raise error_at(response.capture, f"dimension “{name}” is missing", "dimension", hint=hint)


def _check_same_codes(english: JsonStatTable, response: JsonStatTable, table: PxTable) -> None:
    """Positions must mean the same in both, or labels would be given to wrong figures."""
    for one, other in zip(english.dimensions, response.dimensions, strict=True):
        if (one.name, one.codes) != (other.name, other.codes):
            message = f"not the codes of {english.capture.name}; fetch both languages again"
            raise error_at(response.capture, message, "dimension", other.id, "category", "index")
    years = [axis.id for axis in table.axes if axis.role in PERIODS]
    for name in years:
        _check_same_years(english, response, name)


def _check_same_years(english: JsonStatTable, response: JsonStatTable, name: str) -> None:
    one, other = english.dimension(name), response.dimension(name)
    for code in one.codes:
        if other.labels.get(code, one.labels.get(code)) != one.labels.get(code):
            message = (
                f"“{other.labels[code]}”, but “{one.labels.get(code)}” in {english.capture.name}"
            )
            at = ("dimension", name, "category", "label", code)
            raise error_at(response.capture, message, *at, hint="Fetch both languages again.")


def _resolve(
    axis: Axis, position: int, english: JsonStatTable, cube: str, context: LoaderContext
) -> CubeAxis:
    dimension = english.dimension(axis.id)
    make = _ROLES[axis.role](axis, cube, context)
    terms = tuple(_term(make, code, dimension, english) for code in dimension.codes)
    _check_unique(terms, dimension, english)
    marked = _provisional(axis, dimension.labels_in_order)
    return CubeAxis(axis, position, _property(axis, cube), terms, marked)


def _check_total(axis: CubeAxis, english: JsonStatTable) -> None:
    total = axis.axis.total
    if total and slug(total) not in {term.key for term in axis.terms}:
        message = f"no label “{total}”, of which the others are parts"
        raise error_at(english.capture, message, "dimension", axis.axis.id, "category", "label")


def _provisional(axis: Axis, labels: list[str]) -> frozenset[int]:
    if axis.role != "period":
        return frozenset()
    return frozenset(n for n, text in enumerate(labels) if period(text, axis.kind).provisional)


def _term(
    make: Callable[[str], DimensionCode | None],
    code: str,
    dimension: JsonStatDimension,
    response: JsonStatTable,
) -> DimensionCode:
    label = dimension.labels.get(code)
    term = make(label) if label is not None else None
    if term is None:
        message = f"“{label}” has no term" if label is not None else "the label is missing"
        at = ("dimension", dimension.id, "category", "label", code)
        raise error_at(response.capture, message, *at, hint=_TERM_HINT)
    return term


_TERM_HINT = "Add the label to the source's TOML, or ask the agency what it means."


def _check_unique(
    terms: tuple[DimensionCode, ...], dimension: JsonStatDimension, response: JsonStatTable
) -> None:
    seen: dict[str, str] = {}
    for code, term in zip(dimension.codes, terms, strict=True):
        if term.key in seen:
            first = pointer("dimension", dimension.id, "category", "label", seen[term.key])
            message = f"“{dimension.labels[code]}” would be “{term.key}”, as {first} already is"
            at = ("dimension", dimension.id, "category", "label", code)
            raise error_at(response.capture, message, *at, hint=_TERM_HINT)
        seen[term.key] = code


def _property(axis: Axis, cube: str) -> ox.NamedNode:
    shared = {"area": SDMX_DIMENSION.refArea}
    shared |= dict.fromkeys(PERIODS, SDMX_DIMENSION.refPeriod)
    return shared.get(axis.role) or ox.NamedNode(f"{cube}#{axis.name}")


def slug(label: str) -> str:
    """An ASCII key from an English label: `Bactrian camel, 3+` → `bactrian-camel-3`."""
    plain = unicodedata.normalize("NFKD", label).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")


def _concepts(
    axis: Axis, cube: str, context: LoaderContext
) -> Callable[[str], DimensionCode | None]:
    def make(label: str) -> DimensionCode | None:
        key = slug(label)
        return DimensionCode(key, ox.NamedNode(f"{cube}/{axis.codes}/{key}")) if key else None

    return make


def _areas(axis: Axis, cube: str, context: LoaderContext) -> Callable[[str], DimensionCode | None]:
    """Areas are concepts of a published scheme, so only the labels known there have one.

    The label as written goes first: only its leading spaces distinguish the region Ulaanbaatar
    from the capital Ulaanbaatar below it.
    """
    said = section(context.source, "schemes", axis.scheme)
    notations = {composed(label): notation for label, notation in said.items()}

    def make(label: str) -> DimensionCode | None:
        key = notations.get(label, notations.get(label.strip()))
        return DimensionCode(key, ox.NamedNode(iris.concept(axis.scheme, key))) if key else None

    return make


def _years(axis: Axis, cube: str, context: LoaderContext) -> Callable[[str], DimensionCode | None]:
    def make(label: str) -> DimensionCode | None:
        year = label.strip()
        known = re.fullmatch(r"[12]\d{3}", year, re.ASCII)
        return DimensionCode(year, ox.NamedNode(iris.period(year))) if known else None

    return make


def _periods(
    axis: Axis, cube: str, context: LoaderContext
) -> Callable[[str], DimensionCode | None]:
    def make(label: str) -> DimensionCode | None:
        try:
            return period_code(period(label, axis.kind).key)
        except ValueError:
            return None

    return make


_ROLES = {"concept": _concepts, "area": _areas, "year": _years, "period": _periods}
