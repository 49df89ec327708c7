"""Taking a source out: a publication with a reason, after which its datasets are tombstones."""

from __future__ import annotations

from click.testing import CliRunner

from graph.audit.verify import verify
from graph.catalogue import listing
from graph.catalogue.listing import Selection
from graph.core.instance import Instance
from graph.ledger import Ledger
from graph.reports.schedule import RETIRED, schedule
from server.cli import main
from tests import versions
from tests.catalogues import datasets, iri


def ulzii(instance: Instance, *arguments: str) -> tuple[int, str]:
    ran = CliRunner().invoke(main, ["--data", str(instance.root), *arguments])
    return ran.exit_code, ran.output


def test_its_datasets_become_tombstones_and_the_reason_is_logged(instance: Instance) -> None:
    versions.publish(instance, "agency", datasets("abc"))
    versions.publish(instance, "other", datasets("x", source="other"))
    code, text = ulzii(instance, "retire", "agency", "--reason", "closed", "--by", "Сувд")
    assert code == 0, text
    assert "agency: retired, version 2" in text
    found = listing.current(instance)
    assert [e.iri for e in found.page(Selection(), 1)] == [iri("x", "other")]
    assert found.gone(iri("a"))
    approval = next(e for e in Ledger(instance) if e["type"] == "Approve")
    assert (approval["reason"], approval["by"], approval["source"]) == ("closed", "Сувд", "agency")
    assert list(verify(instance)) == []
    # and back, as itself
    versions.publish(instance, "agency", datasets("abc"))
    assert listing.current(instance).count(Selection()) == 4
    assert listing.current(instance).gone(iri("a")) is None


def test_a_retired_source_does_not_come_back_by_itself(instance: Instance) -> None:
    later = "2100-01-01T00:00:00+08:00"
    versions.publish(instance, "agency", datasets("ab"))
    assert schedule(list(Ledger(instance)), "agency", "DAILY", later).is_due(later)
    assert ulzii(instance, "retire", "agency", "--reason", "closed")[0] == 0
    found = schedule(list(Ledger(instance)), "agency", "DAILY", later)
    assert (found.state, found.is_due(later)) == (RETIRED, False)
    versions.publish(instance, "agency", datasets("a"))
    assert schedule(list(Ledger(instance)), "agency", "DAILY", later).is_due(later)


def test_what_is_not_published_cannot_be_retired(instance: Instance) -> None:
    versions.publish(instance, "agency", datasets("a"))
    for source in ("nobody", "agency"):
        code, text = ulzii(instance, "retire", source, "--reason", "r")
        assert (code == 0) is (source == "agency"), text
    code, text = ulzii(instance, "retire", "agency", "--reason", "r")
    assert code != 0
    assert "nothing of it is published" in text
    assert ulzii(instance, "retire", "agency")[0] != 0  # no reason
