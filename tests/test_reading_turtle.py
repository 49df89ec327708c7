"""Turtle and its relatives: each statement whole or not at all, nothing invented, nothing cut."""

from __future__ import annotations

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.core.errors import InputError
from loaders.catalogues.model import LocatedTriple, ReceivedDocument
from loaders.catalogues.turtle.document import by_statement
from tests import parts
from tests.readings import BASE, TURTLE_START, BytesRead, read_bytes
from tests.shared import DCAT_SAMPLES, needs_shared
from vocab.namespaces import DCAT, RDF, XSD

ONE, TWO, THREE = (f'd:{n} a dcat:Dataset ; dct:title "Dataset {n}"@en .\n' for n in range(3))


def test_a_good_document_comes_whole_with_the_line_of_each_statement() -> None:
    found = read_bytes(TURTLE_START + ONE + TWO)
    assert (len(found.datasets), found.problems) == (2, [])
    assert {t.locator for t in found.triples} == {"line=3,4", "line=4,5"}


FAULTS = {
    "undeclared prefix": ("foaf:page d:x", 3, "prefix-assumed"),
    "unknown prefix": ("nobody:page d:x", 2, "statement-dropped"),
    "value without quotes": ("dct:issued 2020-01-01", 2, "statement-dropped"),
    "open string": ('dct:title "a ; dct:description "b"', 2, "statement-dropped"),
    "open bracket": ("dcat:distribution [ dct:title 'x'", 2, "statement-dropped"),
    "name with a slash": ("dct:isPartOf d:a/b", 3, "turtle-mended"),
    "language with an underscore": ("dct:title 'x'@en_US", 3, "turtle-mended"),
    "backslash that escapes nothing": ('dct:title "C:\\data\\u12"', 3, "turtle-mended"),
    "comma without a value": ("dct:isPartOf d:x ,", 3, "turtle-mended"),
    "two faults": ("dct:isPartOf d:a/b , ; dct:title 'x'@en_US", 3, "turtle-mended"),
    "blank in an IRI": ("dct:isPartOf <http://a.example/x y>", 3, "iri-mended"),
    "relative IRI": ("dct:isPartOf <x>", 3, "iri-relative"),
    "control character": ('dct:title "a\\u000Bb"', 3, "control-character"),
    "date that does not exist": (f'dct:issued "2020-02-30"^^<{XSD.date.value}>', 3, ""),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_costs_its_own_statement_at_most(fault: str) -> None:
    more, datasets, kind = FAULTS[fault]
    found = read_bytes(TURTLE_START + ONE + TWO.replace(" .\n", f" ;\n  {more} .\n") + THREE)
    assert len(found.datasets) == datasets
    assert set(found.kinds) == ({kind} if kind else set())
    if datasets == 2:
        assert {str(p.subject) for p in found.problems} <= {"<http://portal.example/d/1>", "None"}
        assert found.values("title") == ["Dataset 0", "Dataset 2"]


def test_directives_in_capitals_are_read() -> None:
    assert len(read_bytes(TURTLE_START.replace("@prefix", "@PREFIX") + ONE, "x.ttl").datasets) == 1


def test_a_missing_dot_is_put_where_the_next_subject_begins_a_line() -> None:
    found = read_bytes(TURTLE_START + ONE.replace(" .", "") + TWO)
    assert (len(found.datasets), found.kinds) == (2, {"turtle-mended": 1})


def test_nothing_readable_is_refused_with_the_first_error() -> None:
    with pytest.raises(InputError, match="no statement can be read; line 1"):
        read_bytes("dct:title [ ] .", "x.ttl")


def test_graphs_of_trig_are_opened() -> None:
    body = ONE + TWO.replace(" .\n", "")
    found = read_bytes(TURTLE_START + f"d:g {{ {body} }} GRAPH d:h {{ {THREE} }}\n")
    broken = read_bytes(TURTLE_START + f"d:g {{ {body} }} GRAPH d:h {{ {THREE} }}\nd:x d:y .\n")
    assert found.facts == broken.facts
    assert (len(found.datasets), broken.kinds) == (3, {"statement-dropped": 1})
    with pytest.raises(InputError, match="cut or unfinished"):
        read_bytes(TURTLE_START + f"d:g {{ {ONE}")


CUT = (
    TURTLE_START + ONE + TWO.replace(" .\n", ' ; d:n 1.5 , """a. "b" . # c""" , [ d:p d:q.r ] .\n')
)


def test_a_document_cut_anywhere_is_refused_or_ends_after_a_statement() -> None:
    whole = read_bytes(CUT)
    for end in range(len(CUT)):
        try:
            found = read_bytes(CUT[:end], "x.ttl")
        except InputError:
            continue
        assert found.facts <= whole.facts
        assert not found.problems
    assert len(whole.datasets) == 2


def test_an_example_that_stops_with_a_comment_is_read_where_no_dataset_can_be_missing() -> None:
    example = TURTLE_START.splitlines()[1] + '\n<http://a.example/c> dct:title "C" ; # and so on'
    assert read_bytes(example, "x.ttl").kinds == {"input-unfinished": 1}
    for cut in (example.partition(" #")[0], example + "\n", example.replace("and", "dataset")):
        with pytest.raises(InputError, match="its last statement has no end"):
            read_bytes(cut, "x.ttl")


LINES = [f"<http://a.example/{n}> {RDF.type} {DCAT.Dataset} .\n" for n in range(3)]


@pytest.mark.parametrize("bad", ["<http://a.example/1> <p .\n", "<<html>\n", '<a> "b" <c> .\n'])
def test_a_bad_line_costs_itself(bad: str) -> None:
    found = read_bytes(LINES[0] + bad + LINES[2], "x.nt")
    assert (len(found.datasets), found.kinds) == (2, {"statement-dropped": 1})
    assert found.problems[0].locator == "line=1,2"


def test_n_quads_and_comments_are_read() -> None:
    graph = LINES[1].replace(" .", " <http://g.example/> .")
    found = read_bytes(f"# c\n\n{LINES[0]}{graph}", "x.nq")
    assert (len(found.datasets), found.problems) == (2, [])
    assert found.triples[0].locator == "line=2,3"


def test_n_triples_cut_in_a_line_are_refused() -> None:
    text = "".join(LINES)
    for end in range(len(text)):
        complete = text[:end].endswith((".", "\n")) and text[:end].rstrip().endswith("> .")
        if complete:
            assert len(read_bytes(text[:end], "x.nt").datasets) == text[:end].count("Dataset")
        else:
            with pytest.raises(InputError, match=r"cut or unfinished|empty|no statement"):
                read_bytes(text[:end], "x.nt")


def test_n3_is_read_without_its_formulas() -> None:
    rule = "{ ?x a dcat:Dataset } => { ?x a d:Thing } .\n"
    found = read_bytes(TURTLE_START + ONE + rule, "x.n3", "text/n3")
    assert found.datasets == {"<http://portal.example/d/0>"}
    assert read_bytes(TURTLE_START + ONE, "x.n3").datasets == found.datasets


STRINGS = ['"a. b"', "'''x\n. \"'' .'''", '"# no"', '"\\". "', '"""a"" . b"""@en', '"1"^^d:t.u']
PLAIN = "d:x|d:x.y|<http://a.b/c.d#e>|1|2.5|.5|-1e3|true|_:b1|_:b.2".split("|")
NESTED = ["[]", "[ d:p d:q ; d:r ( 1 'a.' ) ]", "()", "( d:a [ d:b 3.0 ] )"]
TERMS = st.sampled_from([*STRINGS, *PLAIN, *NESTED])
SPACES = st.sampled_from([" ", "\n", "\t", " # a . comment\n", "\r\n"])


@st.composite
def turtle(draw: st.DrawFn) -> str:
    """A valid document of statements and directives."""
    text = "@prefix d: <http://portal.example/d.> .\n"
    for _ in range(draw(st.integers(1, 4))):
        subject = draw(st.sampled_from(["d:s", "<http://s.example/.>", "_:b1", "[ d:i 'j.' ]"]))
        values = draw(st.lists(TERMS, min_size=1, max_size=3))
        text += subject + draw(SPACES) + "d:v " + (draw(SPACES) + ",").join(values) + " ."
        text += draw(SPACES) + draw(st.sampled_from(["", "PREFIX e: <http://e.example/>\n"]))
    return text


@settings(max_examples=parts.examples(40, 300), deadline=None)
@given(turtle())
def test_statement_by_statement_gives_the_same_as_whole(text: str) -> None:
    assert split(text.encode()).facts == read_bytes(text, "x.ttl").facts


def split(data: bytes) -> BytesRead:
    """The document read statement by statement, as if it were broken."""
    items = by_statement(ReceivedDocument("x.ttl", data, BASE, "p1"))
    return BytesRead([item for item in items if isinstance(item, LocatedTriple)])


@needs_shared
def test_statement_by_statement_gives_the_same_as_whole_for_samples() -> None:
    compared = 0
    for path in sorted(DCAT_SAMPLES.rglob("*.ttl")):
        data = path.read_bytes()
        try:
            whole = list(ox.parse(data, ox.RdfFormat.TURTLE, base_iri=BASE))
        except SyntaxError:
            continue
        if whole:
            assert split(data).facts.total() == len(whole), path
            compared += 1
    assert compared > 70
