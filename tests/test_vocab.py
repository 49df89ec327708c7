"""The words: every own term is defined in both languages, and every term used is one of them."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

import pyoxigraph as ox
import pytest

from graph.core.iris import DEF, ROOT, Names
from graph.queries.engines import text_functions
from loaders.pipeline import protocol, source
from loaders.pipeline.record import Capture, Statement
from tests.one_by_one import one_by_one
from vocab import namespaces
from vocab.namespaces import DCT, MODULES, OWL, RDF, RDFS, SD, SH, SKOS, VS
from vocab.terms import Object

HOUSE = Path(__file__).parents[1]
CODE = [
    p for room in ("loaders", "graph", "shapes", "server") for p in (HOUSE / room).rglob("*.py")
]
TURTLE = [p for room in ("loaders", "shapes") for p in (HOUSE / room).rglob("*.ttl")]
QUERIES = [p for room in ("graph", "shapes", "server") for p in (HOUSE / room).rglob("*.rq")]

ROOMS = ("vocab", "graph", "loaders", "shapes", "server", "bench")
KINDS = ("*.py", "*.toml", "*.html", "*.json", "*.jsonld", "*.csv", "*.rq")

_NAMES = "|".join(MODULES)
_USE = re.compile(rf"\b({_NAMES.upper()})(?:\.([A-Za-z]\w*)|\[\"([^\"]+)\"\])")
_PREFIXED = re.compile(rf"\b({_NAMES}):([A-Za-z]\w*)")


@cache
def module(name: str) -> frozenset[ox.Quad]:
    return frozenset(ox.parse(path=HOUSE / "vocab" / f"{name}.ttl"))


def defined() -> set[str]:
    return {
        quad.subject.value
        for name in MODULES
        for quad in module(name)
        if quad.predicate == RDFS.isDefinedBy and isinstance(quad.subject, ox.NamedNode)
    }


def test_our_namespaces_stand_under_the_root_of_names() -> None:
    assert {str(ns) for ns in MODULES.values()} == {f"{DEF}{name}#" for name in MODULES}
    assert {path.stem for path in (HOUSE / "vocab").glob("*.ttl")} == set(MODULES)


def test_every_function_a_query_can_call_is_a_term_and_no_other() -> None:
    functions = {q.subject for q in module("function") if q.object == SD.Function}
    assert functions == text_functions.FUNCTIONS.keys()


_ANY = re.compile(rf"{DEF}(\w+)#(\w+)")
EXAMPLES = {
    "graph/queries/syntax/checks.py": {"service#x"},  # what a stranger may write
    "server/scratch/silent.py": {"place#start"},  # a prefix of its own
}


@pytest.mark.parametrize(
    "path", sorted(p for kind in KINDS for room in ROOMS for p in (HOUSE / room).rglob(kind))
)
def test_no_other_file_names_an_own_term_nobody_defined(path: Path) -> None:
    """Source descriptions, pages, tables and code: full addresses and prefixed names alike."""
    text = path.read_text("utf-8")
    named = prefixed([text]) | {m[0] for m in _ANY.finditer(text)}
    known = {DEF + term for term in EXAMPLES.get(str(path.relative_to(HOUSE)), ())}
    assert named - defined() - known == set()


def test_a_namespace_gives_terms_by_attribute_and_by_bracket() -> None:
    assert DCT.title == DCT["title"] == ox.NamedNode("http://purl.org/dc/terms/title")
    assert DCT.title is DCT.title
    assert str(DCT) == "http://purl.org/dc/terms/"


def test_every_own_term_in_code_is_defined() -> None:
    used = {
        f"{DEF}{match[1].lower()}#{match[2] or match[3]}": path
        for path in CODE
        for match in _USE.finditer(path.read_text("utf-8"))
    }
    assert len(used) > 10
    assert {term: path for term, path in used.items() if term not in defined()} == {}


def own_terms(path: Path) -> set[str]:
    if path.suffix == ".rq":
        return prefixed([path.read_text("utf-8")])
    quads = list(ox.parse(path=path, base_iri=ROOT))
    terms = {term for quad in quads for term in (quad.subject, quad.predicate, quad.object)}
    return {
        t.value for t in terms if isinstance(t, ox.NamedNode) and re.match(f"{DEF}\\w+#", t.value)
    } | prefixed(q.object.value for q in quads if q.predicate in (SH.select, SH.ask))


def prefixed(texts: Iterable[str]) -> set[str]:
    """The own terms that SPARQL or Turtle texts name by prefix."""
    return {f"{DEF}{m[1]}#{m[2]}" for text in texts for m in _PREFIXED.finditer(text)}


@pytest.mark.parametrize("path", TURTLE + QUERIES, ids=lambda p: str(p.relative_to(HOUSE)))
def test_every_own_term_in_turtle_and_queries_is_defined(path: Path) -> None:
    assert own_terms(path) - defined() == set()


_FENCED = re.compile(r"^```(?:sparql|turtle|ttl)\n(.*?)^```", re.S | re.M)


def test_every_own_term_in_examples_of_the_docs_is_defined() -> None:
    pages = {p: p.read_text("utf-8") for p in (*HOUSE.glob("*.md"), *HOUSE.glob("docs/**/*.md"))}
    wrong = {p.name: prefixed(_FENCED.findall(text)) - defined() for p, text in pages.items()}
    assert {name: terms for name, terms in wrong.items() if terms} == {}


def test_a_term_nobody_defined_is_found_in_a_shapes_query(tmp_path: Path) -> None:
    path = tmp_path / "wrong.ttl"
    path.write_text(f'<x> {SH.select} "SELECT * {{ ?x core:rule ?r ; stat:nowhere ?y }}" .')
    assert own_terms(path) - defined() == {f"{DEF}stat#nowhere"}


@pytest.mark.parametrize("name", MODULES)
def test_every_term_has_label_and_definition_in_both_languages(name: str) -> None:
    quads = module(name)
    ontology = ox.NamedNode(f"{DEF}{name}")
    terms = {q.subject for q in quads if q.predicate == RDFS.isDefinedBy}
    kinds = {OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty, SD.Function}
    assert terms == {q.subject for q in quads if q.object in kinds}
    assert all(q.object == ontology for q in quads if q.predicate == RDFS.isDefinedBy)
    for predicate in (RDFS.label, SKOS.definition, SKOS.example):
        for term in terms:
            assert languages(quads, term, predicate) == ["en", "mn"], f"{term} {predicate}"
    assert terms == {q.subject for q in quads if q.predicate == VS.term_status}
    assert terms <= {q.subject for q in quads if q.predicate == DCT.source}
    for predicate in (DCT.title, DCT.description):
        assert languages(quads, ontology, predicate) == ["en", "mn"]


@pytest.mark.parametrize("name", MODULES)
def test_the_manual_has_every_term_as_the_turtle_says_it(name: str) -> None:
    text = (HOUSE / "docs" / "words.md").read_text("utf-8")
    rows = {row for row in text.splitlines() if row.startswith(f"| `{name}:")}
    terms = {q.subject for q in module(name) if q.predicate == RDFS.isDefinedBy}
    texts = {
        (q.subject, q.predicate, q.object.language): q.object.value
        for q in module(name)
        if isinstance(q.object, ox.Literal) and q.subject in terms
    }
    expected = {
        f"| `{name}:{str(term).strip('<>').rpartition('#')[2]}` | {texts[term, RDFS.label, 'mn']}"
        f" | {texts[term, RDFS.label, 'en']} | {texts[term, SKOS.definition, 'en']} |"
        for term in terms
    }
    assert rows == expected


def languages(quads: frozenset[ox.Quad], subject: object, predicate: ox.NamedNode) -> list[str]:
    return sorted(
        str(getattr(q.object, "language", None))
        for q in quads
        if q.subject == subject and q.predicate == predicate
    )


def captures(described: source.Source) -> Iterator[Capture]:
    for pattern in described.files:
        for path in sorted(described.path.parent.glob(pattern)):
            data = path.read_bytes()
            digest = hashlib.sha256(data).hexdigest()
            yield Capture(digest, path.name, pattern, described.media_type, data)


@cache
def everything() -> tuple[Statement, ...]:
    found: list[Statement] = []
    for described in source.read_all().values():
        context = protocol.LoaderContext(described, Names(ROOT))
        module_ = protocol.find_loader(described)
        for record in module_.records(list(captures(described)), context):
            made = module_.statements(record, context)
            found += (one for one in one_by_one(made) if isinstance(one, Statement))
    return tuple(found)


_FOREIGN = ("http://publications.europa.eu/", "http://www.iana.org/", f"{namespaces.SDMX_CODE}")
_OWN = f"{ROOT}scheme/"


def test_every_code_the_bundled_sources_point_at_is_described() -> None:
    """Shapes ask a code for its type, and pages for its label."""
    typed = {s.subject for s in everything() if s.predicate == RDF.type}
    used = {
        s.object
        for s in everything()
        if isinstance(s.object, ox.NamedNode) and s.object.value.startswith((*_FOREIGN, _OWN))
    }
    lists = {s.subject for s in everything() if s.predicate == RDF.first}
    assert len(used) > 100
    assert sorted(t.value for t in used - typed - lists) == []


def test_every_concept_has_a_label() -> None:
    labels = {s.subject for s in everything() if s.predicate in (SKOS.prefLabel, RDFS.label)}
    concepts = {s.subject for s in everything() if s.object == SKOS.Concept}
    assert concepts - labels == set()


def test_language_tags_are_lower_case_and_no_blank_node_is_published() -> None:
    for s in everything():
        assert isinstance(s.subject, ox.NamedNode)
        assert isinstance(s.object, Object)
        if isinstance(s.object, ox.Literal) and s.object.language:
            assert s.object.language == s.object.language.lower()


def test_organisations_that_publish_are_described() -> None:
    named = {s.subject for s in everything() if s.predicate.value.endswith("foaf/0.1/name")}
    publishers = {s.object for s in everything() if s.predicate == DCT.publisher}
    assert publishers - named == set()
