"""The example queries of auditors, asked of sources whose history is known."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pyoxigraph as ox
import pytest

from graph import snapshots
from graph.core.errors import UlziiError
from graph.core.instance import Instance
from graph.ledger import Event, Ledger, of_kinds
from server.sparql.examples import examples
from tests.test_trace_versions import put
from vocab.namespaces import DCAT, DCT, RDF

_DATASET, _OFFICE = "<https://example.org/d>", "https://example.org/office"
_SAID = (
    f"{_DATASET} {RDF.type} {DCAT.Dataset}",
    f"{_DATASET} {DCT.publisher} <{_OFFICE}>",
    f'{_DATASET} {DCT.title} "Нэр"@mn',
    f'{_DATASET} {DCT.description} "Тайлбар"@mn',
)
_OLD, _NEW = (f'{_DATASET} {DCT.title} "{year}"@en' for year in (2025, 2026))
_IDENTIFIER = f'{_DATASET} {DCT.identifier} "d"'
Row = dict[str, object]


class Told:
    """A log, and the answers to the example queries of its newest snapshot."""

    def __init__(self, instance: Instance) -> None:
        self.events = Ledger(instance).events
        self.names = instance.names
        self._store = ox.Store.read_only(str(snapshots.current(instance).path))  # type: ignore[union-attr]
        self._queries = {one.name: one.query for one in examples(instance.base)}

    def rows(self, name: str) -> list[Row]:
        """The rows of an example, with the plain values of their terms."""
        found = self._store.query(self._queries[name])
        assert isinstance(found, ox.QuerySolutions)
        names = [one.value for one in found.variables]
        return [{one: _plain(row[one]) for one in names} for row in found]

    def loads(self, source: str) -> list[Event]:
        """The Load events of a source."""
        return [one for one in of_kinds(self.events, "Load") if one["source"] == source]


def _plain(term: object) -> object:
    if not isinstance(term, ox.Literal):
        return getattr(term, "value", None)
    kind = term.datatype.value.rpartition("#")[2]
    return _KINDS.get(kind, str)(term.value)


_KINDS: dict[str, Callable[[str], object]] = {
    "integer": int,
    "boolean": "true".__eq__,
    "dateTime": datetime.fromisoformat,
}


@pytest.fixture(scope="module")
def told(another: Callable[[], Instance]) -> Told:
    """A catalogue whose title changed, and of which a finding disappeared; a source that was put
    into quarantine after its only version."""
    instance = another()
    put(instance, "a", *_SAID, _OLD)
    put(instance, "b", '<https://example.org/x> <http://www.w3.org/2004/02/skos/core#note> "n"')
    with pytest.raises(UlziiError):
        put(instance, "b", "this is no statement")
    put(instance, "a", *_SAID, _NEW, _IDENTIFIER)
    return Told(instance)


def test_versions_are_told_with_the_code_that_made_them(told: Told) -> None:
    expected = {
        told.names.version(source, load["version"]): (
            told.names.code("mapping", source, load["code"]),
            datetime.fromisoformat(load["at"]),
            load["layers"]["stated"]["statements"],
        )
        for source in ("a", "b")
        for load in told.loads(source)
    }
    rows = told.rows("versions-made-by-a-mapping")
    found = {row["version"]: (row["mapping"], row["time"], row["statements"]) for row in rows}
    assert found == expected
    assert len(found) == 3


def test_statements_are_told_with_the_code_that_made_them(told: Told) -> None:
    codes = {source: told.loads(source)[-1]["code"] for source in ("a", "b")}
    found: dict[object, set[object]] = {}
    for row in told.rows("statements-made-by-a-mapping"):
        found.setdefault(row["mapping"], set()).add((row["predicate"], row["object"]))
    said = {told.names.code("mapping", source, code) for source, code in codes.items()}
    assert set(found) == said
    catalogue = found[told.names.code("mapping", "a", codes["a"])]
    assert (DCT.title.value, "2026") in catalogue
    assert (DCT.title.value, "2025") not in catalogue  # the version before said it


def test_what_an_agency_changed_is_told_by_version(told: Told) -> None:
    rows = {row["version"]: row for row in told.rows("what-an-agency-changed")}
    first, *others = told.loads("a")
    everything = sum(layer["statements"] for layer in first["layers"].values())
    patches = [(load["patch"]["adds"], load["patch"]["deletes"]) for load in others]
    changes = [(everything, 0, False), *((*patch, True) for patch in patches)]
    for number, (added, deleted, is_same) in enumerate(changes, 1):
        row = rows.pop(told.names.version("a", number))
        assert (row["agency"], row["codeIsTheSame"]) == (_OFFICE, is_same)
        assert (row["added"], row["deleted"]) == (added, deleted)
    assert rows == {}  # the other source names no publisher


def test_a_finding_that_disappeared_is_told(told: Told) -> None:
    found = {row["version"]: row["change"] for row in told.rows("findings-that-disappeared")}
    counts = [load["layers"]["findings"]["statements"] for load in told.loads("a")]
    assert counts[1] < counts[0]  # the dataset has an identifier now
    changes = [found[told.names.version("a", n)] for n in (1, 2)]
    assert changes == [counts[0], counts[1] - counts[0]]


def test_a_run_that_ended_in_quarantine_is_no_check(told: Told) -> None:
    rows = {row["source"]: row for row in told.rows("sources-not-checked")}
    fetched = {
        source: [e["at"] for e in of_kinds(told.events, "Fetch") if e["source"] == source]
        for source in ("a", "b")
    }
    expected = {"a": (fetched["a"][-1], 0), "b": (fetched["b"][0], 1)}
    for source, (at, failures) in expected.items():
        row = rows[told.names.source(source)]
        assert (row["checked"], row["failures"]) == (datetime.fromisoformat(at), failures)
        assert row["changed"] == datetime.fromisoformat(told.loads(source)[-1]["at"])
        assert row["overdue"] is False
