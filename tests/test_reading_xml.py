"""RDF/XML as portals send it: what is broken costs a value or a record, what is cut is refused."""

from __future__ import annotations

import pytest

from graph.core.errors import InputError
from tests.readings import RDF_END, RDF_START, rdf_xml, read_bytes, xml_dataset

THREE = "".join(xml_dataset(number) for number in range(3))
WHOLE = rdf_xml(THREE)


def broken(old: str, new: str, text: str = WHOLE) -> str:
    """A document with one fault; the place must be there."""
    assert old in text
    return text.replace(old, new, 1)


def test_a_good_document_comes_whole_with_the_line_of_each_statement() -> None:
    found = read_bytes(WHOLE)
    assert len(found.datasets) == 3
    assert not found.problems
    title = next(t for t in found.triples if getattr(t.object, "value", "") == "Dataset 1")
    line = int(title.locator.removeprefix("line=").partition(",")[2])
    assert "Dataset 1" in WHOLE.splitlines()[line - 1]


FAULTS = {
    "bare ampersand": (">Dataset 1<", ">Roads & bridges<", "xml-mended", "Roads & bridges"),
    "bare less-than": (">Dataset 1<", ">DOI <1775:x> 1 < 2<", "xml-mended", "DOI <1775:x> 1 < 2"),
    "entity of HTML": (">Dataset 1<", ">Roads&nbsp;2<", "xml-mended", "Roads\xa02"),
    "unknown entity": (">Dataset 1<", ">R&foo;D<", "xml-mended", "R&foo;D"),
    "control character": (">Dataset 1<", ">a\x0bb<", "control-character", "a\ufffdb"),
    "control reference": (">Dataset 1<", ">a&#11;b<", "control-character", "a\ufffdb"),
    "missing end tag": ("Dataset 1</dct:title>", "Dataset 1", "xml-mended", "Dataset 1"),
    "stray end tag": ("Dataset 1</dct:title>", "Dataset 1</dct:title></dct:x>", "xml-mended", ""),
    "wrong end tag": ("Dataset 1</dct:title>", "Dataset 1</dct:titel>", "xml-mended", "Dataset 1"),
    "HTML in a text": (">Dataset 1<", "><p>A <b>x</b></p><", "xml-mended", "<p>A <b>x</b></p>"),
    "HTML that is not closed": (">Dataset 1<", ">A<br>B<", "xml-mended", "A<br>B"),
    "undeclared prefix": ("</dct:title>", "</dct:title><foaf:page/>", "prefix-assumed", ""),
    "unknown prefix": ("</dct:title>", "</dct:title><no:x>y</no:x>", "statement-dropped", ""),
    "text after the end": (RDF_END, RDF_END + "Done in 3 s", "text-dropped", ""),
    "text before the start": (RDF_START, "Warning: x\n" + RDF_START, "text-dropped", ""),
    "unknown parse type": (
        '<dct:title xml:lang="en">Dataset 1',
        '<dct:title rdf:parseType="literal">Dataset 1',
        "xml-mended",
        "Dataset 1",
    ),
    "text between elements": ("</dcat:Distribution>", "</dcat:Distribution>x", "text-dropped", ""),
    "text in a node": ("<dct:title", "stray <dct:title", "text-dropped", "Dataset 0"),
    "no node": (
        "</dct:title>",
        "</dct:title><dct:temporal><dcat:startDate>2020</dcat:startDate></dct:temporal>",
        "xml-mended",
        "2020",
    ),
    "node in a node": (
        "</dct:title>",
        "</dct:title><dcat:DataService><dct:title>S</dct:title></dcat:DataService>",
        "xml-mended",
        "S",
    ),
    "several nodes in a property": (
        "</dcat:Distribution>",
        "</dcat:Distribution><dcat:Distribution><dct:title>2</dct:title></dcat:Distribution>",
        "property-split",
        "2",
    ),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_costs_no_dataset(fault: str) -> None:
    old, new, kind, text = FAULTS[fault]
    found = read_bytes(broken(old, new))
    assert len(found.datasets) == 3
    assert set(found.kinds) == {kind}
    assert found.problems[0].locator.startswith("line=")
    assert text in [*found.values("title"), *found.values("Date"), ""]


def test_a_fault_is_told_of_the_node_at_its_line() -> None:
    found = read_bytes(broken(">Dataset 1<", ">a & b<"))
    assert [str(p.subject) for p in found.problems] == ["<http://portal.example/d/1>"]


def test_text_beside_a_resource_is_dropped_and_the_resource_stays() -> None:
    more = '<dct:publisher rdf:resource="http://a.example/">Agency</dct:publisher>'
    found = read_bytes(rdf_xml(xml_dataset(1, more)))
    assert found.values("publisher") == ["http://a.example/"]
    (problem,) = found.problems
    assert (problem.kind, problem.detail) == ("text-dropped", "Agency")


def test_addresses_with_blanks_are_mended_and_relative_ones_resolved() -> None:
    more = (
        '<dcat:landingPage rdf:resource="http://a.example/x y"/>'
        '<dct:license rdf:resource=" http://a.example/l "/>'
        '<dct:isPartOf rdf:resource="../series"/><dct:type rdf:resource="http://a.example/зам"/>'
    )
    found = read_bytes(rdf_xml(xml_dataset(1, more)))
    assert found.values("landingPage") == ["http://a.example/x%20y"]
    assert found.values("license") == ["http://a.example/l"]
    assert found.values("isPartOf") == ["https://portal.example/series"]
    assert "http://a.example/зам" in found.values("type")
    assert found.kinds == {"iri-mended": 2, "iri-relative": 1}
    assert "http://a.example/x y" in [problem.detail for problem in found.problems]


def test_a_subject_without_a_possible_iri_keeps_its_statements() -> None:
    found = read_bytes(rdf_xml(xml_dataset(1).replace("http://portal.example", "http://h:port")))
    assert found.values("title") == ["Dataset 1"]
    assert found.kinds["iri-dropped"] >= 1
    assert all(subject.startswith("_:") for subject in found.datasets)


def test_a_document_without_rdf_around_it_is_read() -> None:
    names = RDF_START.partition("<rdf:RDF")[2].rstrip().rstrip(">")
    found = read_bytes(xml_dataset(7).replace("<dcat:Dataset", "<dcat:Dataset" + names))
    assert found.datasets == {"<http://portal.example/d/7>"}


def test_a_record_that_cannot_be_read_is_named_and_the_others_come() -> None:
    text = broken("<dct:title", "<dct:title <<", rdf_xml(THREE, "<dct:Agent/>"))
    found = read_bytes(text)
    assert len(found.datasets) == 2
    (problem,) = [p for p in found.problems if p.kind == "record-isolated"]
    assert str(problem.subject) == "<http://portal.example/d/0>"
    assert problem.locator == "line=3,4"


def test_records_alone_keep_what_refers_to_them() -> None:
    blank = xml_dataset(1).replace(' rdf:about="http://portal.example/d/1"', "")
    text = f"<dcat:Catalog><dcat:dataset>{blank}</dcat:dataset></dcat:Catalog>"
    text = rdf_xml(text, xml_dataset(2).replace("<dct:title", "<dct:title <<"))
    found = read_bytes(text)
    (link,) = [t.object for t in found.triples if t.predicate.value.endswith("#dataset")]
    assert str(link) in found.datasets


def test_a_document_cut_anywhere_is_refused() -> None:
    for end in range(len(RDF_START), len(WHOLE) - len("\n")):
        with pytest.raises(InputError, match=r"cut or unfinished|no statement"):
            read_bytes(WHOLE[:end], "x.rdf")


def test_a_cut_document_with_other_faults_is_refused() -> None:
    with pytest.raises(InputError, match=r"cut or unfinished: .*"):
        read_bytes(broken(">Dataset 1<", ">a & b<")[: -len(RDF_END)])


def test_fewer_datasets_than_in_the_bytes_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    from loaders.catalogues.rdf_xml.triples import triples

    few = lambda *args: list(triples(*args))[:3]  # noqa: E731
    monkeypatch.setattr("loaders.catalogues.rdf_xml.document.triples", few)
    with pytest.raises(InputError, match="3 datasets are in the bytes, 1 could be read"):
        read_bytes(WHOLE)


def test_flat_entities_are_expanded_and_nested_ones_refused() -> None:
    doctype = '<!DOCTYPE rdf:RDF [<!ENTITY xsd "http://www.w3.org/2001/XMLSchema#">]>\n<rdf:RDF'
    more = '<dct:issued rdf:datatype="&xsd;date">2020-01-01</dct:issued>'
    found = read_bytes(rdf_xml(xml_dataset(1, more)).replace("<rdf:RDF", doctype, 1))
    assert [str(t.object) for t in found.triples if t.predicate.value.endswith("issued")] == [
        '"2020-01-01"^^<http://www.w3.org/2001/XMLSchema#date>'
    ]
    nested = doctype.replace("]>", '<!ENTITY b "&xsd;&xsd;">]>')
    with pytest.raises(InputError, match="contains markup or other entities"):
        read_bytes(rdf_xml(xml_dataset(1)).replace("<rdf:RDF", nested, 1))
