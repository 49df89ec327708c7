"""One harvest while it is mapped: named, and all that decides what of a record is published."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

import pyoxigraph as ox

from loaders.catalogues.entries import Entries
from loaders.catalogues.inferred import infer
from loaders.catalogues.languages import language_tag
from loaders.catalogues.met import Met, MetInRecord
from loaders.catalogues.naming import kinds
from loaders.catalogues.naming import records as named_records
from loaders.catalogues.naming.minting import Minter
from loaders.catalogues.naming.records import NamedRecord
from loaders.catalogues.naming.spool import Spool
from loaders.catalogues.naming.stale import stale_records
from loaders.catalogues.naming.terms import text_of
from loaders.catalogues.ownership import Ownership
from loaders.catalogues.personal import PersonalData
from loaders.catalogues.related import Related
from loaders.catalogues.values import faults
from loaders.pipeline.protocol import LoaderContext
from loaders.pipeline.record import INFERRED, STATED, Capture, Mapped, Statement
from vocab.namespaces import DCT

RULE = "as-stated"
_LANGUAGE = str(DCT.language)

RuledTriple = tuple[str, str, str, str]
"""A triple as text, and the name of the rule that made it."""


class Harvest:
    """All captures of one run, read and named."""

    def __init__(self, spool: Spool, captures: Sequence[Capture], context: LoaderContext) -> None:
        self._spool = spool
        self._source = context.source.id
        options = context.source.options
        self._language = str(options.get("language", ""))
        self._personal = PersonalData(
            country=str(options.get("country", "")),
            contacts=str(options.get("contacts", "organisations")),
            properties=spool.stated,
        )
        # before anything is named: no name may be a hash of what is withheld
        spool.published = self._personal.published
        minter = Minter(context.names, self._source)
        self._ownership = Ownership(context.names, self._source, minter, context.others)
        previous = context.previous
        self._earlier = (
            named_records.earlier_spool(previous.lines(STATED), minter) if previous else None
        )
        self._names = named_records.name_all(spool, minter, self._earlier)
        self._entries = Entries(spool, context.names, self._source, previous, context.fetched)
        self._related = Related(context.names, context.others)
        self._met = Met(spool, captures, self._personal, context.names.source(self._source))

    def records(self) -> Iterator[NamedRecord]:
        """All records, catalogues first: their language is that of their datasets."""
        for one in named_records.records(self._spool, self._names):
            if one.kind == kinds.CATALOG and not self._language:
                self._language = _language(one)
            yield one
        yield from stale_records(self._spool, self._earlier)

    def mapped(self, named: NamedRecord) -> Iterator[Mapped]:
        """The statements of a record, and its findings."""
        met = MetInRecord()
        stated = self._stated(named, met)
        for kind, count in faults(stated):
            met.add(kind, count)
        yield from _parsed(((*triple, RULE) for triple in stated.triples), STATED)
        if stated.triples:
            yield from _parsed(self._inferred(stated, met), INFERRED)
        yield from self._met.findings(named, met)

    def _stated(self, named: NamedRecord, met: MetInRecord) -> NamedRecord:
        """A record with the triples that the source may state."""
        kept = []
        for triple in named.triples:
            if self._ownership.may_state(triple):
                kept.append(triple)
            elif not self._ownership.is_known(triple):
                met.add("subject-refused", detail=triple[0][1:-1])
        return replace(named, triples=tuple(kept))

    def _inferred(self, stated: NamedRecord, met: MetInRecord) -> Iterator[RuledTriple]:
        inferred = list(infer(stated, self._source, self._language))
        yield from inferred
        if stated.kind not in (kinds.DATASET, kinds.SERVICE):
            return
        if others := self._related.describing(stated.iri):
            met.add("described-elsewhere", detail=", ".join(sorted(others)))
        if not self._related.is_owned_elsewhere(stated.iri):
            entry = self._entries.of(stated, [one[:3] for one in inferred])
            yield from ((*triple, "catalogue-entry") for triple in entry)
        for same in self._related.same_dataset(stated):
            yield stated.iri, *same, "same-dataset"


def _language(catalogue: NamedRecord) -> str:
    """The language of a catalogue, where it states one only."""
    values = [value for s, p, value in catalogue.triples if (s, p) == (catalogue.iri, _LANGUAGE)]
    tags = {language_tag(text_of(value)) for value in values}
    return tags.pop() if len(tags) == 1 else ""


def _parsed(triples: Iterable[RuledTriple], layer: str) -> Iterator[Mapped]:
    """Triples of text as statements."""
    known = list(dict.fromkeys(triples))
    lines = "".join(f"{s} {p} {o} .\n" for s, p, o, _ in known)
    quads = ox.parse(lines.encode(), ox.RdfFormat.N_TRIPLES, lenient=True)
    for quad, (*_, rule) in zip(quads, known, strict=True):
        assert isinstance(quad.subject, ox.NamedNode)
        assert isinstance(quad.object, ox.NamedNode | ox.Literal)
        yield Statement(quad.subject, quad.predicate, quad.object, rule, layer)
