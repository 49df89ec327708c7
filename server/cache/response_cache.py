"""From a query to its reply: what was answered from the same snapshot is not worked out again.

An answer is identified by snapshot, query, dataset and media type. Its strong validator is that
digest, with the content coding behind it; so a client that knows an answer is told so without
running anything. Queries whose answers may differ from run to run (NOW, RAND, new blank nodes)
have no validator and are kept nowhere.
"""

from __future__ import annotations

import io
import os
from collections.abc import Callable
from pathlib import Path
from typing import IO, NamedTuple

from graph.queries import Pool, QueryAnswer
from graph.queries.results.spool import INLINE
from graph.snapshots import visibility
from server.cache import permalinks
from server.cache.lru import Lru
from server.cache.raw_request_cache import RawRequestCache
from server.cache.single_flight import SingleFlight
from server.http import content_coding
from server.http.content_coding import IDENTITY
from server.http.messages import SHARED, Headers, HttpResponse, QueryRequest, RequestHeaders

BUDGET = 256 << 20  # bytes of answers that one web process keeps
_HANDLES = Path("/proc/self/fd")  # opening one of these gives it a position of its own
# Kept by clients and proxies, but asked about each time: a publication may come at any moment.
_REVALIDATE = "no-cache"


class SpooledBody:
    """An unlinked file that any number of replies may send at the same time."""

    def __init__(self, file: IO[bytes], length: int) -> None:
        """The file is closed; what is held is a descriptor, so that it does not matter in which
        order the two are thrown away."""
        with file:
            self._handle = os.dup(file.fileno())
        self.length = length

    def __del__(self) -> None:
        os.close(self._handle)

    def open(self) -> IO[bytes]:
        """The file with a position of its own, at its beginning."""
        if _HANDLES.is_dir():
            return (_HANDLES / str(self._handle)).open("rb")
        body = os.pread(self._handle, self.length, 0)  # other systems share the position
        return io.BytesIO(body)


class StoredResponse(NamedTuple):
    """An answer in one content coding."""

    tag: str
    snapshot: str
    coding: str
    body: bytes | SpooledBody

    @property
    def length(self) -> int:
        """Bytes of the body."""
        return len(self.body) if isinstance(self.body, bytes) else self.body.length

    @property
    def etag(self) -> str:
        """The strong validator."""
        return etag(self.tag, self.coding)

    def open(self) -> bytes | IO[bytes]:
        """The body to be sent."""
        return self.body if isinstance(self.body, bytes) else self.body.open()


def etag(tag: str, coding: str) -> str:
    """The strong validator of an answer in one coding: other bytes, so another one."""
    return f'"{tag}"' if coding == IDENTITY else f'"{tag}-{coding}"'


class CacheMiss(NamedTuple):
    """A request whose answer is to be worked out, the codings it accepts, and where the answer may
    be kept: of which snapshot, its tag, and whether the client knows whatever it is."""

    request: QueryRequest
    codings: tuple[str, ...]
    snapshot: str = ""
    tag: str = ""
    any_known: bool = False


class ResponseCache:
    """Replies to queries of one pool, out of at most `budget` bytes of kept answers.

    `cached` is told of each that no worker was asked for, and why (`server.core.metrics`).
    """

    def __init__(
        self, pool: Pool, budget: int = BUDGET, cached: Callable[[str], None] = lambda _: None
    ) -> None:
        self.pool = pool
        self._cached = cached
        self.front = RawRequestCache(budget // 8)
        self._kept: Lru[tuple[str, str], StoredResponse] = Lru(budget)
        self._flights: SingleFlight[StoredResponse] = SingleFlight()

    def reply(self, request: QueryRequest, asked: RequestHeaders) -> HttpResponse:
        """The reply to a query. Raises QueryError, and HttpProblem 406 for codings."""
        found = self.find(request, asked)
        return found if isinstance(found, HttpResponse) else self._worked_out(found)

    def find(self, request: QueryRequest, asked: RequestHeaders) -> HttpResponse | CacheMiss:
        """The reply where that takes no worker, else what one is to be asked.

        Raises QueryError, and HttpProblem 406 for codings.
        """
        codings = content_coding.acceptable(asked.codings)
        if not request.info.deterministic or self.pool.instance.remote:  # remote: no snapshots
            return CacheMiss(request, codings)
        snapshot = asked.snapshot or self.pool.snapshot()
        if asked.snapshot:  # kept or not: what it shows may be restricted by now
            visibility.of(self.pool.instance, snapshot).hidden_from(request.readable)
        tag = request.tag(snapshot)
        if known := _known(asked.known, tag, codings):
            self._cached("validator")
            return self._unchanged(request, known, snapshot)
        wanted = CacheMiss(request, codings, snapshot, tag, asked.known.strip() == "*")
        kept = self._kept.get((tag, IDENTITY))
        if kept is None:
            return wanted
        self._cached("kept")
        return self._told(wanted, kept)

    def asked_now(self, wanted: CacheMiss) -> bool:
        """Whether the same is worked out at this moment."""
        return bool(wanted.tag) and wanted.tag in self._flights

    def answered(self, wanted: CacheMiss, answer: QueryAnswer) -> HttpResponse:
        """The reply, by an answer that a worker gave."""
        stored = self._stored(wanted, answer)
        return self._told(wanted, self._keep(stored) if stored.tag else stored)

    def _worked_out(self, wanted: CacheMiss) -> HttpResponse:
        if not wanted.tag:
            return self._told(wanted, self._run(wanted))
        return self._told(wanted, self._plain(wanted))

    def _told(self, wanted: CacheMiss, plain: StoredResponse) -> HttpResponse:
        stored = self._coded(plain, wanted.codings)
        if wanted.any_known:
            return self._unchanged(wanted.request, stored.etag, stored.snapshot)
        return self._whole(wanted.request, stored)

    def _plain(self, wanted: CacheMiss) -> StoredResponse:
        """The answer without a coding: worked out by another thread just now, or run."""
        request, most = wanted.request, self.pool.limits.timeout
        seconds = most if request.timeout is None else min(most, request.timeout)
        if request.caller.name:  # it can be cancelled by this name alone
            return self._keep(self._run(wanted))
        return self._flights.share(wanted.tag, seconds, lambda: self._keep(self._run(wanted)))

    def _run(self, wanted: CacheMiss) -> StoredResponse:
        request, caller = wanted.request, wanted.request.caller
        answer = self.pool.run(
            request.query,
            timeout=request.timeout,
            info=request.info,
            snapshot=request.snapshot,
            readable=request.readable,
            client=caller.client,
            link=caller.link,
            name=caller.name,
            running=caller.running,
        )
        return self._stored(wanted, answer)

    def _stored(self, wanted: CacheMiss, answer: QueryAnswer) -> StoredResponse:
        """An answer of the pool; the tag is another one where its snapshot is."""
        tag, request = wanted.tag, wanted.request
        if tag and answer.snapshot and answer.snapshot != wanted.snapshot:
            tag = request.tag(answer.snapshot)
        body = answer.body
        held = body if isinstance(body, bytes) else SpooledBody(body, answer.length)
        return StoredResponse(tag, answer.snapshot, IDENTITY, held)

    def _keep(self, stored: StoredResponse) -> StoredResponse:
        self._kept.put((stored.tag, stored.coding), stored, stored.length)
        return stored

    def _coded(self, plain: StoredResponse, codings: tuple[str, ...]) -> StoredResponse:
        """The answer in the coding the client likes best."""
        name = content_coding.choose(codings, plain.length)
        if name == IDENTITY:
            return plain
        if not plain.tag:
            return self._encode(plain, name)
        kept = self._kept.get((plain.tag, name))
        return kept or self._flights.share(
            (plain.tag, name),
            self.pool.limits.timeout,
            lambda: self._keep(self._encode(plain, name)),
        )

    def _encode(self, plain: StoredResponse, name: str) -> StoredResponse:
        body = plain.open()
        if isinstance(body, bytes):
            return plain._replace(coding=name, body=content_coding.encode(body, name))
        with body:
            file = content_coding.encode_file(body, name, self.pool.folder)
        return plain._replace(coding=name, body=_small_or_held(file))

    def _unchanged(self, request: QueryRequest, known: str, snapshot: str) -> HttpResponse:
        headers = [("ETag", known), *self._places(request, snapshot), *SHARED]
        return HttpResponse("304 Not Modified", headers, snapshot=snapshot)

    def _whole(self, request: QueryRequest, stored: StoredResponse) -> HttpResponse:
        """All of an answer."""
        headers = [
            ("Content-Type", request.offer.content_type),
            ("Content-Length", str(stored.length)),
            *([] if stored.coding == IDENTITY else [("Content-Encoding", stored.coding)]),
            *([("ETag", stored.etag)] if stored.tag else []),
            *self._places(request, stored.snapshot),
            *SHARED,
        ]
        return HttpResponse("200 OK", headers, stored.open(), stored.snapshot if stored.tag else "")

    def _places(self, request: QueryRequest, snapshot: str) -> Headers:
        """Which snapshot it is of, how long it may be kept, and its other address."""
        if not snapshot:
            return [("Cache-Control", "no-store")]
        headers = [("Ulzii-Snapshot", snapshot)]
        if not request.info.deterministic:
            return [*headers, ("Cache-Control", "no-store")]
        if request.snapshot:
            whose = "private" if request.readable else "public"
            kept = f"{whose}, max-age={self.pool.instance.retention.seconds}, immutable"
            link = f'<{permalinks.latest(request)}>; rel="latest-version"'
            return [*headers, ("Cache-Control", kept), ("Link", link)]
        kept = f"private, {_REVALIDATE}" if request.readable else _REVALIDATE
        headers.append(("Cache-Control", kept))
        address = permalinks.address(request, snapshot)
        return [*headers, *([("Content-Location", address)] if address else [])]


def _small_or_held(file: IO[bytes]) -> bytes | SpooledBody:
    """A file's bytes where they are few: descriptors are fewer than bytes."""
    length = os.fstat(file.fileno()).st_size
    if length > INLINE:
        return SpooledBody(file, length)
    with file:
        return file.read()


def _known(header: str, tag: str, codings: tuple[str, ...]) -> str:
    """The validator a client knows that stands for this answer (If-None-Match compares weakly,
    RFC 9110 §13.1.2); empty where it knows none."""
    if not header:
        return ""
    given = {known.strip().removeprefix("W/") for known in header.split(",")}
    return next((mine for c in codings if (mine := etag(tag, c)) in given), "")
