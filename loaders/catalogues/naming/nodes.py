"""Names of all nodes: those with keys from the table, others by what they belong to or contain."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from functools import lru_cache

from loaders.catalogues.naming import kinds
from loaders.catalogues.naming.contents import Contents, digest
from loaders.catalogues.naming.minting import Minter
from loaders.catalogues.naming.spool import Spool

_OWNERS = f"""
SELECT DISTINCT subject, coalesce(iri, subject) AS owner FROM triple
LEFT JOIN name ON node = subject
WHERE predicate IN {kinds.DISTRIBUTION_LINKS} AND substr(object, 1, 1) = '_'
AND subject NOT IN (SELECT node FROM alias) AND substr(owner, 1, 1) <> '_' ORDER BY owner
"""

_NAME = "SELECT iri FROM name WHERE node = ifnull((SELECT same FROM alias WHERE node = ?1), ?1)"


_REMEMBERED = 1_000  # nodes


class NodeNames:
    """The name of each anonymous node of a spool whose table `name` is filled."""

    def __init__(self, spool: Spool, minter: Minter) -> None:
        self._spool = spool
        self._minter = minter
        self._name: Callable[[str], str | None] = self._stored_name
        self._contents = Contents(spool.properties, self.known)
        self._name_distributions()
        self._name_records()
        self._name = lru_cache(_REMEMBERED)(self._stored_name)
        # until now their content stood for distributions and records
        self._contents = Contents(spool.properties, self.known)

    def known(self, term: str) -> str | None:
        """A term that has a name already, or the name it has; None where content gives it."""
        if not self._spool.is_anonymous(term):
            return term
        return self._name(term)

    def _stored_name(self, term: str) -> str | None:
        row = self._spool.db.execute(_NAME, (term,)).fetchone()
        return str(row[0]) if row else None

    def of(self, term: str, predicate: str = "", owner: str = "") -> str:
        """The name of a term that is the value of a property of `owner`."""
        known = self.known(term)
        if known is not None:
            return known
        content = self._contents.of(term)
        if predicate in kinds.PARTS:
            return self._minter.part(owner, content)
        return self._minter.value(content)

    def _give(self, node: str, iri: str) -> None:
        self._spool.db.execute("INSERT OR IGNORE INTO name VALUES (?, ?)", (node, iri))

    def _name_distributions(self) -> None:
        """Each under the first of its owners by name, told apart by addresses, then content."""
        for owner, name in list(self._spool.db.execute(_OWNERS)):
            nodes = [
                value
                for predicate, value in self._spool.properties(owner)
                if predicate in kinds.DISTRIBUTION_LINKS and self.known(value) is None
            ]
            for node, key in _numbered(self._told_apart(list(dict.fromkeys(nodes)))):
                self._give(node, self._minter.distribution(name, key))

    def _told_apart(self, nodes: list[str]) -> list[tuple[str, str]]:
        contents = {node: self._contents.of(node) for node in nodes}
        keys = {node: self._addresses(node) or contents[node] for node in nodes}
        shared = {key for key, count in Counter(keys.values()).items() if count > 1}
        return [
            (node, digest(key, contents[node]) if key in shared else key)
            for node, key in keys.items()
        ]

    def _addresses(self, node: str) -> str:
        found = {v for p, v in self._spool.properties(node) if p in kinds.ADDRESSES}
        tokens = {self.known(value) or self._contents.of(value) for value in found}
        return digest(*sorted(tokens)) if tokens else ""

    def _name_records(self) -> None:
        records = [n for n in self._spool.resources(kinds.RECORD) if self._spool.is_anonymous(n)]
        by_topic: dict[str, list[str]] = {}
        for node in records:
            by_topic.setdefault(self._topic(node), []).append(node)
        for topic, nodes in by_topic.items():
            keys = [(n, self._contents.of(n) if len(nodes) > 1 or not topic else "") for n in nodes]
            for node, key in _numbered(keys):
                self._give(node, self._minter.value(f"record-{digest(topic, key)}"))

    def _topic(self, node: str) -> str:
        values = [v for p, v in self._spool.properties(node) if p in kinds.TOPIC_LINKS]
        values += self._spool.referring(node, kinds.TOPIC_INVERSES)
        return min((self.known(value) or "" for value in values), default="")


def _numbered(keys: list[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Equal keys with a number from the second on."""
    seen: Counter[str] = Counter()
    for node, key in keys:
        seen[key] += 1
        yield node, key if seen[key] == 1 else f"{key}-{seen[key]}"
