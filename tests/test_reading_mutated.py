"""Documents of every form with random faults: read or refused, never a crash, never a bad term."""

from __future__ import annotations

import json

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.core.errors import InputError
from tests import parts
from tests.readings import TURTLE_START, rdf_xml, read_bytes, xml_dataset

DATASET = {"@id": "http://a.example/1", "@type": "dcat:Dataset", "dct:title": {"@value": "Зам"}}
CONTEXT = {"dcat": "http://www.w3.org/ns/dcat#", "dct": "http://purl.org/dc/terms/"}
DOCUMENTS = {
    "x.rdf": rdf_xml(xml_dataset(1), xml_dataset(2)),
    "x.ttl": TURTLE_START
    + 'd:1 a dcat:Dataset ; dct:title "Зам"@mn , """a. b""" ; d:p [ d:q 1.5 ] .',
    "x.trig": TURTLE_START + "d:g { d:1 a dcat:Dataset ; d:p ( 1 'a' ) . }",
    "x.nt": "<http://a.example/1> <http://a.example/p> _:c .\n"
    '_:c <http://a.example/p> "Зам"@mn .\n',
    "x.jsonld": json.dumps({"@context": CONTEXT, "@graph": [DATASET]}, ensure_ascii=False),
    "data.json": json.dumps({"dataset": [{"title": "Зам", "landingPage": "http://a.example/"}]}),
}
SIGNS = [character.encode() for character in "<>\"'&\\{}[].;, \n\0#@:%"]
JUNK = [*SIGNS, b"\xff", b"\xd0", b"<!--", b"<![CDATA[", b'"""', b"_:", b"null", b"rdf:ID='a'"]
EDITS = st.tuples(st.floats(0, 1), st.integers(0, 30), st.sampled_from([b"", *JUNK]))


@pytest.mark.parametrize("name", DOCUMENTS)
@settings(max_examples=parts.examples(25, 200), deadline=None)
@given(edits=st.lists(EDITS, min_size=1, max_size=4))
def test_a_document_with_faults_is_read_or_refused(
    name: str, edits: list[tuple[float, int, bytes]]
) -> None:
    data = DOCUMENTS[name].encode()
    for place, removed, junk in edits:
        start = int(place * len(data))
        data = data[:start] + junk + data[start + removed :]
    try:
        found = read_bytes(data, name)
    except InputError as error:
        assert error.message and error.where
        return
    for triple in found.triples:
        line = f"{triple.subject} {triple.predicate} {triple.object} ."
        assert len(list(ox.parse(line, ox.RdfFormat.N_TRIPLES))) == 1
    assert all(problem.kind for problem in found.problems)
