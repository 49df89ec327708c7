"""Load one source: capture → records → statements → validated version → ledger event → store.

Each step is reported by its name (STEPS): the command line shows progress, tests kill the process
there.
"""

from __future__ import annotations

from graph.archive import Archive
from graph.core.errors import ConfigError, storage_error
from graph.core.instance import Instance
from graph.core.progress import Reporter, SilentReporter
from graph.ledger import Event, Ledger, manifests
from graph.publication.joint import JointPublication
from graph.publication.publish import Publisher
from graph.publication.writer_lock import TRIAL, is_held_for_trial
from graph.publication.writer_session import writer_session
from graph.reports.harvest import rule_counts
from graph.statements.layer import FINDINGS, STATED
from graph.versions import held, version
from graph.versions.state import state
from graph.versions.version import BuildInfo, NewVersion, ValidationInfo
from loaders.captures import item_roots
from loaders.pipeline import capture, code_digest, protocol
from loaders.pipeline.candidate import Candidate, CandidateMaker
from loaders.pipeline.load_log import DryRunLog, LoadLog
from loaders.pipeline.model import (
    HELD,
    PUBLISHED,
    SAME,
    WOULD_HOLD,
    WOULD_PUBLISH,
    LoadInput,
    LoadOutcome,
    outcome_of,
)
from loaders.pipeline.previous_version import PreviousVersion
from loaders.pipeline.source import Source

STEPS = ("fetch", "map", "sort", "validate", "compare", "store", "publish")

_WAIT_AFTER_FETCH = 600.0  # seconds
_WAIT_FOR_TRIAL = 600.0


def load(
    instance: Instance,
    source: Source,
    *,
    reporter: Reporter | None = None,
    wait: float = 0.0,
    may_be_held: bool = True,
    dry_run: bool = False,
) -> LoadOutcome:
    """Load one source; wait at most `wait` seconds for another writer.

    A load that takes away or rejects much is held until it is approved (`loaders.pipeline.gates`),
    unless it may not be held: what Ulzii computes itself is published at once. A dry run fetches,
    maps and validates, and neither publishes nor logs anything.

    Raises BusyError (another process is writing), InputError (broken input: logged, nothing
    published), StorageError (the disk refused). The last published version stays in each case.
    """
    if source.editable:
        raise ConfigError(
            "an editable source is written over HTTP", where=source.id, hint="See docs/writing.md."
        )
    reporter = reporter or SilentReporter()
    loader = protocol.find_loader(source)
    try:
        with capture.fetch(source, instance, reporter, loader, wait) as (fetched, folder):
            # what took hours to fetch is not thrown away because another source is being written
            wait = max(wait, _WAIT_AFTER_FETCH) if folder.has_journal() else wait
            # neither does a dry run stop a load, nor a load a dry run
            wait = max(wait, _WAIT_FOR_TRIAL) if dry_run or is_held_for_trial(instance) else wait
            purpose = f"{TRIAL if dry_run else 'load'} {source.id}"
            with writer_session(instance, purpose, wait) as ledger:
                one = _Load(
                    instance,
                    ledger,
                    source,
                    LoadInput(fetched, loader),
                    reporter,
                    may_be_held=may_be_held,
                    dry_run=dry_run,
                )
                if dry_run:
                    return one.try_out()
                one.log_fetch()
                folder.finish(fetched)
                return one.run()
    except OSError as error:
        raise storage_error(error, str(instance.root)) from error


def edit(instance: Instance, ledger: Ledger, source: Source, change: LoadInput) -> LoadOutcome:
    """Load a change to an editable source, inside `writer_session`.

    Raises RulesBroken or InputError (logged, nothing published) and StorageError.
    """
    one = _Load(instance, ledger, source, change, SilentReporter(), may_be_held=False)
    return one.run()


def load_into(
    instance: Instance,
    ledger: Ledger,
    source: Source,
    joint: JointPublication,
    reporter: Reporter,
) -> LoadOutcome:
    """Load a source inside `writer_session`; a new version of it joins a publication of several.

    Raises as `load` does.
    """
    loader = protocol.find_loader(source)
    with capture.fetch(source, instance, reporter, loader) as (fetched, folder):
        load_input = LoadInput(fetched, loader)
        one = _Load(instance, ledger, source, load_input, reporter, may_be_held=True, joint=joint)
        one.log_fetch()
        folder.finish(fetched)
        return one.run()


class _Load:
    """One load under the writer lock."""

    def __init__(
        self,
        instance: Instance,
        ledger: Ledger,
        source: Source,
        load_input: LoadInput,
        reporter: Reporter,
        *,
        may_be_held: bool,
        dry_run: bool = False,
        joint: JointPublication | None = None,
    ) -> None:
        self._instance = instance
        self._ledger = ledger
        self._source = source
        self._load_input = load_input
        self._reporter = reporter
        self._may_be_held = may_be_held
        self._dry_run = dry_run
        self._archive = Archive(instance.archive)
        self._fetch_event: Event | None = None
        log = DryRunLog if dry_run else LoadLog
        self._log = log(ledger, self._archive, source)
        self._joint = joint
        published = {**state(list(ledger)), **(joint.loads if joint else {})}
        self._previous = PreviousVersion(source, published, ledger, self._archive)
        self._maker = CandidateMaker(
            instance, source, load_input, published, self._previous, reporter
        )

    def log_fetch(self) -> Event:
        """Write the Fetch event, the first step: what was fetched is archived from here on."""
        self._fetch_event = self._log.fetch(self._load_input.fetched)
        return self._fetch_event

    def try_out(self) -> LoadOutcome:
        """All steps but publishing; nothing that was written is kept."""
        try:
            return self.run()
        finally:
            self._archive.remove_incoming()

    def run(self) -> LoadOutcome:
        """All steps after fetching, in order."""
        fetched, fetch_event = self._load_input.fetched, self._fetch_event or self.log_fetch()
        if fetched.failure:
            raise fetched.failure
        captures = capture.captures(fetched.responses, fetched.archive)
        code = self._log.code()
        is_edit = self._load_input.is_edit
        # an edit is relative to what is published: the same body again can have another effect
        same = None if is_edit else self._previous.same_inputs(fetch_event, code)
        if same:
            return self._unchanged(same)
        try:
            candidate = self._maker.make(captures, fetch_event["at"], may_be_held=self._may_be_held)
        except Exception as error:  # whatever it is, the ledger says that nothing was published
            self._log.quarantine(fetch_event, error)
            raise
        # new bytes or new code may still give the same statements
        same = self._previous.same_content(
            candidate.mapped, candidate.layers, compare_counts=not is_edit
        )
        # what was held is published where nothing holds it any more (another reject_limit)
        if same and (self._previous.is_published(same) or candidate.held):
            return self._unchanged(same)
        if self._dry_run:
            return self._would(candidate)
        return self._log_version(fetch_event, code, candidate)

    def _would(self, candidate: Candidate) -> LoadOutcome:
        """The outcome of a dry run that would make a new version."""
        previous, found = self._previous.load_event, candidate.layers[FINDINGS]
        return LoadOutcome(
            source=self._source.id,
            status=WOULD_HOLD if candidate.held else WOULD_PUBLISH,
            version=previous["version"] + 1 if previous else 1,
            counts=candidate.mapped.counts,
            findings=found.statements,
            snapshot=None,
            held=tuple(candidate.held),
            rules=rule_counts(self._archive, found.lines),
        )

    def _unchanged(self, load: Event) -> LoadOutcome:
        """The outcome of a load that makes no new version, since this event has made it."""
        if self._previous.is_left(load) and not self._dry_run:
            return self._publish(load, self._ledger[held.validation_index(load)])
        outcome = self._previous.unchanged_outcome(load)
        if outcome.status == SAME:
            self._log.supersede_held()
        return outcome

    def _log_version(
        self, fetch_event: Event, code: dict[str, str], candidate: Candidate
    ) -> LoadOutcome:
        """Log the candidate as a version, and publish it unless it is held."""
        self._reporter.step("compare")
        source, previous, layers = self._source, self._previous.load_event, candidate.layers
        names = self._instance.names
        new = NewVersion(
            source=source.id,
            title=source.title,
            previous=previous,
            layers=layers,
            changes=version.changes_since(previous, source.id, layers, self._archive, names),
            build=self._build_info(fetch_event, code["mapping"], candidate),
            validation=ValidationInfo(
                shapes=code["shapes"],
                report=candidate.validated.report,
                references=self._previous.references(),
                counts=candidate.validated.counts,
            ),
            held=candidate.held,
        )
        load_event, validate = version.log(self._ledger, new)
        if candidate.held:
            return outcome_of(load_event, HELD, snapshot=None)
        return self._publish(load_event, validate)

    def _publish(self, load: Event, validate: Event) -> LoadOutcome:
        """Publish a logged version, or leave it to the joint publication."""
        if self._joint is not None:
            self._joint.add(load, validate)
            return outcome_of(load, PUBLISHED, snapshot=None)
        publisher = Publisher(self._instance, self._ledger, self._reporter)
        snapshot = publisher.publish(load, validate)
        return outcome_of(load, PUBLISHED, snapshot.number)

    def _build_info(self, fetch_event: Event, code: str, candidate: Candidate) -> BuildInfo:
        mapped, before = candidate.mapped, self._previous
        rows = [candidate.layers[name].rows for name in (STATED, FINDINGS)]
        return BuildInfo(
            fetch=fetch_event["index"],
            captures=_captures(fetch_event),
            code=code,
            environment=code_digest.environment(self._source),
            counts=mapped.counts,
            rejects=self._log.archive_json(mapped.rejects),
            skips=self._log.archive_json(mapped.skips),
            visibility=self._source.visibility,
            marks=item_roots.archived(self._archive, self._source.options, rows, before.load_event),
        )


def _captures(fetch_event: Event) -> list[str]:
    """What a version was made from, as its Load event says it."""
    if not manifests.is_inline(fetch_event):
        return [fetch_event["manifest"]]
    return sorted({r["sha256"] for r in fetch_event["responses"] if "sha256" in r})
