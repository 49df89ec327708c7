"""data.json 1.1, DCAT-US 3 and Argentina's profile as triples with blank nodes."""

from __future__ import annotations

import json
from typing import Any

import pyoxigraph as ox
import pytest

from loaders.catalogues.json_forms import data_json
from loaders.catalogues.model import LocatedTriple, ReadProblem, ReceivedDocument
from vocab.namespaces import (
    ADMS,
    CSVW,
    DCAT,
    DCT,
    EU_ACCESS_RIGHT,
    FOAF,
    ORG,
    POD,
    RDF,
    RDFS,
    SKOS,
    VCARD,
)


def read(document: Any, scope: str = "") -> list[Any]:
    data = document if isinstance(document, bytes) else json.dumps(document).encode()
    return list(data_json.read(ReceivedDocument("data.json", data, "https://x.mn/", scope)))


def one(items: list[Any], predicate: ox.NamedNode, subject: Any = None) -> Any:
    """The only object of a property."""
    (value,) = {
        i.object
        for i in items
        if isinstance(i, LocatedTriple)
        and i.predicate == predicate
        and subject in (None, i.subject)
    }
    return value


def problems(items: list[Any]) -> list[tuple[str, str, str]]:
    return [(i.kind, i.locator, i.detail) for i in items if isinstance(i, ReadProblem)]


def dataset(**members: Any) -> dict[str, Any]:
    return {"conformsTo": "https://x.mn/1.1", "dataset": [{"identifier": "d1", **members}]}


def test_an_object_is_a_blank_node_and_its_position_only_a_locator() -> None:
    items = read(dataset(title="Roads", publisher={"name": "Agency"}), scope="p2.")
    node = one(items, DCAT.dataset)
    assert isinstance(node, ox.BlankNode)
    assert node.value.startswith("p2.")
    (title,) = [i for i in items if i.predicate == DCT.title]
    assert title == LocatedTriple(node, DCT.title, ox.Literal("Roads"), "/dataset/0")
    agent = one(items, DCT.publisher)
    assert one(items, FOAF.name, agent) == ox.Literal("Agency")
    assert one(items, RDF.type, agent) == FOAF.Agent


def test_an_id_is_the_name_of_a_node_only_where_it_is_an_iri() -> None:
    assert one(read(dataset(**{"@id": "https://x.mn/d"})), DCAT.dataset).value == "https://x.mn/d"
    assert isinstance(one(read(dataset(**{"@id": "d 1"})), DCAT.dataset), ox.BlankNode)


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Roads", [ox.Literal("Roads")]),
        ({"@value": "Зам", "@language": "mn"}, [ox.Literal("Зам", language="mn")]),
        ({"mn": "Зам"}, [ox.Literal("Зам", language="mn")]),
        ([{"@value": "Camino", "@language": "es_ES"}], [ox.Literal("Camino", language="es-es")]),
        (12, [ox.Literal("12")]),
        (True, [ox.Literal("true")]),
        ("a\u0000b", [ox.Literal("ab")]),
        ("", []),
        (None, []),
    ],
)
def test_a_text_has_the_language_that_the_document_gives_it(
    title: Any, expected: list[ox.Literal]
) -> None:
    found = [i.object for i in read(dataset(title=title)) if i[1] == DCT.title]
    assert found == expected


def test_members_may_be_compact_iris() -> None:
    items = read(dataset(**{"dct:title": "Roads", "dcat:keyword": ["road"], "x:colour": "red"}))
    assert one(items, DCT.title) == ox.Literal("Roads")
    assert one(items, DCAT.keyword) == ox.Literal("road")
    assert problems(items) == [("field-unknown", "/dataset/0/x:colour", "x:colour")]


def test_the_context_may_state_one_language_for_all_texts() -> None:
    context = ["https://project-open-data.cio.gov/v1.1/schema/catalog.jsonld", {"@language": "es"}]
    items = read({"@context": context, **dataset(title="Caminos", keyword=["vial"])})
    assert one(items, DCT.title) == ox.Literal("Caminos", language="es")
    assert one(items, DCAT.keyword) == ox.Literal("vial", language="es")
    assert one(items, DCT.identifier) == ox.Literal("d1")


def test_a_bare_list_of_datasets_is_read_too() -> None:
    items = read([{"identifier": "p"}, {"identifier": "c", "isPartOf": "p"}])
    places = [i.locator for i in items if i[1:3] == (RDF.type, DCAT.Dataset)]
    assert places == ["/0", "/1"]
    assert isinstance(one(items, DCT.isPartOf), ox.BlankNode)


def test_what_has_no_term_of_dcat_has_the_published_one() -> None:
    items = read(
        dataset(
            bureauCode=["010:86"],
            programCode=["010:001"],
            accessLevel="restricted public",
            superTheme=["JUST"],
            describedBy="https://x.mn/schema.json",
            format="CSV",
        )
    )
    assert one(items, POD.bureauCode) == ox.Literal("010:86")
    assert one(items, POD.programCode) == ox.Literal("010:001")
    assert one(items, DCT.accessRights) == EU_ACCESS_RIGHT.RESTRICTED
    assert one(items, DCAT.theme) == ox.Literal("JUST")
    assert one(items, DCT["format"]) == ox.Literal("CSV")
    assert not problems(items)


def test_a_distribution_with_only_a_download_address_stays_so() -> None:
    items = read(dataset(distribution=[{"downloadURL": "https://x.mn/a b.csv", "title": "f"}]))
    assert one(items, DCAT.downloadURL) == ox.NamedNode("https://x.mn/a%20b.csv")
    assert not [i for i in items if i[1] == DCAT.accessURL]
    path = "/dataset/0/distribution/0/downloadURL"
    assert problems(items) == [("iri-mended", path, "https://x.mn/a b.csv")]


@pytest.mark.parametrize("bad", ["oops", 3, ["x"], True])
def test_an_item_that_is_no_object_is_a_problem_and_no_dataset(bad: Any) -> None:
    items = read({"dataset": [bad, {"identifier": "d1"}]})
    assert [i for i in items if i[1:3] == (RDF.type, DCAT.Dataset)] == [
        LocatedTriple(one(items, DCAT.dataset), RDF.type, DCAT.Dataset, "/dataset/1")
    ]
    assert [p[:2] for p in problems(items)] == [("item-not-an-object", "/dataset/0")]


def test_a_dataset_may_be_part_of_another_by_its_identifier() -> None:
    items = read(
        {
            "dataset": [
                {"identifier": "child", "isPartOf": "parent"},
                {"identifier": "parent", "@id": "https://x.mn/parent"},
                {"identifier": "orphan", "isPartOf": "elsewhere"},
            ]
        }
    )
    found = [i.object for i in items if i[1] == DCT.isPartOf]
    assert found == [ox.NamedNode("https://x.mn/parent"), ox.Literal("elsewhere")]


def test_columns_periods_and_places() -> None:
    items = read(
        dataset(
            temporal="2019-01-01/2020-01-01",
            spatial={"type": "Point", "coordinates": [106.9, 47.9]},
            distribution=[
                {"field": [{"title": "id_norma", "type": "integer", "description": "Id."}]}
            ],
        )
    )
    column = one(items, CSVW.column)
    assert one(items, CSVW.name, column) == ox.Literal("id_norma")
    assert one(items, CSVW.datatype, column) == ox.Literal("integer")
    period = one(items, DCT.temporal)
    assert one(items, DCAT.startDate, period).value == "2019-01-01"
    assert one(items, RDF.type, one(items, DCT.spatial)) == DCT.Location


def test_a_place_that_is_a_name_is_a_label_and_a_period_that_is_none_too() -> None:
    items = read(dataset(spatial="Улаанбаатар", temporal="always"))
    assert one(items, RDFS.label, one(items, DCT.spatial)) == ox.Literal("Улаанбаатар")
    assert one(items, RDFS.label, one(items, DCT.temporal)) == ox.Literal("always")


def test_themes_that_the_catalogue_defines_are_concepts() -> None:
    themes = [{"id": "juridica", "label": "Jurídica"}]
    items = read({"themeTaxonomy": themes, **dataset(theme=["juridica"])})
    concept = one(items, SKOS.hasTopConcept, one(items, DCAT.themeTaxonomy))
    assert one(items, SKOS.notation, concept) == ox.Literal("juridica")
    assert one(items, SKOS.prefLabel, concept) == ox.Literal("Jurídica")


def test_dcat_us_3_nests_objects_and_says_their_classes() -> None:
    items = read(
        {
            "@type": "Catalog",
            "conformsTo": {"@type": "Standard", "title": "DCAT-US 3.0"},
            "dataset": [
                {
                    "identifier": {
                        "@type": "Identifier",
                        "notation": "n1",
                        "creator": "https://x.mn",
                    },
                    "titleMap": {"en": "Roads"},
                    "publisher": {"@type": ORG.Organization.value, "name": "Agency"},
                    "contactPoint": {"@type": "Kind", "fn": "Desk", "hasEmail": "desk@x.mn"},
                    "distribution": [{"checksum": {"checksumValue": "ab"}}],
                }
            ],
            "service": [{"title": "API", "endpointURL": ["https://x.mn/api"]}],
        }
    )
    node = one(items, DCAT.dataset)
    assert one(items, DCT.identifier, node) == ox.Literal("n1")
    assert one(items, SKOS.notation, one(items, ADMS.identifier)) == ox.Literal("n1")
    assert one(items, DCT.title, node) == ox.Literal("Roads", language="en")
    agent = one(items, DCT.publisher)
    assert {i.object for i in items if i[:2] == (agent, RDF.type)} == {FOAF.Agent, ORG.Organization}
    assert one(items, VCARD.hasEmail) == ox.NamedNode("mailto:desk@x.mn")
    assert one(items, RDF.type, one(items, DCAT.service)) == DCAT.DataService
    assert one(items, DCT.title, one(items, DCT.conformsTo)) == ox.Literal("DCAT-US 3.0")
    assert not problems(items)


def test_nothing_is_dropped_in_silence() -> None:
    items = read(b'{"dataset": [{"identifier": "a", "identifier": "b", "colour": {"x": 1}}]}')
    assert [p[0] for p in problems(items)] == ["json-lax", "field-unknown"]
    assert problems(items)[1][1:] == ("/dataset/0/colour", "colour")


def test_an_object_of_which_nothing_is_known_is_no_node() -> None:
    items = read(dataset(hasPart={"colour": "red"}))
    assert not [i for i in items if i[1] == DCT.hasPart]
    (problem,) = [i for i in items if isinstance(i, ReadProblem)]
    assert (problem.subject, problem.detail) == (one(items, DCAT.dataset), "colour")


"""The samples of data.json and DCAT-US 3, and the number of their datasets: 22 and 47."""
