"""The catalogue as a file: what is in it, in which forms, and that official shapes accept it."""

from __future__ import annotations

import io
from pathlib import Path

import pyoxigraph as ox
import pyshacl
import pytest
import rdflib
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from graph import snapshots
from graph.core.errors import ConfigError, StorageError
from graph.core.files import open_atomic
from graph.core.instance import Instance
from graph.core.iris import ROOT
from graph.export import SYNTAXES, catalogue, export
from graph.export.properties import DESCRIPTION, PROPERTIES
from graph.export.write import write
from server.cli import main
from tests.shared import bundled_store, needs_shared, official_shapes
from vocab.literals import PROFILE_DATATYPES, format_language_tag, with_profile_datatype
from vocab.namespaces import CORE, DCAT, DCT, DQV, FOAF, QB, RDF, SKOS, XSD

CATALOG = f"{ROOT}catalog"
EX = "https://example.mn/"
SMALL = """
PREFIX dcat: <http://www.w3.org/ns/dcat#> PREFIX dct: <http://purl.org/dc/terms/>
PREFIX foaf: <http://xmlns.com/foaf/0.1/> PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
PREFIX dqv: <http://www.w3.org/ns/dqv#> BASE <https://example.mn/>
INSERT DATA {
  <catalog> a dcat:Catalog ; dct:title "Каталог"@mn ; dct:publisher <org> ; dcat:dataset <d> .
  <org> a foaf:Agent ; foaf:name "Яам"@mn .
  <d> a dcat:Dataset ; dct:title "Өгөгдөл"@mn , "ᠮᠣᠩᠭᠣᠯ"@mn-mong-mn , "say \\"@mn-mong-mn ."@en ;
    dct:license <licence> ; dcat:theme <theme> ; dct:spatial <place> ;
    dqv:hasQualityAnnotation <f> ; dcat:distribution <d/file/1> .
  <d/file/1> a dcat:Distribution ; dcat:accessURL <http://x/> ; dcat:byteSize 12 .
  <place> dct:title "Газар"@mn . <f> dct:title "олдвор"@mn . <other> dct:title "бусад"@mn .
}"""


def small() -> ox.Store:
    store = ox.Store()
    store.update(SMALL)
    return store


def node(name: str) -> ox.NamedNode:
    return ox.NamedNode(EX + name)


def told() -> set[ox.Triple]:
    return set(catalogue(small(), f"{EX}catalog"))


def publish(instance: Instance, staged: ox.Store) -> None:
    folder = instance.staging / "small"
    store = ox.Store(str(folder))
    store.extend(list(staged))
    store.flush()
    del store
    made = snapshots.install(instance, folder, snapshots.next_snapshot(instance, 1))
    snapshots.set_current(instance, made)


def text_of(suffix: str) -> bytes:
    out = io.BytesIO()
    write(catalogue(small(), f"{EX}catalog"), out, SYNTAXES[suffix])
    return out.getvalue()


def test_the_walk_takes_what_the_catalogue_says_and_leaves_the_rest() -> None:
    subjects = {str(t.subject.value) for t in told() if isinstance(t.subject, ox.NamedNode)}
    names = ["catalog", "org", "d", "d/file/1", "place", "licence"]
    assert subjects == {EX + name for name in names}
    assert not [t for t in told() if t.predicate == DQV.hasQualityAnnotation]


def test_what_is_referred_to_gets_the_type_a_profile_asks_for() -> None:
    assert ox.Triple(node("licence"), RDF.type, DCT.LicenseDocument) in told()
    assert ox.Triple(node("place"), RDF.type, DCT.Location) in told()


def test_no_stub_that_would_oblige_to_a_name_nobody_knows() -> None:
    assert ox.Triple(node("theme"), RDF.type, SKOS.Concept) not in told()


def test_datatypes_are_restated() -> None:
    sizes = [t.object for t in told() if t.predicate == DCAT.byteSize]
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
def test_every_syntax_says_the_same_with_tags_in_case(suffix: str) -> None:
    body = text_of(suffix)
    back = {q.triple for q in ox.parse(body, SYNTAXES[suffix].engine)}
    assert back == told()
    assert b"mn-Mong-MN" in body
    assert "say" in body.decode()


@pytest.mark.parametrize("suffix", SYNTAXES)
def test_the_same_snapshot_gives_the_same_bytes(suffix: str) -> None:
    assert len({text_of(suffix) for _ in range(5)}) == 1


@pytest.mark.parametrize("suffix", SYNTAXES)
@given(st.text(st.characters(exclude_categories=["Cs", "Cc", "Cn"]), max_size=40))
def test_no_text_is_taken_for_a_tag(suffix: str, text: str) -> None:
    values = [f'{text}"@mn-mong-mn .', f"@mn-mong-mn {text}\\", f'x xml:lang="mn-mong-mn">{text}']
    triples = {
        ox.Triple(node("a"), DCT.title, ox.Literal(v, language="mn-mong-mn")) for v in values
    }
    out = io.BytesIO()
    write(sorted(triples, key=str), out, SYNTAXES[suffix])
    assert {q.triple for q in ox.parse(out.getvalue(), SYNTAXES[suffix].engine)} == triples
    assert out.getvalue().count(b"mn-Mong-MN") == 3


def test_export_writes_the_file(instance: Instance, tmp_path: Path) -> None:
    publish(instance, small())
    done = export(instance, tmp_path / "c.ttl")
    assert (done.snapshot, done.datasets, done.statements) == ("1", 1, len(told()))
    assert (tmp_path / "c.ttl").read_bytes() == text_of(".ttl")


def test_the_command_writes_the_file_and_says_so(instance: Instance, tmp_path: Path) -> None:
    publish(instance, small())
    path = tmp_path / "c.rdf"
    asked = ["--data", str(instance.root), "export", "--catalogue", str(path)]
    ran = CliRunner().invoke(main, asked)
    assert ran.exit_code == 0, ran.output
    assert "1 datasets" in ran.output
    assert path.read_bytes() == text_of(".rdf")


def test_export_refuses_what_it_cannot_do(instance: Instance, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="nothing is published"):
        export(instance, tmp_path / "c.ttl")
    with pytest.raises(ConfigError, match=r"\.ttl, \.nt, \.jsonld, \.rdf"):
        export(instance, tmp_path / "c.docx")
    publish(instance, small())
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


def test_the_bundled_catalogue_has_every_dataset_and_no_observation() -> None:
    store = bundled_store()
    triples = list(catalogue(store, CATALOG))
    listed = {q.object for q in store.quads_for_pattern(None, DCAT.dataset, None)}
    assert listed <= {t.subject for t in triples}
    assert len(listed) == 5
    kinds = {t.object for t in triples if t.predicate == RDF.type}
    assert not kinds & {QB.Observation, QB.DataSet, CORE.Finding, CORE.Claim}
    assert not [t for t in triples if isinstance(t.object, ox.BlankNode)]


def test_agents_and_places_have_names() -> None:
    triples = list(catalogue(bundled_store(), CATALOG))
    agents = {t.subject for t in triples if t.object == FOAF.Agent}
    named = {t.subject for t in triples if t.predicate == FOAF.name}
    assert agents
    assert agents <= named


def test_a_property_has_one_kind_wherever_it_stands() -> None:
    both = PROPERTIES.keys() & DESCRIPTION.keys()
    assert {p for p in both if PROPERTIES[p] != DESCRIPTION[p]} == set()
    assert PROFILE_DATATYPES.keys() <= PROPERTIES.keys()


@needs_shared
def test_the_official_shapes_find_no_violation_in_our_catalogue() -> None:
    out = io.BytesIO()
    write(catalogue(bundled_store(), CATALOG), out, SYNTAXES[".ttl"])
    data = rdflib.Graph().parse(data=out.getvalue(), format="turtle")
    shapes = rdflib.Graph()
    for path in official_shapes():
        shapes.parse(path)
    _, found, text = pyshacl.validate(data, shacl_graph=shapes, do_owl_imports=False)
    assert isinstance(found, rdflib.Graph)
    violations = list(found.subjects(rdflib.SH.resultSeverity, rdflib.SH.Violation))
    assert violations == [], text


@needs_shared
def test_the_official_shapes_do_see_a_fault() -> None:
    data = rdflib.Graph().parse(data=text_of(".ttl"), format="turtle")
    shapes = rdflib.Graph().parse(official_shapes()[0])
    conforms, _, text = pyshacl.validate(data, shacl_graph=shapes, do_owl_imports=False)
    assert not conforms
    assert "description" in text
