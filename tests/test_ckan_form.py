"""Answers of CKAN's action API as triples with blank nodes."""

from __future__ import annotations

import json
from typing import Any

import pyoxigraph as ox
import pytest

from graph.core.errors import InputError
from loaders.catalogues.json_forms import ckan
from loaders.catalogues.model import LocatedTriple, ReadProblem, ReceivedDocument
from vocab.namespaces import ADMS, DCAT, DCT, FOAF, RDF, RDFS, SCHEMA, SKOS, VCARD, XSD

PACKAGE: dict[str, Any] = {
    "id": "18bc",
    "name": "roads",
    "title": "Roads",
    "notes": "All roads.",
    "license_id": "cc-by",
    "license_title": "Creative Commons Attribution",
    "metadata_created": "2024-01-01T00:00:00.5",
    "metadata_modified": "2024-05-01T00:00:00",
    "tags": [{"name": "road", "display_name": "Road"}],
    "groups": [{"name": "transport", "title": "Transport"}],
    "organization": {"id": "o1", "name": "agency", "title": "Agency"},
    "maintainer": "Data desk",
    "maintainer_email": "desk@x.mn",
    "extras": [{"key": "colour", "value": "red"}, {"key": "frequency", "value": "R/P1Y"}],
    "resources": [
        {"id": "r1", "url": "https://x.mn/a b.csv", "format": "CSV", "name": "File", "size": 12},
        {"id": "r2", "url": "", "format": "PDF"},
    ],
    "num_resources": 2,
    "isopen": True,
    "private": False,
    "state": "active",
    "type": "dataset",
}


def read(document: Any) -> list[Any]:
    data = document if isinstance(document, bytes) else json.dumps(document).encode()
    return list(ckan.read(ReceivedDocument("answer.json", data, "https://x.mn/", "p1.")))


def objects(items: list[Any], predicate: ox.NamedNode) -> list[Any]:
    return [i.object for i in items if isinstance(i, LocatedTriple) and i.predicate == predicate]


def kinds(items: list[Any]) -> set[str]:
    return {i.kind for i in items if isinstance(i, ReadProblem)}


def search(*packages: Any) -> dict[str, Any]:
    return {"success": True, "result": {"count": len(packages), "results": list(packages)}}


def test_a_package_is_a_dataset_known_by_its_id() -> None:
    items = read(search(PACKAGE))
    assert objects(items, DCT.identifier)[0] == ox.Literal("18bc")
    assert objects(items, DCT.title)[0] == ox.Literal("Roads")
    assert objects(items, DCT.description) == [ox.Literal("All roads.")]
    assert objects(items, DCAT.keyword) == [ox.Literal("Road")]
    assert objects(items, DCT.modified) == [
        ox.Literal("2024-05-01T00:00:00", datatype=XSD.dateTime)
    ]
    assert ox.Literal("roads") in objects(items, SKOS.notation)
    assert objects(items, FOAF.name) == [ox.Literal("Agency")]
    assert objects(items, VCARD.hasEmail) == [ox.NamedNode("mailto:desk@x.mn")]
    assert len(objects(items, ADMS.identifier)) == 1
    assert not {"field-unknown", "item-not-an-object"} & kinds(items)


def test_a_key_of_a_licence_is_text_and_never_a_licence() -> None:
    items = read(search(PACKAGE))
    assert not objects(items, DCT.license)
    assert ox.Literal("Creative Commons Attribution") in objects(items, RDFS.label)
    assert "licence-as-text" in kinds(items)
    stated = read(search({**PACKAGE, "license_url": "https://x.mn/licence"}))
    assert objects(stated, DCT.license) == [ox.NamedNode("https://x.mn/licence")]


def test_resources_without_address_stay_and_blanks_in_addresses_are_mended() -> None:
    items = read(search(PACKAGE))
    assert len(objects(items, DCAT.distribution)) == 2
    assert objects(items, DCAT.accessURL) == [ox.NamedNode("https://x.mn/a%20b.csv")]
    assert objects(items, DCT["format"]) == [ox.Literal("CSV"), ox.Literal("PDF")]
    assert "iri-mended" in kinds(items)


def test_extras_are_kept_as_pairs_where_they_have_no_property() -> None:
    items = read(search(PACKAGE))
    assert objects(items, SCHEMA.name) == [ox.Literal("colour")]
    assert objects(items, SCHEMA.value) == [ox.Literal("red")]
    assert [one.value.rsplit("/")[-1] for one in objects(items, DCT.accrualPeriodicity)] == [
        "ANNUAL"
    ]


@pytest.mark.parametrize("field", ["title", "title_translated"])
def test_a_title_may_be_a_map_of_languages(field: str) -> None:
    package = {"id": "1", "name": "n", field: {"mn": "Зам", "en": "Roads"}}
    found = objects(read(search(package)), DCT.title)
    assert found == [ox.Literal("Зам", language="mn"), ox.Literal("Roads", language="en")]


@pytest.mark.parametrize(
    ("document", "locator"),
    [
        (search(PACKAGE), "/result/results/0"),
        ({"success": True, "result": PACKAGE}, "/result"),
        ({"success": True, "result": [PACKAGE]}, "/result/0"),
        ([PACKAGE], "/0"),
        (PACKAGE, ""),
    ],
)
def test_every_answer_that_holds_packages_is_read(document: Any, locator: str) -> None:
    items = read(document)
    (dataset,) = [i for i in items if i[1:3] == (RDF.type, DCAT.Dataset)]
    assert dataset.locator == locator


def test_private_deleted_and_other_packages_are_left_out_and_said() -> None:
    others: list[dict[str, Any]] = [{"private": True}, {"state": "deleted"}, {"type": "harvest"}]
    items = read(search(PACKAGE, *({**PACKAGE, **one} for one in others), 7))
    assert objects(items, RDF.type).count(DCAT.Dataset) == 1
    details = [i.detail for i in items if isinstance(i, ReadProblem) and i.subject is None]
    assert details == ["private", "state deleted", "type harvest", "7"]


def test_a_list_of_names_holds_no_dataset_and_is_no_error() -> None:
    assert read({"success": True, "result": ["roads", "rivers"]}) == []


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ({"success": False, "error": {"message": "Access denied"}}, "Access denied"),
        ({"success": False}, "no reason"),
        ({"success": True, "error": "half of it"}, "half of it"),
        (b'{"success": true, "result": {"count": 2, "results": [{"id": "1"}', "cut"),
    ],
)
def test_an_answer_that_failed_is_refused_with_its_words(document: Any, message: str) -> None:
    with pytest.raises(InputError, match=message):
        read(document)


def test_a_dump_may_have_a_package_on_each_line() -> None:
    dump = "\n".join(json.dumps({**PACKAGE, "id": f"i{n}"}) for n in range(3)).encode()
    items = read(dump)
    assert [i.locator for i in items if i[1:3] == (RDF.type, DCAT.Dataset)] == ["/0", "/1", "/2"]
    with pytest.raises(InputError, match="cut"):
        read(dump[:-20])


def test_empty_and_odd_fields_cost_nothing() -> None:
    odd = {
        **PACKAGE,
        "title": None,
        "notes": {},
        "organization": None,
        "resources": None,
        "groups": ["transport"],
        "tags": ["road", {"name": ""}, None],
        "extras": {"colour": "red", "theme": '["a", "b"]', "spatial": '{"type": "Point"'},
        "maintainer": "",
    }
    items = read(search(odd))
    assert objects(items, DCAT.keyword) == [ox.Literal("road")]
    assert objects(items, SCHEMA.value) == [ox.Literal("red")]
    assert [one.value for one in objects(items, DCAT.theme)[1:]] == ["a", "b"]
    assert objects(items, RDF.type).count(DCAT.Dataset) == 1
