"""The JSON-LD context: every name in it is defined, and datasets survive being written with it."""

from __future__ import annotations

import json
import re
from functools import cache
from typing import Any

import pyoxigraph as ox
import pytest
import rdflib

from graph.core.iris import DEF, ROOT
from tests import parts
from tests.test_vocab import HOUSE, defined, everything
from vocab import namespaces
from vocab.namespaces import DCAT, MODULES, RDF, Namespace

PATH = HOUSE / "vocab" / "context.jsonld"


@cache
def context() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(PATH.read_text("utf-8"))["@context"]
    return found


def expanded(name: str) -> str:
    """The IRI a compact name of the context stands for."""
    prefix, _, local = name.partition(":")
    return str(context()[prefix]) + local


def terms() -> dict[str, str]:
    """Every name of the context that is a term, with its IRI."""
    ids = {k: v["@id"] if isinstance(v, dict) else v for k, v in context().items() if k[0] != "@"}
    return {k: expanded(v) for k, v in ids.items() if v[0] != "@" and "//" not in v}


def test_the_context_names_itself_with_its_version() -> None:
    (title, *_) = [
        q.subject for q in ox.parse(path=PATH, format=ox.RdfFormat.JSON_LD)
        if q.predicate == namespaces.DCT.title
    ]  # fmt: skip
    assert title == ox.NamedNode(f"{DEF}context/0.1")


def test_every_own_term_and_no_other_of_our_modules_is_in_the_context() -> None:
    own = {iri for iri in terms().values() if iri.startswith(DEF)}
    assert own == defined()


def test_every_prefix_is_the_namespace_the_code_uses() -> None:
    known = {str(ns) for ns in vars(namespaces).values() if isinstance(ns, Namespace)}
    prefixes = {k: v for k, v in context().items() if isinstance(v, str) and "//" in v}
    assert {name: prefixes[name] for name in MODULES} == {n: str(v) for n, v in MODULES.items()}
    assert len(set(prefixes.values())) == len(prefixes)
    assert set(prefixes.values()) - known <= {
        "http://data.europa.eu/a4g/ontology#",
        "http://www.w3.org/ns/odrl/2/",
    }


def test_no_two_names_stand_for_one_term() -> None:
    found = list(terms().values())
    assert sorted(found) == sorted(set(found))


@cache
def bundled_documents() -> dict[str, set[ox.Triple]]:
    """By dataset what is said of it and of its parts."""
    datasets = {
        s.subject.value
        for s in everything()
        if (s.predicate, s.object) == (RDF.type, DCAT.Dataset)
        and isinstance(s.subject, ox.NamedNode)
    }
    found: dict[str, set[ox.Triple]] = {iri: set() for iri in datasets}
    for one in everything():
        iri = re.split("#|/file", one.subject.value, maxsplit=1)[0]
        if iri in found:
            found[iri].add(ox.Triple(one.subject, one.predicate, one.object))
    return found


def written(triples: set[ox.Triple]) -> str:
    graph = rdflib.Graph()
    lines = ox.serialize(triples, None, ox.RdfFormat.N_TRIPLES)
    assert lines is not None
    graph.parse(data=lines.decode(), format="nt")
    return graph.serialize(format="json-ld", context=context(), auto_compact=False)


MANY = f"""
<{ROOT}id/dataset/x/1> a <http://www.w3.org/ns/dcat#Dataset> ;
  <http://purl.org/dc/terms/title> "Нэг"@mn , "One"@en , "bare" ;
  <http://www.w3.org/ns/dcat#keyword> "мал"@mn , "тоо"@mn , "livestock"@en ;
  <http://www.w3.org/ns/dcat#byteSize>
    "12"^^<http://www.w3.org/2001/XMLSchema#nonNegativeInteger> ;
  <http://purl.org/dc/terms/issued> "2025"^^<http://www.w3.org/2001/XMLSchema#gYear> ;
  <{DEF}core#validFrom> "2025-01"^^<http://www.w3.org/2001/XMLSchema#gYearMonth> .
"""


def survives(triples: set[ox.Triple]) -> bool:
    text = written(triples)
    read = {q.triple for q in ox.parse(text, ox.RdfFormat.JSON_LD)}
    return '"title": {' in text and read == triples and len(triples) > 5


@pytest.mark.parametrize("first", parts.each(10, range(10)))
def test_every_dataset_survives_being_written_with_the_context(first: int) -> None:
    documents = list(bundled_documents().items())
    assert len(documents) > 1000
    assert [iri for iri, triples in documents[first::10] if not survives(triples)] == []


def test_values_of_all_kinds_survive_being_written_with_the_context() -> None:
    triples = {q.triple for q in ox.parse(MANY, ox.RdfFormat.TURTLE)}
    assert survives(triples)
