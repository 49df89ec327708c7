"""The candidate for a version: captures mapped, sorted and validated, and not logged yet."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from graph.archive import Archive
from graph.core.errors import InputError
from graph.core.instance import Instance
from graph.core.progress import Reporter
from graph.publication.other_sources import PublishedByOthers
from graph.statements import layer
from graph.statements.canonical import line
from graph.statements.rowmap import Origins
from graph.statements.sorting import Sorter
from graph.versions import described
from graph.versions.state import State
from loaders.pipeline import gates, map_records
from loaders.pipeline.gates import CandidateVersion
from loaders.pipeline.map_records import MappedRecords
from loaders.pipeline.model import LoadInput
from loaders.pipeline.previous_version import PreviousVersion
from loaders.pipeline.protocol import LoaderContext
from loaders.pipeline.record import INFERRED, STATED, Capture, RecordKey
from loaders.pipeline.source import Source, is_bundled
from loaders.pipeline.validate import CandidateValidator, ValidatedLayers
from shapes.findings import FindingStatement, finding_statements
from shapes.loading.by_dataset import RecordsOfDatasets

_BATCH = 10_000  # statements
_SMALL = 1 << 17  # bytes

LayersByName = dict[str, layer.Layer]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A candidate with its three layers; `held` is why it waits for approval."""

    mapped: MappedRecords
    layers: LayersByName
    validated: ValidatedLayers
    held: list[str]


class CandidateMaker:
    """Makes the candidate of one load. Every gate is asked here."""

    def __init__(
        self,
        instance: Instance,
        source: Source,
        load_input: LoadInput,
        published: State,
        previous: PreviousVersion,
        reporter: Reporter,
    ) -> None:
        self._instance = instance
        self._source = source
        self._load_input = load_input
        self._published = published
        self._previous = previous
        self._reporter = reporter
        self._archive = Archive(instance.archive)
        has_previous = previous.load_event is not None
        self._context = LoaderContext(
            source,
            instance.names,
            previous=previous if has_previous else None,
            others=PublishedByOthers(instance, source.id, published),
        )
        self._validator = CandidateValidator(instance, source, published, reporter)

    def make(self, captures: list[Capture], fetched: str, *, may_be_held: bool) -> Candidate:
        """Map and validate what was fetched at a time (RFC 3339).

        Raises InputError where a gate refuses the candidate, and what the loader raises.
        """
        self._context = replace(self._context, fetched=fetched)
        mapped, layers, validated = self._map_and_validate(captures)
        try:
            held = self._ask_gates(mapped, layers) if not self._load_input.is_edit else []
        except InputError as error:
            error.rejected = tuple(_rejected(mapped, captures))
            raise
        layers[layer.FINDINGS] = self._findings(mapped, validated)
        return Candidate(mapped, layers, validated, held if may_be_held else [])

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
            here = is_edit or self._are_ours(captures)
            run = map_records.run if here else map_records.run_limited
            by_layer = {STATED: stated, INFERRED: inferred}
            mapped = run(mapping, by_layer, self._reporter)
            if is_edit:
                gates.check_reject_limit(mapped, self._source, self._published)
            self._reporter.step("sort")
            return mapped, {
                name: layer.write(lines.sorted(), mapped.origins, self._archive)
                for name, lines in by_layer.items()
            }

    def _are_ours(self, captures: Sequence[Capture]) -> bool:
        """Whether the captures are small files of this project, which no limits have to contain:
        starting a process takes longer than mapping them."""
        is_small = sum(one.length for one in captures) < _SMALL
        return is_small and bool(self._source.files) and is_bundled(self._source.path)

    def _ask_gates(self, mapped: MappedRecords, layers: LayersByName) -> list[str]:
        """Why the candidate waits for approval. Raises InputError where it is refused."""
        stated, load = layers[STATED], self._previous.load_event
        version = CandidateVersion(
            mapped=mapped,
            statements=stated.statements + layers[INFERRED].statements,
            datasets=described.datasets(layer.read_blocks(self._archive, stated.lines)),
            datasets_before=described.datasets(self._previous.blocks(STATED)),
            records_before=load["counts"]["records"] if load else 0,
            is_meant_to_shrink=self._previous.manifest() in self._source.replaces,
            unread=mapped.findings.unread(self._instance.names.source(self._source.id)),
        )
        gates.check_something_is_left(version, self._source)
        if not self._source.foreign:
            gates.check_cubes_are_described(self._cubes_of_nobody(stated), self._source)
        return gates.reasons_to_hold(version, self._source, self._published)

    def _cubes_of_nobody(self, stated: layer.Layer) -> set[str]:
        """The cubes of observations that neither the candidate nor a reference describes."""
        observed = described.observed_cubes(layer.read_blocks(self._archive, stated.lines))
        if missing := observed - described.cubes(layer.read_blocks(self._archive, stated.lines)):
            missing -= described.cubes(self._validator.reference(self._previous.references()))
        return missing

    def _findings(self, mapped: MappedRecords, validated: ValidatedLayers) -> layer.Layer:
        """What the rules found, traced to the report, and what the loader met, to its record."""
        origins = Origins()
        record = origins.record(validated.report, "")
        source, base = self._source.id, self._instance.base
        made = finding_statements(validated.findings, source, base)
        with Sorter(self._instance.staging) as sorter:
            while batch := list(islice(made, _BATCH)):
                _add(batch, record, sorter, origins)
            self._add_load_findings(mapped, sorter, origins)
            return layer.write(sorter.sorted(), origins, self._archive)

    def _add_load_findings(self, mapped: MappedRecords, sorter: Sorter, origins: Origins) -> None:
        names, source = self._instance.names, self._source.id
        for met_in, result in mapped.findings.results(names.source(source)):
            made = list(finding_statements([result], source, names.base))
            _add(made, origins.record(*met_in), sorter, origins)


def _rejected(mapped: MappedRecords, captures: Sequence[Capture]) -> Iterator[tuple[str, str]]:
    """The rejected records of a candidate that is given up: place and reason."""
    names = {one.digest: one.name for one in captures}
    for one in mapped.rejects:
        yield f"{names[one['capture']]}#{one['locator']}", one["reason"]


def _add(made: Sequence[FindingStatement], record: int, sorter: Sorter, origins: Origins) -> None:
    """Put statements of findings, which come from one record, into their layer."""
    sorter.extend(
        record,
        [line(one.subject, one.predicate, one.object) for one in made],
        [origins.rule(one.rule) for one in made],
    )
