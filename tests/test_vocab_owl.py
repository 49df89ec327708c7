"""Rules of OWL over every module of our own terms."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pyoxigraph as ox
import pytest

from graph.core.iris import DEF
from tests.test_vocab import HOUSE, defined, module
from vocab.namespaces import (
    ADMS,
    DCAT,
    DCT,
    DQV,
    MODULES,
    ORG,
    OWL,
    PROV,
    QB,
    RDF,
    RDFS,
    SD,
    SH,
    SKOS,
    XSD,
)

Node = ox.NamedNode

STANDARD = (
    *map(str, (RDF, RDFS, OWL, XSD, SKOS, SD, SH, QB, DCT, ORG, DCAT, DQV, PROV, ADMS)),
    "http://www.w3.org/ns/odrl/2/",
    "http://data.europa.eu/a4g/ontology#",
)


@pytest.mark.parametrize("name", MODULES)
def test_parents_domains_and_ranges_are_defined_here_or_by_a_standard(name: str) -> None:
    pointed = {
        q.object.value
        for q in module(name)
        if q.predicate in (RDFS.subClassOf, RDFS.subPropertyOf, RDFS.domain, RDFS.range)
        and isinstance(q.object, Node)
    }
    assert {iri for iri in pointed if not iri.startswith(STANDARD)} <= defined()


@pytest.mark.parametrize("name", MODULES)
def test_every_property_has_a_domain_or_a_range_and_every_class_no_cycle(name: str) -> None:
    quads = module(name)
    properties = {
        q.subject for q in quads if q.object in (OWL.ObjectProperty, OWL.DatatypeProperty)
    }
    placed = {q.subject for q in quads if q.predicate in (RDFS.domain, RDFS.range)}
    assert properties <= placed
    parents: dict[object, object] = {
        q.subject: q.object for q in quads if q.predicate == RDFS.subClassOf
    }
    for term in parents:
        assert len(list(climb(term, parents))) < 10


def climb(term: object, parents: dict[object, object]) -> Iterator[object]:
    for _ in range(20):
        if term not in parents:
            return
        term = parents[term]
        yield term


@pytest.mark.parametrize("name", MODULES)
def test_a_term_is_a_class_or_a_property_and_ranges_fit(name: str) -> None:
    quads = module(name)
    kinds = {OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty}
    several = Counter(q.subject for q in quads if q.predicate == RDF.type and q.object in kinds)
    assert {term for term, n in several.items() if n > 1} == set()
    data = {q.subject for q in quads if q.object == OWL.DatatypeProperty}
    for q in quads:
        if q.predicate == RDFS.range:
            literal = q.object == RDFS.Literal or q.object.value.startswith(str(XSD))  # type: ignore[union-attr]
            assert literal == (q.subject in data), q.subject


def test_names_start_as_owl_has_it_and_labels_of_terms_do_not_clash_in_a_module() -> None:
    for name in MODULES:
        quads = module(name)
        classes = {q.subject.value for q in quads if q.object == OWL.Class}  # type: ignore[union-attr]
        for term in (t for t in defined() if t.startswith(f"{DEF}{name}#")):
            assert term.rpartition("#")[2][0].isupper() == (term in classes), term
        terms = {Node(t) for t in defined()}
        labels = Counter(
            str(q.object) for q in quads if q.predicate == RDFS.label and q.subject in terms
        )
        assert {label for label, n in labels.items() if n > 1} == set()


def test_every_module_is_a_versioned_ontology_with_licence_creator_and_date() -> None:
    for name in MODULES:
        properties = {
            q.predicate: q.object for q in module(name) if q.subject == Node(f"{DEF}{name}")
        }
        version = properties[OWL.versionInfo]
        assert isinstance(version, ox.Literal)
        assert properties[OWL.versionIRI] == Node(f"{DEF}{name}/{version.value}")
        assert {DCT.creator, DCT.issued, DCT.license} <= properties.keys()


def test_every_module_is_a_source() -> None:
    files = {p.stem for p in (HOUSE / "loaders" / "sources").glob("vocab-*.toml")}
    assert files == {f"vocab-{name}" for name in MODULES}
