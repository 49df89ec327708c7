"""Run a SPARQL update on graphs in memory, in a process of its own that can be killed.

`run` is called by the writer. The process gets graphs as canonical lines, runs the update on them
with a memory limit and without network, and returns the graph that changed. It writes nothing: its
result goes through the pipeline like any body.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass

import pyoxigraph as ox

from graph.core import errors, limited_process
from graph.core.errors import EngineFailure, PermissionDenied, QueryTimeout, UlziiError
from graph.core.limited_process import ProcessLimits
from graph.queries.engines.custom_functions import with_functions
from graph.queries.engines.embedded import syntax_error
from graph.queries.property_functions import rewrite
from loaders.editable import graph_operations

_DEFAULT = ""
_CONFLICTS = ("already exists", "does not exist")  # ends of the engine's messages


@dataclass(frozen=True, slots=True)
class Update:
    """An update and the graphs it sees, as lines by graph IRI.

    `writable` are the graphs it may change; an update may change one. The default graph is the
    union of all graphs, which cannot be changed. With `default`, the default graph is that graph,
    and only it may be changed.
    """

    text: str
    base: str
    graphs: Mapping[str, list[bytes]]
    writable: frozenset[str]
    default: str = _DEFAULT


@dataclass(frozen=True, slots=True)
class UpdateResult:
    """The graph that changed and all its lines; `graph` is empty where nothing changed."""

    graph: str
    lines: list[bytes]


def run(update: Update, *, timeout: float, memory: int) -> UpdateResult:
    """Run an update in another process; `timeout` is in seconds, `memory` in bytes.

    Raises QuerySyntaxError, QueryUnsupported, WriteConflict, PermissionDenied, QueryTimeout and
    EngineFailure.
    """
    return limited_process.run(
        lambda _: execute(update),
        ProcessLimits(memory=memory, seconds=timeout),
        refusal=lambda kind: _refusal(kind, memory),
    )


def _refusal(kind: str, memory: int) -> UlziiError:
    if kind == "time":
        return QueryTimeout("the update exceeded its time limit", hint="Narrow it.")
    return EngineFailure(
        "the update used more memory than allowed or crashed the engine",
        hint=f"An update may use {memory >> 20} MiB; write less at once.",
    )


def execute(update: Update) -> UpdateResult:
    """Run an update in this process."""
    rewrite.refuse_in_update(update.text)
    before = {iri: set(lines) for iri, lines in update.graphs.items()}
    before[_DEFAULT] = _default_graph(update, before)
    store = _load(before)
    try:
        _update(store, update)
    except SyntaxError as error:
        raise syntax_error(str(error)) from error
    except (RuntimeError, ValueError) as error:
        # the engine has no error class for CREATE and DROP of the wrong graph
        kind = errors.WriteConflict if str(error).endswith(_CONFLICTS) else errors.QueryUnsupported
        raise kind(str(error)) from error
    return _changed(update, before, _lines(store))


def _update(store: ox.Store, update: Update) -> None:
    def run(text: str, target: ox.Store = store) -> None:
        with_functions(
            lambda known: target.update(text, base_iri=update.base, custom_functions=known)
        )

    operations = graph_operations.operations(update.text)
    if not operations:
        return run(update.text)
    with suppress(RuntimeError, ValueError):  # only its syntax, for errors in the text as sent
        run(update.text, ox.Store())
    return graph_operations.run_each(operations, store, update.base, run)


def _default_graph(update: Update, graphs: Mapping[str, set[bytes]]) -> set[bytes]:
    if update.default:
        return graphs[update.default]
    return set().union(*graphs.values())


def _load(graphs: Mapping[str, Iterable[bytes]]) -> ox.Store:
    store = ox.Store()
    for iri, lines in graphs.items():
        target = ox.NamedNode(iri) if iri else ox.DefaultGraph()
        store.load(b"\n".join(lines), ox.RdfFormat.N_TRIPLES, to_graph=target)
    return store


def _lines(store: ox.Store) -> dict[str, set[bytes]]:
    graphs: dict[str, set[bytes]] = {_DEFAULT: set()}
    for quad in store:
        iri = _DEFAULT if quad.graph_name == ox.DefaultGraph() else quad.graph_name.value
        line = f"{quad.subject} {quad.predicate} {quad.object} .".encode()
        graphs.setdefault(iri, set()).add(line)
    return graphs


def _changed(
    update: Update, before: Mapping[str, set[bytes]], after: Mapping[str, set[bytes]]
) -> UpdateResult:
    """The graph that changed, with its lines.

    Raises PermissionDenied where the update may not change it, or changed several.
    """
    empty: set[bytes] = set()
    graphs = [*before, *(iri for iri in after if iri not in before)]
    changed = [iri for iri in graphs if after.get(iri, empty) != before.get(iri, empty)]
    if update.default:  # PATCH of one graph, which is the default graph of the update
        allowed = {_DEFAULT: update.default}
    else:
        allowed = {iri: iri for iri in update.writable}
    for iri in changed:
        if iri not in allowed:
            raise _not_writable(iri, patch=bool(update.default))
    if len(changed) > 1:
        raise PermissionDenied(
            f"the update changes {len(changed)} graphs: {', '.join(sorted(changed))}",
            hint="Change one graph per update: each is a source with versions of its own.",
        )
    if not changed:
        return UpdateResult("", [])
    (graph,) = changed
    return UpdateResult(allowed[graph], sorted(after.get(graph, ())))


def _not_writable(iri: str, *, patch: bool) -> PermissionDenied:
    if patch:
        return PermissionDenied(
            f"the update changes <{iri}>", hint="Leave out GRAPH and WITH in a PATCH."
        )
    if iri == _DEFAULT:
        return PermissionDenied(
            "the update changes the default graph, which is the union of all graphs",
            hint="Name a graph: INSERT DATA { GRAPH <…> { … } }, or WITH <…>.",
        )
    return PermissionDenied(f"the update changes <{iri}>, which this token may not write")
