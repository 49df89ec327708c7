"""JSON-LD as portals send it: bundled contexts, records alone, nothing dropped in silence."""

from __future__ import annotations

import json
from typing import Any

import pytest

from graph.core.errors import InputError
from loaders.catalogues.json_ld import contexts
from tests.readings import read_bytes

CONTEXT: dict[str, Any] = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "page": {"@id": "dcat:landingPage", "@type": "@id"},
}


def document(*nodes: Any, context: Any = CONTEXT, **more: Any) -> str:
    return json.dumps({"@context": context, "@graph": list(nodes), **more}, ensure_ascii=False)


def node(number: int, **more: Any) -> dict[str, Any]:
    name = f"http://portal.example/d/{number}"
    return {"@id": name, "@type": "dcat:Dataset", "dct:title": f"Dataset {number}", **more}


def test_datasets_come_with_the_pointers_of_their_objects() -> None:
    inner = {"dcat:distribution": {"dct:title": "File"}}
    found = read_bytes(document(node(0), {"dct:hasPart": [node(1, **inner)]}))
    assert (len(found.datasets), found.problems) == (2, [])
    places = {getattr(t.object, "value", ""): t.locator for t in found.triples}
    assert places["Dataset 0"] == "/@graph/0"
    assert places["Dataset 1"] == places["File"] == "/@graph/1/dct:hasPart/0"


def test_addresses_that_pyld_would_drop_are_mended() -> None:
    name = {"@id": "http://portal.example/d/a b", "page": ["http://a.example/x y", "../z"]}
    found = read_bytes(document({**node(0), **name}))
    assert found.datasets == {"<http://portal.example/d/a%20b>"}
    assert found.values("landingPage") == [
        "http://a.example/x%20y",
        "https://portal.example/z",
    ]
    assert found.kinds == {"iri-mended": 2, "iri-relative": 1}


def test_two_types_with_contexts_of_their_own_keep_all_statements() -> None:
    def scoped(name: str) -> dict[str, Any]:
        inner = {name: {"@id": f"http://v.example/{name}"}}
        return {"@id": f"http://v.example/{name.upper()}", "@context": inner}

    context = {**CONTEXT, "A": scoped("a"), "B": scoped("b")}
    both = {"@id": "http://x.example/", "@type": ["A", "B"], "a": 1, "b": 2}
    text = document(both, context=context)
    assert {*read_bytes(text).values("/a"), *read_bytes(text).values("/b")} == {"1", "2"}


def test_values_keep_their_kinds() -> None:
    values = {
        "dct:pA": 5,
        "dct:pB": 2.50,
        "dct:pC": True,
        "dct:pD": {"@value": "2.50", "@type": "xsd:decimal"},
        "dct:pE": {"@value": "x", "@language": "en_US"},
        "dct:pF": {"@list": ["p", "q"]},
        "dct:pG": {"@value": {"k": [1]}, "@type": "@json"},
        "dct:pH": 1e3,
    }
    found = read_bytes(document(node(0, **values)))
    objects = {t.predicate.value[-1]: str(t.object) for t in found.triples}
    xsd = "^^<http://www.w3.org/2001/XMLSchema#"
    assert objects["A"] == f'"5"{xsd}integer>'
    assert objects["B"] == f'"2.5"{xsd}double>'
    assert objects["C"] == f'"true"{xsd}boolean>'
    assert objects["D"] == f'"2.50"{xsd}decimal>'
    assert objects["E"] == '"x"@en-us'
    assert objects["G"].startswith('"{\\"k\\": [1]}"^^')
    assert objects["H"] == f'"1000"{xsd}integer>'
    assert found.values("first") == ["p", "q"]
    assert found.kinds == {"language-mended": 1}


def test_reversed_and_included_nodes_are_read() -> None:
    text = document(
        {"@id": "http://c.example/", "@reverse": {"dct:isPartOf": [node(0)]}},
        {"@id": "http://e.example/", "@included": [node(1)]},
    )
    found = read_bytes(text)
    assert len(found.datasets) == 2
    assert [str(t.object) for t in found.triples if t.predicate.value.endswith("isPartOf")] == [
        "<http://c.example/>"
    ]


def test_a_node_that_is_no_json_ld_costs_itself() -> None:
    found = read_bytes(document(node(0), node(1, **{"@id": 5}), node(2)))
    assert len(found.datasets) == 2
    (problem,) = found.problems
    assert (problem.kind, problem.locator) == ("record-isolated", "/@graph/1")
    assert "invalid @id value" in problem.detail


def test_an_unknown_context_is_refused_by_its_address() -> None:
    with pytest.raises(InputError, match=r"https://nobody\.example/c\.jsonld is not bundled"):
        read_bytes(document(node(0), context="https://nobody.example/c.jsonld"))


def test_a_type_without_meaning_is_refused() -> None:
    with pytest.raises(InputError, match="1 objects say that they are datasets"):
        read_bytes(document({**node(0), "@type": "Dataset"}))


def test_a_bare_context_holds_nothing() -> None:
    with pytest.raises(InputError, match="holds no statement"):
        read_bytes(json.dumps({"@context": CONTEXT}))


FAULTS = {
    "line break in a text": ("Dataset 0", "Data\nset", "json-lax"),
    "comma too many": ('"Dataset 0"', '"Dataset 0",', "json-lax"),
    "not a number": ('"Dataset 0"', '"Dataset 0", "dct:n": NaN', "json-lax"),
    "key twice": ('"Dataset 0"', '"Old", "dct:title": "Dataset 0"', "json-lax"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_small_faults_of_json_are_read(fault: str) -> None:
    old, new, kind = FAULTS[fault]
    text = document(node(0))
    assert old in text
    found = read_bytes(text.replace(old, new, 1), "x.jsonld")
    assert (len(found.datasets), set(found.kinds)) == (1, {kind})


def test_json_cut_anywhere_is_refused() -> None:
    text = document(node(0), node(1))
    for end in range(1, len(text)):
        with pytest.raises(InputError, match=r"cut or unfinished|cannot be read|neither JSON-LD"):
            read_bytes(text[:end], "x.jsonld")


ADDRESSES = {
    "https://semiceu.github.io/DCAT-AP/releases/3.0.0/context/dcat-ap.jsonld": "title",
    "https://semiceu.github.io/DCAT-AP/releases/2.2.0-hvd/context/hvd.jsonld": "title",
    "http://www.w3.org/ns/dcat3.jsonld": "title",
    "https://resources.data.gov/schemas/dcat-us-3.0.jsonld": "title",
    "https://schema.org/": "name",
    "https://ofn.gov.cz/rozhraní-katalogů-otevřených-dat/2021-01-11/kontexty/"
    "rozhraní-katalogů-otevřených-dat.jsonld": "název",
    "https://ofn.gov.cz/rozhran%C3%AD-katalog%C5%AF-otev%C5%99en%C3%BDch-dat/draft/kontexty/"
    "rozhran%C3%AD-katalog%C5%AF-otev%C5%99en%C3%BDch-dat.jsonld": "název",
}


@pytest.mark.parametrize("address", ADDRESSES)
def test_usual_contexts_are_bundled(address: str) -> None:
    kind = "Datová sada" if ADDRESSES[address] == "název" else "Dataset"
    title = {"cs": "Silnice"} if kind == "Datová sada" else "Silnice"
    item = {"@id": "http://a.example/1", "@type": kind, ADDRESSES[address]: title}
    found = read_bytes(document(item, context=address))
    assert "Silnice" in [getattr(t.object, "value", "") for t in found.triples]
    assert len(found.triples) == 2


def test_every_bundled_context_is_valid_and_has_an_address() -> None:
    files = {path.stem for path in contexts.FOLDER.glob("*.jsonld")}
    assert files == {name for _, name in contexts.ADDRESSES}
    for name in files:
        empty = {"@id": "http://a.example/", "@type": "http://t.example/"}
        assert len(read_bytes(json.dumps(contexts.document(name) | empty)).triples) == 1
