"""All samples of DCAT beside the checkout, and real catalogues where they can be had."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from graph.core.errors import InputError
from tests.harvests import foreign_file
from tests.readings import read_bytes
from tests.shared import DCAT_SAMPLES, needs_shared

DATA_JSON = {"ckanext-datajson", "datagov-harvester"}
REFUSED = {
    "bmdc-datasets-example.xml": "ISO 19139",
    "brussels-dataset-example.xml": "ISO 19139",
    "sodha-dataset-example.xml": "Dataverse",
    "context.jsonld": "holds no statement",
    "rdf_Conventions_annex-4.rdf": "holds no statement",
    "ttl_Conventions_annex-4.ttl": "holds no statement",
    "ttl_Conventions_dataset-dct-spatial_correct.ttl": "no statement can be read",
    "ttl_Conventions_dataset-dct-spatial_incorrect.ttl": "no statement can be read",
}


def samples(*, data_json: bool) -> list[Path]:
    """The files of one kind; vocabularies and texts about the samples are none."""
    return sorted(
        path
        for path in DCAT_SAMPLES.rglob("*")
        if path.is_file() and path.suffix != ".md" and path.parent.name != "vocab"
        if (path.parent.name in DATA_JSON) == data_json
    )


def outcome(path: Path) -> tuple[str, int]:
    """`datasets`, `statements` or `refused`, and the number of datasets."""
    try:
        found = read_bytes(path.read_bytes(), path.name)
    except InputError as error:
        assert REFUSED[path.name] in error.message, path
        assert error.hint
        return "refused", 0
    return ("datasets" if found.datasets else "statements"), len(found.datasets)


@needs_shared
def test_rdf_samples() -> None:
    rows = [outcome(path) for path in samples(data_json=False)]
    assert Counter(kind for kind, _ in rows) == {"datasets": 123, "statements": 31, "refused": 8}
    assert sum(count for _, count in rows) == 271


@needs_shared
def test_samples_of_data_json() -> None:
    rows = [outcome(path) for path in samples(data_json=True)]
    assert Counter(kind for kind, _ in rows) == {"datasets": 22}
    assert sum(count for _, count in rows) == 47


@needs_shared
def test_json_ld_samples_say_what_their_turtle_twins_say() -> None:
    """Where two types carry contexts of their own, other parsers lose statements."""
    compared = 0
    for path in sorted((DCAT_SAMPLES / "dcat-ap-3.0.1").glob("example-*.jsonld")):
        twin = path.with_suffix(".ttl")
        if twin.is_file():
            texts = [read_bytes(one.read_bytes(), one.name) for one in (path, twin)]
            assert len(texts[0].facts) >= len(texts[1].facts), path
            assert texts[0].facts.keys() & texts[1].facts.keys(), path
            compared += 1
    assert compared == 15


CATALOGUES = {
    "alicante.rdf": (258, {}),
    "fps-finance.xml": (136, {"iri-mended": 6}),
    "alessandria.rdf": (5, {"iri-relative": 33}),
    "philadelphia.json": (402, {}),
    "antwerp.xml": (491, {}),
    "argentina-justice.json": (18, {}),
    "czech.trig": (36, {}),
    "potsdam.ttl": (10, {}),
}


@pytest.mark.parametrize("name", CATALOGUES)
def test_real_catalogues(name: str) -> None:
    datasets, kinds = CATALOGUES[name]
    found = read_bytes(foreign_file(name).read_bytes(), name)
    assert len(found.datasets) == datasets
    syntax = {k: n for k, n in found.kinds.items() if k.startswith("iri-") or k.endswith("dropped")}
    assert syntax == kinds


def _in_the_middle(text: bytes) -> Callable[[bytes], bytes]:
    """Puts a text into a title in the middle of a document."""

    def put(data: bytes) -> bytes:
        start = data.index(b">", data.index(b"<dct:title", len(data) // 2)) + 1
        return data[:start] + text + data[start:]

    return put


def _without_an_end_tag(data: bytes) -> bytes:
    start = data.index(b"</dct:title>", len(data) // 2)
    return data[:start] + data[start + len(b"</dct:title>") :]


FAULTS: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "control character": (_in_the_middle(b"\x0b"), "control-character"),
    "bare ampersand": (_in_the_middle(b"A & B"), "xml-mended"),
    "entity of HTML": (_in_the_middle(b"&nbsp;"), "xml-mended"),
    "missing end tag": (_without_an_end_tag, "xml-mended"),
    "Windows-1252": (lambda data: data.decode().encode("cp1252", "replace"), "encoding-wrong"),
    "UTF-16": (lambda data: data.decode().encode("utf-16"), ""),
    "mark and blank lines": (lambda data: b"\xef\xbb\xbf\n\n" + data, ""),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_costs_a_real_catalogue_no_dataset(fault: str) -> None:
    put, kind = FAULTS[fault]
    data = foreign_file("alicante.rdf").read_bytes()
    found = read_bytes(put(data), "alicante.rdf")
    assert (len(found.datasets), set(found.kinds)) == (258, {kind} if kind else set())


def test_a_real_catalogue_cut_between_two_datasets_is_refused() -> None:
    data = foreign_file("alicante.rdf").read_bytes()
    end = data.index(b"</dcat:dataset>", len(data) // 2) + len(b"</dcat:dataset>")
    with pytest.raises(InputError, match="cut or unfinished"):
        read_bytes(data[:end], "alicante.rdf")


def test_a_line_break_in_a_text_and_an_item_that_is_no_object_cost_themselves() -> None:
    data = foreign_file("philadelphia.json").read_bytes()
    start = data.index(b'"title": "', len(data) // 2) + len(b'"title": "')
    data = (data[:start] + b"\n" + data[start:]).replace(b'"dataset": [', b'"dataset": ["oops",', 1)
    found = read_bytes(data, "philadelphia.json")
    assert len(found.datasets) == 402
    assert {"json-lax", "item-not-an-object"} <= set(found.kinds)
    with pytest.raises(InputError, match="cut"):
        read_bytes(data[: len(data) // 2], "philadelphia.json")
