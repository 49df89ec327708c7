"""An index of the predicates that checks need of other subjects, in both directions."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence

TYPE = b"<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
SUBCLASS = b"<http://www.w3.org/2000/01/rdf-schema#subClassOf>"

ObjectsBySubject = dict[bytes, tuple[bytes, ...]]


MAX_TYPED = 400_000
"""The number of things whose types are held in memory: some 100 MB. More are looked up."""


class GraphIndex:
    """Objects by subject for `forward` predicates, subjects by object for `inverse` predicates."""

    look_up: Callable[[bytes], tuple[bytes, ...]]
    """Gives the types of a thing that are not held here; to be set where there may be more things
    than MAX_TYPED."""

    def __init__(self, forward: Iterable[bytes], inverse: Iterable[bytes]) -> None:
        self.forward: dict[bytes, ObjectsBySubject] = {p: {} for p in (TYPE, SUBCLASS, *forward)}
        self.inverse: dict[bytes, ObjectsBySubject] = {p: {} for p in inverse}
        predicates = map(re.escape, sorted(self.forward.keys() | self.inverse.keys()))
        # the line feed before: what begins with a fixed byte is found at once; possessive, or each
        # line with another predicate is tried again from every byte of its subject
        self._indexed = re.compile(rb"\n([^ \n]++) (%s) ([^\n]*) \." % b"|".join(predicates))
        self._interned: dict[tuple[bytes, ...], tuple[bytes, ...]] = {}
        self._more_typed = False

    def add(self, block: bytes) -> None:
        """Add the canonical lines of a block (with their line feeds) whose predicate is indexed."""
        for found in self._indexed.finditer(b"\n" + block):
            subject, predicate, value = found.groups()
            if predicate in self.forward:
                self._put(self.forward[predicate], subject, value)
            if predicate in self.inverse:
                self._put(self.inverse[predicate], value, subject)

    def _put(self, table: ObjectsBySubject, key: bytes, value: bytes) -> None:
        known = table.get(key, ())
        if not known and len(table) >= MAX_TYPED and table is self.forward[TYPE]:
            self._more_typed = True
        elif value not in known:
            table[key] = values = (*known, value)
            if table is self.forward[TYPE]:  # interned: many subjects, few sets of types
                table[key] = self._interned.setdefault(values, values)

    def types(self, node: bytes) -> tuple[bytes, ...]:
        """The rdf:type values of a node."""
        held = self.forward[TYPE].get(node)
        if held is None:
            return self.look_up(node) if self._more_typed else ()
        return held

    def objects(self, node: bytes, predicate: bytes) -> Sequence[bytes]:
        """The values of a forward predicate."""
        return self.types(node) if predicate == TYPE else self.forward[predicate].get(node, ())

    def subjects(self, node: bytes, predicate: bytes) -> Sequence[bytes]:
        """The subjects that have the node as value of an inverse predicate."""
        return self.inverse[predicate].get(node, ())

    def class_and_subclasses(self, class_: bytes) -> frozenset[bytes]:
        """The class and all its subclasses, by rdfs:subClassOf in the data."""
        subclasses: dict[bytes, list[bytes]] = {}
        for lower, uppers in self.forward[SUBCLASS].items():
            for upper in uppers:
                subclasses.setdefault(upper, []).append(lower)
        found, queue = {class_}, [class_]
        while queue:
            new = set(subclasses.get(queue.pop(), ())) - found
            found |= new
            queue.extend(new)
        return frozenset(found)
