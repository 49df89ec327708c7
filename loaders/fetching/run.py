"""One run: all requests of a source, and those that follow from the answers.

A run succeeds as a whole or fails as a whole. After one failed response nothing of the run is
mapped, because a partial list looks like deletions (docs/decisions/0003-one-run-one-fetch.md). Only
a detail, which describes one record of a list, may fail: the last answer stands in for it.

A run that was killed or failed goes on where the next one begins, if the server's first answer is
the same again, byte for byte or by its validators; that answer has the total of a list. Otherwise
it starts over: pages of two states of a list would be mixed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace

from graph.archive import Archive
from graph.core.errors import InputError
from graph.core.progress import Reporter
from graph.versions.provenance import FILE
from loaders.fetching.folder import RunFolder
from loaders.fetching.model import FetchedRun, FetchRequest, FetchResponse

_MAX_REQUESTS = 200_000  # in a run; links that lead to ever new pages would never end
_MAX_FAILED_IN_A_ROW = 10  # details; a server that answers none is not asked for 6,000

Responses = Sequence[FetchResponse]
Send = Callable[[FetchRequest, FetchResponse | None], FetchResponse]


@dataclass(frozen=True, slots=True)
class FetchPlan:
    """What a run requests.

    `described` are the requests of the source's description, `further` gives more from the
    responses of URLs so far. `problems` says of the answers to details why they cannot be used, an
    error page with status 200 for example; empty where they can. `read` reads a local file, `send`
    requests a URL and is given the last answer, if any. `last` gives the answer of the last run
    that succeeded, by the key of its request. `kept` gives those of earlier runs that still count
    beside the responses of this one.
    """

    source: str
    described: Sequence[FetchRequest]
    further: Callable[[Responses, Archive], Iterable[FetchRequest]] | None
    problems: Callable[[Responses, Archive], Sequence[str]] | None
    read: Callable[[FetchRequest, Archive], FetchResponse]
    send: Send
    last: Callable[[str], FetchResponse | None]
    kept: Callable[[Responses, Archive], Responses] | None = None


@dataclass(slots=True)
class FetchRun:
    """One run of a plan in a folder."""

    plan: FetchPlan
    folder: RunFolder
    reporter: Reporter
    _responses: list[FetchResponse] = field(default_factory=list)
    _asked: set[str] = field(default_factory=set)
    _earlier: dict[str, FetchResponse] = field(default_factory=dict)
    _begun: bool = False
    _failed_in_a_row: int = 0

    def run(self) -> FetchedRun:
        """Send all requests; stop after the first response that failed.

        Raises ConfigError for a local file that the source may not read. Lists that are not whole
        and other answers that cannot be followed are the run's error.
        """
        self._earlier = self.folder.earlier()
        pending = list(self.plan.described)
        try:
            while pending and not self._has_failed():
                self._round(pending)
                pending = [] if self._has_failed() else self._next()
            if self.plan.kept and not self._has_failed():
                self._responses += self.plan.kept(self._responses, self.folder.archive)
        except InputError as error:
            return self._result(error)
        return self._result()

    def _round(self, pending: Sequence[FetchRequest]) -> None:
        self.reporter.step("fetch", len(pending))
        before = len(self._responses)
        for request in pending:
            self._asked.add(request.key)
            self._responses.append(self._response(request))
            self.reporter.advance()
            if self._has_failed():
                return
        self._check_details(before)

    def _check_details(self, before: int) -> None:
        """Replace the details of this round that a loader cannot use.

        Raises InputError where most details failed: then it is the server that failed.
        """
        details = {n: r for n, r in enumerate(self._responses[before:], before) if r.detail}
        new = {n: r for n, r in details.items() if r.digest and not r.stale}
        for number, problem in zip(new, self._problems([*new.values()]), strict=True):
            if problem:
                failed = replace(new[number], error=problem, digest="", size=0)
                details[number] = self._responses[number] = self._stand_in(failed)
        reasons = [r.stale or r.error for r in details.values() if r.stale or r.error]
        if len(reasons) >= _MAX_FAILED_IN_A_ROW and len(reasons) > len(details) / 2:
            message = f"{len(reasons)} of {len(details)} details failed; the first: {reasons[0]}"
            raise InputError(message, where=self.plan.source, hint="Load again later.")

    def _problems(self, details: Responses) -> Sequence[str]:
        if self.plan.problems is None or not details:
            return [""] * len(details)
        return self.plan.problems(details, self.folder.archive)

    def _has_failed(self) -> bool:
        return bool(self._responses) and self._responses[-1].failed

    def _next(self) -> list[FetchRequest]:
        """The requests that follow from the answers; none for a source of local files."""
        if self.plan.further is None or not self._begun:
            return []
        answers = [one for one in self._responses if one.digest and one.kind != FILE]
        new = {one.key: one for one in self.plan.further(answers, self.folder.archive)}
        pending = [one for key, one in new.items() if key not in self._asked]
        if len(self._asked) + len(pending) > _MAX_REQUESTS:
            message = f"more than {_MAX_REQUESTS:,} requests follow from each other"
            raise InputError(message, where=pending[0].url)
        return pending

    def _response(self, request: FetchRequest) -> FetchResponse:
        if request.path:
            return self.plan.read(request, self.folder.archive)
        if not self._begun:
            return self._first(request)
        if known := self._earlier.get(request.key):
            return replace(known, name=request.name, detail=request.detail)
        response = self.plan.send(request, self._last(request))
        if not response.error:
            self.folder.add(response)
        return self._detail(response) if request.detail else response

    def _first(self, request: FetchRequest) -> FetchResponse:
        """The first answer of the server, which decides whether an earlier run goes on."""
        self._begun = True
        before = self._earlier.get(request.key)
        response = self.plan.send(request, before or self._last(request))
        if not response.error and (before is None or before.digest != response.digest):
            self._earlier = {}
            self.folder.start()
            self.folder.add(response)
        return response

    def _last(self, request: FetchRequest) -> FetchResponse | None:
        """The answer of the last run, if its bytes are still there."""
        last = self.plan.last(request.key)
        return last if last and last.digest in self.folder.archive else None

    def _detail(self, response: FetchResponse) -> FetchResponse:
        """A detail: where it failed, the last answer, marked."""
        if not response.error:
            self._failed_in_a_row = 0
            return response
        self._failed_in_a_row += 1
        if self._failed_in_a_row >= _MAX_FAILED_IN_A_ROW:
            error = f"{response.error}; so did the {_MAX_FAILED_IN_A_ROW - 1} before"
            return replace(response, error=error, detail=False)
        return self._stand_in(response)

    def _stand_in(self, response: FetchResponse) -> FetchResponse:
        """The last answer for a detail that failed; itself where there is none."""
        last = self.plan.last(response.key)
        if last is None or last.digest not in self.folder.archive:
            return response
        return replace(last, name=response.name, detail=True, stale=response.error)

    def _result(self, error: InputError | None = None) -> FetchedRun:
        return FetchedRun(self.plan.source, self._responses, self.folder.archive, error)
