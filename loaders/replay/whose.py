"""Whose change it was: the agency's, which published other bytes, or ours, who map otherwise.

Three mappings are compared: old bytes by the old code (the old version), old bytes by the new code,
and new bytes by the new code (the new version). What the first two differ in is our change, what
the last two differ in is the agency's. The one in the middle is replayed, unless bytes or code are
the same on both sides; what is made besides the bytes (the version before, other sources) is the
new version's there. Findings come from the rules, and are neither.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from graph.archive import Archive
from graph.core.errors import IntegrityError
from graph.core.instance import Instance
from graph.evidence import cache_files
from graph.history import walk
from graph.history.pairs import StatementChange
from graph.history.published import SourceVersion
from graph.history.walk import ChangedLine
from graph.ledger import Events, manifests
from graph.statements import layer
from graph.statements.layer import FINDINGS
from loaders.fetching import manifest
from loaders.replay import job, written
from loaders.replay.process import ReplayFailed
from loaders.replay.replay import LAYERS, Verdict, changed_environment, mapped, replay


class Whose(StrEnum):
    """Whose change it was."""

    AGENCY = "agency"
    OURS = "ours"
    BOTH = "both"
    RULES = "rules"  # a finding
    UNDECIDED = "undecided"


_SAME_BYTES = "the bytes are the same: our mapping or our rules changed"
_SAME_MAPPING = "the mapping is the same: the bytes changed"
_REPLAYED = "the old bytes were mapped by the new code"
_AGENCY, _OURS = b"ao"
_FLAGS = {_AGENCY: Whose.AGENCY, _OURS: Whose.OURS}


@dataclass(frozen=True, slots=True)
class Attribution:
    """Whose the changes between two versions are: all of them (`everywhere`), or line by line.

    `flags` has a byte for each changed line of a layer, in their order. `reason` says how it was
    decided, or why it was not; `how` is its key: same_bytes, same_mapping, written, replayed,
    not_replayed or not_replayable.
    """

    how: str
    reason: str
    everywhere: Whose | None = None
    flags: Mapping[str, bytes] = field(default_factory=dict)

    def of_line(self, one: ChangedLine) -> Whose:
        """Whose a changed line is."""
        if one.layer == FINDINGS:
            return Whose.RULES
        if self.everywhere:
            return self.everywhere
        flag = self.flags.get(one.layer, b"")[one.number : one.number + 1]
        return _FLAGS[flag[0]] if flag else Whose.UNDECIDED

    def of_change(self, change: StatementChange) -> Whose:
        """Whose the change of a statement is; both where one did away with the old line, and the
        other brought the new one."""
        owners = {self.of_line(one) for one in change.lines}
        return owners.pop() if len(owners) == 1 else Whose.BOTH


def attribution(
    instance: Instance, events: Events, old: SourceVersion, new: SourceVersion, *, run: bool
) -> Attribution:
    """Whose the changes are. Without `run` nothing is replayed: what needs it and was not yet
    replayed is undecided.

    Raises IntegrityError where a blob that is compared is missing or damaged.
    """
    if written.is_write(events, Archive(instance.archive), new.load):
        return Attribution("written", "it was written over HTTP", Whose.AGENCY)
    if _same_bytes(instance, events, old, new):
        return Attribution("same_bytes", _SAME_BYTES, Whose.OURS)
    if old.load["code"] == new.load["code"]:
        return Attribution("same_mapping", _SAME_MAPPING, Whose.AGENCY)
    path = instance.cache / "whose" / _key(events, old, new)
    if known := _decoded(cache_files.read(path)):
        return known
    if not run:
        command = f"`ulzii diff {new.source} {old.number} {new.number} --whose`"
        reason = f"bytes and mapping changed; {command} replays it"
        return Attribution("not_replayed", reason, Whose.UNDECIDED)
    made = _replayed(instance, events, old, new)
    if made.flags:
        cache_files.write(path, _encoded(made))
    return made


def _same_bytes(instance: Instance, events: Events, old: SourceVersion, new: SourceVersion) -> bool:
    """Whether all that a mapping can depend on of the responses is the same."""
    first, second = (events[one.load["fetch"]] for one in (old, new))
    if first["manifest"] == second["manifest"]:
        return True
    archive = Archive(instance.archive)
    listed = (manifests.responses(one, archive) for one in (first, second))
    before, after = (manifest.content(one) for one in listed)
    return before == after


def _replayed(
    instance: Instance, events: Events, old: SourceVersion, new: SourceVersion
) -> Attribution:
    """Old bytes by the new code. It proves something only where new bytes by the new code give the
    new version here."""
    if changed_environment(new.load):
        proof = replay(instance, events, new.load)
        if proof.verdict is not Verdict.PROVEN:
            reason = f"the new version cannot be replayed here: {proof.reason}"
            return Attribution("not_replayable", reason, Whose.UNDECIDED)
    archive = Archive(instance.archive)
    try:
        inputs = _inputs(events, archive, old, new)
        context = job.context_of(events, new.load)
        with mapped(instance, new.load["code"], inputs, context) as made:
            lines = {name: layer.read(made.archive, made.layers[name].lines) for name in LAYERS}
            flags = {
                name: bytes(_flags(walk.changed_lines(archive, old, new, name), of_layer))
                for name, of_layer in lines.items()
            }
    except (ReplayFailed, IntegrityError) as error:
        reason = f"the new mapping does not read the old bytes: {error}"
        return Attribution("not_replayable", reason, Whose.UNDECIDED)
    return Attribution("replayed", _REPLAYED, flags=flags)


def _inputs(events: Events, archive: Archive, old: SourceVersion, new: SourceVersion) -> job.Inputs:
    """The old captures. Records that broke a rule are left out; where the rules changed too, those
    that break the new ones, as far as the new version has the same records."""
    before, after = (job.inputs_of(events, archive, one.load) for one in (old, new))
    first, second = (events[one.publish["validate"]]["shapes"] for one in (old, new))
    if first == second:
        return before
    shared = {one.digest for one in before.captures} & {one.digest for one in after.captures}
    kept = {key for key in before.violating if key[0] not in shared}
    now = {key for key in after.violating if key[0] in shared}
    return job.Inputs(before.captures, before.fetched, frozenset(kept | now))


def _flags(changes: Iterator[ChangedLine], between: Iterator[bytes]) -> Iterator[int]:
    """Whose each changed line is, by whether the mapping in the middle has it."""
    line = next(between, None)
    for one in changes:
        while line is not None and line < one.line:
            line = next(between, None)
        is_there = line == one.line
        yield _AGENCY if is_there == (one.sign == "D") else _OURS


def _key(events: Events, old: SourceVersion, new: SourceVersion) -> str:
    """The name of the file that keeps the outcome: a hash of all that it depends on."""
    facts = [
        events[one.load["fetch"]]["manifest"]
        + one.load["code"]
        + events[one.publish["validate"]]["shapes"]
        + "".join(one.load["layers"][name]["lines"] for name in LAYERS)
        for one in (old, new)
    ]
    return hashlib.sha256(json.dumps(facts).encode()).hexdigest()


def _encoded(made: Attribution) -> bytes:
    head = {"lengths": {n: len(f) for n, f in made.flags.items()}}
    return json.dumps(head).encode() + b"\n" + b"".join(made.flags.values())


def _decoded(data: bytes) -> Attribution | None:
    """What `_encoded` made; None of anything else."""
    head, _, rest = data.partition(b"\n")
    if not head or set(rest) - _FLAGS.keys():
        return None
    flags, first = dict[str, bytes](), 0
    try:
        facts = json.loads(head)
        for name, length in facts["lengths"].items():
            flags[name] = rest[first : first + length]
            first += length
        return Attribution("replayed", _REPLAYED, flags=flags)
    except (ValueError, KeyError, TypeError):
        return None
