"""Responses to queries, from the cache where possible.

An answer is identified by snapshot, query, dataset and media type. Its strong validator is that
digest and the content coding, so a conditional request is answered 304 without running anything.
Queries whose answers may differ from run to run (NOW, RAND, new blank nodes) have no validator and
are not cached.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from typing import IO, NamedTuple

from graph.queries import Pool, QueryAnswer
from graph.queries.model.formats import find_for_query
from graph.queries.results.spool import INLINE
from graph.snapshots import visibility
from server.cache import permalinks
from server.cache.lru import Lru
from server.cache.raw_request_cache import RawRequestCache
from server.cache.single_flight import SingleFlight
from server.cache.stored_response import SpooledBody, StoredResponse, etag
from server.http import content_coding
from server.http.content_coding import IDENTITY
from server.http.messages import SHARED, Headers, HttpResponse, QueryRequest, RequestHeaders
from server.http.notices import notice_header
from server.http.problem_details import TIMING, timing

BUDGET = 256 << 20  # bytes of cached answers in one web process
# Clients and proxies may store a response but must revalidate it: a publication may happen at any
# moment.
_REVALIDATE = "no-cache"


class CacheMiss(NamedTuple):
    """A request whose answer is not cached.

    `codings` are the acceptable content codings, best first. `snapshot` and `tag` say where the
    answer may be stored; they are empty when it may not. `match_any` is set by
    `If-None-Match: *`.
    """

    request: QueryRequest
    codings: tuple[str, ...]
    snapshot: str = ""
    tag: str = ""
    match_any: bool = False


class ResponseCache:
    """Responses to the queries of one pool; at most `budget` bytes of answers are cached.

    `on_hit` is called for each response that needed no worker, with the reason
    (`server.core.metrics`).
    """

    def __init__(
        self, pool: Pool, budget: int = BUDGET, on_hit: Callable[[str], None] = lambda _: None
    ) -> None:
        self.pool = pool
        self._on_hit = on_hit
        self.raw_requests = RawRequestCache(budget // 8)
        self._stored: Lru[tuple[str, str], StoredResponse] = Lru(budget)
        self._flights: SingleFlight[StoredResponse] = SingleFlight()

    def respond(self, request: QueryRequest, headers: RequestHeaders) -> HttpResponse:
        """The response to a query; runs it if necessary.

        Raises QueryError, and HttpProblem 406 when no content coding is acceptable.
        """
        result = self.lookup(request, headers)
        return result if isinstance(result, HttpResponse) else self._compute(result)

    def answer(self, request: QueryRequest) -> QueryAnswer:
        """The answer itself, for a page that shows it; a kept one took no time.

        Raises QueryError.
        """
        began = time.monotonic()
        tag = request.tag(self.pool.snapshot()) if self._is_kept(request) else ""
        kept = self._stored.get((tag, IDENTITY)) if tag else None
        miss = CacheMiss(request, (IDENTITY,), self.pool.snapshot() if tag else "", tag)
        stored = kept or (self._run_shared(miss) if tag else self._run(miss))
        if kept:
            self._on_hit("kept")
        ran = 0.0 if kept else stored.worker_seconds
        form = find_for_query(request.info.kind, request.query.format)
        assert form is not None, "parsed with the request"
        return QueryAnswer(
            format=form,
            length=stored.length,
            body=stored.open(),
            snapshot=stored.snapshot,
            worker_seconds=ran,
            waited=max(0.0, time.monotonic() - began - ran),
            notices=stored.notices,
        )

    def _is_kept(self, request: QueryRequest) -> bool:
        """Whether an answer may be kept. A remote store has no snapshots, so nothing identifies
        the state of its answers."""
        return request.info.deterministic and not self.pool.instance.remote

    def lookup(self, request: QueryRequest, headers: RequestHeaders) -> HttpResponse | CacheMiss:
        """The cached or 304 response to a query, or a CacheMiss when a worker must run it.

        Raises QueryError, and HttpProblem 406 when no content coding is acceptable.
        """
        codings = content_coding.acceptable_codings(headers.accept_encoding)
        if not self._is_kept(request):
            return CacheMiss(request, codings)
        snapshot = headers.snapshot or self.pool.snapshot()
        if headers.snapshot:  # even if cached: its graphs may have been restricted since
            visibility.restricted_in(self.pool.instance, snapshot).hidden_from(request.readable)
        tag = request.tag(snapshot)
        if matched := _matching_etag(headers.if_none_match, tag, codings):
            self._on_hit("validator")
            return self._not_modified(request, matched, snapshot)
        match_any = headers.if_none_match.strip() == "*"
        miss = CacheMiss(request, codings, snapshot=snapshot, tag=tag, match_any=match_any)
        stored = self._stored.get((tag, IDENTITY))
        if stored is None:
            return miss
        self._on_hit("kept")
        return self._response(miss, stored)

    def is_in_flight(self, miss: CacheMiss) -> bool:
        """Whether a thread is running the same query now."""
        return bool(miss.tag) and miss.tag in self._flights

    def complete(self, miss: CacheMiss, answer: QueryAnswer) -> HttpResponse:
        """The response to a cache miss, from a worker's answer."""
        stored = self._from_answer(miss, answer)
        response = self._response(miss, self._store(stored) if stored.tag else stored)
        return _timed(response, answer.waited, answer.worker_seconds)

    def _compute(self, miss: CacheMiss) -> HttpResponse:
        began = time.monotonic()
        stored = self._run_shared(miss) if miss.tag else self._run(miss)
        waited = max(0.0, time.monotonic() - began - stored.worker_seconds)
        return _timed(self._response(miss, stored), waited, stored.worker_seconds)

    def _response(self, miss: CacheMiss, uncoded: StoredResponse) -> HttpResponse:
        stored = self._coded(uncoded, miss.codings)
        if miss.match_any:
            return self._not_modified(miss.request, stored.etag, stored.snapshot)
        return self._ok(miss.request, stored)

    def _run_shared(self, miss: CacheMiss) -> StoredResponse:
        """Run a query, or wait for another thread that is running the same one."""
        request, limit = miss.request, self.pool.limits.timeout
        seconds = limit if request.timeout is None else min(limit, request.timeout)
        if request.client.query_id:  # cancelling this query must not end another client's
            return self._store(self._run(miss))
        return self._flights.share(
            miss.tag, seconds, lambda left: self._store(self._run(miss, left))
        )

    def _run(self, miss: CacheMiss, timeout: float | None = None) -> StoredResponse:
        """`timeout`: the seconds that are left, if fewer than the request allows."""
        request, client = miss.request, miss.request.client
        answer = self.pool.run(
            request.query,
            timeout=request.timeout if timeout is None else timeout,
            info=request.info,
            snapshot=request.snapshot,
            readable=request.readable,
            client=client.key,
            connection_fd=client.connection_fd,
            query_id=client.query_id,
            handed_over=client.handed_over,
        )
        return self._from_answer(miss, answer)

    def _from_answer(self, miss: CacheMiss, answer: QueryAnswer) -> StoredResponse:
        """A worker's answer to be stored."""
        tag, request = miss.tag, miss.request
        # A publication may have come in between: the answer belongs to the snapshot it names.
        if tag and answer.snapshot and answer.snapshot != miss.snapshot:
            tag = request.tag(answer.snapshot)
        body = answer.body
        shared = body if isinstance(body, bytes) else SpooledBody(body, answer.length)
        return StoredResponse(
            tag, answer.snapshot, IDENTITY, shared, answer.worker_seconds, answer.notices
        )

    def _store(self, response: StoredResponse) -> StoredResponse:
        self._stored.put((response.tag, response.coding), response, response.length)
        return response

    def _coded(self, uncoded: StoredResponse, codings: tuple[str, ...]) -> StoredResponse:
        """The answer in the content coding that the client prefers."""
        coding = content_coding.choose_coding(codings, uncoded.length)
        if coding == IDENTITY:
            return uncoded
        if not uncoded.tag:
            return self._encode(uncoded, coding)
        stored = self._stored.get((uncoded.tag, coding))
        return stored or self._flights.share(
            (uncoded.tag, coding),
            self.pool.limits.timeout,
            lambda _: self._store(self._encode(uncoded, coding)),
        )

    def _encode(self, uncoded: StoredResponse, coding: str) -> StoredResponse:
        body = uncoded.open()
        if isinstance(body, bytes):
            return uncoded._replace(coding=coding, body=content_coding.encode(body, coding))
        with body:
            file = content_coding.encode_file(body, coding, self.pool.folder)
        return uncoded._replace(coding=coding, body=_inline_or_spooled(file))

    def _not_modified(self, request: QueryRequest, tag: str, snapshot: str) -> HttpResponse:
        headers = [("ETag", tag), *self._snapshot_headers(request, snapshot), *SHARED]
        return HttpResponse("304 Not Modified", headers, snapshot=snapshot)

    def _ok(self, request: QueryRequest, stored: StoredResponse) -> HttpResponse:
        headers = [
            ("Content-Type", request.offer.content_type),
            ("Content-Length", str(stored.length)),
            *([] if stored.coding == IDENTITY else [("Content-Encoding", stored.coding)]),
            *([("ETag", stored.etag)] if stored.tag else []),
            *self._snapshot_headers(request, stored.snapshot),
            *notice_header(stored.notices),
            *SHARED,
        ]
        return HttpResponse("200 OK", headers, stored.open(), stored.snapshot if stored.tag else "")

    def _snapshot_headers(self, request: QueryRequest, snapshot: str) -> Headers:
        """The snapshot of an answer, how long it may be cached, and its other URL."""
        if not snapshot:
            return [("Cache-Control", "no-store")]
        headers = [("Ulzii-Snapshot", snapshot)]
        if not request.info.deterministic:
            return [*headers, ("Cache-Control", "no-store")]
        if request.snapshot:
            scope = "private" if request.readable else "public"
            policy = f"{scope}, max-age={self.pool.instance.retention.seconds}, immutable"
            link = f'<{permalinks.latest_url(request)}>; rel="latest-version"'
            return [*headers, ("Cache-Control", policy), ("Link", link)]
        policy = f"private, {_REVALIDATE}" if request.readable else _REVALIDATE
        headers.append(("Cache-Control", policy))
        permalink = permalinks.permalink(request, snapshot)
        return [*headers, *([("Content-Location", permalink)] if permalink else [])]


def _timed(response: HttpResponse, waited: float, ran: float) -> HttpResponse:
    """The response with how long its query waited and ran."""
    return response._replace(headers=[*response.headers, (TIMING, timing(waited, ran))])


def _inline_or_spooled(file: IO[bytes]) -> bytes | SpooledBody:
    """A small file as bytes, because descriptors are scarcer than memory; a large one as a file."""
    length = os.fstat(file.fileno()).st_size
    if length > INLINE:
        return SpooledBody(file, length)
    with file:
        return file.read()


def _matching_etag(if_none_match: str, tag: str, codings: tuple[str, ...]) -> str:
    """The validator in If-None-Match that stands for this answer, else empty.

    The comparison is weak (RFC 9110 §13.1.2).
    """
    if not if_none_match:
        return ""
    tags = {one.strip().removeprefix("W/") for one in if_none_match.split(",")}
    return next((mine for coding in codings if (mine := etag(tag, coding)) in tags), "")
