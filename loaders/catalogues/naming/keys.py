"""The keys of datasets, services and catalogues: what tells one from all others of a harvest.

Each key has a kind. In the order of the kinds a resource gets its name, and is recognised. A key
counts only if no other resource of the whole harvest has it.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import IntEnum

from loaders.catalogues.naming import kinds
from loaders.catalogues.naming.contents import Contents, digest
from loaders.catalogues.naming.spool import Pairs, Spool
from loaders.catalogues.naming.terms import text_of


class KeyKind(IntEnum):
    """The kinds of keys, strongest first."""

    IDENTIFIER = 0
    LANDING_PAGE = 1
    ADDRESSES = 2
    ADDRESS = 3
    CONTENT = 4
    DESCRIPTION = 5
    """Everything that is said of it; not kept when anything is edited."""
    PUBLISHER = 6
    """Shared by many; it only tells apart what shares an identifier."""


NAMING = (KeyKind.IDENTIFIER, KeyKind.LANDING_PAGE, KeyKind.ADDRESSES, KeyKind.CONTENT)
RECOGNISING = (*NAMING[:3], KeyKind.ADDRESS, KeyKind.CONTENT, KeyKind.DESCRIPTION)
TELLING_APART = (KeyKind.PUBLISHER, *NAMING[1:], KeyKind.DESCRIPTION)

_SCHEMA = """
CREATE TABLE key (resource TEXT, node TEXT, kind INT, value TEXT);
CREATE TABLE alias (node TEXT PRIMARY KEY, same TEXT);
CREATE INDEX alias_by_same ON alias (same);
"""
_INDEXES = """
CREATE INDEX by_value ON key (resource, kind, value, node);
CREATE INDEX key_by_node ON key (node, kind, value);
"""
# one name for those with equal descriptions; they are blank, so none has a name yet
_ALIASES = """
INSERT INTO alias
SELECT key.node, first FROM key JOIN (
  SELECT resource, value, min(node) AS first FROM key WHERE kind = :kind AND is_anonymous(node)
  GROUP BY resource, value HAVING count(*) > 1
) AS equal ON key.resource = equal.resource AND key.value = equal.value AND key.kind = :kind
WHERE is_anonymous(key.node) AND key.node <> first
"""

_SHARED = """
SELECT 1 FROM key AS own JOIN key AS other USING (resource, kind, value)
WHERE kind = ? AND own.node = ? AND other.node <> own.node LIMIT 1
"""


def collect(spool: Spool) -> None:
    """Compute the keys of all resources into the tables `key` and `alias` of the spool."""
    spool.db.create_function("is_anonymous", 1, spool.is_anonymous, deterministic=True)
    spool.db.executescript(_SCHEMA)
    reader = _KeyReader(spool)
    for kind in kinds.LADDER:
        rows = (
            row
            for node in list(spool.resources(kind))
            for row in {(kind, node, int(key), value) for key, value in reader.keys(node)}
        )
        spool.db.executemany("INSERT INTO key VALUES (?, ?, ?, ?)", rows)
    spool.db.executescript(_INDEXES)
    spool.db.execute(_ALIASES, {"kind": int(KeyKind.DESCRIPTION)})
    spool.db.execute("DELETE FROM key WHERE node IN (SELECT node FROM alias)")


def shares_identifier(spool: Spool, node: str) -> bool:
    """Whether another resource of its kind has an identifier of this one."""
    found = spool.db.execute(_SHARED, (int(KeyKind.IDENTIFIER), node))
    return found.fetchone() is not None


def times_stated(spool: Spool, node: str) -> int:
    """How often a resource is described in the same words."""
    found = spool.db.execute("SELECT count(*) FROM alias WHERE same = ?", (node,))
    return 1 + int(found.fetchone()[0])


class _KeyReader:
    """Computes the keys of resources."""

    def __init__(self, spool: Spool) -> None:
        self._spool = spool
        self._content = Contents(spool.properties, self._token, kinds.CHANGING)
        self._description = Contents(spool.properties, self._token)

    def keys(self, node: str) -> Iterator[tuple[KeyKind, str]]:
        """The keys of a node, each with its kind."""
        pairs = self._spool.properties(node)
        for identifier in _values(pairs, kinds.IDENTIFIER):
            if text := text_of(identifier):
                yield KeyKind.IDENTIFIER, text
        if pages := _values(pairs, kinds.LANDING_PAGE):
            yield KeyKind.LANDING_PAGE, digest(*sorted(map(self._anything, pages)))
        if addresses := self._addresses(pairs):
            yield KeyKind.ADDRESSES, digest(*sorted(addresses))
            yield from ((KeyKind.ADDRESS, digest(one)) for one in addresses)
        yield KeyKind.CONTENT, self._content.of(node)
        yield KeyKind.DESCRIPTION, self._description.of(node)
        if publishers := _values(pairs, kinds.PUBLISHER):
            yield KeyKind.PUBLISHER, digest(*sorted(map(self._anything, publishers)))

    def _addresses(self, pairs: Pairs) -> set[str]:
        """The addresses of a resource and its distributions."""
        found = {self._anything(value) for p, value in pairs if p in kinds.ADDRESSES}
        for predicate, value in pairs:
            if predicate in kinds.DISTRIBUTION_LINKS:
                own = self._spool.properties(value)
                found |= {self._anything(v) for p, v in own if p in kinds.ADDRESSES}
        return found

    def _anything(self, term: str) -> str:
        """A term as part of a key: addresses are the same as text and as IRI."""
        token = self._token(term)
        return self._description.of(term) if token is None else text_of(token)

    def _token(self, term: str) -> str | None:
        if not self._spool.is_anonymous(term):
            return term
        kind = self._spool.kind(term)
        # what has keys of its own, or belongs to another, is no part of the content
        return f"a {kind}" if kind not in ("", kinds.DISTRIBUTION) else None


def _values(pairs: Pairs, predicate: str) -> list[str]:
    return [value for p, value in pairs if p == predicate]
