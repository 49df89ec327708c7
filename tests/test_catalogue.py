"""The catalogue for harvesters: what is described and kept, and what a publication changes."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph import snapshots
from graph.audit.verify import verify
from graph.catalogue import keeping, listing, packs, schema
from graph.catalogue.listing import Selection
from graph.catalogue.syntax import SYNTAXES
from graph.core.errors import ConfigError
from graph.core.instance import CatalogueWords, Instance
from graph.core.retention import Retention
from graph.ledger import Ledger
from graph.publication.publish import Publisher
from loaders.catalogues.naming.contents import digest
from tests import catalogues, turtle, versions
from tests.catalogues import all_pages, datasets, iri, publish
from vocab.namespaces import ADMS, DCAT, DCT, FOAF, PROV, RDF, RDFS, XSD

pytestmark = pytest.mark.slow


def triples(instance: Instance) -> set[ox.Triple]:
    found = b"".join(all_pages(instance))
    return {quad.triple for quad in ox.parse(found, ox.RdfFormat.N_TRIPLES)}


def values(instance: Instance, subject: str, predicate: ox.NamedNode) -> set[str]:
    node = ox.NamedNode(subject)
    found = (t for t in triples(instance) if (t.subject, t.predicate) == (node, predicate))
    return {t.object.value for t in found if not isinstance(t.object, ox.Triple)}


def rebuild(instance: Instance) -> None:
    Publisher(instance, Ledger(instance)).rebuild()


def sized(instance: Instance, size: int) -> Instance:
    return replace(instance, page_size=size)


# ---------------------------------------------------------------------------- what is described


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


# ------------------------------------------------------------------- identity, dates, deletion


def test_identifiers_are_the_publishers_or_ours_where_missing_or_taken(instance: Instance) -> None:
    one = '<http://{0}/d> a dcat:Dataset ; dct:title "t"@en ; dct:identifier "7" .'
    publish(instance, one.format("first"), "first")
    publish(instance, one.format("second"), "second")
    publish(instance, '<id/dataset/third/x> a dcat:Dataset ; dct:title "t"@en .', "third")
    found = {
        name: values(instance, name, DCT.identifier)
        for name in ("http://first/d", "http://second/d", iri("x", "third"))
    }
    assert found["http://first/d"] == {"7"}
    (second,) = found["http://second/d"]
    assert second.startswith("second:")
    assert found[iri("x", "third")] == {"third:x"}
    (other,) = values(instance, "http://second/d", ADMS.identifier)
    assert "7" in {t.object.value for t in triples(instance) if t.subject == ox.NamedNode(other)}  # type: ignore[union-attr]
    # it stays when the first goes, and when the store is made again
    publish(instance, '<x> dct:title "t"@en .', "first")
    assert values(instance, "http://second/d", DCT.identifier) == {second}
    rebuild(instance)
    assert values(instance, "http://second/d", DCT.identifier) == {second}


def test_first_seen_and_last_changed_are_on_the_record(instance: Instance) -> None:
    versions.publish(instance, "agency", datasets(["a", "b"]))
    first = listing.current(instance).dataset(iri("a"))
    versions.publish(instance, "agency", datasets(["a", "b"], changed=["a"]))
    events = Ledger(instance)
    at = [event["at"] for event in events if event["type"] == "Publish"]
    changed = listing.current(instance).dataset(iri("a"))
    same = listing.current(instance).dataset(iri("b"))
    assert first and changed and same
    assert (first.issued, changed.issued, changed.modified) == (at[0], at[0], at[1])
    assert (same.issued, same.modified) == (at[0], at[0])
    record = f"{iri('a')}#record"
    assert values(instance, record, DCT.issued) == {at[0]}
    assert values(instance, record, DCT.modified) == {at[1]}
    assert values(instance, record, PROV.hadPrimarySource) == {
        "https://example.mn/id/source/agency"
    }


def test_a_dataset_that_goes_leaves_what_it_was_and_comes_back_as_itself(
    instance: Instance,
) -> None:
    versions.publish(instance, "agency", datasets(["a", "b"]))
    first = listing.current(instance).dataset(iri("b"))
    versions.publish(instance, "agency", datasets(["a"]))
    found = listing.current(instance)
    gone = found.gone(iri("b"))
    assert first and gone and found.dataset(iri("b")) is None
    assert (gone.source, gone.identifier, gone.issued) == ("agency", "agency:b", first.issued)
    assert "Багц b" in gone.titles
    versions.publish(instance, "agency", datasets(["a", "b"]))
    back = listing.current(instance).dataset(iri("b"))
    assert back and (back.identifier, back.issued) == ("agency:b", first.issued)
    assert listing.current(instance).gone(iri("b")) is None


def test_modified_since_selects_by_the_records_date(instance: Instance) -> None:
    versions.publish(instance, "agency", datasets(["a", "b"]))
    found = listing.current(instance)
    assert found.count(Selection(since=1)) == 2
    assert [e.iri for e in found.page(Selection(since=1), 1)] == [iri("a"), iri("b")]
    assert found.count(Selection(since=2**40)) == 0


def test_sub_catalogues_are_lists_of_the_same_datasets(instance: Instance) -> None:
    publish(instance, catalogues.OWN, "catalog")
    versions.publish(instance, "agency", datasets(["a", "b"]))
    found = listing.current(instance)
    assert set(found.lists()) == {"org/5296722", "theme/AGRI", "sources/agency"}
    assert found.count(Selection("org/5296722")) == 2
    assert found.titles("org/5296722") == {"mn": "Улсын бүртгэл"}
    assert found.titles("org/0000000") is None


# ------------------------------------------------------------------ what a publication changes

STEPS = st.lists(
    st.tuples(
        st.sampled_from(["one", "two"]),
        st.sets(st.sampled_from("abcdef"), max_size=6),
        st.sets(st.sampled_from("abcdef"), max_size=2),
    ),
    min_size=1,
    max_size=4,
)


Steps = list[tuple[str, set[str], set[str]]]


@settings(max_examples=6, deadline=None)
@given(STEPS)
def test_step_by_step_or_at_once_gives_the_same_bytes(
    another: Callable[[], Instance], steps: Steps
) -> None:
    compare(another, steps)


@pytest.mark.ci
@settings(max_examples=40, deadline=None)
@given(STEPS)
def test_more_steps_or_at_once_give_the_same_bytes(
    another: Callable[[], Instance], steps: Steps
) -> None:
    compare(another, steps)


def compare(another: Callable[[], Instance], steps: Steps) -> None:
    """Publish step by step, then build anew."""
    instance = sized(another(), 2)
    for source, names, changed in steps:
        publish(instance, catalogues.OWN, "catalog")
        versions.publish(instance, source, datasets(sorted(names), changed, source))
    before = {syntax: all_pages(instance, syntax) for syntax in SYNTAXES}
    rebuild(instance)
    assert {syntax: all_pages(instance, syntax) for syntax in SYNTAXES} == before


def test_a_publication_that_no_page_can_tell_changes_no_byte(instance: Instance) -> None:
    versions.publish(instance, "agency", datasets(["a"]))
    before, number = all_pages(instance), listing.current(instance).number
    versions.publish(instance, "notes", versions.lines("x=1"))
    assert all_pages(instance) == before
    now = snapshots.current(instance)
    assert now and now.number > number == listing.current(instance).number
    kept, _ = keeping.paths_of(instance, number)
    assert kept.samefile(now.companion(schema.SUFFIX))


def test_only_what_changed_is_written(instance: Instance) -> None:
    versions.publish(instance, "agency", datasets(map(str, range(50))))
    folder = instance.root / packs.FOLDER
    before = {path.name for path in folder.glob("*.nt")}
    versions.publish(instance, "agency", datasets(map(str, range(50)), changed=["7"]))
    (new,) = {path for path in folder.glob("*.nt") if path.name not in before}
    assert new.read_text("utf-8").count("dcat#Dataset>") == 1
    assert "Багц 7 шинэ" in new.read_text("utf-8")


def test_packs_do_not_pile_up(instance: Instance) -> None:
    versions.publish(instance, "agency", datasets(map(str, range(9))))
    for number in range(20):
        changed = [str(number % 9)] if number % 2 else []
        versions.publish(instance, "agency", datasets(map(str, range(9)), changed))
    with_all = listing.current(instance)
    assert with_all.count(Selection()) == 9
    connection = schema.open_published(keeping.lists(instance)[-1])
    (count,) = connection.execute("SELECT COUNT(DISTINCT id) FROM pack").fetchone()
    connection.close()
    assert count <= 16
    before = all_pages(instance)
    rebuild(instance)
    assert all_pages(instance) == before


def test_packs_are_closed_with_their_list(instance: Instance) -> None:
    """A server that publishes every hour would run out of descriptors."""

    folder = (instance.root / packs.FOLDER).resolve()  # other tests' servers may live on

    def opened() -> list[Path]:
        paths = [one.resolve() for one in Path("/proc/self/fd").iterdir()]
        return [path for path in paths if path.is_relative_to(folder)]

    for number in range(4):
        versions.publish(instance, "agency", datasets([f"d{n}" for n in range(number + 1)]))
        assert all_pages(instance)
    assert opened()
    listing._open.cache_clear()
    assert not opened()


def test_pages_are_ranges_by_iri_of_the_size_that_is_set(instance: Instance) -> None:
    instance = sized(instance, 2)
    versions.publish(instance, "agency", datasets("edcba"))
    found = listing.current(instance)
    pages = [[e.iri for e in found.page(Selection(), number)] for number in (1, 2, 3)]
    assert pages == [[iri("a"), iri("b")], [iri("c"), iri("d")], [iri("e")]]
    assert found.page(Selection(), 4) == []
    # another size holds from the next publication that is told
    versions.publish(sized(instance, 3), "agency", datasets("abcdef"))
    assert len(listing.current(instance).page(Selection(), 1)) == 3


# ------------------------------------------------------------------------------ keeping, audit


def test_pages_outlive_their_snapshot_for_two_days(
    instance: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    instance = replace(instance, retention=Retention(days=0))
    first = versions.publish(instance, "agency", datasets(["a", "b"]))
    found = listing.find(instance, first.number)
    assert found
    before = catalogues.page(found, instance)
    second = versions.publish(instance, "agency", datasets(["b"]))
    assert not first.path.exists()
    again = listing.find(instance, first.number)
    assert again and catalogues.page(again, instance) == before
    assert list(verify(instance)) == []
    hours = keeping.KEPT + 60
    clock = time.time() + hours
    monkeypatch.setattr(time, "time", lambda: clock)
    keeping.prune(instance, list(Ledger(instance)))
    assert listing.find(instance, first.number) is None
    latest = listing.find(instance, second.number)
    assert latest and latest.count(Selection()) == 1
    assert all_pages(instance)


def test_verify_names_a_pack_that_is_changed_or_missing(instance: Instance) -> None:
    versions.publish(instance, "agency", datasets(["a"]))
    assert list(verify(instance)) == []
    pack = next((instance.root / packs.FOLDER).glob("*.ttl"))
    whole = pack.read_bytes()
    for wrong in (whole.replace(b"dct", b"dcx"), b"", None):
        pack.unlink()
        if wrong is not None:
            pack.write_bytes(wrong)
        problems = list(verify(instance))
        assert [p.where for p in problems] == [str(pack)], problems
        pack.write_bytes(whole)


def test_missing_packs_are_made_again(instance: Instance) -> None:
    versions.publish(instance, "agency", datasets(["a", "b"]))
    before = all_pages(instance)
    for path in (instance.root / packs.FOLDER).iterdir():
        path.unlink()
    rebuild(instance)
    assert all_pages(instance) == before
    for path in (instance.root / packs.FOLDER).glob("*.ttl"):
        path.unlink()
    versions.publish(instance, "agency", datasets(["a", "b", "c"]))
    assert len(all_pages(instance)) == 1


def test_nobody_else_may_read_the_files(instance: Instance) -> None:
    os.umask(0o022)
    versions.publish(instance, "agency", datasets(["a"]))
    folder: Path = instance.root / packs.FOLDER
    assert folder.stat().st_mode & 0o077 == 0


def test_a_list_of_another_version_is_not_read(instance: Instance) -> None:
    now = versions.publish(instance, "agency", datasets(["a"]))
    with closing(sqlite3.connect(now.companion(schema.SUFFIX))) as connection, connection:
        connection.execute("UPDATE meta SET value = 0 WHERE key = 'version'")
    assert listing.find(instance, now.number) is None
    with pytest.raises(ConfigError, match="earlier version"):
        listing.current(instance)
    rebuild(instance)
    assert listing.current(instance).count(Selection()) == 1


def test_the_record_of_a_foreign_dataset_is_the_one_its_loader_names(instance: Instance) -> None:
    publish(instance, '<http://far/d> a dcat:Dataset ; dct:title "d"@en .', "far")
    entry = listing.current(instance).dataset("http://far/d")
    assert entry
    named = instance.names.record_of_foreign("far", digest("<http://far/d>"))
    assert entry.record(instance.names) == named
    assert values(instance, named, FOAF.primaryTopic) == {"http://far/d"}
