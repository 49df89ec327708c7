"""Forms of data.json: how they are known, mended, refused and read in parts; samples."""

from __future__ import annotations

import json
import tracemalloc
from pathlib import Path

import pyoxigraph as ox
import pytest

from graph.core.errors import InputError
from loaders.catalogues.json_forms import data_json
from loaders.catalogues.model import ReceivedDocument
from loaders.catalogues.reading.api_forms import api_form
from tests.harvests import capture, lines, mapped
from tests.test_data_json import one, problems, read
from vocab.namespaces import (
    DCAT,
    DCT,
)

SHARED = Path(__file__).parents[2] / "shared" / "data" / "dcat" / "samples"


def test_raw_line_feeds_in_texts_and_numbers_that_are_none_are_read() -> None:
    items = read(
        b'{"dataset": [{"title": "two\nlines NaN", "byteSize": -Infinity, "rights": NaN}]}'
    )
    assert one(items, DCT.title) == ox.Literal("two\nlines NaN")
    assert not [i for i in items if i[1] == DCAT.byteSize]
    assert [p[0] for p in problems(items)] == ["json-lax"]


@pytest.mark.parametrize("early", [b'"x": NaN', b'"x": "two\nlines"'])
def test_a_form_is_found_after_what_is_mended(early: bytes) -> None:
    data = b"{" + early + b', "dataset": [{"title": "Roads"}]}'
    assert api_form(ReceivedDocument("data.json", data, "https://x.mn/", "")) == "data.json"
    assert one(read(data), DCT.title) == ox.Literal("Roads")


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b'{"dataset": [{"title": "Roads"}', r"data.json line 1 column 32: .*cut"),
        (b'{"dataset": [{"title": "Roa', "line 1"),
        (b'{"dataset": [{"title": None}]}', "JSON"),
        (b'{"dataset": [{"title": "a"}]} x', "Extra data"),
        (b'{"dataset": ' + b"[" * 600 + b"]" * 600 + b"}", "nested more than"),
    ],
)
def test_a_cut_or_broken_document_is_refused_before_anything_is_given(
    data: bytes, message: str
) -> None:
    items = data_json.read(ReceivedDocument("data.json", data, "https://x.mn/", ""))
    with pytest.raises(InputError, match=message):
        next(items)


@pytest.mark.parametrize(
    ("data", "form"),
    [
        (b'{"title": "x", "dataset": [', "data.json"),
        (b'{"@context": "https://x.mn/other.jsonld", "dataset": []}', None),
        (b'{"dataset": {}}', "data.json"),
        (b'[{"dataset": []}]', None),
        (b'[{"title": "a", "identifier": "1", "accessLevel": "public"}]', "data.json"),
        (b'{"@context": "x", "@graph": [], "dataset": []}', None),
        (b'{"help": "x", "success": true, "result": {"count": 0, "results": []}}', "ckan"),
        (b'{"success": false, "error": {"message": "x"}}', "ckan"),
        (b'{"id": "1", "name": "a", "notes": "", "resources": []}', "ckan"),
        (b'[{"id": "1", "name": "a", "resources": [], "tags": []}]', "ckan"),
        (b'{"head": {"vars": ["n"]}, "results": {"bindings": []}}', "sparql-results"),
        (b'<?xml version="1.0"?><OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/">', "oai-pmh"),
        (b'<c:GetRecordsResponse xmlns:c="http://www.opengis.net/cat/csw/2.0.2">', "csw"),
        (b'<o:ExceptionReport xmlns:o="http://www.opengis.net/ows">', "csw"),
        (b"<html>", None),
        (b"@prefix x: <http://x.mn/> .", None),
        (b"", None),
    ],
)
def test_a_form_is_known_by_its_beginning(data: bytes, form: str | None) -> None:
    assert api_form(ReceivedDocument("x", data, "https://x.mn/", "")) == form


def test_memory_does_not_grow_with_the_number_of_datasets() -> None:
    entry = json.dumps({"identifier": "x", "title": "t", "description": "d" * 500}).encode()

    def peak(count: int) -> int:
        data = b'{"dataset": [' + b",".join([entry] * count) + b"]}"
        document = ReceivedDocument("data.json", data, "https://x.mn/", "")
        tracemalloc.start()
        for _ in data_json.read(document):
            pass
        found = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return found

    assert peak(2000) < peak(200) + (1 << 20)


SAMPLES = {
    "ckanext-datajson/arm.data.json": 3,
    "ckanext-datajson/collection-1-parent-2-children.data.json": 3,
    "ckanext-datajson/collection-2-parent-4-children.data.json": 6,
    "ckanext-datajson/geospatial.data.json": 2,
    "ckanext-datajson/large-spatial.data.json": 1,
    "ckanext-datajson/many-resources.data.json": 1,
    "ckanext-datajson/missing-catalog.data.json": 2,
    "ckanext-datajson/missing-dataset-fields.data.json": 2,
    "ckanext-datajson/missing-identifier-title.data.json": 3,
    "ckanext-datajson/null-spatial.data.json": 1,
    "ckanext-datajson/numerical-title.data.json": 1,
    "ckanext-datajson/ny.data.json": 1,
    "ckanext-datajson/reserved-title.data.json": 1,
    "ckanext-datajson/usda.gov.data.json": 3,
    "datagov-harvester/dcatus.json": 7,
    "datagov-harvester/dcatus3_0.json": 4,
    "datagov-harvester/dcatus3_0_with_services.json": 1,
    "datagov-harvester/dcatus_bad_license_uri.json": 1,
    "datagov-harvester/dcatus_long_description.json": 1,
    "datagov-harvester/dcatus_multiple_invalid.json": 1,
    "datagov-harvester/dcatus_no_identifier.json": 1,
    "datagov-harvester/missing_title.json": 1,
}


@pytest.mark.skipif(not SHARED.exists(), reason="the samples are not part of the repository")
@pytest.mark.parametrize("name", SAMPLES)
def test_a_sample_comes_in_whole(name: str) -> None:
    found = mapped([capture((SHARED / name).read_bytes(), name, "application/json")])
    datasets = [
        one for one in lines(found) if one.endswith(" <http://www.w3.org/ns/dcat#Dataset> .")
    ]
    assert len(datasets) == SAMPLES[name]
