"""What a publication changes in the catalogue: identity, dates, deletion, bytes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph import snapshots
from graph.catalogue import build, keeping, listing, packs, schema
from graph.catalogue.listing import Selection
from graph.catalogue.syntax import SYNTAXES
from graph.core.instance import Instance
from graph.ledger import Ledger
from tests import catalogues, versions
from tests.catalogues import all_pages, datasets, iri, publish, rebuild, sized, triples, values
from vocab.namespaces import ADMS, DCT, PROV

pytestmark = pytest.mark.slow


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


def test_step_by_step_or_at_once_gives_the_same_bytes(another: Callable[[], Instance]) -> None:
    """Datasets come, change, go, come back and move between sources."""
    steps = [
        ("one", set("abcd"), set[str]()),
        ("two", set("be"), set("b")),
        ("one", set("ac"), set("c")),
    ]
    compare(another, steps)


@pytest.mark.ci
@settings(max_examples=40, deadline=None)
@given(STEPS)
def test_any_steps_or_at_once_give_the_same_bytes(
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


def test_packs_do_not_pile_up(instance: Instance, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(build, "_MOST_PACKS", 3)
    versions.publish(instance, "agency", datasets(map(str, range(9))))
    for number in range(10):
        changed = [str(number % 9)] if number % 2 else []
        versions.publish(instance, "agency", datasets(map(str, range(9)), changed))
    with_all = listing.current(instance)
    assert with_all.count(Selection()) == 9
    connection = schema.open_published(keeping.lists(instance)[-1])
    (count,) = connection.execute("SELECT COUNT(DISTINCT id) FROM pack").fetchone()
    connection.close()
    assert count <= 3
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
