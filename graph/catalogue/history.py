"""What each publication changed in the catalogue, read from the lines of the versions.

The list is brought forward publication by publication, in the order of the ledger: from the last
snapshot's state, or from nothing. Both give the same list, because both read the same lines: when a
dataset was first seen and last changed, which identifier it has, and what became of it.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence
from datetime import datetime

import pyoxigraph as ox

from graph.catalogue.description.entry import Entry, local_id
from graph.catalogue.description.properties import DESCRIPTION, PROPERTIES, ValueKind
from graph.catalogue.description.values import is_iri, readable
from graph.core.instance import Instance
from graph.ledger import Event
from graph.statements.layer import FINDINGS
from graph.versions import diff
from graph.versions.state import is_public, public_sources, state
from vocab.namespaces import DCAT, DCT, QB, RDF, SDMX_ATTRIBUTE

DATASET, SERIES, SERVICE = "Dataset", "DatasetSeries", "DataService"
_TYPE = str(RDF.type).encode()
_KINDS = {str(DCAT[kind]).encode(): kind for kind in (DATASET, SERIES, SERVICE)}
_LINKS = frozenset(
    str(p).encode()
    for p in (
        *(p for p, values in PROPERTIES.items() if values.kind is ValueKind.PART),
        *(DCT.hasFormat, QB.structure, QB.component),  # a cube's structure is told by StatDCAT-AP
    )
)
_OF_CUBES = (QB.structure, QB.component, QB.dimension, QB.attribute, SDMX_ATTRIBUTE.unitMeasure)
_SERVES = str(DCAT.servesDataset).encode()
_IDENTIFIER, _TITLE = str(DCT.identifier).encode(), str(DCT.title).encode()
_EXPORTED = frozenset(str(p).encode() for p in {*PROPERTIES, *DESCRIPTION, *_OF_CUBES} - {RDF.type})
_KNOWN = "SELECT source, identifier, issued FROM dataset WHERE iri = ?"
Known = tuple[str, str, str]
"""The source of a dataset, its identifier, and when it was first published here."""
_TEMPORARY = """
CREATE TEMP TABLE changed (iri TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TEMP TABLE cut (child TEXT, parent TEXT, source TEXT);
CREATE TEMP TABLE old_title (iri TEXT, value TEXT, language TEXT);
CREATE TEMP TABLE ever_changed (iri TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TEMP TABLE remake (iri TEXT PRIMARY KEY) WITHOUT ROWID;
"""
_OWNERS = """
WITH RECURSIVE up(iri) AS (
  SELECT iri FROM changed UNION SELECT parent FROM part JOIN up ON part.child = up.iri
) SELECT DISTINCT up.iri FROM up JOIN typed ON typed.iri = up.iri AND kind = 'Dataset'
  UNION SELECT up.iri FROM up JOIN dataset ON dataset.iri = up.iri"""


def replay(
    connection: sqlite3.Connection, instance: Instance, events: Sequence[Event], since: int
) -> int:
    """Bring a list that shows the first `since` events forward to all of them.

    Only sources that are public now are read. Tables `remake` (datasets) and `ever_changed`
    (subjects) then say what is to be described anew. Returns the size of the ledger after the last
    publication that changed anything the catalogue can tell, 0 where none did.
    """
    connection.executescript(_TEMPORARY)
    public, published, last = public_sources(state(events)), state(events[:since]), 0
    for event in events[since:]:
        if event["type"] != "Publish":
            continue
        load, before = events[event["load"]], published.get(event["source"])
        told = before is not None and is_public(before) != is_public(load)
        if event["source"] in public:
            told |= _Publication(connection, instance, before, load, str(event["at"])).apply()
        if told:
            last = event["index"] + 1
        published[event["source"]] = load
    return last


class _Publication:
    """One publication: the lines it adds and deletes, and what follows from them.

    `at` is when it was published: a load that was held may be published days after it was made,
    and a harvester that asks for what changed since its last visit must not miss it.
    """

    def __init__(
        self,
        connection: sqlite3.Connection,
        instance: Instance,
        old: Event | None,
        load: Event,
        at: str,
    ) -> None:
        self._db = connection
        self._instance = instance
        self._source, self._at = str(load["source"]), at
        self._old, self._new = old, load
        self._told = False

    def apply(self) -> bool:
        """Read the lines; returns whether the catalogue can tell any of them."""
        self._db.execute("BEGIN")
        self._read(self._lines())
        owners = [row[0] for row in self._db.execute(_OWNERS)]
        self._db.execute("DELETE FROM part WHERE (child, parent, source) IN cut")
        for iri in sorted(owners):
            self._settle(iri)
        self._db.execute("INSERT OR IGNORE INTO ever_changed SELECT iri FROM changed")
        for table in ("changed", "cut", "old_title"):
            self._db.execute(f"DELETE FROM {table}")
        self._db.execute("COMMIT")
        return self._told

    def _lines(self) -> Iterator[tuple[str, bytes]]:
        findings = self._instance.names.graph(self._source, FINDINGS)
        for graph, sign, line in diff.changes_between(self._instance, self._old, self._new):
            if graph != findings:
                yield sign, line

    def _read(self, lines: Iterator[tuple[str, bytes]]) -> None:
        before, iri = b"", ""
        for sign, line in lines:
            subject, predicate, value = line.split(b" ", 2)
            if subject != before:
                before, iri = subject, subject[1:-1].decode()
                self._db.execute("INSERT OR IGNORE INTO changed VALUES (?)", (iri,))
            if predicate in _EXPORTED:
                self._told = True
            if predicate == _TYPE:
                self._type(sign, iri, value[:-2])
            elif predicate in _LINKS and value.startswith(b"<"):
                self._link(sign, value[1:-3].decode(), iri)
            elif predicate == _SERVES and value.startswith(b"<"):  # it is told with the dataset
                row = (value[1:-3].decode(),)
                self._db.execute("INSERT OR IGNORE INTO changed VALUES (?)", row)
            elif predicate == _IDENTIFIER:
                self._identifier(sign, iri, value)
            elif predicate == _TITLE and sign == "D":
                self._old_title(iri, value)

    def _type(self, sign: str, iri: str, kind: bytes) -> None:
        if kind not in _KINDS:
            return
        self._told = True
        row = (iri, self._source, _KINDS[kind])
        if sign == "A" and is_iri(iri):  # else some syntax could not name it
            self._db.execute("INSERT OR IGNORE INTO typed VALUES (?, ?, ?)", row)
        elif sign == "D":
            self._db.execute("DELETE FROM typed WHERE (iri, source, kind) = (?, ?, ?)", row)

    def _link(self, sign: str, child: str, parent: str) -> None:
        # deleted after the owners are found: a part that is taken away changes its old owner
        table = "part" if sign == "A" else "cut"
        row = (child, parent, self._source)
        self._db.execute(f"INSERT OR IGNORE INTO {table} VALUES (?, ?, ?)", row)

    def _identifier(self, sign: str, iri: str, value: bytes) -> None:
        row = (iri, self._source, _text(value))
        if sign == "A":
            self._db.execute("INSERT OR IGNORE INTO stated_identifier VALUES (?, ?, ?)", row)
        else:
            self._db.execute(
                "DELETE FROM stated_identifier WHERE (iri, source, identifier) = (?, ?, ?)", row
            )

    def _old_title(self, iri: str, value: bytes) -> None:
        if value.startswith(b'"'):
            literal = _literal(value)
            row = (iri, readable(literal.value), literal.language or "")
            self._db.execute("INSERT INTO old_title VALUES (?, ?, ?)", row)

    def _settle(self, iri: str) -> None:
        """What this publication made of a dataset: new, changed, or gone."""
        known = self._one(_KNOWN, iri)
        source = self._source_of(iri, known[0] if known else "")
        if known and source == known[0] != self._source:
            return  # another source's words about it are not on the pages
        self._db.execute("INSERT OR IGNORE INTO remake VALUES (?)", (iri,))
        if not source:
            if known:
                self._bury(iri, known)
            return
        if known is None:
            known = self._create(iri, source)
        _, identifier, _ = known
        moment = int(datetime.fromisoformat(self._at).timestamp())
        self._db.execute(
            "UPDATE dataset SET (source, identifier, modified, modified_at) = (?, ?, ?, ?)"
            " WHERE iri = ?",
            (source, identifier, self._at, moment, iri),
        )

    def _source_of(self, iri: str, now: str) -> str:
        """The source whose dataset it is: the first that published it, as long as it does."""
        series = "SELECT source FROM typed WHERE iri = ? AND kind = 'DatasetSeries'"
        rows = self._db.execute(
            "SELECT source FROM typed WHERE iri = ? AND kind = 'Dataset' AND source NOT IN"
            f" ({series}) ORDER BY source",
            (iri, iri),
        )
        sources = [str(row[0]) for row in rows]
        return now if now in sources else (sources[0] if sources else "")

    def _create(self, iri: str, source: str) -> Known:
        """A row for a new dataset, or for one that comes back: it keeps what it was known by.

        Its identifier is chosen once: a harvester that knows a dataset by it would take another one
        for a deletion and a new dataset, whatever its publisher calls it later.
        """
        had = self._one("SELECT source, identifier, issued FROM gone WHERE iri = ?", iri)
        self._db.execute("DELETE FROM gone WHERE iri = ?", (iri,))
        issued = had[2] if had else self._at
        wanted = (had[1] if had else "", self._stated(iri, source))
        identifier = self._assign(Entry(iri, source, "", issued, self._at), wanted)
        self._db.execute(
            "INSERT INTO dataset (iri, source, issued) VALUES (?, ?, ?)", (iri, source, issued)
        )
        return source, identifier, issued

    def _bury(self, iri: str, known: Known) -> None:
        titles = self._db.execute("SELECT language, value FROM old_title WHERE iri = ?", (iri,))
        told = json.dumps(dict(sorted(titles)), ensure_ascii=False)
        self._db.execute("DELETE FROM dataset WHERE iri = ?", (iri,))
        self._db.execute("DELETE FROM member WHERE iri = ?", (iri,))
        self._db.execute(
            "INSERT OR REPLACE INTO gone VALUES (?, ?, ?, ?, ?, ?)",
            (iri, *known, self._at, told),
        )

    def _stated(self, iri: str, source: str) -> str:
        """The publisher's identifier; empty where it states none."""
        row = self._one(
            "SELECT MIN(identifier) FROM stated_identifier WHERE iri = ? AND source = ?",
            *(iri, source),
        )
        return readable(row[0]).strip() if row and row[0] else ""

    def _assign(self, entry: Entry, wanted: tuple[str, ...]) -> str:
        """The first of the wanted identifiers that is free, else `{source}:{local id}`."""
        fallback = local_id(entry, self._instance.names)
        for one in (*wanted, fallback):
            if one and self._is_free(one, entry):
                return one
        return f"{fallback}:{entry.iri}"

    def _is_free(self, identifier: str, entry: Entry) -> bool:
        """Whether no other dataset has it, or had it in another source."""
        taken = self._one(
            "SELECT 1 FROM dataset WHERE identifier = ? AND iri != ? UNION ALL"
            " SELECT 1 FROM gone WHERE identifier = ? AND source != ?",
            *(identifier, entry.iri, identifier, entry.source),
        )
        return taken is None

    def _one(self, query: str, *values: str) -> Known | None:
        row: Known | None = self._db.execute(query, values).fetchone()
        return row


def _text(value: bytes) -> str:
    """The text of the object of a canonical line, from its end `… .`."""
    # registers have an identifier a row: most are plain strings without escapes
    if value.startswith(b'"') and value.endswith(b'" .') and b"\\" not in value:
        return value[1:-3].decode()
    return _literal(value).value


def _literal(value: bytes) -> ox.Literal:
    """The object of a canonical line, from its end `… .`; an IRI is taken as its text."""
    line = b"<urn:s> <urn:p> " + value
    found = next(iter(ox.parse(line, ox.RdfFormat.N_TRIPLES))).object
    return found if isinstance(found, ox.Literal) else ox.Literal(str(found)[1:-1])
