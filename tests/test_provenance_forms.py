"""The provenance graph tells more since its form 2; what was published before keeps its form."""

from __future__ import annotations

from typing import Any

from graph.core.instance import Instance
from graph.ledger import Event, Ledger
from graph.versions import provenance
from graph.versions.provenance import FORM
from tests.test_trace_versions import BOTH, NEW, OLD, put
from vocab.namespaces import CORE, DQV


def in_form_1(events: list[Event]) -> list[Event]:
    """The same events as an earlier version wrote them."""
    return [{k: v for k, v in one.items() if k != "provenance"} for one in events]


def test_old_publications_keep_the_form_they_were_made_in(instance: Instance) -> None:
    put(instance, "a", OLD)
    now = [*Ledger(instance)]
    old, new = ({*provenance.lines(events, instance.names)} for events in (in_form_1(now), now))
    assert old < new
    added = b"\n".join(new - old)
    for term in (CORE.outcome, CORE.recordCount, CORE.environment, DQV.hasQualityMetadata):
        assert str(term).encode() in added
        assert not any(str(term).encode() in line for line in old)


def test_the_next_publication_brings_the_new_form(instance: Instance) -> None:
    put(instance, "a", OLD, BOTH)
    since = Ledger(instance).size
    put(instance, "a", NEW, BOTH)
    events = [*Ledger(instance)]
    mixed = [*in_form_1(events[:since]), *events[since:]]
    adds, deletes = provenance.change(mixed, since, instance.names)
    before = {*provenance.lines(mixed[:since], instance.names)}
    assert (before - {*deletes}) | {*adds} == {*provenance.lines(mixed, instance.names)}
    assert mixed[-1]["provenance"] == FORM


def test_runs_that_changed_nothing_or_failed_are_told(instance: Instance) -> None:
    put(instance, "a", OLD)
    put(instance, "a", OLD)
    lines = provenance.lines([*Ledger(instance)], instance.names)
    outcomes: list[Any] = [line for line in lines if f" {CORE.outcome} ".encode() in line]
    assert sorted(line.split(b'"')[1] for line in outcomes) == [b"changed", b"same"]
