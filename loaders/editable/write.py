"""One write, from the request to the published version. The caller has checked the token."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from graph import void
from graph.archive import Archive
from graph.core.errors import PermissionDenied, PreconditionFailed, QueryTooLarge, QueryUnsupported
from graph.core.instance import Instance
from graph.core.limited_process import ProcessLimits
from graph.ledger import Event, Ledger
from graph.publication.writer_session import writer_session
from graph.statements import layer
from graph.versions import provenance
from graph.versions.state import PublishedLayer, State, all_layers, is_public, state
from loaders.editable import EditedSource, change, mentions, sources, updating
from loaders.editable.change import Body
from loaders.fetching.model import FetchedRun, FetchResponse
from loaders.pipeline.load import edit
from loaders.pipeline.model import LoadInput
from loaders.pipeline.source import Source

MAX_UPDATE_STATEMENTS = 1_000_000
"""Most statements in the graphs that an update can see."""
_PARSING_MEMORY = 16  # more bytes per byte of a body,
_PARSING_SECONDS = 2.0  # and more seconds per MiB
PUT, POST, DELETE, PATCH, UPDATE = "PUT", "POST", "DELETE", "PATCH", "UPDATE"


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteRequest:
    """A request to write.

    `method` is one of the constants above. `source` is the id of the source to write; empty for
    UPDATE, whose text names the graph. `agent` is the name of the token, `writable` and `readable`
    are the sources it allows. `url` is recorded as the origin of the body.

    `if_match` and `if_none_match` are states of the graph (`change.state_tag`), or `*`, with the
    meaning of the HTTP headers. `update` is the text of the update as it runs, with the dataset of
    the protocol written into it.
    """

    method: str
    source: str
    agent: str
    url: str
    body: Body
    writable: tuple[str, ...]
    readable: tuple[str, ...] = ()
    if_match: tuple[str, ...] = ()
    if_none_match: tuple[str, ...] = ()
    update: str = ""


@dataclass(frozen=True, slots=True)
class WriteLimits:
    """Seconds to wait for another writer; seconds and bytes of memory for running an update, or
    for parsing a small body."""

    wait: float = 10.0
    timeout: float = 30.0
    memory: int = 1 << 30

    def parsing(self, size: int) -> ProcessLimits:
        """The limits of the process that parses a body of `size` bytes.

        50 MiB of Turtle are 1.8 million triples: 1 GiB, and 10 to 40 seconds.
        """
        return ProcessLimits(
            memory=self.memory + _PARSING_MEMORY * size,
            seconds=self.timeout + _PARSING_SECONDS * size / (1 << 20),
        )


@dataclass(frozen=True, slots=True)
class WriteOutcome:
    """The result of a write.

    `status` is `published` or `same` (nothing to change); `snapshot` is the first that has the new
    version. `created` says that the graph was empty before; `tag` is the tag of its state now.
    """

    status: str
    source: str
    version: int
    snapshot: int
    created: bool
    tag: str
    statements: int


def write(instance: Instance, request: WriteRequest, limits: WriteLimits) -> WriteOutcome:
    """Write as a whole or not at all.

    Raises, with nothing logged: PreconditionFailed, PermissionDenied, InputUnreadable for the body
    and QueryError for the update. Raises, logged as quarantine: RulesBroken and InputError for the
    statements. Raises BusyError and StorageError.
    """
    with writer_session(instance, f"write by {request.agent}", limits.wait) as ledger:
        return _EditableWrite(instance, ledger, request, limits).run()


class _EditableWrite:
    """One write under the writer lock."""

    def __init__(
        self, instance: Instance, ledger: Ledger, request: WriteRequest, limits: WriteLimits
    ) -> None:
        self._instance = instance
        self._ledger = ledger
        self._archive = Archive(instance.archive)
        self._published: State = state(list(ledger))
        self._request = request
        self._limits = limits
        editable = sources.editable(instance)
        self._writable: Mapping[str, Source] = {
            name: editable[name] for name in request.writable if name in editable
        }

    def run(self) -> WriteOutcome:
        if self._request.source:
            self._check_preconditions(self._published.get(self._request.source))
        name, edited = self._edited_source()
        if not name:
            return self._unchanged()
        previous = self._published.get(name)
        if previous is None and not (edited.unchanged_lines or edited.stated):
            return self._unchanged()
        fetched = FetchedRun(name, [self._response(name)], self._archive)
        load_input = LoadInput(fetched, edited, is_edit=True)
        outcome = edit(self._instance, self._ledger, self._writable[name], load_input)
        return self._outcome(name, previous, outcome.status)

    def _response(self, name: str) -> FetchResponse:
        """The body as the Fetch event records it; its bytes are archived."""
        request = self._request
        return FetchResponse(
            name=name,
            url=request.url,
            status=200,
            media_type=request.body.media_type,
            digest=self._archive.put(request.body.data),
            size=len(request.body.data),
            method=request.method,
            agent=request.agent,
        )

    def _outcome(self, name: str, previous: Event | None, status: str) -> WriteOutcome:
        load = state(list(self._ledger))[name]
        return WriteOutcome(
            status=status,
            source=name,
            version=load["version"],
            # the number of a snapshot is the size of the ledger up to its Publish event
            snapshot=1 + max(e["index"] for e in self._ledger if e["type"] == "Publish"),
            created=not change.state_tag(previous) and bool(change.state_tag(load)),
            tag=change.state_tag(load),
            statements=load["layers"][layer.STATED]["statements"],
        )

    def _unchanged(self) -> WriteOutcome:
        """The outcome where the graph already is as requested."""
        return WriteOutcome(
            status="same",
            source=self._request.source,
            version=0,
            snapshot=0,
            created=False,
            tag="",
            statements=0,
        )

    def _check_preconditions(self, previous: Event | None) -> None:
        tag = change.state_tag(previous)
        match, none_match = self._request.if_match, self._request.if_none_match
        if match and not (tag in match or ("*" in match and tag)):
            raise PreconditionFailed(
                "the graph is not in the state that If-Match names", hint=_RETRY_HINT
            )
        if none_match and (tag in none_match or ("*" in none_match and tag)):
            raise PreconditionFailed(
                "the graph is in a state that If-None-Match excludes", hint=_RETRY_HINT
            )

    def _edited_source(self) -> tuple[str, EditedSource]:
        """The id of the source to write, and its new statements; no id where nothing changes."""
        request = self._request
        source, previous = request.source, self._published.get(request.source)
        if source and source not in self._writable:
            raise PermissionDenied(f"“{source}” is not an editable source of this token")
        if request.method in {PATCH, UPDATE}:
            return self._updated_source()
        limits = self._limits.parsing(len(request.body.data))
        if request.method == PUT:
            return source, change.put(request.body, limits)
        if request.method == POST:
            return source, change.post(self._archive, previous, request.body, limits)
        return source, EditedSource({})

    def _updated_source(self) -> tuple[str, EditedSource]:
        names, request = self._instance.names, self._request
        source_of = {names.graph(name): name for name in self._writable}
        update = updating.Update(
            text=request.update,
            base=request.body.base,
            graphs=self._visible_graphs(),
            writable=frozenset(source_of),
            default=names.graph(request.source) if request.source else "",
        )
        limits = self._limits
        result = updating.run(update, timeout=limits.timeout, memory=limits.memory)
        if not result.graph:
            return "", EditedSource({})
        name = source_of[result.graph]
        previous = self._published.get(name)
        return name, change.after_update(self._archive, previous, result.lines)

    def _visible_graphs(self) -> dict[str, list[bytes]]:
        """The lines of each graph an update sees: all that its token may write, and all it names.

        Graphs of restricted sources that the token may not read are left out.
        """
        names, request = self._instance.names, self._request
        mentioned = mentions.mentioned_iris(request.update, request.body.base)
        readable = [load for load in self._published.values() if _is_readable(load, request)]
        writable = {names.graph(name) for name in self._writable}
        layers = [one for one in all_layers(readable, names) if one.graph in writable | mentioned]
        _check_size(layers)
        if (description := names.graph(void.GRAPH)) in mentioned:
            raise QueryUnsupported(
                f"an update cannot read <{description}>",
                hint="Get what you need with a query first, and write the statements.",
            )
        lines = {one.graph: [*layer.read(self._archive, one.lines)] for one in layers}
        lines |= {graph: [] for graph in writable if graph not in lines}
        if (graph := names.graph(provenance.GRAPH)) in mentioned:
            lines[graph] = provenance.lines(list(self._ledger), names)
        return lines


def _is_readable(load: Event, request: WriteRequest) -> bool:
    return is_public(load) or load["source"] in {*request.readable, *request.writable}


def _check_size(layers: list[PublishedLayer]) -> None:
    size = sum(one.statements for one in layers)
    if size > MAX_UPDATE_STATEMENTS:
        raise QueryTooLarge(
            f"the graphs that the update names have {size:,} statements; "
            f"the limit is {MAX_UPDATE_STATEMENTS:,}",
            hint="Get what you need with a query first, and write the statements.",
        )


_RETRY_HINT = "Get the graph again, check what has changed, and write with its new ETag."
