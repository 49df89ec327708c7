"""Fetch a source: read its local files or request its URLs, and keep each response as a capture.

How requests are sent, and where a run goes on that was killed: `loaders/fetching/`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache

from graph.archive import Archive
from graph.core.instance import Instance
from graph.core.progress import Reporter
from graph.ledger import Ledger, manifests
from graph.outbound.fetch_settings import fetch_settings
from graph.versions.provenance import FILE
from graph.versions.state import state
from loaders.fetching import credentials, manifest
from loaders.fetching.folder import RunFolder, run_folder
from loaders.fetching.model import FetchedRun, FetchRequest, FetchResponse
from loaders.fetching.run import FetchPlan, FetchRun
from loaders.fetching.sending import Sender, SourceManners
from loaders.pipeline import local_files, protocol
from loaders.pipeline.protocol import Loader
from loaders.pipeline.record import Capture
from loaders.pipeline.source import Source

_MEDIA_TYPES = {
    ".csv": "text/csv",
    ".html": "text/html",
    ".json": "application/json",
    ".nq": "application/n-quads",
    ".nt": "application/n-triples",
    ".ttl": "text/turtle",
    ".txt": "text/plain",
}  # of local files; other extensions take the media type of the source

_PIECE = 1 << 20  # bytes


def requests(source: Source, instance: Instance) -> Iterator[FetchRequest]:
    """All requests that a source describes: its `files`, then `[[options.requests]]`.

    Raises ConfigError for a pattern of local files that matches nothing, or leads to a file that
    the source may not read (loaders.pipeline.local_files).
    """
    for pattern in source.files:
        if pattern.startswith(("http://", "https://")):
            yield protocol.first_request(source, pattern)
        else:
            yield from _local_files(source, pattern, instance)
    for item in source.options.get("requests", ()):
        yield FetchRequest(
            item["name"],
            item["url"],
            body=item.get("json"),
            form=item.get("form"),
            content=item.get("content", ""),
            headers=item.get("headers", {}),
        )


def _local_files(source: Source, pattern: str, instance: Instance) -> Iterator[FetchRequest]:
    files = local_files.find(source, pattern, instance)
    for name, path in files:
        yield FetchRequest(name, pattern if len(files) == 1 else f"{pattern}#{name}", path)


@contextmanager
def fetch(
    source: Source,
    instance: Instance,
    reporter: Reporter,
    loader: Loader,
    wait: float = 0.0,
) -> Iterator[tuple[FetchedRun, RunFolder]]:
    """Send all requests of a source, and those that its loader gives from the answers; give the
    run, and its folder, which is locked while the block runs. The writer's lock is not needed.

    Raises ConfigError for a local file that the source may not read, before anything is read, and
    BusyError where another process fetches the source.
    """
    described = list(requests(source, instance))
    context = protocol.LoaderContext(source, instance.names)
    further = protocol.further_requests(loader, context)
    problems = protocol.detail_problems(loader, context)
    with (
        run_folder(instance, source.id, _fingerprint(source), wait) as folder,
        ExitStack() as stack,
    ):
        # opened by the first request that needs it: most sources have only local files
        last_answers = cache(lambda: _last_answers(source, instance))
        sender = cache(lambda: stack.enter_context(_sender(source, instance, folder.archive)))
        plan = FetchPlan(
            source=source.id,
            described=described,
            further=further and (lambda answers, archive: further(captures(answers, archive))),
            problems=problems and (lambda details, archive: problems(captures(details, archive))),
            read=lambda request, archive: _read_file(request, source, archive),
            send=lambda request, last: sender().send(request, last),
            last=lambda key: last_answers().get(key),
            kept=_kept(source, instance, loader, context),
        )
        try:
            yield FetchRun(plan, folder, reporter).run(), folder
        finally:
            folder.clear_unless_resumable()


def _fingerprint(source: Source) -> str:
    """What a journal is of: the description of the source as it stands."""
    return hashlib.sha256(source.path.read_bytes()).hexdigest()


def _sender(source: Source, instance: Instance, archive: Archive) -> Sender:
    manners = SourceManners(
        media_type=source.media_type,
        pause=float(source.options.get("pause", 0)),
        credentials=credentials.read(source.credentials, _urls(source), instance, source.path),
    )
    return Sender(fetch_settings(instance), manners, archive)


def _urls(source: Source) -> list[str]:
    """The URLs in the description of a source."""
    described = [item["url"] for item in source.options.get("requests", ())]
    return [one for one in source.files if one.startswith("http")] + described


def _last_answers(source: Source, instance: Instance) -> Mapping[str, FetchResponse]:
    """The answers of URLs in the last run that succeeded, by the keys of their requests."""
    for item in reversed(list(Ledger(instance))):
        if item["type"] == "Fetch" and item["source"] == source.id and item["outcome"] != "failed":
            listed = manifests.responses(item, Archive(instance.archive))
            answers = (manifest.response(e) for e in listed if "sha256" in e)
            return {one.key: one for one in answers if one.kind != FILE and not one.kept}
    return {}


def _kept(
    source: Source, instance: Instance, loader: Loader, context: protocol.LoaderContext
) -> Callable[[Sequence[FetchResponse], Archive], list[FetchResponse]] | None:
    """What a loader keeps of the published version; None where it keeps nothing."""
    choose = protocol.kept_captures(loader, context)
    if choose is None:
        return None

    def kept(now: Sequence[FetchResponse], archive: Archive) -> list[FetchResponse]:
        came = {one.digest for one in now}
        earlier = list(_published(source, instance))
        if came.issuperset(one.digest for one in earlier):
            return []
        chosen = choose(captures(earlier, archive), captures(now, archive))
        return [earlier[number] for number in chosen]

    return kept


def _published(source: Source, instance: Instance) -> Iterator[FetchResponse]:
    """The responses that the published version was made from, with the time of their run."""
    events = Ledger(instance).events
    if load := state(events).get(source.id):
        fetched = events[load["fetch"]]
        listed = manifests.responses(fetched, Archive(instance.archive))
        responses = [one for one in map(manifest.response, listed) if one.digest]
        moment = _moment(fetched["at"], {one.kept for one in responses})
        yield from (replace(one, kept=one.kept or moment) for one in responses)


def _moment(at: str, others: Iterable[str]) -> str:
    """When a run ended, after those it keeps answers of. The log tells seconds: of runs in the same
    one, which takes a tiny source loaded again at once, each is a thousandth after the last."""
    latest = max(others, default="")
    if at > latest:
        return at
    moment = datetime.fromisoformat(latest) + timedelta(milliseconds=1)
    return moment.isoformat(timespec="milliseconds")


def _read_file(request: FetchRequest, source: Source, archive: Archive) -> FetchResponse:
    assert request.path is not None
    response = FetchResponse(
        name=request.name,
        url=request.url,
        status=0,
        media_type=_MEDIA_TYPES.get(request.path.suffix.lower(), source.media_type),
        kind=FILE,
        date=local_files.stated_date(source, request.name),
    )
    try:
        file = request.path.open("rb")
    except OSError as error:
        return replace(response, error=error.strerror or "cannot be read")
    with file:
        if not any(piece.strip() for piece in iter(lambda: file.read(_PIECE), b"")):
            return replace(response, error="empty response")
        file.seek(0)
        digest, size = archive.store(file)
    return replace(response, digest=digest, size=size)


def captures(responses: Iterable[FetchResponse], archive: Archive) -> list[Capture]:
    """The responses as captures, which loaders read; without details that are not there."""
    return [_capture(one, archive) for one in responses if one.digest]


def _capture(response: FetchResponse, archive: Archive) -> Capture:
    return Capture(
        response.digest,
        response.name,
        response.url,
        response.media_type,
        archive,
        charset=response.charset,
        final=response.final,
        size=response.size,
        stale=bool(response.stale),
        kept=response.kept,
    )
