"""The IRIs and values that several statements about the dataset share."""

from __future__ import annotations

from dataclasses import dataclass

import pyoxigraph as ox

from graph.core import iris
from loaders.pipeline.protocol import LoaderContext
from loaders.pipeline.record import Record
from loaders.systems.local_services.facts import Fact


@dataclass(frozen=True, slots=True)
class DatasetIris:
    """The IRIs of one dataset: its cube, the group of its observations, its service group."""

    dataset: ox.NamedNode
    cube: str
    rows: ox.NamedNode
    group: ox.NamedNode

    def part(self, name: str) -> ox.NamedNode:
        """A part of the dataset."""
        return ox.NamedNode(f"{self.dataset.value}#{name}")


def dataset_iris(record: Record, context: LoaderContext) -> DatasetIris:
    """The IRIs of the dataset that a record belongs to."""
    dataset = context.names.dataset(context.source.id, record.data["item"])
    cube = context.names.cube(dataset)
    return DatasetIris(
        dataset=ox.NamedNode(dataset),
        cube=cube,
        rows=ox.NamedNode(f"{cube}#rows"),
        group=ox.NamedNode(context.names.service(context.source.id)),
    )


def fact_of(record: Record) -> Fact:
    """The fact of a record."""
    fact = record.data["fact"]
    assert isinstance(fact, Fact)
    return fact


def unit_code(record: Record) -> str:
    """The land-agency code of the aimag that a fact is about."""
    return str(record.data["names"][fact_of(record).name])


def area(unit: str) -> ox.NamedNode:
    """The concept of a unit in the land agency's scheme."""
    return ox.NamedNode(iris.concept("au", unit))


def period_iri(record: Record) -> ox.NamedNode:
    """The period that all observations are about."""
    return ox.NamedNode(iris.period("--".join(record.data["period"])))
