"""The RDF loader: subjects become records, blank nodes get names that stay, faults are located."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from graph.core.errors import InputError
from graph.core.iris import ROOT, Names
from loaders.formats import rdf
from loaders.pipeline.protocol import LoaderContext
from loaders.pipeline.record import Capture, Record, Rejected, Statement
from loaders.pipeline.source import Source

BASE = "https://example.mn/"
SOURCE = Source("test", {"en": "test"}, "rdf", ("x.ttl",), "text/turtle", Path("test.toml"))
CONTEXT = LoaderContext(SOURCE, Names(BASE))


def capture(text: str | bytes, name: str = "x.ttl", media_type: str = "text/turtle") -> Capture:
    data = text.encode() if isinstance(text, str) else text
    return Capture(hashlib.sha256(data).hexdigest(), name, name, media_type, data)


def records(text: str | bytes, name: str = "x.ttl", media: str = "text/turtle") -> list[Record]:
    return list(rdf.records([capture(text, name, media)], CONTEXT))


def lines(text: str | bytes, name: str = "x.ttl", media: str = "text/turtle") -> set[str]:
    return {
        f"{s.subject} {s.predicate} {s.object}"
        for record in records(text, name, media)
        for s in rdf.statements(record, CONTEXT)
    }


def test_one_record_per_subject_with_its_iri_as_locator() -> None:
    found = records("<a#b> <p> 1 , 2 . <c> <p> 3 . <a#b> <q> 4 .")
    assert [r.locator for r in found] == [f"iri={BASE}a%23b", f"iri={BASE}c"]
    assert len(list(rdf.statements(found[0], CONTEXT))) == 3


def test_relative_iris_stand_under_the_instance_and_tags_are_lower_case() -> None:
    assert lines('<catalog> <p> "Өлзий"@MN-Mong-MN .') == {
        f'<{BASE}catalog> <{BASE}p> "Өлзий"@mn-mong-mn'
    }


@pytest.mark.parametrize(
    ("name", "media", "text"),
    [
        ("x.rdf", "application/rdf+xml", '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-'
         'syntax-ns#" xmlns:e="http://e/"><rdf:Description rdf:about="http://e/s"><e:p>v</e:p>'
         "</rdf:Description></rdf:RDF>"),
        ("x.jsonld", "application/ld+json", '{"@id": "http://e/s", "http://e/p": "v"}'),
        ("x.nt", "application/n-triples", '<http://e/s> <http://e/p> "v" .'),
        ("x.trig", "application/trig", '<http://e/g> { <http://e/s> <http://e/p> "v" }'),
        ("table.csv.ttl", "text/csv", '<http://e/s> <http://e/p> "v" .'),
    ],
)  # fmt: skip
def test_every_syntax_gives_the_same_statement(name: str, media: str, text: str) -> None:
    assert lines(text, name, media) == {'<http://e/s> <http://e/p> "v"'}


def test_plain_text_and_csv_are_no_rdf() -> None:
    assert not rdf.is_rdf(capture("", "page.txt", "text/plain"))
    assert not rdf.is_rdf(capture("", "facts.csv", "text/csv"))
    with pytest.raises(InputError, match="not an RDF syntax"):
        records("a,b", "facts.csv", "text/csv")


def test_a_syntax_error_says_line_and_column() -> None:
    with pytest.raises(InputError) as caught:
        records("<a> <p> 1 .\n<b> <p> ; oops")
    assert caught.value.where == "x.ttl line 2 column 9"


WHOLE = '<a> <p> "Архангай" .\n'.encode()


@pytest.mark.parametrize("broken", [WHOLE[:-4], WHOLE.replace("х".encode(), b"\xff")])
def test_a_cut_file_and_a_wrong_encoding_are_located(broken: bytes) -> None:
    with pytest.raises(InputError, match="line 1"):
        records(broken)


def test_a_remote_context_is_not_fetched() -> None:
    with pytest.raises(InputError, match="context into the document"):
        records('{"@context": "http://e/c"}', "x.jsonld", "application/ld+json")


NESTED = '<d> <contact> [ <name> "A" ; <address> [ <city> "B" ] ] ; <title> "{title}" .'


def names_of(text: str) -> set[str]:
    return {line.split()[0] for line in lines(text)}


def test_blank_nodes_become_parts_of_their_subject() -> None:
    found = names_of(NESTED.format(title="x"))
    assert len(found) == 3
    assert all(one == f"<{BASE}d>" or one.startswith(f"<{BASE}d#b-") for one in found)


def test_a_blank_node_keeps_its_name_when_the_document_around_it_changes() -> None:
    before = names_of(NESTED.format(title="x"))
    after = names_of('<e> <contact> [ <name> "A" ] .\n' + NESTED.format(title="y"))
    assert before < after


def test_a_blank_node_is_renamed_when_its_content_changes() -> None:
    before = names_of(NESTED.format(title="x"))
    after = names_of(NESTED.format(title="x").replace('"B"', '"C"'))
    assert len(before & after) == 1


def test_parts_of_a_fragment_stay_under_it() -> None:
    assert any(
        line.startswith(f"<{BASE}d#record/b-") for line in lines("<d#record> <p> [ <q> 1 ] .")
    )


def test_lists_get_iris() -> None:
    found = lines("<d> <p> (1 2 3) .")
    assert len(found) == 7
    assert not any("_:" in line for line in found)


def reasons(text: str) -> list[str]:
    found = []
    for record in records(text):
        try:
            list(rdf.statements(record, CONTEXT))
        except Rejected as reason:
            found.append(str(reason))
    return found


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("<a> <p> _:x . <b> <p> _:x . _:x <q> 1 .", "used twice"),
        ("<a> <p> _:x . _:x <q> _:y . _:y <q> _:x .", "used twice"),
        ("_:x <q> _:y . _:y <q> _:x .", "no subject refers to this blank node"),
        ("_:x <q> 1 .", "no subject refers to this blank node"),
        ("<a> <p> " + "[ <p> " * 250 + "1" + " ]" * 250 + " .", "deeper than 200"),
        ("<a> <p> <<( <b> <c> <d> )>> .", "RDF 1.2"),
    ],
)
def test_what_cannot_be_named_is_rejected(text: str, reason: str) -> None:
    found = reasons(text)
    assert found
    assert all(reason in one for one in found)


def test_a_rejected_subject_leaves_the_others_alone() -> None:
    text = "<a> <p> _:x . <b> <p> _:x . _:x <q> 1 . <c> <p> 2 ."
    assert len(reasons(text)) == 2
    good = records(text)[-1]
    assert [s.rule for s in rdf.statements(good, CONTEXT)] == ["as-stated"]


def test_a_base_other_than_the_default_moves_only_relative_iris() -> None:
    text = f"<catalog> <p> <{ROOT}id/org/x-ulzii> ."
    (record,) = records(text)
    (statement,) = rdf.statements(record, CONTEXT)
    assert isinstance(statement, Statement)
    assert (statement.subject.value, statement.object.value) == (
        f"{BASE}catalog",
        f"{ROOT}id/org/x-ulzii",
    )


NT = "application/n-triples"
GROUND = '# a comment\n\n<http://e/a> <http://e/p> "1" .\n<http://e/a> <http://e/p> "2"@MN .\n'


def test_ground_lines_are_read_as_a_stream_and_located_by_line() -> None:
    found = records(GROUND + '<http://e/b> <http://e/p> "3" .\n', "x.nt", NT)
    assert [r.locator for r in found] == ["line=2,4", "line=4,5"]  # positions, RFC 5147 §2.1.2
    assert lines(GROUND, "x.nt", NT) == {
        '<http://e/a> <http://e/p> "1"',
        '<http://e/a> <http://e/p> "2"@mn',
    }


def test_a_broken_line_in_a_stream_is_named_by_its_number() -> None:
    with pytest.raises(InputError, match=r"x\.nt line 5 column"):
        records(GROUND + "<http://e/b> <http://e/p> .\n", "x.nt", NT)
