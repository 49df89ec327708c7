"""The entry of a harvested dataset in our catalogue: its dcat:CatalogRecord, with origin and dates.

All of it is inferred. `dct:issued` is when it was first seen here, `dct:modified` when its
description took its present form; both are kept from the last version where nothing changed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby

from graph.core.iris import Names
from loaders.catalogues.naming import kinds
from loaders.catalogues.naming.contents import digest
from loaders.catalogues.naming.records import NamedRecord
from loaders.catalogues.naming.spool import Spool
from loaders.pipeline.protocol import EarlierLines
from loaders.pipeline.record import INFERRED, STATED
from vocab.namespaces import CORE, DCAT, DCT, FOAF, PROV, RDF

TextTriple = tuple[str, str, str]

_LINKS = {kinds.DATASET: str(DCAT.dataset), kinds.SERVICE: str(DCAT.service)}
_DATE_TIME = "<http://www.w3.org/2001/XMLSchema#dateTime>"
_SCHEMA = """
CREATE TABLE earlier_subject (subject TEXT PRIMARY KEY, digest TEXT) WITHOUT ROWID;
CREATE TABLE earlier_date (record TEXT, predicate TEXT, value TEXT, PRIMARY KEY (record, predicate))
WITHOUT ROWID;
"""
_ISSUED, _MODIFIED = str(DCT.issued), str(DCT.modified)


class Entries:
    """Makes the entries of a source. Tables of its last version are kept in the spool's database.

    `now` is when the harvest was fetched (RFC 3339).
    """

    def __init__(
        self, spool: Spool, names: Names, source: str, previous: EarlierLines | None, now: str
    ) -> None:
        self._db = spool.db
        self._names = names
        self._origin = f"<{names.source(source)}>"
        self._source = source
        self._now = f'"{now}"^^{_DATE_TIME}'
        self._db.executescript(_SCHEMA)
        if previous is not None:
            self._remember(previous)

    def _remember(self, previous: EarlierLines) -> None:
        stated = (line.decode() for line in previous.lines(STATED))
        for subject, lines in groupby(stated, key=lambda line: line.partition(" ")[0]):
            row = (subject, digest(*lines))
            self._db.execute("INSERT INTO earlier_subject VALUES (?, ?)", row)
        inferred = (line.decode()[:-2].split(" ", 2) for line in previous.lines(INFERRED))
        dates = (triple for triple in inferred if triple[1] in (_ISSUED, _MODIFIED))
        self._db.executemany("INSERT OR IGNORE INTO earlier_date VALUES (?, ?, ?)", dates)

    def of(self, record: NamedRecord, inferred: Iterable[TextTriple]) -> Iterator[TextTriple]:
        """The entry of a dataset or service, of which this is inferred."""
        node, catalog = self._record(record.iri), f"<{self._names.catalog}>"
        yield catalog, _LINKS[record.kind], record.iri
        yield catalog, str(DCAT.record), node
        yield node, str(RDF.type), str(DCAT.CatalogRecord)
        yield node, str(FOAF.primaryTopic), record.iri
        yield node, str(PROV.wasDerivedFrom), self._origin
        yield node, _ISSUED, self._earlier(node, _ISSUED) or self._now
        same = self._is_unchanged(record.triples)
        yield node, _MODIFIED, (self._earlier(node, _MODIFIED) if same else "") or self._now
        for predicate in sorted({predicate for _, predicate, _ in inferred}):
            yield node, str(CORE.inferredProperty), predicate

    def _record(self, iri: str) -> str:
        """The name of an entry: under the dataset where that is ours."""
        if iri.startswith(f"<{self._names.base}"):
            return f"<{self._names.record(iri[1:-1])}>"
        return f"<{self._names.record_of_foreign(self._source, digest(iri))}>"

    def _earlier(self, record: str, predicate: str) -> str:
        row = self._db.execute(
            "SELECT value FROM earlier_date WHERE record = ? AND predicate = ?", (record, predicate)
        ).fetchone()
        return str(row[0]) if row else ""

    def _is_unchanged(self, stated: Iterable[TextTriple]) -> bool:
        """Whether the last version has the same statements about each of these subjects."""
        lines: dict[str, list[str]] = {}
        for subject, predicate, value in stated:
            lines.setdefault(subject, []).append(f"{subject} {predicate} {value} .")
        return all(
            self._digest(subject) == digest(*sorted(own, key=str.encode))
            for subject, own in lines.items()
        )

    def _digest(self, subject: str) -> str:
        row = self._db.execute(
            "SELECT digest FROM earlier_subject WHERE subject = ?", (subject,)
        ).fetchone()
        return str(row[0]) if row else ""
