"""Real foreign catalogues, where they can be had: nothing lost, order without effect, names kept.

They are not in the repository: ULZII_FOREIGN_CATALOGUES names the folder they lie in.
"""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

import pyoxigraph as ox
import pytest

from graph import snapshots
from graph.core.instance import Instance
from graph.publication.open_store import open_snapshot
from loaders.catalogues import dcat
from loaders.catalogues.model import LocatedTriple, ReadItem
from loaders.catalogues.naming.minting import Minter
from loaders.catalogues.naming.records import name_all, records
from loaders.catalogues.naming.spool import Spool
from loaders.catalogues.reading.read import read
from loaders.pipeline.load import load
from loaders.pipeline.record import Mapped
from loaders.pipeline.source import read as read_source
from tests.harvests import CONTEXT, EarlierVersion, capture, datasets, foreign_file, lines
from vocab.namespaces import DCAT, DCT
from vocab.terms import Term

pytestmark = pytest.mark.slow

XML, JSON = "application/rdf+xml", "application/json"
CATALOGUES = {
    "alicante.rdf": (XML, 258),
    "fps-finance.xml": (XML, 136),
    "alessandria.rdf": (XML, 5),
    "philadelphia.json": (JSON, 402),
    "antwerp.xml": (XML, 491),
    "argentina-justice.json": (JSON, 18),
    "czech.trig": ("application/trig", 36),
    "potsdam.ttl": ("text/turtle", 10),
}
every_catalogue = pytest.mark.parametrize("name", CATALOGUES)


def items(name: str) -> list[ReadItem]:
    """What the reading gives."""
    received = capture(foreign_file(name).read_bytes(), name, CATALOGUES[name][0])
    return list(read(received, dcat.base_of(received, CONTEXT), "c0"))


def mapped(read_items: list[ReadItem], previous: set[str] | None = None) -> list[Mapped]:
    """The statements and findings of these items, as one capture."""
    context = CONTEXT
    if previous is not None:
        before = EarlierVersion({"stated": [text.encode() for text in sorted(previous)]})
        context = replace(CONTEXT, previous=before)
    spool = Spool()
    spool.add(read_items)
    spool.finish()
    found = dcat.records_of(spool, [capture(b"")], context)
    return [one for record in found for one in dcat.statements(record, context)]


@every_catalogue
def test_a_real_catalogue_comes_in_whole(instance: Instance, tmp_path: Path, name: str) -> None:
    media_type, expected = CATALOGUES[name]
    (tmp_path / name).write_bytes(foreign_file(name).read_bytes())
    described = tmp_path / "real.toml"
    described.write_text(
        f'id = "real"\nloader = "dcat"\nfiles = ["{name}"]\nmedia_type = "{media_type}"\n'
        '[title]\nen = "Real"\n'
    )
    outcome = load(instance, read_source(described))
    assert outcome.counts["rejected"] == 0
    now = snapshots.current(instance)
    assert now is not None
    with open_snapshot(instance, now) as store:
        catalog = ox.NamedNode(instance.names.catalog)
        entries = store.quads_for_pattern(catalog, DCAT.dataset, None, ox.DefaultGraph())
        assert len(list(entries)) == expected


@every_catalogue
def test_no_statement_is_lost(name: str) -> None:
    spool = Spool()
    spool.add(items(name))
    spool.finish()
    names = name_all(spool, Minter(CONTEXT.names, "test"), None)
    found = {triple for record in records(spool, names) for triple in record.triples}
    # each triple that was read, with some name in place of each blank node
    shapes = {tuple(map(_without_names, triple)) for triple in found}
    for row in spool.db.execute("SELECT DISTINCT subject, predicate, object FROM triple"):
        assert tuple(map(_without_names, row)) in shapes


def _without_names(term: str) -> str:
    made = term.startswith(("_:", f"<{CONTEXT.names.base}id/"))
    return "a name" if made else term


@every_catalogue
def test_neither_order_nor_labels_matter(name: str) -> None:
    found = items(name)
    rng = random.Random(name)
    shuffled = [_renamed(one) for one in found]
    rng.shuffle(shuffled)
    assert _layers(mapped(shuffled)) == _layers(mapped(found))


def _layers(found: list[Mapped]) -> list[set[str]]:
    return [lines(found, layer) for layer in ("stated", "inferred")]


def _renamed(item: ReadItem) -> ReadItem:
    if not isinstance(item, LocatedTriple):
        return item

    def other(term: Term) -> Term:
        if not isinstance(term, ox.BlankNode):
            return term
        return ox.BlankNode(f"z{hash(('label', term.value)) % 10**12}")

    return item._replace(subject=other(item.subject), object=other(item.object))  # type: ignore[arg-type]


EDITS = ("title", "identifier added", "identifier taken", "file added")


@every_catalogue
@pytest.mark.parametrize("edit", EDITS)
def test_an_edit_of_one_dataset_renames_none(name: str, edit: str) -> None:
    found = items(name)
    before = lines(mapped(found))
    triples = [one for one in found if isinstance(one, LocatedTriple)]
    edited = mapped(_edited(triples, edit), before)
    assert datasets(lines(edited)) == datasets(before)


def _edited(triples: list[LocatedTriple], edit: str) -> list[ReadItem]:
    """One dataset in the middle is edited."""
    nodes = list(dict.fromkeys(one.subject for one in triples if one.object == DCAT.Dataset))
    node, neighbour = nodes[len(nodes) // 2], nodes[len(nodes) // 2 - 1]
    identifiers = [t for t in triples if t.predicate == DCT.identifier and t.subject == neighbour]
    if edit == "title":
        return [
            one._replace(object=ox.Literal("Another title"))
            if (one.subject, one.predicate) == (node, DCT.title)
            else one
            for one in triples
        ]
    place = triples[0]._replace(subject=node)
    if edit == "identifier added":
        return [*triples, place._replace(predicate=DCT.identifier, object=ox.Literal("added-1"))]
    if edit == "identifier taken":
        return [*triples, *(one._replace(subject=node) for one in identifiers)]
    file = ox.BlankNode("addedfile")
    return [
        *triples,
        place._replace(predicate=DCAT.distribution, object=file),
        place._replace(
            subject=file, predicate=DCAT.accessURL, object=ox.NamedNode("http://added.example/")
        ),
    ]
