"""A table of PX-Web as a cube: which term each code stands for, and what each cell's key is.

Terms come from English labels, never from codes (see jsonstat.Dimension), so a table needs its
English answer; the Mongolian one must be the same table, figure for figure.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

import pyoxigraph as ox

from graph.core import iris
from graph.core.errors import InputError
from loaders.formats.json_strict import error_at, pointer
from loaders.formats.pxweb.jsonstat import JsonStatDimension, JsonStatTable
from loaders.formats.pxweb.table import Axis, PxTable, section
from loaders.pipeline.protocol import LoaderContext
from vocab.namespaces import SDMX_DIMENSION


@dataclass(frozen=True, slots=True)
class DimensionCode:
    """What a code stands for: its key in IRIs, and its own IRI."""

    key: str
    node: ox.NamedNode


@dataclass(frozen=True, slots=True)
class CubeAxis:
    """A dimension resolved: its property, and a term for each position of the answer."""

    axis: Axis
    position: int
    property: ox.NamedNode
    terms: tuple[DimensionCode, ...]


@dataclass(frozen=True, slots=True)
class Cube:
    """A table with its answers by language (`en` always, `mn` where given)."""

    table: PxTable
    answers: dict[str, JsonStatTable]
    dataset: str
    axes: tuple[CubeAxis, ...]

    @property
    def iri(self) -> str:
        """Our qb:DataSet."""
        return f"{self.dataset}/cube"

    def code_list(self, axis: Axis) -> str:
        """The concept scheme of a table's own dimension."""
        return f"{self.iri}/{axis.codes}"

    def terms(self, index: int) -> list[tuple[ox.NamedNode, DimensionCode]]:
        """The (property, term) of each dimension for the cell at `index`, in the cube's order."""
        positions = []
        for size in reversed(self.answers["en"].sizes):
            index, position = divmod(index, size)
            positions.append(position)
        positions.reverse()
        return [(axis.property, axis.terms[positions[axis.position]]) for axis in self.axes]


def build(table: PxTable, answers: dict[str, JsonStatTable], context: LoaderContext) -> Cube:
    """A table's answers, resolved and checked against each other.

    Raises InputError when English is missing, the answers are not the same table, a dimension
    is not described in the source's TOML, or a label has no term.
    """
    if "en" not in answers:
        capture = next(iter(answers.values())).capture
        what = f"{table.id}: the English answer is missing, codes are named after its labels"
        raise InputError(what, where=capture.name, hint="Fetch …/api/v1/en/… too.")
    english = answers["en"]
    for answer in answers.values():
        _same_dimensions(answer, table)
        _same_table(english, answer, table)
    dataset = context.names.dataset(context.source.id, table.id)
    order = [d.id for d in english.dimensions]
    axes = tuple(
        _resolve(axis, order.index(axis.id), english, f"{dataset}/cube", context)
        for axis in table.axes
    )
    return Cube(table, answers, dataset, axes)


def _same_dimensions(answer: JsonStatTable, table: PxTable) -> None:
    here = {d.id for d in answer.dimensions}
    described = {axis.id for axis in table.axes}
    hint = f"Describe it under [options.tables.{table.id}] in the source's TOML."
    for name in sorted(here - described):
        what = f"dimension “{name}” is not described"
        raise error_at(answer.capture, what, "dimension", name, hint=hint)
    for name in sorted(described - here):
        raise error_at(answer.capture, f"dimension “{name}” is missing", "dimension", hint=hint)


def _same_table(english: JsonStatTable, answer: JsonStatTable, table: PxTable) -> None:
    """Positions mean the same in both, or labels would be given to the wrong figures."""
    for one, other in zip(english.dimensions, answer.dimensions, strict=True):
        if (one.id, one.codes) != (other.id, other.codes):
            what = f"not the codes of {english.capture.name}: was the table updated in between?"
            raise error_at(answer.capture, what, "dimension", other.id, "category", "index")
    years = [axis.id for axis in table.axes if axis.role == "year"]
    for name in years:
        _same_years(english, answer, name)


def _same_years(english: JsonStatTable, answer: JsonStatTable, name: str) -> None:
    one, other = english.dimension(name), answer.dimension(name)
    for code in one.codes:
        if other.labels.get(code, one.labels.get(code)) != one.labels.get(code):
            what = f"“{other.labels[code]}”, but “{one.labels.get(code)}” in {english.capture.name}"
            at = ("dimension", name, "category", "label", code)
            raise error_at(answer.capture, what, *at, hint="Fetch both languages again.")


def _resolve(
    axis: Axis, position: int, english: JsonStatTable, cube: str, context: LoaderContext
) -> CubeAxis:
    dimension = english.dimension(axis.id)
    make = _ROLES[axis.role](axis, cube, context)
    terms = tuple(_term(make, code, dimension, english) for code in dimension.codes)
    _check_unique(terms, dimension, english)
    if axis.total and slug(axis.total) not in {term.key for term in terms}:
        what = f"no label “{axis.total}”, which the others are part of"
        raise error_at(english.capture, what, "dimension", axis.id, "category", "label")
    return CubeAxis(axis, position, _property(axis, cube), terms)


def _term(
    make: Callable[[str], DimensionCode | None],
    code: str,
    dimension: JsonStatDimension,
    answer: JsonStatTable,
) -> DimensionCode:
    label = dimension.labels.get(code)
    term = make(label) if label is not None else None
    if term is None:
        what = f"“{label}” has no term" if label is not None else "the label is missing"
        at = ("dimension", dimension.id, "category", "label", code)
        raise error_at(answer.capture, what, *at, hint=_TERM_HINT)
    return term


_TERM_HINT = "Add the label to the source's TOML, or ask the agency what it means."


def _check_unique(
    terms: tuple[DimensionCode, ...], dimension: JsonStatDimension, answer: JsonStatTable
) -> None:
    seen: dict[str, str] = {}
    for code, term in zip(dimension.codes, terms, strict=True):
        if term.key in seen:
            first = pointer("dimension", dimension.id, "category", "label", seen[term.key])
            what = f"“{dimension.labels[code]}” would be “{term.key}”, as {first} already is"
            at = ("dimension", dimension.id, "category", "label", code)
            raise error_at(answer.capture, what, *at, hint=_TERM_HINT)
        seen[term.key] = code


def _property(axis: Axis, cube: str) -> ox.NamedNode:
    shared = {"area": SDMX_DIMENSION.refArea, "year": SDMX_DIMENSION.refPeriod}
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
    """Areas are concepts of a scheme others publish, so only labels known there have one.

    The label as written goes first: leading blanks are the only thing that tells the region
    Ulaanbaatar from the capital Ulaanbaatar below it.
    """
    notations = section(context.source, "schemes", axis.scheme)

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


_ROLES = {"concept": _concepts, "area": _areas, "year": _years}
