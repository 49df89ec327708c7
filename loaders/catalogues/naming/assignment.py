"""Names for datasets, services and catalogues: recognised from the last version, else new."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from loaders.catalogues.naming import kinds
from loaders.catalogues.naming.contents import digest
from loaders.catalogues.naming.keys import NAMING, RECOGNISING, TELLING_APART, KeyKind
from loaders.catalogues.naming.minting import Minter, local_id, shared_local_id
from loaders.catalogues.naming.spool import Spool

_SCHEMA = """
CREATE TABLE name (node TEXT PRIMARY KEY, iri TEXT UNIQUE);
CREATE TABLE earlier (
  kind INT, resource TEXT, value TEXT, iri TEXT, PRIMARY KEY (kind, resource, value)
) WITHOUT ROWID;
"""
_UNIQUE = """
SELECT kind, resource, value, min(node) AS node FROM key
GROUP BY resource, kind, value HAVING count(*) = 1
"""
_RECOGNISED = f"""
INSERT OR IGNORE INTO name
SELECT own.node, earlier.iri FROM ({_UNIQUE.replace("GROUP", "WHERE kind = ?1 GROUP")}) AS own
CROSS JOIN earlier USING (kind, resource, value)
WHERE is_anonymous(own.node) ORDER BY earlier.iri, value
"""
_UNNAMED = """
SELECT node FROM key WHERE resource = :resource AND kind = :kind AND is_anonymous(node)
AND node NOT IN (SELECT node FROM name) ORDER BY value, node
"""
_ANONYMOUS = "SELECT count(*) FROM key WHERE resource = ? AND kind = ? AND is_anonymous(node)"
# counting stops at two: a portal may have one publisher for all
_KEYS = """
SELECT kind, value, (SELECT count(*) FROM (
  SELECT 1 FROM key AS other
  WHERE other.resource = own.resource AND other.kind = own.kind AND other.value = own.value LIMIT 2
)) FROM key AS own WHERE node = ? ORDER BY kind, value
"""
# CROSS JOIN: the other key first, since it is seldom shared
_WITH_BOTH = """
SELECT count(*) FROM (
  SELECT 1 FROM key AS other CROSS JOIN key AS own USING (resource, node)
  WHERE resource = ? AND own.kind = ? AND own.value = ? AND other.kind = ? AND other.value = ?
  LIMIT 2
)
"""


def assign(spool: Spool, previous: Spool | None, minter: Minter) -> None:
    """Fill the table `name` of a spool whose keys were collected, and those of `previous`."""
    spool.db.executescript(_SCHEMA)
    if previous is not None:
        earlier = previous.db.execute(_UNIQUE)
        kept = (row for row in earlier if minter.is_made(row[3]))
        spool.db.executemany("INSERT INTO earlier VALUES (?, ?, ?, ?)", kept)
        # kind by kind for all: else a neighbour could take a name through a weaker key
        for kind in RECOGNISING:
            spool.db.execute(_RECOGNISED, (int(kind),))
    for resource in kinds.LADDER:
        _Assignment(spool, minter, resource).run()


class _Assignment:
    """New names for what was not recognised."""

    def __init__(self, spool: Spool, minter: Minter, resource: str) -> None:
        self._db = spool.db
        self._minter = minter
        self._resource = resource

    def run(self) -> None:
        condition = {"resource": self._resource, "kind": int(KeyKind.DESCRIPTION)}
        unnamed = [node for (node,) in self._db.execute(_UNNAMED, condition)]
        only = [self._minter.only_catalog()] if self._is_only_catalog() else []
        for node in unnamed:
            made = (self._minter.resource(self._resource, c) for c in self._local_ids(node))
            next(iri for iri in chain(only, made) if self._give(node, iri))

    def _is_only_catalog(self) -> bool:
        condition = (kinds.CATALOG, int(KeyKind.DESCRIPTION))
        (count,) = self._db.execute(_ANONYMOUS, condition).fetchone()
        return self._resource == kinds.CATALOG and count == 1

    def _give(self, node: str, iri: str) -> bool:
        """Name a node; False where another has the name."""
        done = self._db.execute("INSERT OR IGNORE INTO name VALUES (?, ?)", (node, iri))
        return done.rowcount == 1

    def _local_ids(self, node: str) -> Iterator[str]:
        keys = list(self._db.execute(_KEYS, (node,)))
        identifiers = [value for kind, value, _ in keys if kind == KeyKind.IDENTIFIER]
        unique = [value for kind, value, n in keys if kind == KeyKind.IDENTIFIER and n == 1]
        # a readable one first
        yield from sorted(map(local_id, unique), key=lambda one: (one not in unique, one))
        for identifier in identifiers:
            yield from self._shared_ids(identifier, keys)
        for kind, value, count in keys:
            if kind in NAMING[1:] and count == 1:
                yield digest(str(kind), value)
        # of anonymous ones with equal descriptions there is one
        description = next(value for kind, value, _ in keys if kind == KeyKind.DESCRIPTION)
        yield description
        yield from (f"{description}-{number}" for number in range(2, 1_000_000))

    def _shared_ids(self, identifier: str, keys: list[tuple[int, str, int]]) -> Iterator[str]:
        own = {kind: value for kind, value, _ in keys}
        for kind in TELLING_APART:
            if kind in own:
                both = (self._resource, int(KeyKind.IDENTIFIER), identifier, int(kind), own[kind])
                if self._db.execute(_WITH_BOTH, both).fetchone()[0] == 1:
                    yield shared_local_id(identifier, own[kind])
