"""What shrinks, rejects much or is moderated is held, and published only once it is approved."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from graph import snapshots
from graph.audit.verify import verify
from graph.catalogue import listing
from graph.catalogue.listing import Selection
from graph.core.errors import ConfigError, InputError
from graph.core.instance import Instance, open_instance
from graph.ledger import Event, Ledger
from graph.store.embedded import EmbeddedStore
from graph.versions import held, provenance
from loaders.pipeline.load import load
from loaders.pipeline.model import LoadOutcome
from loaders.pipeline.source import Source, read
from server.cli import main

pytestmark = pytest.mark.slow

DATASET = """<https://portal.mn/{0}> a <http://www.w3.org/ns/dcat#Dataset> ;
  <http://purl.org/dc/terms/title> "{0}"@en ; <http://purl.org/dc/terms/description> "{0}"@en ;
  <http://purl.org/dc/terms/identifier> "{0}" ;
  <http://purl.org/dc/terms/publisher> <https://portal.mn/office> .
"""


def described(folder: Path, more: str = "") -> Source:
    path = folder / "portal.toml"
    path.write_text(
        'id = "portal"\nloader = "rdf"\nfiles = ["portal.ttl"]\nmedia_type = "text/turtle"\n'
        f'{more}\n[title]\nmn = "Портал"\nen = "Portal"\n'
    )
    return read(path)


def harvest(instance: Instance, folder: Path, *numbers: int, more: str = "") -> LoadOutcome:
    """Load a catalogue with these datasets."""
    text = "".join(DATASET.format(f"d{number}") for number in numbers)
    (folder / "portal.ttl").write_text(text)
    return load(instance, described(folder, more))


def shown(instance: Instance) -> int:
    """How many datasets the current snapshot has; 0 before the first."""
    now = snapshots.current(instance)
    if now is None:
        return 0
    store = EmbeddedStore(now.path, read_only=True)
    lines = store.lines(instance.names.graph("portal"))
    found = sum(line.endswith(b"dcat#Dataset> .") for line in lines)
    store.close()
    return found


def ulzii(instance: Instance, *command: str) -> Result:
    return CliRunner().invoke(main, ["--data", str(instance.root), *command])


def events(instance: Instance, *kinds: str) -> list[Event]:
    return [event for event in Ledger(instance) if event["type"] in kinds]


@pytest.fixture(scope="module")
def first_versions(
    another: Callable[[], Instance], tmp_path_factory: pytest.TempPathFactory
) -> Callable[[int], Path]:
    """Published once: instances with catalogues of so many datasets. Nobody changes them."""

    @cache
    def publish(count: int) -> Path:
        made = another()
        assert harvest(made, tmp_path_factory.mktemp("first"), *range(count)).version == 1
        return made.root

    return publish


@pytest.fixture
def published(first_versions: Callable[[int], Path], tmp_path: Path) -> Callable[[int], Instance]:
    """Gives a copy of such an instance."""
    return lambda count: open_instance(shutil.copytree(first_versions(count), tmp_path / "own"))


@pytest.fixture
def forty(published: Callable[[int], Instance]) -> Instance:
    """An instance with a catalogue of forty datasets."""
    return published(40)


FURTHER = [(21, 20, False), (21, 19, True), (2, 1, False)]


@pytest.mark.parametrize(
    ("before", "after", "is_held"),
    [
        (40, 38, False),  # 5 %
        (40, 37, True),
        (20, 10, False),  # half of a few
        (20, 9, True),
        *(pytest.param(*case, marks=pytest.mark.ci) for case in FURTHER),
    ],
)
def test_what_is_held(
    published: Callable[[int], Instance],
    tmp_path: Path,
    before: int,
    after: int,
    is_held: bool,
) -> None:
    instance = published(before)
    outcome = harvest(instance, tmp_path, *range(after))
    assert (outcome.status == "held", shown(instance)) == (is_held, before if is_held else after)
    if is_held:
        assert outcome.held[0].startswith(f"{before - after} of {before} datasets are gone")


def test_other_datasets_in_their_place_do_not_make_up_for_lost_ones(
    forty: Instance, tmp_path: Path
) -> None:
    assert harvest(forty, tmp_path, *range(10, 50)).status == "held"


def test_approved_is_published_exactly_as_it_was_held(forty: Instance, tmp_path: Path) -> None:
    outcome = harvest(forty, tmp_path, *range(5))
    (tmp_path / "portal.ttl").unlink()  # nothing is fetched or mapped again
    before = ulzii(forty, "status")
    assert "? portal: held, version 2: 35 of 40 datasets are gone" in before.output
    done = ulzii(forty, "approve", "portal", "--reason", "closed, call 99112233", "--by", "auditor")
    assert (done.exit_code, done.output) == (
        0,
        f"portal: published, version 2 (log/{outcome.load})\n",
    )
    assert shown(forty) == 5
    *_, approve, publish = Ledger(forty)
    assert {
        key: approve[key] for key in ("type", "source", "version", "load", "decision", "by")
    } == {
        "type": "Approve",
        "source": "portal",
        "version": 2,
        "load": outcome.load,
        "decision": "approve",
        "by": "auditor",
    }
    assert approve["reason"] == "closed, call …", "no personal data in the ledger"
    assert (publish["load"], publish["approvals"]) == (outcome.load, [approve["index"]])
    assert list(verify(forty)) == []
    assert "held" not in ulzii(forty, "status").output
    assert ulzii(forty, "rebuild").exit_code == 0
    assert (shown(forty), list(verify(forty))) == (5, [])
    assert harvest(forty, tmp_path, *range(5)).status == "same"


def test_what_was_held_has_changed_when_it_was_published(
    forty: Instance, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A harvester that came between the load and its approval asks for what changed since."""
    outcome = harvest(forty, tmp_path, *range(5), 99)
    assert outcome.is_held
    later = "2099-01-01T00:00:00+08:00"
    monkeypatch.setattr("graph.ledger.events.now", lambda: later)
    assert ulzii(forty, "approve", "portal", "--reason", "closed").exit_code == 0
    found = listing.current(forty)
    new, gone = found.dataset("https://portal.mn/d99"), found.gone("https://portal.mn/d30")
    assert new and gone
    assert (new.issued, new.modified, gone.gone) == (later, later, later)
    visit = int(datetime(2098, 1, 1, tzinfo=UTC).timestamp())
    assert [e.iri for e in found.page(Selection(since=visit), 1)] == ["https://portal.mn/d99"]


def test_the_command_says_what_is_held_and_how_to_release_it(
    forty: Instance, tmp_path: Path
) -> None:
    (tmp_path / "portal.ttl").write_text(DATASET.format("d1"))
    done = ulzii(forty, "load", str(described(tmp_path).path))
    assert done.exit_code == 10
    assert "portal: held, version 2" in done.output
    assert "39 of 40 datasets are gone, among them <https://portal.mn/d" in done.output
    assert "`ulzii approve portal --reason TEXT`" in done.output
    listed = json.loads(ulzii(forty, "status", "--json").output)["held"]
    assert [(one["source"], one["version"]) for one in listed] == [("portal", 2)]
    assert "? portal: held" in ulzii(forty, "sources").output


def test_too_many_records_that_cannot_be_read_are_held(instance: Instance, tmp_path: Path) -> None:
    broken = "".join(f"<https://portal.mn/x{n}> a a a .\n" for n in range(3))
    (tmp_path / "portal.ttl").write_text(DATASET.format("d1") + broken)
    outcome = load(instance, described(tmp_path, "foreign = true"))
    assert (outcome.status, shown(instance)) == ("held", 0)
    assert "3 of 4 records cannot be read, more than 5% (reject_limit)" in outcome.held
    assert load(instance, described(tmp_path, "reject_limit = 0.8")).status == "published"


def test_a_moderated_source_waits_each_time(instance: Instance, tmp_path: Path) -> None:
    first = harvest(instance, tmp_path, 1, 2, more="moderated = true")
    assert (first.status, first.held) == ("held", ("the source is moderated",))
    assert shown(instance) == 0
    assert list(verify(instance)) == []
    assert ulzii(instance, "approve", "portal", "--reason", "seen").exit_code == 0
    assert shown(instance) == 2
    assert harvest(instance, tmp_path, 1, 2, more="moderated = true").status == "same"
    assert harvest(instance, tmp_path, 1, 2, 3, more="moderated = true").status == "held"
    assert list(verify(instance)) == []


def test_the_same_bytes_again_are_not_logged_as_another_version(
    forty: Instance, tmp_path: Path
) -> None:
    first = harvest(forty, tmp_path, 1)
    again = harvest(forty, tmp_path, 1)
    assert (again.status, again.load) == ("held", first.load)
    assert len(events(forty, "Load")) == 2
    assert ulzii(forty, "approve", "portal", "--reject", "--reason", "cut off").exit_code == 0
    assert shown(forty) == 40
    assert harvest(forty, tmp_path, 1).status == "rejected"
    assert len(events(forty, "Load")) == 2
    refused = ulzii(forty, "approve", "portal", "--reason", "after all", "--load", str(first.load))
    assert (refused.exit_code, "was rejected already" in refused.output) == (2, True)


def test_what_was_held_is_dropped_when_the_source_is_whole_again(
    forty: Instance, tmp_path: Path
) -> None:
    harvest(forty, tmp_path, 1)
    assert harvest(forty, tmp_path, *range(40)).status == "same"
    assert held.waiting(Ledger(forty)) == {}
    (superseded,) = events(forty, "Approve")
    assert (superseded["decision"], superseded["by"]) == ("reject", "ulzii load")
    refused = ulzii(forty, "approve", "portal", "--reason", "late")
    assert (refused.exit_code, "no load of it is held" in refused.output) == (2, True)


def test_a_later_publication_outdates_what_was_held(forty: Instance, tmp_path: Path) -> None:
    old = harvest(forty, tmp_path, 1)
    assert harvest(forty, tmp_path, *range(41)).status == "published"
    refused = ulzii(forty, "approve", "portal", "--reason", "late", "--load", str(old.load))
    assert refused.exit_code == 2
    assert list(verify(forty)) == []


def test_nothing_is_said_of_a_held_version_in_public(forty: Instance, tmp_path: Path) -> None:
    outcome = harvest(forty, tmp_path, 1)
    version = forty.names.version("portal", 2).encode()
    lines = provenance.lines(list(Ledger(forty)), forty.names)
    assert not [line for line in lines if version in line]
    ulzii(forty, "approve", "portal", "--reason", "right")
    lines = provenance.lines(list(Ledger(forty)), forty.names)
    assert [line for line in lines if line.startswith(b"<" + version + b">")]
    assert any(f"log/{outcome.load}#activity".encode() in line for line in lines)


def test_a_publication_without_approval_is_a_problem(forty: Instance, tmp_path: Path) -> None:
    outcome = harvest(forty, tmp_path, 1)
    ledger = Ledger(forty)
    ledger.append(
        {
            "type": "Publish",
            "source": "portal",
            "version": 2,
            "load": outcome.load,
            "validate": outcome.load + 1,
            "files": 1,
            "approvals": [],
        }
    )
    messages = [problem.message for problem in verify(forty, 0)]
    assert messages == [f"published without approval, though log/{outcome.load} was held"]


def test_the_flag_that_was_replaced_says_what_replaces_it(instance: Instance) -> None:
    done = ulzii(instance, "load", "--allow-shrink", "nso")
    assert (done.exit_code, "ulzii approve SOURCE" in done.output) == (2, True)


def test_a_load_that_publishes_nothing_fails(instance: Instance, tmp_path: Path) -> None:
    harvest(instance, tmp_path, 1, 2)
    (tmp_path / "portal.ttl").write_text('<https://a.mn/> <https://a.mn/p> "1" .')
    with pytest.raises(InputError, match="no dataset is left of 2"):
        load(instance, described(tmp_path))
    assert shown(instance) == 2
    assert Ledger(instance)[-1]["type"] == "Quarantine"


def test_what_is_written_over_http_cannot_be_moderated(tmp_path: Path) -> None:
    path = tmp_path / "notes.toml"
    path.write_text('id = "notes"\neditable = true\nmoderated = true\n[title]\nmn = "Тэмдэглэл"\n')
    with pytest.raises(ConfigError, match="cannot be moderated"):
        read(path)
