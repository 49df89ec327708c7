"""Every rule with an example that conforms and one that fails, in both languages."""

from __future__ import annotations

import io
import json
import re
import time
from pathlib import Path

import pyoxigraph as ox
import pyshacl
import pytest
from pyshacl.errors import ReportableRuntimeError
from rdflib import RDF, SH, XSD, Graph, Literal, URIRef

from shapes import files, rules
from shapes.results import INFO, VIOLATION, WARNING, ValidationReport
from shapes.validate import shape_files, shapes_digest, validate
from tests.shape_examples import (
    AREAS,
    CUBE,
    DATASET,
    EXAMPLES,
    ONE,
    PLACE,
    RULE,
    broken,
    check,
    observation,
    triples,
)

pytestmark = pytest.mark.slow

KNOWN = rules.read_rules(files.shapes_graph())


@pytest.mark.parametrize(("rule", "good", "bad"), EXAMPLES)
def test_rule(rule: str, good: str, bad: str) -> None:
    assert broken(check(good)) == set()
    found = check(bad)
    mine = [r for r in found.results if r.rule == RULE + rule]
    assert mine
    assert {r.severity for r in mine} == {KNOWN[RULE + rule].severity}
    for result in mine:
        assert set(result.messages) == {"mn", "en"}
        assert re.search("[а-яөү]", result.messages["mn"])
        assert not re.search("[а-яөү]", result.messages["en"])
        assert "{" not in "".join(result.messages.values())
    assert found.conforms == (not found.with_severity(VIOLATION))


def test_every_rule_has_an_example() -> None:
    shown = {RULE + rule for rule, _, _ in EXAMPLES}
    elsewhere = {
        "no-person-of-file/1",
        "headline-equals-sum/1",
        "parent-equals-children/1",
        "parent-within-rounding/1",
    }
    assert set(KNOWN) == shown | {RULE + name for name in elsewhere}


def test_every_rule_is_named_and_worded_in_both_languages() -> None:
    for iri, rule in KNOWN.items():
        assert re.fullmatch(RULE + r"[a-z0-9-]+/[0-9]+", iri)
        assert rule.severity in {VIOLATION, WARNING, INFO}
        assert set(rule.labels) == {"mn", "en"}
        assert set(rule.messages) == {"mn", "en"}
        variables = [set(t.variables) for t in rule.templates if t.language]
        assert variables[0] == variables[1]


def test_every_shape_that_can_give_a_result_is_a_rule() -> None:
    graph = files.shapes_graph()
    targets = (SH.targetClass, SH.targetSubjectsOf, SH.targetObjectsOf, SH.targetNode)
    targeted = {str(s) for target in targets for s in graph.subjects(target)}
    assert targeted <= set(KNOWN)


def test_placeholders_are_selected() -> None:
    graph = files.shapes_graph()
    for constraint, query in graph.subject_objects(SH.select):
        head = str(query).split("WHERE")[0]
        for message in graph.objects(constraint, SH.message):
            names = re.findall(r"\{\?(\w+)\}", str(message))
            assert set(names) <= set(re.findall(r"\?(\w+)", head)), (constraint, names)


def test_the_two_faces_of_a_sum_ask_the_same() -> None:
    graph = files.shapes_graph()
    queries = [str(q) for q in graph.objects(None, SH.select) if "?tolerance" in str(q)]
    assert len(queries) == 2
    without = {re.sub(r"FILTER\(ABS.*", "", q) for q in queries}
    assert len(without) == 1


@pytest.mark.ci
def test_shapes_are_valid_shapes() -> None:
    """Against the W3C's shapes for shapes, which pySHACL carries; it raises where they fail."""
    pyshacl.validate(Graph(), shacl_graph=files.shapes_graph(), meta_shacl=True)
    wrong = files.shapes_graph()
    wrong.add((URIRef(RULE + "agent-name/1"), SH.minCount, Literal("many")))
    with pytest.raises(ReportableRuntimeError):
        pyshacl.validate(Graph(), shacl_graph=wrong, meta_shacl=True)


def test_digest_names_the_files() -> None:
    assert re.fullmatch("[0-9a-f]{64}", shapes_digest())
    names = [path.name for path in shape_files()]
    assert names == sorted(names)
    assert {"core.ttl", "stat.ttl", "privacy.ttl"} <= set(names)


def test_the_manual_names_every_rule() -> None:
    manual = (Path(__file__).parent.parent / "docs" / "validation.md").read_text("utf-8")
    listed = set(re.findall(r"^\| `([a-z0-9-]+/[0-9]+)`", manual, re.MULTILINE))
    assert listed == {iri.removeprefix(RULE) for iri in KNOWN}


# ---- sums


def sums(total: str, *parts: str) -> ValidationReport:
    areas = ("361", "363", "367")
    cells = [observation(a, v) for a, v in zip(areas, parts, strict=True)]
    return check(CUBE + AREAS + observation("3", total) + "".join(cells))


def test_a_total_inside_rounding_is_info() -> None:
    (result,) = sums("8377.8", "175.8", "3038.7", "5163.2").results
    assert (result.severity, result.rule) == (INFO, RULE + "parent-equals-children/1")
    assert result.subject == "https://w3id.org/ulzii/id/dataset/x/1/cube/3"
    assert result.details["computed"] == "8377.7"
    assert result.details["tolerance"] == "0.2"
    assert len(result.details["derived"].split()) == 3
    assert "8,377.8" in result.messages["en"]
    assert "8,377.7" in result.messages["mn"]


@pytest.mark.parametrize(
    ("total", "severity"),
    [("8377.7", None), ("8377.9", INFO), ("8378.0", WARNING), ("8377.4", WARNING)],
)
def test_tolerance_is_half_a_digit_for_every_figure(total: str, severity: str | None) -> None:
    found = [r.severity for r in sums(total, "175.8", "3038.7", "5163.2").results]
    assert found == ([severity] if severity else [])


def test_an_empty_cell_counts_as_nothing() -> None:
    (result,) = sums("8202.0", "", "3038.7", "5163.2").results
    assert (result.severity, result.details["parts"]) == (INFO, "2")


def test_a_total_is_not_compared_with_some_of_its_parts() -> None:
    found = check(CUBE + AREAS + observation("3", "8377.8") + observation("361", "175.8"))
    assert found.results == ()


def test_no_sum_where_the_measure_is_not_additive() -> None:
    cube = CUBE.replace("; stat:additiveOver sdmxd:refArea", "")
    cells = "".join(observation(a, "1") for a in ("3", "361", "363", "367"))
    assert check(cube + AREAS + cells).results == ()


def test_counts_are_compared_too() -> None:
    (result,) = sums("6", "1", "1", "1").results
    assert (result.severity, result.details["tolerance"]) == (WARNING, "2")


# ---- the candidate and its reference


def test_only_the_candidate_is_judged() -> None:
    bad = DATASET.replace('dct:identifier "x:1" ;', "")
    good = DATASET.replace("<d>", "<e>")
    assert check(good, bad).results == ()
    assert not check(bad, good).conforms


def test_a_subject_described_in_both_is_judged_as_a_whole() -> None:
    assert broken(check('<o> dct:title "x"@en .', "<o> a foaf:Agent .")) == {"agent-name/1"}
    assert check('<o> foaf:name "Яам"@mn .', "<o> a foaf:Agent .").results == ()


def test_blank_nodes_and_literals_in_odd_places_are_refused() -> None:
    assert broken(check("[] a dcat:Dataset .")) == {"subject-is-iri/1"}
    assert not check('<scheme/au/1> foaf:focus "Архангай" .').conforms


def test_codes_are_looked_up_in_the_reference() -> None:
    assert check(CUBE + observation("3", "1"), AREAS).results == ()


def test_a_triple_in_both_counts_once() -> None:
    assert check(ONE, ONE).results == ()


def test_a_class_reaches_its_subclasses() -> None:
    reference = "<Ministry> rdfs:subClassOf foaf:Agent . <p> a <Ministry> ."
    assert broken(check("<o> a <Ministry> .", reference)) == {"agent-name/1"}


def test_nothing_conforms() -> None:
    found = validate(b"")
    assert found.conforms
    assert found.counts == {VIOLATION: 0, WARNING: 0, INFO: 0}
    assert found.statements == 0


def test_bytes_lines_and_files_are_the_same(tmp_path: Path) -> None:
    data = triples(DATASET.replace('dct:identifier "x:1" ;', ""))
    expected = validate(data).to_json()
    assert validate(io.BytesIO(data)).to_json() == expected
    assert validate(iter(data.splitlines())).to_json() == expected
    assert validate(data, workspace=tmp_path / "check").to_json() == expected


def test_the_report_is_the_same_whatever_the_order() -> None:
    turtle = ONE.replace("; sdmxd:refPeriod <id/period/2024>", "").replace(AREAS, "") + PLACE
    lines = triples(turtle + DATASET.replace("<o>", '"Яам"')).splitlines()
    first, second = validate(lines).to_json(), validate(lines[::-1]).to_json()
    assert first == second
    document = json.loads(first)
    assert document["conforms"] is False
    assert document["statements"] == len(lines)
    assert document["shapes"] == shapes_digest()
    assert document["counts"]["Violation"] == len(document["results"])


def test_the_report_written_in_parts_is_canonical_json() -> None:
    for turtle in ("", DATASET.replace('dct:identifier "x:1" ;', "")):
        text = check(turtle).to_json().decode()
        again = json.dumps(
            json.loads(text), ensure_ascii=False, sort_keys=True, separators=(",", ":")
        )
        assert again == text


def test_what_is_not_n_triples_is_an_error() -> None:
    with pytest.raises(SyntaxError):
        validate(b"<a> <b> .")


def test_the_report_as_rdf_has_no_blank_nodes() -> None:
    found = check(DATASET.replace('dct:identifier "x:1" ;', ""))
    lines = found.to_ntriples("https://example.mn/report/1")
    quads = list(ox.parse(lines, ox.RdfFormat.N_TRIPLES))
    assert not any(isinstance(term, ox.BlankNode) for q in quads for term in (q.subject, q.object))
    messages = {q.object.language for q in quads if q.predicate.value.endswith("resultMessage")}
    assert messages == {"mn", "en"}


def test_the_observation_is_rejected_not_the_cube() -> None:
    cells = ONE + observation("361", "1 , 2")
    assert check(cells).rejected_subjects == {"https://w3id.org/ulzii/id/dataset/x/1/cube/361"}


@pytest.mark.parametrize(
    ("text", "datatype"),
    [
        ("<div>" * 20_000, RDF.HTML),
        ("<a>" * 20_000, RDF.XMLLiteral),
        ("9" * 5000, XSD.integer),
        ("2026-13-45", XSD.date),
    ],
)
def test_foreign_literals_are_not_parsed_as_documents(
    text: str, datatype: URIRef, caplog: pytest.LogCaptureFixture
) -> None:
    start = time.process_time()
    assert str(Literal(text, datatype=datatype)) == text
    assert time.process_time() - start < 1
    assert not caplog.records  # a traceback on the terminal otherwise
