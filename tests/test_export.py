"""The catalogue as a file: what is in it, in which forms, and that official shapes accept it."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox
import pyshacl
import pytest
import rdflib
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from graph.catalogue.description.properties import DESCRIPTION, PROPERTIES
from graph.core.errors import ConfigError, StorageError
from graph.core.files import open_atomic
from graph.core.instance import Instance, open_instance
from graph.export import SYNTAXES, export, lines
from server.cli import main
from tests import turtle, versions
from tests.shared import needs_shared, official_shapes
from vocab.literals import PROFILE_DATATYPES, format_language_tag, with_profile_datatype
from vocab.namespaces import CORE, DCAT, DCT, DQV, FOAF, QB, RDF, SKOS, XSD

EX = "https://example.mn/"
OWN = """
<catalog> a dcat:Catalog ; dct:title "Каталог"@mn ; dct:publisher <org> .
<org> a foaf:Agent ; foaf:name "Яам"@mn . <place> dct:title "Газар"@mn .
"""
SMALL = """
<d> a dcat:Dataset ; dct:title "Өгөгдөл"@mn , "ᠮᠣᠩᠭᠣᠯ"@mn-mong-mn , "say \\"@mn-mong-mn ."@en ;
  dct:license <licence> ; dcat:theme <theme> ; dct:spatial <place> ;
  <http://www.w3.org/ns/dqv#hasQualityAnnotation> <f> ; dcat:distribution <d/file/1> .
<d/file/1> a dcat:Distribution ; dcat:accessURL <http://x/> ; dcat:byteSize 12 .
<f> dct:title "олдвор"@mn . <other> dct:title "бусад"@mn .
"""


# characters that XML cannot hold, which the catalogue leaves out
UNWRITABLE = [*map(chr, set(range(32)) - {9, 10, 13}), "\ufffe", "\uffff"]


@pytest.fixture
def small(instance: Instance) -> Instance:
    versions.publish(instance, "catalog", turtle.lines(OWN))
    versions.publish(instance, "agency", turtle.lines(SMALL))
    return instance


def node(name: str) -> ox.NamedNode:
    return ox.NamedNode(EX + name)


def told(instance: Instance) -> set[ox.Triple]:
    quads = ox.parse(b"\n".join(lines(instance)), ox.RdfFormat.N_TRIPLES)
    return {quad.triple for quad in quads}


def written(instance: Instance, suffix: str) -> bytes:
    path = instance.root.parent / f"c.{suffix}"
    export(instance, path)
    return path.read_bytes()


def test_the_catalogue_is_its_datasets_and_what_they_refer_to(small: Instance) -> None:
    subjects = {t.subject.value for t in told(small) if isinstance(t.subject, ox.NamedNode)}
    names = ["catalog", "org", "d", "d#record", "d/file/1", "place", "licence", "theme"]
    assert subjects == {EX + name for name in names}
    assert not [t for t in told(small) if t.predicate == DQV.hasQualityAnnotation]


def test_what_is_referred_to_gets_the_type_and_name_a_profile_asks_for(small: Instance) -> None:
    found = told(small)
    assert ox.Triple(node("licence"), RDF.type, DCT.LicenseDocument) in found
    assert ox.Triple(node("place"), RDF.type, DCT.Location) in found
    assert ox.Triple(node("theme"), RDF.type, SKOS.Concept) in found
    assert ox.Triple(node("theme"), SKOS.prefLabel, ox.Literal("theme")) in found


def test_datatypes_are_restated(small: Instance) -> None:
    sizes = [t.object for t in told(small) if t.predicate == DCAT.byteSize]
    assert sizes == [ox.Literal("12", datatype=XSD.nonNegativeInteger)]


@pytest.mark.parametrize(
    ("predicate", "given_", "kept"),
    [
        (DCAT.byteSize, ox.Literal("-5", datatype=XSD.integer), True),
        (DCAT.byteSize, ox.Literal("5"), True),
        (DCAT.spatialResolutionInMeters, ox.Literal("30", datatype=XSD.integer), False),
        (DCT.title, ox.Literal("5", datatype=XSD.integer), True),
    ],
)
def test_only_values_of_the_datatype_are_restated(
    predicate: ox.NamedNode, given_: ox.Literal, kept: bool
) -> None:
    assert (with_profile_datatype(predicate, given_) == given_) is kept


@pytest.mark.parametrize(
    ("stored", "outside"),
    [
        ("mn", "mn"),
        ("mn-mong-mn", "mn-Mong-MN"),
        ("en-t-mn-t0-mtec", "en-t-mn-t0-mtec"),
        ("x-mn-mong", "x-mn-mong"),
        ("sl-rozaj-1994", "sl-rozaj-1994"),
        ("zh-419", "zh-419"),
    ],
)
def test_tags_take_the_case_of_rfc_5646(stored: str, outside: str) -> None:
    assert format_language_tag(stored) == outside
    assert format_language_tag(stored.upper()) == outside


@pytest.mark.parametrize("suffix", SYNTAXES)
def test_every_syntax_says_the_same_with_tags_in_case(small: Instance, suffix: str) -> None:
    body = written(small, suffix)
    assert {q.triple for q in ox.parse(body, SYNTAXES[suffix].engine)} == told(small)
    assert b"mn-Mong-MN" in body
    assert "say" in body.decode()
    assert written(small, suffix) == body


@pytest.mark.parametrize("suffix", SYNTAXES)
@given(st.text(st.characters(exclude_categories=["Cs", "Cn"], exclude_characters=UNWRITABLE)))
def test_no_text_is_taken_for_a_tag_or_a_key(suffix: str, text: str) -> None:
    values = [
        f'{text}"@mn-mong-mn .',
        f"@mn-mong-mn {text}\\",
        f'x xml:lang="mn-mong-mn">{text}',
        f'{text}"http://purl.org/dc/terms/title":[',
        f"@prefix dct: <x> .{text}",
    ]
    triples = {
        ox.Triple(node("a"), DCT.title, ox.Literal(v, language="mn-mong-mn")) for v in values
    }
    syntax = SYNTAXES[suffix]
    told = sorted(triples, key=str)
    body = b"".join(syntax.document(syntax.fragment(told), [syntax.following(told)]))
    assert {q.triple for q in ox.parse(body, syntax.engine)} == triples
    assert body.count(b"mn-Mong-MN") == 2 * len(values)


def test_export_writes_the_file(small: Instance, tmp_path: Path) -> None:
    done = export(small, tmp_path / "c.ttl")
    assert (done.datasets, done.statements) == (1, len(list(lines(small))))


def test_the_command_writes_the_file_and_says_so(small: Instance, tmp_path: Path) -> None:
    path = tmp_path / "file.rdf"
    asked = ["--data", str(small.root), "export", "--catalogue", str(path)]
    ran = CliRunner().invoke(main, asked)
    assert ran.exit_code == 0, ran.output
    assert "1 dataset, " in ran.output
    assert path.read_bytes() == written(small, "rdf")


def test_export_refuses_what_it_cannot_do(instance: Instance, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="nothing is published"):
        export(instance, tmp_path / "c.ttl")
    with pytest.raises(ConfigError, match=r"\.ttl, \.rdf, \.jsonld, \.nt, \.trig"):
        export(instance, tmp_path / "c.docx")
    versions.publish(instance, "agency", turtle.lines(SMALL))
    (tmp_path / "c.ttl").mkdir()
    with pytest.raises(StorageError):
        export(instance, tmp_path / "c.ttl")


def test_a_failure_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "c.ttl"
    path.write_text("old")
    with pytest.raises(ZeroDivisionError), open_atomic(path) as file:
        file.write(b"half")
        raise ZeroDivisionError
    assert [(p.name, p.read_text()) for p in tmp_path.iterdir()] == [("c.ttl", "old")]


@pytest.fixture(scope="module")
def bundled(few_datasets: Path) -> Instance:
    return open_instance(few_datasets)


def test_the_bundled_catalogue_has_every_dataset_and_no_observation(bundled: Instance) -> None:
    triples = told(bundled)
    listed = {t.object for t in triples if t.predicate == DCAT.dataset}
    assert listed == {t.subject for t in triples if t.object == DCAT.Dataset}
    assert len(listed) == 5
    kinds = {t.object for t in triples if t.predicate == RDF.type}
    assert not kinds & {QB.Observation, QB.DataSet, CORE.Finding, CORE.Claim}
    assert not [t for t in triples if isinstance(t.object, ox.BlankNode)]


def test_agents_and_places_have_names(bundled: Instance) -> None:
    triples = told(bundled)
    agents = {t.subject for t in triples if t.object == FOAF.Agent}
    named = {t.subject for t in triples if t.predicate == FOAF.name}
    assert agents
    assert agents <= named


def test_a_property_has_one_kind_wherever_it_stands() -> None:
    both = PROPERTIES.keys() & DESCRIPTION.keys()
    assert {p for p in both if PROPERTIES[p] != DESCRIPTION[p]} == set()
    assert PROFILE_DATATYPES.keys() <= PROPERTIES.keys()


@needs_shared
def test_the_official_shapes_find_no_violation_in_our_catalogue(bundled: Instance) -> None:
    data = rdflib.Graph().parse(data=written_to(bundled), format="nt")
    shapes = rdflib.Graph()
    for path in official_shapes():
        shapes.parse(path)
    _, found, text = pyshacl.validate(data, shacl_graph=shapes, do_owl_imports=False)
    assert isinstance(found, rdflib.Graph)
    violations = list(found.subjects(rdflib.SH.resultSeverity, rdflib.SH.Violation))
    assert violations == [], text


@needs_shared
def test_the_official_shapes_do_see_a_fault(small: Instance) -> None:
    data = rdflib.Graph().parse(data=written_to(small), format="nt")
    shapes = rdflib.Graph().parse(official_shapes()[0])
    conforms, _, text = pyshacl.validate(data, shacl_graph=shapes, do_owl_imports=False)
    assert not conforms
    assert "description" in text


def written_to(instance: Instance) -> bytes:
    return b"\n".join(lines(instance))
