"""The profiles: each convention refuses its own mistake and no other, and the document says so."""

from __future__ import annotations

import re
import time
from collections import defaultdict
from functools import cache
from pathlib import Path

import pyoxigraph as ox
import pyshacl
import pytest
import rdflib
from rdflib import DCTERMS, RDF, RDFS, SH, SKOS

from bench.data import synthetic
from graph.core.instance import open_instance
from graph.core.iris import ROOT, RULE
from graph.export import lines
from loaders.pipeline import source as sources
from loaders.validation import code_lists
from loaders.validation.catalogue_document import read
from shapes.files import shape_files
from shapes.profiles import PROFILES, VERSION, profile_digest, profile_files, profile_graph
from shapes.profiles.validate import validate_profile
from shapes.results import ValidationResult
from shapes.rules import read_rules
from shapes.validate import check
from tests.shared import DCAT_SAMPLES, needs_shared, official_shapes

pytestmark = pytest.mark.slow

HOUSE = Path(__file__).parent.parent
EXAMPLES = HOUSE / "shapes" / "profiles" / "examples"
DOCUMENT = (HOUSE / "docs" / "dcat-ap-mn.md").read_text("utf-8")
NUMBERS = sorted({p.name[:2] for p in EXAMPLES.glob("*.ttl")})
SEVERITY = {"MUST": SH.Violation, "SHOULD": SH.Warning, "MAY": SH.Info}
LEVELS = [str(level) for level in (SH.Info, SH.Warning, SH.Violation)]
ALONE = ("04", "12")  # their rules look at the whole file, so they are not read with others
SOME = [
    "be-fedict/best_dcat.rdf",
    "dxwg-dcat3/csiro-stratchart_dcat3.ttl",
    "dxwg-dcat3/ga-courts.ttl",
    "es-dcat-ap-es/ttl_1.0.0_E_DCAT-AP-ES_full_optional.ttl",
    "es-dcat-ap-es/rdf_1.0.0_E_DCAT-AP-ES_Catalog_NSIP.rdf",
]


@cache
def shapes(name: str) -> rdflib.Graph:
    return profile_graph(name)


@cache
def codes() -> bytes:
    return b"\n".join(code_lists.codes())


def rules_of(graph: rdflib.Graph) -> list[rdflib.URIRef]:
    kinds = (SH.NodeShape, SH.PropertyShape)
    return [s for k in kinds for s in graph.subjects(RDF.type, k) if isinstance(s, rdflib.URIRef)]


def convention(number: str) -> str:
    return f"{RULE}dcat-ap-mn-{number}/1"


def example(name: str) -> bytes:
    return b"\n".join(read(f"{name}.ttl", (EXAMPLES / f"{name}.ttl").read_bytes()).lines)


@cache
def results() -> dict[str, list[ValidationResult]]:
    """Results by example. Those that can be are checked as one file, each under its own host."""
    found: dict[str, list[ValidationResult]] = defaultdict(list)
    together: list[bytes] = []
    for path in sorted(EXAMPLES.glob("*.ttl")):
        if path.stem.startswith(ALONE):
            found[path.stem] += validate_profile("dcat-ap-mn", example(path.stem), codes()).results
        else:
            own = example(path.stem).replace(b"data.example.mn", f"{path.stem}.mn".encode())
            own = own.replace(b'"wells', f'"{path.stem}-wells'.encode())
            together.append(own.replace(b"_:b", f"_:{path.stem.replace('-', '')}b".encode()))
    for result in validate_profile("dcat-ap-mn", b"\n".join(together), codes()).results:
        spoken = f"{result.focus} {result.value}"
        host = re.search(r"(\d\d-(?:in)?correct)", spoken)
        number = re.match(r"_:(\d\d)((?:in)?correct)", result.focus)
        assert host or number, result
        found[host[1] if host else f"{number[1]}-{number[2]}" if number else ""].append(result)
    return found


def test_there_is_a_pair_of_examples_for_every_convention() -> None:
    graph = shapes("dcat-ap-mn")
    assert sorted({str(n) for n in graph.objects(None, SKOS.notation)}) == NUMBERS
    assert len(list(EXAMPLES.glob("*.ttl"))) == 2 * len(NUMBERS) == 66


@pytest.mark.parametrize("number", NUMBERS)
def test_the_correct_example_breaks_no_rule_at_all(number: str) -> None:
    assert results()[f"{number}-correct"] == []


@pytest.mark.parametrize("number", NUMBERS)
def test_the_incorrect_example_is_refused_by_its_own_rule_only(number: str) -> None:
    found = results()[f"{number}-incorrect"]
    assert {r.rule for r in found} == {convention(number)}
    assert {tuple(sorted(r.messages)) for r in found} == {("en", "mn")}
    for result in found:
        assert re.search("[а-яөү]{3}", result.messages["mn"])
        assert re.search("[a-z]{3} ", result.messages["en"])
        assert not re.search("[а-яөү]", result.messages["en"])


@pytest.mark.parametrize("name", PROFILES)
def test_every_rule_has_a_name_words_and_a_severity(name: str) -> None:
    graph = shapes(name)
    for rule in rules_of(graph):
        assert str(rule).startswith(RULE), rule
        for predicate in (RDFS.label, SH.message):
            texts = [o for o in graph.objects(rule, predicate) if isinstance(o, rdflib.Literal)]
            assert sorted(str(t.language) for t in texts) == ["en", "mn"], (rule, predicate)
        assert graph.value(rule, SH.severity) in SEVERITY.values()
    assert len(rules_of(graph)) >= 15


@pytest.mark.ci
def test_the_shapes_are_shapes() -> None:
    conforms, _, text = pyshacl.validate(
        rdflib.Graph(), shacl_graph=shapes("dcat-ap-mn"), meta_shacl=True, do_owl_imports=False
    )
    assert conforms, text


def test_narrower_rules_replace_rules_that_exist() -> None:
    replaces = rdflib.DCTERMS.replaces
    graph = rdflib.Graph()
    for path in profile_files("dcat-ap-mn"):
        graph.parse(path)
    pairs = list(graph.subject_objects(replaces))
    assert len(pairs) >= 8
    for new, old in pairs:
        assert (old, RDF.type, None) in graph, old
        assert (old, None, None) not in shapes("dcat-ap-mn")
        new_level, old_level = (str(graph.value(shape, SH.severity)) for shape in (new, old))
        assert LEVELS.index(new_level) >= LEVELS.index(old_level), new


def test_the_pipeline_does_not_take_profiles_for_its_own_rules() -> None:
    assert not {p.name for p in shape_files()} & {"dcat-ap.ttl", "dcat-ap-mn.ttl", "harvest.ttl"}
    assert len({profile_digest(name) for name in PROFILES}) == len(PROFILES)


@pytest.mark.parametrize("number", NUMBERS)
def test_the_document_describes_the_convention_as_its_shape_does(number: str) -> None:
    graph = shapes("dcat-ap-mn")
    section = DOCUMENT.split(f"\n### {number}. ")[1].split("\n### ")[0]
    faces = list(graph.subjects(SKOS.notation, rdflib.Literal(number)))
    words = re.search(r"\*\*\w+ · (MUST|SHOULD|MAY)\.\*\*", section)
    assert words
    for face in faces:
        assert graph.value(face, SH.severity) == SEVERITY[words[1]]
        for text in (*graph.objects(face, SH.message), *graph.objects(face, RDFS.label)):
            assert str(text) in section
    assert "*Яагаад:*" in section
    assert "*Why:*" in section
    assert re.search(rf"^\| {number} \| \w+ · {words[1]} \|", DOCUMENT, re.MULTILINE)


@pytest.mark.parametrize("which", ["correct", "incorrect"])
@pytest.mark.parametrize("number", NUMBERS)
def test_what_the_document_shows_stands_in_the_example(number: str, which: str) -> None:
    section = DOCUMENT.split(f"\n### {number}. ")[1].split("\n### ")[0]
    blocks = re.findall(r"```turtle\n(.*?)```", section, re.DOTALL)
    assert len(blocks) == 2
    prefixes = {
        line
        for path in EXAMPLES.glob("*.ttl")
        for line in path.read_text("utf-8").splitlines()
        if line.startswith(("@prefix", "@base"))
    }
    shown = "\n".join(sorted(prefixes)) + "\n" + blocks[which == "incorrect"]
    whole = (EXAMPLES / f"{number}-{which}.ttl").read_text("utf-8")
    inside = {_plain(q) for q in ox.parse(whole, ox.RdfFormat.TURTLE)}
    assert {_plain(q) for q in ox.parse(shown, ox.RdfFormat.TURTLE)} <= inside


def _plain(quad: ox.Quad) -> str:
    return re.sub(r"_:\w+", "_:b", str(quad.triple))


def test_our_catalogue_follows_every_must(loaded_demo: Path) -> None:
    found = b"\n".join(lines(open_instance(loaded_demo)))
    report = validate_profile("dcat-ap-mn", found, codes())
    assert [r.to_json() for r in report.with_severity("Violation")] == []
    assert report.with_severity("Warning")


def compared_parts(report_of: rdflib.Graph, lines: bytes) -> set[tuple[str, str, str]]:
    """Violations as focus, path and component; dates apart, since official rules for them sleep."""
    found = check(report_of, lines).with_severity("Violation")
    return {
        (r.focus, r.path, r.component)
        for r in found
        if not r.path.endswith(("issued", "modified", "startDate", "endDate"))
    }


@needs_shared
@pytest.mark.parametrize("name", SOME)
def test_our_restatement_finds_what_the_official_shapes_find(name: str) -> None:
    path = DCAT_SAMPLES / name
    lines = b"\n".join(read(path.name, path.read_bytes()).lines)
    official = rdflib.Graph()
    for shape in official_shapes():
        official.parse(shape)
    expected = compared_parts(official, lines)
    assert expected
    assert compared_parts(shapes("dcat-ap"), lines) == expected


@pytest.mark.parametrize("name", PROFILES)
def test_a_profile_is_described_with_all_its_rules(name: str) -> None:
    described = rdflib.Graph().parse(HOUSE / "loaders" / "bundled" / "rules" / "profiles.ttl")
    profile = rdflib.URIRef(f"{ROOT}def/profile/{name}/{VERSION}")
    listed = set(map(str, described.objects(profile, DCTERMS.hasPart)))
    assert listed == {rule.rule for rule in read_rules(profile_graph(name)).values()}
    for text in (DCTERMS.title, DCTERMS.description):
        found = [o for o in described.objects(profile, text) if isinstance(o, rdflib.Literal)]
        assert {literal.language for literal in found} == {"mn", "en"}


def test_every_rule_is_published_at_its_own_address() -> None:
    source = sources.read(sources.BUNDLED / "rules.toml")
    read_ = {p.resolve() for f in source.files for p in source.path.parent.glob(f)}
    expected = {*shape_files(), *(p for name in PROFILES for p in profile_files(name))}
    assert expected <= read_


def synthetic_catalogue(datasets: int) -> bytes:
    typed = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
    head = f"<{synthetic.BASE}catalog> {typed} <http://www.w3.org/ns/dcat#Catalog> .\n"
    return head.encode() + b"".join(line.text + b"\n" for line in synthetic.lines(datasets))


def test_harvestability_is_judged_in_linear_time() -> None:
    def seconds(datasets: int) -> float:
        candidate = synthetic_catalogue(datasets)
        start = time.process_time()
        assert (
            len(validate_profile("harvest", candidate).results) == 2
        )  # the catalogue has no texts
        return time.process_time() - start

    seconds(10)
    # four times the datasets; were each date held against each dataset, it would be sixteen times
    assert seconds(2000) < 9 * seconds(500)
