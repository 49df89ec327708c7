"""One write, from what was sent to what is published; the caller has checked the token."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from graph import void
from graph.archive import Archive
from graph.core.errors import PermissionDenied, PreconditionFailed, QueryTooLarge, QueryUnsupported
from graph.core.instance import Instance
from graph.ledger import Event, Ledger
from graph.statements import layer
from graph.versions import provenance
from graph.versions.state import PublishedLayer, State, all_layers, is_public, state
from loaders.editable import EditedSource, change, mentions, sources, updating
from loaders.editable.change import Body
from loaders.pipeline.capture import FetchResponse
from loaders.pipeline.load import edit, writer_session
from loaders.pipeline.model import LoadInput
from loaders.pipeline.source import Source

SEEN = 1_000_000  # statements that an update may look at
PUT, POST, DELETE, PATCH, UPDATE = "PUT", "POST", "DELETE", "PATCH", "UPDATE"


@dataclass(frozen=True, slots=True)
class Write:
    """What somebody asks for.

    `source` is what is written; empty for an UPDATE, which says so itself. `agent` is the name of
    the token, `writable` and `readable` are the sources it allows. `known` are the states
    (`change.tag`) of which one must be there, `unknown` those that must not; `*` is any.
    `text` is the update as it runs: with the dataset of the protocol written into it.
    """

    method: str
    source: str
    agent: str
    url: str
    body: Body
    writable: tuple[str, ...]
    readable: tuple[str, ...] = ()
    known: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    text: str = ""


@dataclass(frozen=True, slots=True)
class WriteLimits:
    """Seconds to wait for another writer, and seconds and bytes that an update may use."""

    wait: float = 10.0
    timeout: float = 30.0
    memory: int = 1 << 30


@dataclass(frozen=True, slots=True)
class Done:
    """What came of it: `status` is `published` or `same`; `snapshot` is where it can be seen.

    `created` where the graph was empty before; `tag` is its state now.
    """

    status: str
    source: str
    version: int
    snapshot: int
    created: bool
    tag: str
    statements: int


def write(instance: Instance, wanted: Write, limits: WriteLimits) -> Done:
    """Do a write, whole or not at all.

    Raises Changed (the condition does not hold), NotAllowed, InputError and QueryError for what
    was sent (nothing is logged), RulesBroken and InputError for what it says (logged as
    quarantine), BusyError and StorageError.
    """
    with writer_session(instance, f"write by {wanted.agent}", limits.wait) as ledger:
        return _Writing(instance, ledger, wanted, limits).run()


class _Writing:
    """A write under the writer's lock."""

    def __init__(
        self, instance: Instance, ledger: Ledger, wanted: Write, limits: WriteLimits
    ) -> None:
        self._instance = instance
        self._ledger = ledger
        self._archive = Archive(instance.archive)
        self._published: State = state(list(ledger))
        self._wanted = wanted
        self._limits = limits
        mine = sources.editable(instance)
        self._mine: Mapping[str, Source] = {n: mine[n] for n in wanted.writable if n in mine}

    def run(self) -> Done:
        if self._wanted.source:
            self._check_condition(self._published.get(self._wanted.source))
        name, edited = self._edited()
        if not name:
            return self._nothing()
        source, before = self._mine[name], self._published.get(name)
        response = FetchResponse(
            name,
            self._wanted.url,
            200,
            self._wanted.body.media_type,
            self._wanted.body.data,
            method=self._wanted.method,
            agent=self._wanted.agent,
        )
        feed = LoadInput([response], edited, is_edit=True)
        if before is None and not (edited.kept or edited.stated):
            return self._nothing()
        outcome = edit(self._instance, self._ledger, source, feed)
        return self._done(name, before, outcome.status)

    def _done(self, name: str, before: Event | None, status: str) -> Done:
        now = state(list(self._ledger))[name]
        number = 1 + max(e["index"] for e in self._ledger if e["type"] == "Publish")
        created = not change.tag(before) and bool(change.tag(now))
        size = now["layers"][layer.STATED]["statements"]
        return Done(status, name, now["version"], number, created, change.tag(now), size)

    def _nothing(self) -> Done:
        """What was asked for is so already."""
        return Done("same", self._wanted.source, 0, 0, False, "", 0)

    def _check_condition(self, before: Event | None) -> None:
        now = change.tag(before)
        known, unknown = self._wanted.known, self._wanted.unknown
        if known and not (now in known or ("*" in known and now)):
            raise PreconditionFailed(
                "the graph is not in the state that If-Match names", hint=_AGAIN
            )
        if unknown and (now in unknown or ("*" in unknown and now)):
            raise PreconditionFailed(
                "the graph is in a state that If-None-Match excludes", hint=_AGAIN
            )

    def _edited(self) -> tuple[str, EditedSource]:
        """Which source is written, and what it will say; no source where nothing changes."""
        wanted, before = self._wanted, self._published.get(self._wanted.source)
        if wanted.source and wanted.source not in self._mine:
            raise PermissionDenied(f"“{wanted.source}” is no editable source of this token")
        if wanted.method in {PATCH, UPDATE}:
            return self._updated()
        if wanted.method == PUT:
            return wanted.source, change.put(wanted.body)
        if wanted.method == POST:
            return wanted.source, change.post(self._archive, before, wanted.body)
        return wanted.source, EditedSource({})

    def _updated(self) -> tuple[str, EditedSource]:
        names = self._instance.names
        graph_of = {names.graph(name): name for name in self._mine}
        own = names.graph(self._wanted.source) if self._wanted.source else ""
        update = updating.Update(
            self._wanted.text, self._wanted.body.base, self._seen(), frozenset(graph_of), own
        )
        limits = self._limits
        result = updating.run(update, timeout=limits.timeout, memory=limits.memory)
        if not result.graph:
            return "", EditedSource({})
        name = graph_of[result.graph]
        before = self._published.get(name)
        return name, change.left(self._archive, before, result.lines)

    def _seen(self) -> dict[str, list[bytes]]:
        """The graphs an update sees: all that its token may write, and those it names."""
        names, wanted = self._instance.names, self._wanted
        named = mentions.iris(wanted.text, wanted.body.base)
        hidden = {s for s, load in self._published.items() if not _open(load, wanted)}
        loads = [load for s, load in self._published.items() if s not in hidden]
        mine = {names.graph(name) for name in self._mine}
        found = [one for one in all_layers(loads, names) if one.graph in mine | named]
        _check_size(found)
        if (described := names.graph(void.GRAPH)) in named:
            raise QueryUnsupported(
                f"an update cannot look at <{described}>",
                hint="Ask for what is needed with a query first, and write the statements.",
            )
        lines = {one.graph: [*layer.read(self._archive, one.lines)] for one in found}
        lines |= {graph: [] for graph in mine if graph not in lines}
        told = names.graph(provenance.GRAPH)
        if told in named:
            lines[told] = provenance.lines(list(self._ledger), names)
        return lines


def _open(load: Event, wanted: Write) -> bool:
    return is_public(load) or load["source"] in {*wanted.readable, *wanted.writable}


def _check_size(found: list[PublishedLayer]) -> None:
    size = sum(one.statements for one in found)
    if size > SEEN:
        raise QueryTooLarge(
            f"the graphs that the update names hold {size:,} statements; {SEEN:,} are allowed",
            hint="Ask for what is needed with a query first, and write the statements.",
        )


_AGAIN = "Get it again, look at what has changed, and write with its new ETag."
