"""Finding the statement that a bundle is asked for among the published versions."""

from __future__ import annotations

from collections.abc import Iterator

from graph import evidence
from graph.archive import Archive
from graph.core.errors import ConfigError
from graph.core.instance import Instance
from graph.evidence_bundles.model import BundleRequest, FoundStatement
from graph.statements.layer import NAMES, STATED
from graph.trace import computed, lookups, question
from graph.trace.publications import Publications, PublishedVersion
from graph.trace.statement_index import StatementIndex
from graph.versions import provenance


def find(
    instance: Instance, archive: Archive, publications: Publications, request: BundleRequest
) -> FoundStatement:
    """The statement in the newest version that says it, or in the version that is named.

    Raises ConfigError where no published version that the reader may see says it, or, where its
    absence is asked for, where the version says it.
    """
    versions = [*_versions(publications, request)]
    line = _line(instance, archive, versions, request)
    if request.absent:
        return _absent(archive, versions, line)
    for version in versions:
        for layer in NAMES:
            number = evidence.position(archive, version.load, layer, line)
            if number is not None:
                origins = evidence.origins(archive, version.load, layer, number)
                return FoundStatement(line, version, layer, number, origins)
    _refuse_computed(instance, publications, line)
    raise ConfigError(
        "no published version says this",
        where=line.decode()[:200],
        hint="`--absent-from SOURCE` proves that a version does not say it.",
    )


def _refuse_computed(instance: Instance, publications: Publications, line: bytes) -> None:
    """Raises ConfigError where no source says it, but it is computed from the log."""
    events = publications.events
    shown = provenance.shown_after(events)
    if made := computed.find(events, instance.names, line, shown):
        index = made.event["index"] if made.event else 0
        raise ConfigError(
            f"no source says this: it is computed from event {index} of the log",
            where=line.decode()[:200],
            hint=f"`ulzii prove {index}`, or /log/{index}.tlog-proof, proves the event; who has it "
            "can compute the statement.",
        )


def _versions(publications: Publications, request: BundleRequest) -> Iterator[PublishedVersion]:
    """The published versions to look at: current ones first, then the older ones."""
    visible = publications.visible(request.readable)
    if request.source and request.source not in visible:
        raise ConfigError(f"no published source “{request.source}”", hint="`ulzii status`.")
    chosen = [visible[request.source]] if request.source else [*visible.values()]
    depth = max(map(len, chosen), default=0)
    ordered = (of_one[-n] for n in range(1, depth + 1) for of_one in chosen if n <= len(of_one))
    found = [one for one in ordered if request.version in {0, one.number}]
    if not found:
        raise ConfigError(f"{request.source} has no published version {request.version}")
    return iter(found)


def _line(
    instance: Instance, archive: Archive, versions: list[PublishedVersion], request: BundleRequest
) -> bytes:
    asked = question.parse(request.statement, instance.names)
    if asked.line:
        return asked.line
    if asked.digest:
        index = StatementIndex(instance.cache / "statements")
        for version in versions:
            for layer in NAMES:
                lines = version.load["layers"][layer]["lines"]
                if line := lookups.with_digest(archive, index, lines, asked.digest):
                    return line
        raise ConfigError("no published statement has this hash", where=request.statement)
    raise ConfigError(
        "a proof is of one statement, not of all about a thing",
        where=request.statement,
        hint="Give 'SUBJECT PREDICATE OBJECT', or the IRI of a statement.",
    )


def _absent(archive: Archive, versions: list[PublishedVersion], line: bytes) -> FoundStatement:
    version = versions[0]
    if evidence.position(archive, version.load, STATED, line) is not None:
        where = f"{version.source} version {version.number}"
        raise ConfigError("this version says it", where=where)
    return FoundStatement(line, version, STATED, None)
