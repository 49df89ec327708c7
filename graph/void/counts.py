"""The statistics of one graph: how often each class and property is used, and with which values.

A graph is partitioned as in VoID: by class, by property, by property within a class, and there by
the class or the datatype of the values. Each number belongs to a partition and a measure.
"""

from __future__ import annotations

from collections import Counter
from typing import Literal

PartitionKind = Literal["class", "property", "datatype"]
Partition = tuple[tuple[PartitionKind, str], ...]
"""A path of partitions: `()` is the whole graph, `(("class", c), ("property", p))` the statements
with property p about things of class c."""
VoidMeasure = Literal["triples", "entities", "distinctSubjects", "distinctObjects"]
Tally = Counter[tuple[Partition, VoidMeasure]]
"""Measures have their VoID names. `entities` of a graph are its subjects that have a class."""

Classes = tuple[str, ...]
ObjectClasses = Classes | str
"""The kind of an object: the classes of a thing (none where it has none), or a datatype."""

WHOLE: Partition = ()


def of_property(name: str) -> Partition:
    """The partition of a property."""
    return (("property", name),)


def of_class(name: str) -> Partition:
    """The partition of a class."""
    return (("class", name),)


def add_subjects(tally: Tally, classes: Classes, number: int) -> None:
    """Count `number` subjects with these classes; a negative number subtracts."""
    tally[WHOLE, "distinctSubjects"] += number
    if classes:
        tally[WHOLE, "entities"] += number
    for name in classes:
        tally[of_class(name), "entities"] += number


def add_uses(tally: Tally, classes: Classes, name: str, number: int) -> None:
    """Count `number` subjects with these classes that have property `name`, once or more often."""
    tally[of_property(name), "distinctSubjects"] += number
    for one in classes:
        tally[of_class(one) + of_property(name), "distinctSubjects"] += number


def add_triples(
    tally: Tally, classes: Classes, name: str, values: ObjectClasses, number: int
) -> None:
    """Count `number` triples by classes of the subject, property, and kind of the object."""
    tally[WHOLE, "triples"] += number
    tally[of_property(name), "triples"] += number
    ends: list[Partition] = (
        [(("datatype", values),)] if isinstance(values, str) else [of_class(v) for v in values]
    )
    for one in classes:
        part = of_class(one) + of_property(name)
        tally[of_class(one), "triples"] += number
        tally[part, "triples"] += number
        for end in ends:
            tally[part + end, "triples"] += number
