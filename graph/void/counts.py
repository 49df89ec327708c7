"""The numbers of one graph: how often each class and property is used, and with what.

A graph is divided like VoID divides a dataset: by class, by property, by property within a class,
and there by the class or the datatype of the values. A number belongs to a part and a measure.
"""

from __future__ import annotations

from collections import Counter
from typing import Literal

PartitionKind = Literal["class", "property", "datatype"]
Partition = tuple[tuple[PartitionKind, str], ...]
"""The way to a part: `()` is the graph, `(("class", c), ("property", p))` what is said with p of
the things of class c."""
VoidMeasure = Literal["triples", "entities", "distinctSubjects", "distinctObjects"]
Tally = Counter[tuple[Partition, VoidMeasure]]
"""Names of measures are VoID's. `entities` of a graph are its subjects that have a class."""

Classes = tuple[str, ...]
ObjectClasses = Classes | str
"""What an object is: the classes of a thing (none where it is not described), or a datatype."""

WHOLE: Partition = ()


def of_property(name: str) -> Partition:
    """What is said with a property."""
    return (("property", name),)


def of_class(name: str) -> Partition:
    """What is said of the things of a class."""
    return (("class", name),)


def add_subjects(tally: Tally, classes: Classes, number: int) -> None:
    """Count subjects of these classes; a negative number takes them away again."""
    tally[WHOLE, "distinctSubjects"] += number
    if classes:
        tally[WHOLE, "entities"] += number
    for name in classes:
        tally[of_class(name), "entities"] += number


def add_uses(tally: Tally, classes: Classes, name: str, number: int) -> None:
    """Count subjects of these classes that have a property, however often."""
    tally[of_property(name), "distinctSubjects"] += number
    for one in classes:
        tally[of_class(one) + of_property(name), "distinctSubjects"] += number


def add_triples(
    tally: Tally, classes: Classes, name: str, values: ObjectClasses, number: int
) -> None:
    """Count triples by the classes of the subject, the property, and what the object is."""
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
