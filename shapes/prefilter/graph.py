"""An rdflib graph over sorted lines for pySHACL: subjects are looked up, nothing is loaded."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from functools import lru_cache
from typing import Any

from rdflib import Graph, Literal, URIRef
from rdflib.namespace import NamespaceManager, split_uri
from rdflib.store import Store
from rdflib.term import Node

from shapes.prefilter.index import GraphIndex
from shapes.prefilter.spool import Group, LineSpool
from shapes.prefilter.terms import term, token

RdflibTriple = tuple[Node, Node, Node]
Pattern = tuple[Node | None, Node | None, Node | None]


def merged(groups: Sequence[Group]) -> Group:
    """The statements about one subject from several spools, without duplicates."""
    if len(groups) == 1:
        return groups[0]
    found: Group = {}
    for group in groups:
        for predicate, values in group.items():
            known = found.setdefault(predicate, [])
            known.extend(value for value in values if value not in known)
    return found


class LineGraph(Store):
    """A read-only rdflib store over spools.

    Subjects by object come from the index if it contains the predicate; otherwise every line is
    read, which is correct but slow.
    """

    def __init__(self, spools: Sequence[LineSpool], index: GraphIndex) -> None:
        super().__init__()
        self._spools = spools
        self._index = index
        # pySHACL reads the same subject many times, once for each property shape
        self.group = lru_cache(1 << 12)(self._group)

    def _group(self, subject: bytes) -> Group:
        return merged([spool.group(subject) for spool in self._spools])

    def __len__(self, context: Any = None) -> int:
        return sum(len(spool) for spool in self._spools)

    def triples(
        self, triple_pattern: Pattern, context: Any = None
    ) -> Generator[tuple[RdflibTriple, Iterator[Any]], None, None]:
        """All triples of a pattern."""
        subject, predicate, value = triple_pattern
        for focus in self._subjects(subject, predicate, value):
            for found in self._of(focus, predicate, value):
                yield found, iter(())

    def _subjects(self, subject: Node | None, predicate: Node | None, value: Node | None) -> Any:
        if subject is not None:
            # pySHACL follows paths from literals too; they have no statements
            return () if isinstance(subject, Literal) else (token(subject),)
        table = self._index.inverse.get(token(predicate)) if predicate is not None else None
        if table is not None:
            keys = table if value is None else (token(value),)
            return dict.fromkeys(s for key in keys for s in table.get(key, ()))
        return dict.fromkeys(s for spool in self._spools for s, _ in spool.groups())

    def _of(
        self, subject: bytes, predicate: Node | None, value: Node | None
    ) -> Iterator[RdflibTriple]:
        group = self.group(subject)
        for key in group if predicate is None else (token(predicate),):
            for found in group.get(key, ()):
                if value is None or term(found) == value:
                    yield term(subject), term(key), term(found)

    def namespace(self, prefix: str) -> Any:
        """The namespace that `bind` bound to a prefix."""
        return self._prefixes().get(prefix)

    def prefix(self, namespace: Any) -> Any:
        """The prefix bound to a namespace."""
        return next((p for p, n in self._prefixes().items() if n == namespace), None)

    def bind(self, prefix: str, namespace: Any, override: bool = True) -> None:
        """Bind a prefix; reports abbreviate IRIs with them."""
        known = self._prefixes()
        if override or (prefix not in known and namespace not in known.values()):
            known[prefix] = namespace

    def namespaces(self) -> Any:
        """All prefixes bound."""
        return iter(self._prefixes().items())

    def _prefixes(self) -> dict[str, Any]:
        known: dict[str, Any] = self.__dict__.setdefault("_bound", {})
        return known


class Prefixes(NamespaceManager):
    """A namespace manager that does not remember every namespace it has seen.

    rdflib's own searches a list that grows with the data, so its time grew with the square of the
    number of results.
    """

    def normalizeUri(self, rdfTerm: str) -> str:  # noqa: N802, N803
        """An IRI with its prefix, or in angle brackets."""
        try:
            namespace, _ = split_uri(rdfTerm)
        except ValueError:
            return f"<{rdfTerm}>"
        if self.store.prefix(URIRef(namespace)) is None:
            return f"<{rdfTerm}>"
        return super().normalizeUri(rdfTerm)

    def bind(
        self, prefix: str | None, namespace: Any, override: bool = True, replace: bool = False
    ) -> None:
        """Bind unless bound already: pySHACL binds `sh` again for each name it writes."""
        if self.store.namespace(prefix or "") != URIRef(str(namespace)):
            super().bind(prefix, namespace, override, replace)


def graph(spools: Sequence[LineSpool], index: GraphIndex) -> Graph:
    """The lines of spools as a graph with rdflib's default prefixes."""
    data = Graph(store=LineGraph(spools, index), bind_namespaces="none")
    data.namespace_manager = Prefixes(data, bind_namespaces="rdflib")
    return data
