"""Load one source: capture → records → statements → validated version → ledger event → store.

Each step is reported by its name (STEPS): the command line shows progress, tests kill the process
there.
"""

from __future__ import annotations

import platform
from dataclasses import replace
from importlib.metadata import version as installed

from graph.archive import Archive
from graph.core.errors import ConfigError, storage_error
from graph.core.instance import Instance
from graph.core.progress import Reporter, SilentReporter
from graph.ledger import Event, Ledger, manifests
from graph.publication.publish import Publisher
from graph.publication.writer_session import writer_session
from graph.statements import layer
from graph.statements.canonical import line
from graph.statements.rowmap import Origins
from graph.statements.sorting import Sorter
from graph.versions import version
from graph.versions.state import state
from graph.versions.version import BuildInfo, NewVersion, ValidationInfo
from loaders.pipeline import capture, gates, map_records, protocol
from loaders.pipeline.load_log import LoadLog
from loaders.pipeline.map_records import MappedRecords
from loaders.pipeline.model import LoadInput, LoadOutcome
from loaders.pipeline.other_sources import PublishedByOthers
from loaders.pipeline.previous_version import PreviousVersion
from loaders.pipeline.record import INFERRED, STATED, Capture, RecordKey
from loaders.pipeline.source import Source
from loaders.pipeline.validate import CandidateValidator, ValidatedLayers
from shapes.findings import finding_statements
from shapes.loading.by_dataset import RecordsOfDatasets

STEPS = ("fetch", "map", "sort", "validate", "compare", "store", "publish")

_WAIT_AFTER_FETCH = 600.0  # seconds

LayersByName = dict[str, layer.Layer]


def load(
    instance: Instance,
    source: Source,
    *,
    reporter: Reporter | None = None,
    wait: float = 0.0,
    allow_shrink: bool = False,
) -> LoadOutcome:
    """Load one source; wait at most `wait` seconds for another writer.

    Raises BusyError (another process is writing), InputError (broken input: logged, nothing
    published), StorageError (the disk refused). The last published version stays in each case.
    """
    if source.editable:
        raise ConfigError(
            "an editable source is written over HTTP", where=source.id, hint="See docs/writing.md."
        )
    reporter = reporter or SilentReporter()
    loader = protocol.find_loader(source)
    further = protocol.further_requests(loader, protocol.LoaderContext(source, instance.names))
    try:
        with capture.fetch(source, instance, reporter, further, wait) as (fetched, folder):
            # what took hours to fetch is not thrown away because another source is being written
            wait = max(wait, _WAIT_AFTER_FETCH) if folder.has_journal() else wait
            with writer_session(instance, f"load {source.id}", wait) as ledger:
                one = _Load(
                    instance,
                    ledger,
                    source,
                    LoadInput(fetched, loader),
                    reporter,
                    allow_shrink=allow_shrink,
                )
                one.log_fetch()
                folder.finish(fetched)
                return one.run()
    except OSError as error:
        raise storage_error(error, str(instance.root)) from error


def edit(instance: Instance, ledger: Ledger, source: Source, change: LoadInput) -> LoadOutcome:
    """Load a change to an editable source, inside `writer_session`.

    Raises RulesBroken or InputError (logged, nothing published) and StorageError.
    """
    return _Load(instance, ledger, source, change, SilentReporter(), allow_shrink=True).run()


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
        allow_shrink: bool,
    ) -> None:
        self._instance = instance
        self._ledger = ledger
        self._source = source
        self._load_input = load_input
        self._reporter = reporter
        self._allow_shrink = allow_shrink
        self._archive = Archive(instance.archive)
        self._fetch_event: Event | None = None
        self._log = LoadLog(ledger, self._archive, source)
        self._published = state(list(ledger))
        self._previous = PreviousVersion(source, self._published, ledger, self._archive)
        has_previous = self._previous.load_event is not None
        self._context = protocol.LoaderContext(
            source,
            instance.names,
            previous=self._previous if has_previous else None,
            others=PublishedByOthers(instance, source.id, self._published),
        )
        self._validator = CandidateValidator(instance, source, self._published, reporter)

    def log_fetch(self) -> Event:
        """Write the Fetch event, the first step: what was fetched is archived from here on."""
        self._fetch_event = self._log.fetch(self._load_input.fetched)
        return self._fetch_event

    def run(self) -> LoadOutcome:
        """All steps after fetching, in order."""
        fetched, fetch_event = self._load_input.fetched, self._fetch_event or self.log_fetch()
        if fetched.failure:
            raise fetched.failure
        captures = capture.captures(fetched.responses, fetched.archive)
        self._context = replace(self._context, fetched=fetch_event["at"])
        code = self._log.code()
        is_edit = self._load_input.is_edit
        # an edit is relative to what is published: the same body again can have another effect
        if not is_edit and self._previous.same_inputs(fetch_event, code):
            return self._previous.unchanged_outcome()
        try:
            mapped, layers, validated = self._map_and_validate(captures)
        except Exception as error:  # whatever it is, the ledger says that nothing was published
            self._log.quarantine(fetch_event, error)
            raise
        layers[layer.FINDINGS] = self._findings(mapped, validated)
        # new bytes or new code may still give the same statements
        if self._previous.same_content(mapped, layers, compare_counts=not is_edit):
            return self._previous.unchanged_outcome()
        return self._publish(fetch_event, code, mapped, validated, layers)

    def _map_and_validate(
        self, captures: list[Capture]
    ) -> tuple[MappedRecords, LayersByName, ValidatedLayers]:
        """Map and validate, rejecting records that break a rule, until no new one does.

        More than one round may be needed: without the rejected records others can break a rule.
        """
        violating: dict[RecordKey, str] = {}
        while True:
            mapped, layers = self._map(captures, violating)
            self._reporter.step("validate")
            validated = self._validator.validate(
                layers,
                self._previous.references(),
                RecordsOfDatasets(mapped.datasets, {one.digest: one.name for one in captures}),
            )
            if self._load_input.is_edit:
                gates.check_no_violations(validated, self._archive)
            if validated.violating.keys() <= violating.keys():
                gates.check_no_unexplained_violations(validated, self._source)
                return mapped, layers, validated
            violating |= validated.violating

    def _map(
        self, captures: list[Capture], violating: dict[RecordKey, str]
    ) -> tuple[MappedRecords, LayersByName]:
        scratch = self._instance.staging
        with Sorter(scratch) as stated, Sorter(scratch) as inferred:
            is_edit = self._load_input.is_edit
            mapping = map_records.MappingInput(
                self._load_input.loader, captures, self._context, violating, may_be_empty=is_edit
            )
            # the body of an edit was parsed already (loaders.editable.change)
            run = map_records.run if is_edit else map_records.run_limited
            mapped = run(mapping, {STATED: stated, INFERRED: inferred}, self._reporter)
            gates.check_reject_limit(mapped, self._source, self._published)
            if not self._allow_shrink:
                gates.check_not_shrunk(mapped, self._source, self._previous)
            self._reporter.step("sort")
            return mapped, {
                name: layer.write(lines.sorted(), mapped.origins, self._archive)
                for name, lines in mapped.lines.items()
            }

    def _findings(self, mapped: MappedRecords, validated: ValidatedLayers) -> layer.Layer:
        """What the rules found, traced to the report, and what the loader met, to its record."""
        origins = Origins()
        record = origins.record(validated.report, "")
        rules = [origins.rule(rule) for _, rule in validated.findings]
        with Sorter(self._instance.staging) as sorter:
            sorter.extend(record, [text for text, _ in validated.findings], rules)
            self._add_load_findings(mapped, sorter, origins)
            return layer.write(sorter.sorted(), origins, self._archive)

    def _add_load_findings(self, mapped: MappedRecords, sorter: Sorter, origins: Origins) -> None:
        names, source = self._instance.names, self._source.id
        for met_in, result in mapped.findings.results(names.source(source)):
            made = list(finding_statements([result], source, names.base))
            sorter.extend(
                origins.record(*met_in),
                [line(s, p, o) for s, p, o, _ in made],
                [origins.rule(rule) for *_, rule in made],
            )

    def _publish(
        self,
        fetch_event: Event,
        code: dict[str, str],
        mapped: MappedRecords,
        validated: ValidatedLayers,
        layers: LayersByName,
    ) -> LoadOutcome:
        self._reporter.step("compare")
        source, previous = self._source, self._previous.load_event
        names = self._instance.names
        changes = version.changes_since(previous, source.id, layers, self._archive, names)
        build = self._build_info(fetch_event, code["mapping"], mapped)
        validation = ValidationInfo(
            shapes=code["shapes"],
            report=validated.report,
            references=self._previous.references(),
            counts=validated.counts,
        )
        new = NewVersion(
            source=source.id,
            title=source.title,
            previous=previous,
            layers=layers,
            changes=changes,
            build=build,
            validation=validation,
        )
        events = version.log(self._ledger, new)
        snapshot = Publisher(self._instance, self._ledger, self._reporter).publish(*events)
        return LoadOutcome(
            source=source.id,
            status="published",
            version=events[0]["version"],
            counts=mapped.counts,
            findings=layers[layer.FINDINGS].statements,
            snapshot=snapshot.number,
        )

    def _build_info(self, fetch_event: Event, code: str, mapped: MappedRecords) -> BuildInfo:
        return BuildInfo(
            fetch=fetch_event["index"],
            captures=_captures(fetch_event),
            code=code,
            environment=_environment(),
            counts=mapped.counts,
            rejects=self._log.archive_json(mapped.rejects),
            skips=self._log.archive_json(mapped.skips),
            visibility=self._source.visibility,
        )


def _captures(fetch_event: Event) -> list[str]:
    """What a version was made from, as its Load event says it."""
    if not manifests.is_inline(fetch_event):
        return [fetch_event["manifest"]]
    return sorted({r["sha256"] for r in fetch_event["responses"] if "sha256" in r})


def _environment() -> dict[str, str]:
    return {
        "python": platform.python_version(),
        "pyoxigraph": installed("pyoxigraph"),
        "ulzii": installed("ulzii"),
    }
