"""The one way in: capture → records → statements → checked version → ledger event → store.

Every step is told to the reporter by its name (STEPS), so that people see it and tests can kill
the process there.
"""

from __future__ import annotations

import json
import platform
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version as installed
from typing import Any

from graph.archive import Archive
from graph.core.errors import ConfigError, RulesBroken, UlziiError, storage_error
from graph.core.instance import Instance
from graph.core.privacy import mask_personal_data
from graph.core.progress import Reporter, SilentReporter
from graph.ledger import Event, Ledger, event
from graph.publication.publish import Publisher
from graph.publication.recovery import recover
from graph.publication.writer_lock import hold_writer_lock
from graph.statements import layer
from graph.statements.rowmap import Origins
from graph.statements.sorting import Sorter
from graph.versions import version
from graph.versions.state import state
from graph.versions.version import BuildInfo, ValidationInfo
from loaders.pipeline import capture, code_digest, gates, map_records, protocol
from loaders.pipeline.map_records import MappedRecords
from loaders.pipeline.model import LoadInput, LoadOutcome
from loaders.pipeline.previous_version import PreviousVersion
from loaders.pipeline.record import INFERRED, STATED, Capture
from loaders.pipeline.source import Source
from loaders.pipeline.validate import CandidateValidator, RecordKey, ValidatedLayers

STEPS = ("fetch", "map", "sort", "validate", "compare", "store", "publish")

Layers = dict[str, layer.Layer]


def load(
    instance: Instance,
    source: Source,
    *,
    reporter: Reporter | None = None,
    wait: float = 0.0,
    allow_shrink: bool = False,
) -> LoadOutcome:
    """Load one source.

    Raises BusyError (another writer), InputError (broken input: logged, nothing published),
    StorageError (the disk refused); in each case the last published version stays.
    """
    if source.editable:
        raise ConfigError(
            "an editable source is written over HTTP", where=source.id, hint="See docs/writing.md."
        )
    told = reporter or SilentReporter()
    with writer_session(instance, f"load {source.id}", wait) as ledger:
        feed = LoadInput(capture.ask(source, told), protocol.find(source))
        return _Load(instance, ledger, source, feed, told, allow_shrink).run()


def edit(instance: Instance, ledger: Ledger, source: Source, feed: LoadInput) -> LoadOutcome:
    """Load a change of an editable source, inside `prepared`.

    Raises RulesBroken or InputError (logged, nothing published) and StorageError.
    """
    return _Load(instance, ledger, source, feed, SilentReporter(), allow_shrink=True).run()


@contextmanager
def writer_session(instance: Instance, purpose: str, wait: float) -> Iterator[Ledger]:
    """Hold the writer's lock, with everything up to the ledger.

    Raises BusyError, and StorageError for what the disk refuses inside.
    """
    try:
        with hold_writer_lock(instance, purpose, wait):
            ledger = Ledger(instance)
            recover(instance, ledger)
            yield ledger
    except OSError as error:
        raise storage_error(error, str(instance.root)) from error


class _Load:
    """One load under the writer's lock."""

    def __init__(
        self,
        instance: Instance,
        ledger: Ledger,
        source: Source,
        feed: LoadInput,
        reporter: Reporter,
        allow_shrink: bool,
    ) -> None:
        self._instance = instance
        self._ledger = ledger
        self._source = source
        self._feed = feed
        self._reporter = reporter
        self._allow_shrink = allow_shrink
        self._archive = Archive(instance.archive)
        self._context = protocol.LoaderContext(source, instance.names)
        self._published = state(list(ledger))
        self._before = PreviousVersion(source, self._published, ledger)
        self._checker = CandidateValidator(instance, source, self._published, reporter)

    def run(self) -> LoadOutcome:
        """Everything, in order."""
        fetched, captures = self._fetch()
        codes = self._register()
        if not self._feed.edits and self._before.made_alike(fetched, codes):
            return self._before.outcome()
        try:
            found, layers, checked = self._checked(captures)
        except Exception as error:  # whatever it was, the ledger says that nothing came of it
            self._quarantine(fetched, error)
            raise
        layers[layer.FINDINGS] = self._findings(checked)
        if self._before.says(found, layers, counted=not self._feed.edits):
            return self._before.outcome()
        return self._publish(fetched, codes, found, checked, layers)

    def _fetch(self) -> tuple[Event, list[Capture]]:
        responses = self._feed.responses
        entries = capture.keep(responses, self._archive)
        manifest = self._archive.put(capture.manifest(entries))
        outcome = "failed" if any(r.failed for r in responses) else self._compared(manifest)
        (fetched,) = self._ledger.append(
            event(
                "Fetch",
                source=self._source.id,
                outcome=outcome,
                manifest=manifest,
                responses=entries,
            )
        )
        return fetched, capture.captures(responses, entries)

    def _compared(self, manifest: str) -> str:
        last = self._ledger.last("Fetch", self._source.id)
        return "same" if last and last["manifest"] == manifest else "changed"

    def _register(self) -> dict[str, str]:
        files = {
            "mapping": code_digest.mapping_files(self._source),
            "shapes": code_digest.shapes_files(),
        }
        names = {"mapping": self._source.id, "shapes": "shapes"}
        return {
            kind: code_digest.register(kind, names[kind], files[kind], self._archive, self._ledger)
            for kind in files
        }

    def _checked(self, captures: list[Capture]) -> tuple[MappedRecords, Layers, ValidatedLayers]:
        """Map and check, rejecting records that break a rule, until nothing changes."""
        unwanted: dict[RecordKey, str] = {}
        while True:
            found, layers = self._mapped(captures, unwanted)
            self._reporter.step("validate")
            checked = self._checker.check(layers, self._before.references())
            if self._feed.edits:
                gates.refuse_any_violation(checked, self._archive)
            if checked.offenders.keys() <= unwanted.keys():
                gates.refuse_violations(checked, self._source)
                return found, layers, checked
            unwanted |= checked.offenders

    def _mapped(
        self, captures: list[Capture], unwanted: dict[RecordKey, str]
    ) -> tuple[MappedRecords, Layers]:
        how, scratch, edits = self._feed.loader, self._instance.staging, self._feed.edits
        with Sorter(scratch) as stated, Sorter(scratch) as inferred:
            into = MappedRecords({STATED: stated, INFERRED: inferred})
            found = map_records.run(
                how, captures, self._context, into, self._reporter, unwanted, may_be_empty=edits
            )
            gates.refuse_rejects(found, self._source, self._published)
            if not self._allow_shrink:
                gates.refuse_shrinking(found, self._source, self._before.load)
            self._reporter.step("sort")
            return found, {
                name: layer.write(lines.sorted(), found.origins, self._archive)
                for name, lines in found.lines.items()
            }

    def _quarantine(self, fetched: Event, error: Exception) -> None:
        if not isinstance(error, UlziiError):
            error = UlziiError(f"{type(error).__name__}: {error}", where=self._source.loader)
        # archived reports of quarantined loads carry the message under "what"
        message = mask_personal_data(error.message)
        failure = {"what": message, "where": error.where, "hint": error.hint}
        report = error.report if isinstance(error, RulesBroken) else self._keep(failure)
        self._ledger.append(
            event(
                "Quarantine",
                source=self._source.id,
                fetch=fetched["index"],
                reason=mask_personal_data(str(error)),
                report=report,
            )
        )

    def _keep(self, value: Any) -> str:
        return self._archive.put(json.dumps(value, sort_keys=True, ensure_ascii=False).encode())

    def _findings(self, checked: ValidatedLayers) -> layer.Layer:
        origins = Origins()
        record = origins.record(checked.report, "")
        rules = [origins.rule(rule) for _, rule in checked.findings]
        with Sorter(self._instance.staging) as sorter:
            sorter.extend(record, [text for text, _ in checked.findings], rules)
            return layer.write(sorter.sorted(), origins, self._archive)

    def _publish(
        self,
        fetched: Event,
        codes: dict[str, str],
        found: MappedRecords,
        checked: ValidatedLayers,
        layers: Layers,
    ) -> LoadOutcome:
        self._reporter.step("compare")
        source, before = self._source, self._before.load
        names = self._instance.names
        changes = version.changes_since(before, source.id, layers, self._archive, names)
        made = self._making(fetched, codes["mapping"], found)
        how = ValidationInfo(
            codes["shapes"], checked.report, self._before.references(), checked.counts
        )
        logged = version.log(
            self._ledger, source.id, source.title, before, layers, changes, made, how
        )
        shown = Publisher(self._instance, self._ledger, self._reporter).publish(*logged)
        number, findings = logged[0]["version"], layers[layer.FINDINGS].statements
        return LoadOutcome(source.id, "published", number, found.counts, findings, shown.number)

    def _making(self, fetched: Event, code_digest: str, found: MappedRecords) -> BuildInfo:
        return BuildInfo(
            fetch=fetched["index"],
            captures=sorted({r["sha256"] for r in fetched["responses"]}),
            code=code_digest,
            environment=_environment(),
            counts=found.counts,
            rejects=self._keep(found.rejects),
            skips=self._keep(found.skips),
            visibility=self._source.visibility,
        )


def _environment() -> dict[str, str]:
    return {
        "python": platform.python_version(),
        "pyoxigraph": installed("pyoxigraph"),
        "ulzii": installed("ulzii"),
    }
