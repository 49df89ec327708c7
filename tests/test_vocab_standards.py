"""Terms of the standards are spelled as the standards do: in statements, code, rules and queries.

rdflib carries the W3C's vocabularies as closed lists; of DCAT it has version 2, so what version 3
added stands here, as do the terms we use of vocabularies rdflib does not have.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

import pyoxigraph as ox
import pytest
from rdflib import namespace

from graph.core.iris import DEF, ROOT
from tests.test_vocab import CODE, QUERIES, TURTLE, everything
from vocab import namespaces

CLOSED = "DCAT DCTERMS FOAF ORG OWL PROV QB RDF RDFS SH SKOS XSD ODRL2".split()
DCAT_3 = "DatasetSeries first hasCurrentVersion hasVersion inSeries isVersionOf last prev"
OPEN = {
    "http://www.w3.org/ns/dcat#": DCAT_3 + " nextVersion previousVersion resource version",
    f"{namespaces.ELI}": "Format LegalExpression LegalResource LegalResourceSubdivision"
    " amended_by amends based_on date_document description embodies first_date_entry_in_force"
    " has_part"
    " id_local is_embodied_by is_exemplified_by is_part_of is_realized_by language number"
    " realizes repealed_by repeals title title_short",
    f"{namespaces.XKOS}": "ClassificationLevel ConceptAssociation Correspondence compares depth"
    " levels madeOf numberOfLevels sourceConcept supersedes targetConcept",
    "http://data.europa.eu/a4g/ontology#": (
        "Buyer CompetitionNotice MonetaryValue Procedure SubmissionTerm hasAmountValue hasCurrency"
        " hasReceiptTenderDeadline involvesBuyer isGuaranteeRequired isSubjectToTerm playedBy"
        " refersToProcedure"
    ),
    f"{namespaces.VS}": "term_status",
    f"{namespaces.RDF}": "reifies",  # of RDF 1.2
}
"""Namespace → terms we use of vocabularies rdflib does not carry; kept by hand, so a new one is a
choice to be made here and not a slip of the pen."""

_PARTLY = {str(getattr(namespace, name)) for name in CLOSED}  # rdflib carries the rest of these
_NAMED = re.compile(r"\b([A-Z][A-Z_]+)(?:\.([A-Za-z]\w*)|\[\"([^\"]+)\"\])")
_FULL = re.compile(r"<(https?://[^\s<>\"]+)>")


def iris(term: object) -> Iterator[str]:
    if isinstance(term, ox.NamedNode):
        yield term.value
    elif isinstance(term, ox.Literal):
        yield term.datatype.value


@cache
def used() -> dict[str, str]:
    """Every IRI that is used anywhere, and one place where."""
    found: dict[str, str] = {}
    for s in everything():
        for term in (s.subject, s.predicate, s.object):
            found |= dict.fromkeys(iris(term), "a bundled source")
    for path in TURTLE:
        for q in ox.parse(path=path, base_iri=ROOT):
            for term in (q.subject, q.predicate, q.object):
                found |= dict.fromkeys(iris(term), path.name)
    known = {n: v for n, v in vars(namespaces).items() if isinstance(v, namespaces.Namespace)}
    for path in CODE:
        for m in _NAMED.finditer(path.read_text("utf-8")):
            if m[1] in known:
                found[f"{known[m[1]]}{m[2] or m[3]}"] = path.name
    for path in QUERIES:
        text = path.read_text("utf-8")
        prefixes = dict(re.findall(r"PREFIX (\w+): <([^>]+)>", text, re.I))
        names = re.findall(r"\b(\w+):([A-Za-z]\w*)", text)
        found |= {prefixes[p] + local: path.name for p, local in names if p in prefixes}
        found |= dict.fromkeys(_FULL.findall(text), path.name)
    return found


@pytest.mark.parametrize("name", CLOSED)
def test_every_term_of_a_w3c_vocabulary_exists(name: str) -> None:
    closed = getattr(namespace, name)
    base = str(closed)
    more = OPEN.get(base, "").split()
    ours = {iri[len(base) :]: where for iri, where in used().items() if iri.startswith(base)}
    wrong = {local: where for local, where in ours.items() if local and local not in closed}
    assert {local: where for local, where in wrong.items() if local not in more} == {}


@pytest.mark.parametrize("base", [base for base in OPEN if base not in _PARTLY])
def test_every_term_of_another_vocabulary_is_one_that_was_looked_up(base: str) -> None:
    listed = {base + term for term in OPEN[base].split()}
    ours = {iri: where for iri, where in used().items() if iri.startswith(base) and iri != base}
    assert {iri: where for iri, where in ours.items() if iri not in listed} == {}
    assert listed <= set(used())


def test_a_misspelt_term_would_be_found() -> None:
    assert "licence" not in namespace.DCTERMS
    assert "license" in namespace.DCTERMS
    assert any(iri.startswith(f"{namespaces.DCT}") for iri in used())
    assert any(iri.startswith(DEF) for iri in used())
