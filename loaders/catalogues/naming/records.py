"""The named triples of a harvest, record by record.

A record is a dataset with its parts, a catalogue, a service, a dcat:CatalogRecord, or another thing
that is described.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from loaders.catalogues.naming import assignment, keys, kinds
from loaders.catalogues.naming.minting import Minter
from loaders.catalogues.naming.nodes import NodeNames
from loaders.catalogues.naming.spool import Spool, SpooledPlace
from loaders.catalogues.naming.terms import is_blank, is_literal

THING = "thing"
"""What is described and is no resource of the catalogue: an organisation, a licence."""

_OTHERS = f"""
SELECT DISTINCT subject FROM triple WHERE substr(subject, 1, 1) <> '_'
AND subject NOT IN (SELECT node FROM resource WHERE kind <> {kinds.KINDS.index(kinds.DISTRIBUTION)})
AND subject NOT IN (SELECT object FROM triple WHERE predicate IN {kinds.DISTRIBUTION_LINKS})
ORDER BY subject
"""
_UNREACHED = """
SELECT DISTINCT subject FROM triple WHERE substr(subject, 1, 1) = '_'
AND subject NOT IN (SELECT node FROM reached) ORDER BY subject
"""


@dataclass(frozen=True, slots=True)
class NamedRecord:
    """A record: its kind, its name, where it stands, and its triples as text."""

    kind: str
    iri: str
    node: str
    place: SpooledPlace
    triples: tuple[tuple[str, str, str], ...]
    nodes: tuple[str, ...]
    """The nodes of the spool that it consists of, itself first."""
    is_stale: bool = False
    """Whether it is what the last version had, because it could not be read today."""


def name_all(spool: Spool, minter: Minter, earlier: Spool | None) -> NodeNames:
    """Name everything in a finished spool; `earlier` has the last version (`earlier_spool`)."""
    keys.collect(spool)
    assignment.assign(spool, earlier, minter)
    return NodeNames(spool, minter)


def earlier_spool(lines: Iterable[bytes], minter: Minter) -> Spool:
    """The stated lines of the last version, with the keys of its resources."""
    spool = Spool(minter.is_made)
    spool.add_lines(lines)
    spool.finish()
    keys.collect(spool)
    return spool


def records(spool: Spool, names: NodeNames) -> Iterator[NamedRecord]:
    """All records of a harvest whose nodes are named."""
    walk = _Walk(spool, names)
    for kind in (kinds.CATALOG, kinds.SERVICE, kinds.DATASET, kinds.RECORD):
        yield from walk.resources(kind)
    for (node,) in list(spool.db.execute(_OTHERS)):
        yield walk.record(THING, node)
    yield from walk.unreached()


class _Walk:
    """Follows each record's properties to its parts and values."""

    def __init__(self, spool: Spool, names: NodeNames) -> None:
        self._spool = spool
        self._names = names
        spool.db.execute("CREATE TABLE reached (node TEXT PRIMARY KEY)")

    def resources(self, kind: str) -> Iterator[NamedRecord]:
        """The records of one kind, in the order of their names; of equal ones, the first."""
        named = ((self._names.of(node), node) for node in self._spool.resources(kind))
        last = ""
        for iri, node in sorted(named):
            if iri != last:
                yield self.record(kind, node)
            else:  # equal to the one before
                self._triples(node, iri)
            last = iri

    def unreached(self) -> Iterator[NamedRecord]:
        """What nothing refers to, and rings that are reached from nowhere."""
        nodes = [node for (node,) in self._spool.db.execute(_UNREACHED)]
        for node in sorted(nodes, key=self._names.of):
            if not self._is_reached(node):
                yield self.record(THING, node)

    def record(self, kind: str, node: str) -> NamedRecord:
        """The record of a node."""
        iri = self._names.of(node)
        triples, nodes = self._triples(node, iri)
        return NamedRecord(kind, iri, node, self._spool.place(node), triples, nodes)

    def _triples(
        self, root: str, iri: str
    ) -> tuple[tuple[tuple[str, str, str], ...], tuple[str, ...]]:
        found: dict[tuple[str, str, str], None] = {}
        # node, its name, and what parts of it are named by: the resource that it belongs to
        seen, stack = {(root, iri): None}, [(root, iri, iri)]
        while stack:
            node, name, owner = stack.pop()
            for predicate, value in self._spool.properties(node):
                if value[0] != "_" and predicate not in kinds.DISTRIBUTION_LINKS:
                    found[(name, predicate, value)] = None
                    continue
                part = self._names.of(value, predicate, owner)
                found[(name, predicate, part)] = None
                if (value, part) not in seen and self._belongs(value, predicate):
                    seen[(value, part)] = None
                    is_resource = self._spool.kind(value) == kinds.DISTRIBUTION
                    stack.append((value, part, part if is_resource else owner))
        nodes = tuple(dict.fromkeys(node for node, _ in seen))
        self._reach(nodes)
        return tuple(found), nodes

    def _belongs(self, value: str, predicate: str) -> bool:
        """Whether a value is a part of the record that refers to it."""
        if predicate in kinds.DISTRIBUTION_LINKS:
            return not is_literal(value)
        return self._spool.kind(value) in ("", kinds.DISTRIBUTION)

    def _reach(self, nodes: Iterable[str]) -> None:
        rows = [(node,) for node in nodes if is_blank(node)]
        self._spool.db.executemany("INSERT OR IGNORE INTO reached VALUES (?)", rows)

    def _is_reached(self, node: str) -> bool:
        found = self._spool.db.execute("SELECT 1 FROM reached WHERE node = ?", (node,))
        return found.fetchone() is not None
