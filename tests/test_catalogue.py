"""The catalogue for harvesters: what is described and kept, and what a publication changes."""

from __future__ import annotations

from dataclasses import replace

import pyoxigraph as ox
import pytest

from graph.catalogue import listing
from graph.catalogue.listing import Selection
from graph.core.instance import CatalogueWords, Instance
from loaders.catalogues.naming.contents import digest
from tests import catalogues, turtle, versions
from tests.catalogues import all_pages, datasets, iri, publish, rebuild, triples, values
from vocab.namespaces import DCAT, DCT, FOAF, RDF, RDFS, XSD

pytestmark = pytest.mark.slow


def test_every_public_dataset_is_described_and_nothing_of_a_restricted_source(
    instance: Instance,
) -> None:
    versions.publish(instance, "own", datasets(["a"], source="own"))
    versions.publish(instance, "secret", datasets(["b"], source="secret"), "restricted")
    versions.publish(instance, "other", datasets(["c"], source="other"))
    found = triples(instance)
    described = {t.subject for t in found if t.object == DCAT.Dataset}
    assert described == {ox.NamedNode(iri("a", "own")), ox.NamedNode(iri("c", "other"))}
    assert "secret" not in b"".join(all_pages(instance)).decode()


def test_a_source_that_becomes_restricted_leaves_and_comes_back(instance: Instance) -> None:
    versions.publish(instance, "own", datasets(["a"], source="own"))
    for visibility, listed in (("restricted", 0), ("public", 1)):
        versions.publish(instance, "own", datasets(["a", "b"][:1], source="own"), visibility)
        assert listing.current(instance).count(Selection()) == listed


def test_another_sources_word_on_a_dataset_is_not_exported(instance: Instance) -> None:
    versions.publish(instance, "agency", datasets(["a"]))
    publish(instance, f'<{iri("a")}> dct:title "худал"@mn .', "liar")
    assert values(instance, iri("a"), DCT.title) == {"Багц a"}


def test_another_sources_word_on_a_dataset_is_no_change_of_it(instance: Instance) -> None:
    """Else every harvester would take over anew what says the same as before."""
    versions.publish(instance, "agency", datasets(["a", "b"]))
    before = listing.current(instance)
    other = datasets(["c"], source="other")
    word = turtle.lines(f'<{iri("a")}> dct:title "өөр"@mn ; a dcat:Dataset .')
    versions.publish(instance, "other", [*other, *word])
    after = listing.current(instance)
    assert after.dataset(iri("a")) == before.dataset(iri("a"))
    assert after.dataset(iri("b")) == before.dataset(iri("b"))
    assert after.dataset(iri("c", "other"))
    versions.publish(instance, "agency", datasets(["b"]))
    taken_over = listing.current(instance).dataset(iri("a"))
    assert taken_over
    assert taken_over.source == "other"


def test_shared_things_stand_once_on_a_page(instance: Instance) -> None:
    publish(instance, catalogues.OWN, "catalog")
    versions.publish(instance, "agency", datasets(["a", "b"]))
    (page,) = all_pages(instance)
    name = (
        '<https://w3id.org/ulzii/id/org/5296722> <http://xmlns.com/foaf/0.1/name> "Улсын бүртгэл"'
    )
    assert page.decode().count(name) == 1


def test_a_changed_name_of_an_organisation_is_on_the_page_and_changes_no_dataset(
    instance: Instance,
) -> None:
    publish(instance, catalogues.OWN, "catalog")
    versions.publish(instance, "agency", datasets(["a"]))
    before = listing.current(instance).dataset(iri("a"))
    publish(instance, catalogues.OWN.replace("Улсын бүртгэл", "Шинэ нэр"), "catalog")
    assert "Шинэ нэр" in all_pages(instance)[0].decode()
    assert listing.current(instance).dataset(iri("a")) == before


FOREIGN = """
<http://far/d> a dcat:Dataset ; dct:title "Far"@en , " "@en ; dct:description "\\u0001x\\u0000" ;
  dct:issued "2020-02-30" , "2020-02-28" ; dct:modified "yesterday" ;
  dct:format "n" ; dcat:theme "Газар"@mn ; dct:publisher "Яам"@mn ; dcat:landingPage <http://far/> ;
  dcat:distribution <http://far/1> , <http://far/2> , <http://far/3> .
<http://far/1> dcat:downloadURL <http://far/1.csv> ; dcat:mediaType "text/csv" ;
  dcat:byteSize "12.0"^^xsd:decimal ; dct:format "CSV" .
<http://far/2> a dcat:Distribution ; dcat:byteSize "big" .
<http://far/3> a dcat:Distribution ; dcat:accessURL "http://far/three" .
"""


def test_what_a_strict_reader_would_refuse_is_restated_or_left_out(instance: Instance) -> None:
    publish(instance, FOREIGN, "far")
    assert values(instance, "http://far/d", DCT.title) == {"Far"}
    assert values(instance, "http://far/d", DCT.description) == {"x"}
    assert values(instance, "http://far/d", DCT.issued) == {"2020-02-28"}
    assert not values(instance, "http://far/d", DCT.modified)
    assert values(instance, "http://far/1", DCAT.accessURL) == {"http://far/1.csv"}
    assert values(instance, "http://far/2", DCAT.accessURL) == {"http://far/"}
    assert values(instance, "http://far/3", DCAT.accessURL) == {"http://far/three"}
    assert not values(instance, "http://far/2", DCAT.byteSize)
    size = ox.Literal("12", datatype=XSD.nonNegativeInteger)
    assert ox.Triple(ox.NamedNode("http://far/1"), DCAT.byteSize, size) in triples(instance)
    (media,) = values(instance, "http://far/1", DCAT.mediaType)
    assert media == "http://www.iana.org/assignments/media-types/text/csv"


def test_addresses_inside_and_prefixed_names_are_left_out(instance: Instance) -> None:
    text = """<http://far/d> a dcat:Dataset , <vcard:Kind> ; dct:title "d"@en ;
      dcat:landingPage <http://localhost/d> ; dcat:distribution <http://far/f> .
    <http://far/f> a dcat:Distribution ; dcat:accessURL <http://10.0.0.1/x> , <http://far/x> ."""
    publish(instance, text, "far")
    found = b"".join(all_pages(instance, "jsonld"))
    assert values(instance, "http://far/d", RDF.type) == {DCAT.Dataset.value}
    assert values(instance, "http://far/f", DCAT.accessURL) == {"http://far/x"}
    assert b"localhost" not in found


def test_a_text_in_a_things_place_becomes_the_name_of_a_thing(instance: Instance) -> None:
    publish(instance, FOREIGN, "far")
    (form,) = values(instance, "http://far/1", DCT["format"])
    (publisher,) = values(instance, "http://far/d", DCT.publisher)
    assert form.startswith("https://example.mn/id/source/far#text-")
    assert values(instance, form, RDFS.label) == {"CSV"}
    assert values(instance, form, RDF.type) == {DCT.MediaTypeOrExtent.value}
    assert values(instance, publisher, FOAF.name) == {"Яам"}


def test_a_thing_of_which_nothing_is_known_is_left_out(instance: Instance) -> None:
    text = """<http://far/d> a dcat:Dataset ; dct:title "d"@en ; dct:creator <id/value/far/1> ;
      dct:publisher <id/value/far/2> , <id/value/far/3> , <http://far/agent> .
    <id/value/far/2> a foaf:Agent . <id/value/far/3> a foaf:Agent ; foaf:name "Агентлаг"@mn ."""
    publish(instance, text, "far")
    known = "https://example.mn/id/value/far/3"
    assert values(instance, "http://far/d", DCT.publisher) == {known, "http://far/agent"}
    assert not values(instance, "http://far/d", DCT.creator)
    assert values(instance, known, FOAF.name) == {"Агентлаг"}
    assert values(instance, "http://far/agent", FOAF.name) == {"agent"}
    assert "id/value/far/2" not in str(triples(instance))


def test_a_catalogue_that_no_source_describes_has_a_title_and_no_publisher(
    instance: Instance,
) -> None:
    root = instance.names.catalog
    publish(instance, FOREIGN, "far")
    assert "Нээлттэй өгөгдлийн каталог" in values(instance, root, DCT.title)
    assert len(values(instance, root, DCT.description)) == 2
    assert not values(instance, root, DCT.publisher)
    publish(instance, catalogues.OWN, "catalog")
    assert values(instance, root, DCT.title) == {"Каталог"}
    assert values(instance, root, DCT.description) == {"Бүгд"}
    assert len(values(instance, root, DCT.publisher)) == 1


def test_an_instance_may_say_itself_what_its_catalogue_is(instance: Instance) -> None:
    publish(instance, catalogues.OWN, "catalog")
    catalog, own = instance.names.catalog, "https://w3id.org/ulzii/id/org/5296722"
    assert values(instance, catalog, DCT.title) == {"Каталог"}
    words = CatalogueWords((("en", "Ours"), ("mn", "Манайх")), (), "http://agency.mn/id")
    told = replace(instance, catalogue=words)
    versions.publish(told, "agency", datasets(["a"]))
    assert values(told, catalog, DCT.title) == {"Ours", "Манайх"}
    assert values(told, catalog, DCT.description) == {"Бүгд"}
    assert values(told, catalog, DCT.publisher) == {"http://agency.mn/id"}
    assert values(told, "http://agency.mn/id", FOAF.name) == {"id"}
    assert listing.current(told).publisher == "http://agency.mn/id"
    versions.publish(instance, "agency", datasets(["a", "b"]))
    assert values(instance, catalog, DCT.publisher) == {own}


def test_a_distribution_without_any_address_is_left_out(instance: Instance) -> None:
    publish(
        instance,
        "<d> a dcat:Dataset ; dct:title 'd'@en ; dcat:distribution <f> . <f> a dcat:Distribution .",
    )
    assert not [t for t in triples(instance) if t.object == DCAT.Distribution]
    assert not [t for t in triples(instance) if t.predicate == DCAT.distribution]


def test_series_and_services_are_no_datasets(instance: Instance) -> None:
    text = """<d> a dcat:Dataset ; dct:title "d"@en ; dcat:inSeries <s> .
      <s> a dcat:Dataset , dcat:DatasetSeries ; dct:title "s"@en ; dct:description "all"@en .
      <v> a dcat:DataService ; dct:title "v"@en ; dcat:endpointURL <http://v/> ."""
    publish(instance, text)
    assert listing.current(instance).count(Selection()) == 1
    assert values(instance, "https://example.mn/s", RDF.type) == {DCAT.DatasetSeries.value}
    assert values(instance, "https://example.mn/s", DCT.description) == {"all"}
    services = values(instance, "https://example.mn/catalog", DCAT.service)
    assert services == {"https://example.mn/v", "https://example.mn/sparql"}
    assert values(instance, "https://example.mn/v", DCAT.endpointURL) == {"http://v/"}


def test_a_service_is_told_with_the_datasets_that_it_serves(instance: Instance) -> None:
    datasets = "".join(f'<{n}> a dcat:Dataset ; dct:title "{n}"@en .' for n in "abcd")
    service = '<v> a dcat:DataService ; dct:title "v"@en ; dcat:endpointURL <http://v/> ;'
    small = replace(instance, page_size=1)
    publish(small, f"{datasets} {service} dcat:servesDataset <b> , <c> , <gone> .")

    def told() -> list[tuple[int, bool]]:
        pages = all_pages(small)
        return [(page.count(b"#servesDataset>"), b'> "v"@en' in page) for page in pages]

    # it is listed, and so described, on the first page
    assert told() == [(0, True), (1, True), (1, True), (0, False)]
    publish(small, f"{datasets} {service} dcat:servesDataset <c> , <d> .")
    assert told() == [(0, True), (0, False), (1, True), (1, True)]
    step_by_step = all_pages(small)
    rebuild(small)
    assert all_pages(small) == step_by_step


CUBE = """<d> a dcat:Dataset ; dct:title "d"@en ; dct:hasFormat <c> .
<c> <http://purl.org/linked-data/cube#structure> <s> ;
  <http://purl.org/linked-data/sdmx/2009/attribute#unitMeasure> <head> .
<s> <http://purl.org/linked-data/cube#component> <s1> .
<s1> <http://purl.org/linked-data/cube#dimension> <{}> ."""


def test_the_structure_of_a_cube_is_told_by_statdcat(instance: Instance) -> None:
    stat = "http://data.europa.eu/xyz/statdcat-ap/"
    for dimension in ("year", "place"):  # a change of the structure is a change of the dataset
        publish(instance, CUBE.format(dimension))
        told = values(instance, "https://example.mn/d", ox.NamedNode(stat + "dimension"))
        assert told == {f"https://example.mn/{dimension}"}
    unit = ox.NamedNode(stat + "statUnitMeasure")
    assert values(instance, "https://example.mn/d", unit) == {"https://example.mn/head"}


def test_the_record_of_a_foreign_dataset_is_the_one_its_loader_names(instance: Instance) -> None:
    publish(instance, '<http://far/d> a dcat:Dataset ; dct:title "d"@en .', "far")
    entry = listing.current(instance).dataset("http://far/d")
    assert entry
    named = instance.names.record_of_foreign("far", digest("<http://far/d>"))
    assert entry.record(instance.names) == named
    assert values(instance, named, FOAF.primaryTopic) == {"http://far/d"}
