"""What checks need of other subjects: chosen predicates of all statements, both ways."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

TYPE = b"<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
SUBCLASS = b"<http://www.w3.org/2000/01/rdf-schema#subClassOf>"

ObjectsBySubject = dict[bytes, tuple[bytes, ...]]


class GraphIndex:
    """Objects by subject for `forward` predicates, subjects by object for `inverse` ones."""

    def __init__(self, forward: Iterable[bytes], inverse: Iterable[bytes]) -> None:
        self.forward: dict[bytes, ObjectsBySubject] = {p: {} for p in (TYPE, SUBCLASS, *forward)}
        self.inverse: dict[bytes, ObjectsBySubject] = {p: {} for p in inverse}
        self._wanted = self.forward.keys() | self.inverse.keys()
        self._same: dict[tuple[bytes, ...], tuple[bytes, ...]] = {}

    def add(self, line: bytes) -> None:
        """Take note of a canonical line with line feed."""
        subject, predicate, value = line.split(b" ", 2)
        if predicate in self._wanted:
            value = value[:-3]
            if predicate in self.forward:
                self._put(self.forward[predicate], subject, value)
            if predicate in self.inverse:
                self._put(self.inverse[predicate], value, subject)

    def _put(self, table: ObjectsBySubject, key: bytes, value: bytes) -> None:
        known = table.get(key, ())
        if value not in known:
            table[key] = values = (*known, value)
            if table is self.forward[TYPE]:  # many subjects, few sets of types
                table[key] = self._same.setdefault(values, values)

    def types(self, node: bytes) -> tuple[bytes, ...]:
        """Its rdf:type values, in the order they were read."""
        return self.forward[TYPE].get(node, ())

    def objects(self, node: bytes, predicate: bytes) -> Sequence[bytes]:
        """The values of a forward predicate."""
        return self.forward[predicate].get(node, ())

    def subjects(self, node: bytes, predicate: bytes) -> Sequence[bytes]:
        """Whose value of an inverse predicate the node is."""
        return self.inverse[predicate].get(node, ())

    def instances_of(self, class_: bytes) -> frozenset[bytes]:
        """The class and all it is a superclass of, as rdfs:subClassOf says in the data."""
        below: dict[bytes, list[bytes]] = {}
        for lower, uppers in self.forward[SUBCLASS].items():
            for upper in uppers:
                below.setdefault(upper, []).append(lower)
        found, waiting = {class_}, [class_]
        while waiting:
            new = set(below.get(waiting.pop(), ())) - found
            found |= new
            waiting.extend(new)
        return frozenset(found)
