"""Identifiers by which harvesters know datasets: chosen once, and readable in every syntax."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET

import pyoxigraph as ox
import pytest

from graph.catalogue import listing
from graph.catalogue.listing import Selection
from graph.core.instance import Instance
from tests.catalogues import all_pages, publish, rebuild, triples
from vocab.namespaces import DCAT, SKOS

pytestmark = pytest.mark.slow

ONE = '<http://far/{}> a dcat:Dataset ; dct:title "t"@en ; dct:identifier "{}" .\n'
NONE = '<x> dct:title "t"@en .'
FORMS = {"ttl": ox.RdfFormat.TURTLE, "rdf": ox.RdfFormat.RDF_XML, "jsonld": ox.RdfFormat.JSON_LD}


def identifiers(instance: Instance) -> dict[str, str]:
    found = listing.current(instance).page(Selection(), 1)
    return {entry.iri: entry.identifier for entry in found}


@pytest.mark.parametrize(
    ("now", "others"),
    [
        (ONE.format("d", "8"), {"8"}),  # its publisher renames it
        (ONE.format("d", "7") + ONE.format("d", "3"), {"3"}),  # or adds one that sorts before
        (NONE, {"9"}),  # only another source has it still
    ],
)
def test_an_identifier_never_changes(instance: Instance, now: str, others: set[str]) -> None:
    publish(instance, ONE.format("d", "7"), "first")
    publish(instance, ONE.format("d", "9"), "second")
    publish(instance, now, "first")
    assert identifiers(instance) == {"http://far/d": "7"}
    stated = (t.object for t in triples(instance) if t.predicate == SKOS.notation)
    assert {one.value for one in stated if isinstance(one, ox.Literal)} == others
    rebuild(instance)
    assert identifiers(instance) == {"http://far/d": "7"}


def test_one_that_is_stated_later_does_not_replace_ours(instance: Instance) -> None:
    publish(instance, '<http://far/d> a dcat:Dataset ; dct:title "t"@en .', "first")
    before = identifiers(instance)
    publish(instance, ONE.format("d", "7"), "first")
    assert identifiers(instance) == before


def test_datasets_that_come_back_do_not_swap_identifiers(instance: Instance) -> None:
    both = ONE.format("z", "7") + ONE.format("a", "7")
    publish(instance, ONE.format("z", "7"), "first")
    publish(instance, both, "first")
    before = identifiers(instance)
    assert before["http://far/z"] == "7"
    assert before["http://far/a"].startswith("first:")
    publish(instance, NONE, "first")
    assert identifiers(instance) == {}
    publish(instance, both, "first")
    assert identifiers(instance) == before


@pytest.mark.parametrize("text", ["a\\u0001b", "\\uFFFEab", " ab\\uFFFD"])
def test_no_identifier_makes_a_page_unreadable(instance: Instance, text: str) -> None:
    publish(instance, ONE.format("d", text), "first")
    assert identifiers(instance) == {"http://far/d": "ab"}
    ET.fromstring(all_pages(instance, "rdf")[0])


def test_a_tombstone_is_readable(instance: Instance) -> None:
    publish(instance, '<http://far/d> a dcat:Dataset ; dct:title "М\\u0001ал"@mn .', "first")
    publish(instance, NONE, "first")
    gone = listing.current(instance).gone("http://far/d")
    assert gone
    assert json.loads(gone.titles) == {"mn": "Мал"}


def test_what_not_every_syntax_can_name_is_on_no_page(instance: Instance) -> None:
    """JSON-LD expands names like `dct:d`: its readers would harvest another dataset."""
    service = '<dct:s> a dcat:DataService ; dct:title "s"@en ; dcat:servesDataset <http://far/d> .'
    wrong = '<dct:d> a dcat:Dataset ; dct:title "t"@en .'
    publish(instance, f"{ONE.format('d', '7')} {wrong} {service}", "first")
    assert identifiers(instance) == {"http://far/d": "7"}
    said = triples(instance)
    services = {t.object for t in said if t.predicate == DCAT.service}
    assert services == {ox.NamedNode("https://example.mn/sparql")}
    for extension, form in FORMS.items():
        assert {q.triple for q in ox.parse(all_pages(instance, extension)[0], form)} == said
