"""Rules of SKOS and XKOS over every code list the bundled sources publish."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from functools import cache

import pyoxigraph as ox

from graph.core.iris import ROOT, concept
from graph.ledger.events import FIELDS
from loaders.systems.opendata_mn.dataset import FREQUENCIES
from tests.test_vocab import everything
from vocab.namespaces import (
    CORE,
    DCT,
    FOAF,
    MODULES,
    OPENNESS,
    ORG,
    RDF,
    SKOS,
    XKOS,
)
from vocab.terms import Object

Node = ox.NamedNode
MATCHES = (SKOS.exactMatch, SKOS.closeMatch, SKOS.broadMatch, SKOS.narrowMatch, SKOS.relatedMatch)


@cache
def index() -> dict[ox.NamedNode, dict[Node, list[Object]]]:
    """predicate → subject → objects, over all bundled sources."""
    found: dict[ox.NamedNode, dict[Node, list[Object]]] = {}
    for s in dict.fromkeys((s.subject, s.predicate, s.object) for s in everything()):
        found.setdefault(s[1], defaultdict(list))[s[0]].append(s[2])
    return found


def of(subject: Node, predicate: ox.NamedNode) -> list[Object]:
    return index().get(predicate, {}).get(subject, [])


@cache
def typed(kind: ox.NamedNode) -> frozenset[Node]:
    return frozenset(s for s, kinds in index()[RDF.type].items() if kind in kinds)


def nodes(subject: Node, predicate: ox.NamedNode) -> set[Node]:
    return {o for o in of(subject, predicate) if isinstance(o, Node)}


def test_every_concept_is_in_a_scheme_that_has_a_title_in_both_languages() -> None:
    """A table's own codes have one where its file is in one language."""
    schemes = typed(SKOS.ConceptScheme)
    for one in typed(SKOS.Concept):
        assert nodes(one, SKOS.inScheme) & schemes, one
    for scheme in schemes:
        tags = sorted(str(o.language) for o in of(scheme, DCT.title) if isinstance(o, ox.Literal))
        assert tags == ["en", "mn"] or (tags == ["en"] and "/cube/" in scheme.value), scheme


def test_broader_stays_in_the_scheme_and_never_comes_back() -> None:
    concepts = typed(SKOS.Concept)
    for one in index()[SKOS.broader]:
        for above in nodes(one, SKOS.broader):
            assert above in concepts
            assert nodes(one, SKOS.inScheme) & nodes(above, SKOS.inScheme), one
        assert one not in above_all(one), one


def above_all(one: Node) -> set[Node]:
    found: set[Node] = set()
    todo = nodes(one, SKOS.broader)
    while todo - found:
        found |= todo
        todo = {up for n in todo for up in nodes(n, SKOS.broader)}
    return found


def test_every_own_concept_is_reached_from_a_top_concept() -> None:
    tops = index()[SKOS.topConceptOf]
    lost = [
        one
        for one in typed(SKOS.Concept)
        if one.value.startswith(f"{ROOT}scheme/")
        and not any(n in tops for n in above_all(one) | {one})
    ]
    assert lost == []


def test_a_concept_has_one_preferred_label_a_language_and_it_is_no_alternative() -> None:
    for one in typed(SKOS.Concept):
        labels = of(one, SKOS.prefLabel)
        tags = Counter(label.language for label in labels if isinstance(label, ox.Literal))
        assert all(n == 1 for n in tags.values()), one
        assert not set(labels) & set(of(one, SKOS.altLabel)), one


def test_notations_are_unique_in_a_scheme_and_own_concepts_are_named_by_them() -> None:
    seen: Counter[tuple[Node, str]] = Counter()
    for one in typed(SKOS.Concept):
        for notation in of(one, SKOS.notation):
            seen.update((scheme, notation.value) for scheme in nodes(one, SKOS.inScheme))
            own = one.value.startswith(f"{ROOT}scheme/")
            assert not own or one.value.rpartition("/")[2] == notation.value
    assert {pair for pair, n in seen.items() if n > 1} == set()


def test_labels_do_not_clash_beside_each_other_except_of_two_different_places() -> None:
    """Six soums are called Булган; two codes of one list may not mean the same by one name.

    The labels of a table's own codes are as they stand in it, where blanks may tell them apart.
    """
    seen: dict[object, list[Node]] = defaultdict(list)
    for one in typed(SKOS.Concept):
        for scheme in nodes(one, SKOS.inScheme):
            if "/cube/" in scheme.value:
                continue
            above = frozenset(nodes(one, SKOS.broader))
            for label in of(one, SKOS.prefLabel):
                seen[(scheme, above, label)].append(one)
    for key, concepts in seen.items():
        places = [nodes(one, FOAF.focus) for one in concepts]
        apart = all(places) and len(set().union(*places)) == len(concepts)
        assert len(concepts) == 1 or apart, key


def test_matches_point_to_absolute_addresses_outside_their_own_scheme() -> None:
    found = 0
    for predicate in MATCHES:
        for one, targets in index().get(predicate, {}).items():
            for target in targets:
                found += 1
                assert isinstance(target, Node) and re.match(r"https?://[^/]+/.+", target.value)
                assert not nodes(one, SKOS.inScheme) & nodes(target, SKOS.inScheme)
                assert target in typed(SKOS.Concept)
    assert found > 40


def test_an_exact_match_is_one_to_one() -> None:
    """Between two lists: the areas of several tables are the same place."""
    pairs = index()[SKOS.exactMatch]
    targets = Counter(
        (one.value.rpartition("/")[0], target) for one, found in pairs.items() for target in found
    )
    assert all(len(found) == 1 for found in pairs.values())
    assert max(targets.values()) == 1


# ---- what stands behind the lists


def test_the_portals_words_for_frequencies_lead_to_what_the_loader_makes_of_them() -> None:
    scheme = Node(f"{ROOT}scheme/frequency")
    words = {
        label.value: target
        for one in typed(SKOS.Concept)
        if scheme in nodes(one, SKOS.inScheme)
        for label in (*of(one, SKOS.prefLabel), *of(one, SKOS.altLabel))
        for target in nodes(one, SKOS.exactMatch)
    }
    assert {word: words.get(word) for word in FREQUENCIES} == FREQUENCIES


def test_every_kind_of_ledger_event_is_a_concept_and_no_other() -> None:
    scheme = Node(f"{ROOT}scheme/ledger-event")
    found = {c for c in typed(SKOS.Concept) if scheme in nodes(c, SKOS.inScheme)}
    assert found == {Node(concept("ledger-event", kind)) for kind in FIELDS}


def test_correspondences_tie_codes_of_the_two_systems_they_compare() -> None:
    associations = typed(XKOS.ConceptAssociation)
    made_of: set[Node] = set()
    for correspondence in typed(XKOS.Correspondence):
        compared = nodes(correspondence, XKOS.compares)
        assert len(compared) == 2
        for part in nodes(correspondence, XKOS.madeOf):
            ends = [nodes(part, XKOS.sourceConcept), nodes(part, XKOS.targetConcept)]
            assert all(ends), part
            schemes = [{s for n in end for s in nodes(n, SKOS.inScheme)} for end in ends]
            assert set().union(*schemes) == compared and not schemes[0] & schemes[1], part
            made_of.add(part)
    assert made_of == associations and len(associations) > 400


def test_codes_that_correspond_name_one_place() -> None:
    for part in typed(XKOS.ConceptAssociation):
        ends = nodes(part, XKOS.sourceConcept) | nodes(part, XKOS.targetConcept)
        places = {p for n in ends for p in nodes(n, FOAF.focus)}
        assert len(places) <= 1, part


def test_a_clause_read_belongs_to_its_law_and_items_have_a_clause_and_a_class() -> None:
    eli = "http://data.europa.eu/eli/ontology#"
    for clause in typed(Node(f"{eli}LegalResourceSubdivision")):
        (law,) = nodes(clause, Node(f"{eli}is_part_of"))
        assert clause in nodes(law, Node(f"{eli}has_part"))
        assert clause.value.startswith(f"{law.value}/")
    clauses = typed(Node(f"{eli}LegalResourceSubdivision"))
    items = Node(f"{ROOT}scheme/information-item-2021")
    for one in (c for c in typed(SKOS.Concept) if items in nodes(c, SKOS.inScheme)):
        assert nodes(one, DCT.source) & clauses
        assert nodes(one, OPENNESS.opennessClass)


def test_the_repealed_acts_groups_are_closed_and_nothing_points_at_them() -> None:
    former = Node(f"{ROOT}scheme/information-group-former-act")
    assert of(former, CORE.validUntil)
    groups = {c for c in typed(SKOS.Concept) if former in nodes(c, SKOS.inScheme)}
    assert len(groups) == 4
    assert [s for s in everything() if s.object in groups] == []


def test_organisations_follow_each_other() -> None:
    events = typed(ORG.ChangeEvent)
    assert len(events) == 2
    for event in events:
        (before,), (after,) = (
            nodes(event, ORG.originalOrganization),
            nodes(event, ORG.resultingOrganization),
        )
        assert event in nodes(before, ORG.changedBy)
        assert event in nodes(after, ORG.resultedFrom)


def test_register_numbers_are_seven_digits_and_the_key_of_their_organisation() -> None:
    numbers = typed(MODULES["register"].LegalEntityNumber)
    assert len(numbers) == 10
    for number in numbers:
        (notation,) = of(number, SKOS.notation)
        assert re.fullmatch(r"\d{7}", notation.value)
        assert number.value == f"{ROOT}id/org/{notation.value}#register-number"


def test_no_word_of_ours_mixes_scripts() -> None:
    """A Latin “a” in a Cyrillic word looks right and is never found."""
    mixed = re.compile(r"[A-Za-z][А-Яа-яЁёӨөҮү]|[А-Яа-яЁёӨөҮү][A-Za-z]")
    ours = (f"{ROOT}def/", f"{ROOT}scheme/", f"{ROOT}id/org/", f"{ROOT}id/law/", f"{ROOT}id/place")
    texts = {
        s.object.value
        for s in everything()
        if isinstance(s.object, ox.Literal)
        and s.object.language
        and s.subject.value.startswith(ours)
    }
    assert len(texts) > 900
    assert {text for text in texts if mixed.search(text)} == set()
