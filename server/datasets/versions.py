"""How a dataset came here, and what became of it: the versions that changed it, the files it was
made from, and how many records and statements its last load had."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from graph.core.instance import Instance
from graph.history.published import versions, visible
from graph.history.timeline import timeline
from graph.ledger import Event, Events
from graph.snapshots import published_events

MOST_VERSIONS = 10
MOST_FILES = 10  # made for the dataset, on its page


@dataclass(frozen=True, slots=True)
class DatasetVersion:
    """A version of the source that changed the dataset: how many statements about it came and went,
    when it was published (RFC 3339), and its events in the log."""

    number: int
    at: str
    added: int
    removed: int
    load: int
    publish: int


@dataclass(frozen=True, slots=True)
class CapturedFile:
    """A file that the source's last load was made from."""

    name: str
    sha256: str
    size: int
    media_type: str


@dataclass(frozen=True, slots=True)
class DatasetLineage:
    """The versions that changed a dataset, newest first, and the last load of its source.

    `versions` are at most MOST_VERSIONS of `changes`; `own` at most MOST_FILES of the files that
    its tables were made from, of `captured` files of the source.
    `newest` is the number of the source's version, `checks` the findings of its validation by
    severity, `statements` by layer.
    """

    source: str
    newest: int
    at: str
    versions: tuple[DatasetVersion, ...]
    changes: int
    own: tuple[CapturedFile, ...]
    captured: int
    captured_bytes: int
    records: int
    rejected: int
    statements: Mapping[str, int]
    checks: Mapping[str, int]
    events: Mapping[str, int]


def captured(instance: Instance, source: str, own: Collection[str]) -> list[CapturedFile]:
    """The files that the last load of a public source was made from, those with a digest of `own`
    first."""
    events = published_events.events_of(instance, published_events.size(instance))
    known = visible(versions(events, source), frozenset())
    fetch = _event(events, known[-1].load.get("fetch")) if known else {}
    files = [_file(one) for one in fetch.get("responses", ()) if "sha256" in one]
    return sorted(files, key=lambda one: one.sha256 not in own)


def lineage(
    instance: Instance, dataset: str, source: str, own: Collection[str]
) -> DatasetLineage | None:
    """The lineage of a public dataset of a source; None where nothing of it is to be seen.

    `own`: the digests of the files that the dataset's tables were made from.
    """
    events = published_events.events_of(instance, published_events.size(instance))
    known = visible(versions(events, source), frozenset())
    if not known:
        return None
    moments = timeline(instance, events, dataset, {source: known})
    last = known[-1]
    fetch = _event(events, last.load.get("fetch"))
    validate = _event(events, last.publish.get("validate"))
    files = captured(instance, source, own)
    return DatasetLineage(
        source=source,
        newest=last.number,
        at=last.at,
        versions=tuple(
            DatasetVersion(
                moment.version.number,
                moment.version.at,
                sum(change.new is not None for change in moment.change.changes),
                sum(change.old is not None for change in moment.change.changes),
                moment.version.load["index"],
                moment.version.publish["index"],
            )
            for moment in list(reversed(moments))[:MOST_VERSIONS]
        ),
        changes=len(moments),
        own=tuple(one for one in files[:MOST_FILES] if one.sha256 in own),
        captured=len(files),
        captured_bytes=sum(one.size for one in files),
        records=last.load["counts"]["records"],
        rejected=last.load["counts"]["rejected"],
        statements={k: v["statements"] for k, v in last.load["layers"].items()},
        checks=validate.get("counts", {}),
        events={
            "fetch": int(fetch.get("index") or last.load["index"]),
            "load": last.load["index"],
            "validate": int(validate.get("index") or last.load["index"]),
            "publish": last.publish["index"],
        },
    )


def _event(events: Events, index: int | None) -> Event:
    """The event that another one names; an empty one where it names none."""
    return {} if index is None else events[index]


def _file(response: Mapping[str, object]) -> CapturedFile:
    return CapturedFile(
        str(response.get("name") or response.get("url") or ""),
        str(response["sha256"]),
        int(str(response.get("bytes", 0))),
        str(response.get("media_type", "")),
    )
