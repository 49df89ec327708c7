"""Running a SPARQL update on graphs in memory, in a process of its own that can be stopped.

`run` is called by the writer; `main` is the process. It gets graphs as canonical lines, runs the
update on them with a limit of memory and without a network, and tells which graph is another one
now. It writes nothing: what it says goes through the pipeline like any body.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import pyoxigraph as ox

from graph.core import errors
from graph.core.errors import EngineFailure, PermissionDenied, QueryTimeout, UlziiError
from graph.queries.engines.custom_functions import with_functions
from graph.queries.engines.embedded import syntax_error
from graph.queries.pool import sandbox
from graph.queries.property_functions import rewrite

_DEFAULT = ""
_STATE = ("already exists", "does not exist")


@dataclass(frozen=True, slots=True)
class Update:
    """An update and the graphs it sees, as lines by IRI.

    `writable` are those it may change, one of them at a time. The default graph is the union of
    all, or the one of them that `default` names: then that is what it may change.
    """

    text: str
    base: str
    graphs: Mapping[str, list[bytes]]
    writable: frozenset[str]
    default: str = _DEFAULT


@dataclass(frozen=True, slots=True)
class UpdateResult:
    """The graph that was changed and all its lines now; no graph where nothing was."""

    graph: str
    lines: list[bytes]


def run(update: Update, *, timeout: float, memory: int) -> UpdateResult:
    """Run an update within so many seconds and bytes.

    Raises QuerySyntaxError, QueryUnsupported, NotAllowed, QueryTimeout and EngineFailure.
    """
    head = {
        "text": update.text,
        "base": update.base,
        "writable": sorted(update.writable),
        "default": update.default,
        "memory": memory,
        "graphs": {iri: len(lines) for iri, lines in update.graphs.items()},
    }
    sent = [
        json.dumps(head).encode(),
        *(line for found in update.graphs.values() for line in found),
    ]
    try:
        done = subprocess.run(
            [sys.executable, "-m", __name__],
            input=b"\n".join(sent) + b"\n",
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=timeout,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise QueryTimeout("the update was not finished in time", hint="Narrow it.") from error
    if done.returncode:
        raise EngineFailure(
            "the update used more memory than allowed or crashed the engine",
            hint=f"An update may use {memory >> 20} MiB; write less at once.",
        )
    told, *lines = done.stdout.splitlines()
    return _result(json.loads(told), lines)


def _result(told: dict[str, Any], lines: list[bytes]) -> UpdateResult:
    if "error" not in told:
        return UpdateResult(told["graph"], lines)
    raise errors.from_dict(told["error"])


def main() -> None:
    """The process: a request on standard input, its result on standard output."""
    sandbox.disable_core_dumps()
    sandbox.unshare_network()
    head = json.loads(sys.stdin.buffer.readline())
    sandbox.limit_memory(head["memory"])
    graphs = {
        iri: [sys.stdin.buffer.readline().rstrip(b"\n") for _ in range(count)]
        for iri, count in head["graphs"].items()
    }
    update = Update(
        head["text"], head["base"], graphs, frozenset(head["writable"]), head["default"]
    )
    try:
        found = perform(update)
        answer: dict[str, Any] = {"graph": found.graph}
        lines = found.lines
    except UlziiError as error:
        answer, lines = {"error": errors.to_dict(error)}, []
    sys.stdout.buffer.write(b"\n".join([json.dumps(answer).encode(), *lines]))


def perform(update: Update) -> UpdateResult:
    """Run an update here and now."""
    rewrite.refuse_in_update(update.text)
    before = {iri: set(lines) for iri, lines in update.graphs.items()}
    before[_DEFAULT] = _default(update, before)
    store = _filled(before)
    try:
        with_functions(
            lambda known: store.update(update.text, base_iri=update.base, custom_functions=known)
        )
    except SyntaxError as error:
        raise syntax_error(str(error)) from error
    except (RuntimeError, ValueError) as error:
        kind = errors.WriteConflict if str(error).endswith(_STATE) else errors.QueryUnsupported
        raise kind(str(error)) from error
    return _changed(update, before, _lines(store))


def _default(update: Update, graphs: Mapping[str, set[bytes]]) -> set[bytes]:
    if update.default:
        return graphs[update.default]
    return set().union(*graphs.values())


def _filled(graphs: Mapping[str, Iterable[bytes]]) -> ox.Store:
    store = ox.Store()
    for iri, lines in graphs.items():
        target = ox.NamedNode(iri) if iri else ox.DefaultGraph()
        store.load(b"\n".join(lines), ox.RdfFormat.N_TRIPLES, to_graph=target)
    return store


def _lines(store: ox.Store) -> dict[str, set[bytes]]:
    found: dict[str, set[bytes]] = {_DEFAULT: set()}
    for quad in store:
        iri = _DEFAULT if quad.graph_name == ox.DefaultGraph() else quad.graph_name.value
        line = f"{quad.subject} {quad.predicate} {quad.object} .".encode()
        found.setdefault(iri, set()).add(line)
    return found


def _changed(
    update: Update, before: Mapping[str, set[bytes]], after: Mapping[str, set[bytes]]
) -> UpdateResult:
    """The one graph that may be another one.

    Raises NotAllowed where it is not the writer's, or there are several.
    """
    nothing: set[bytes] = set()
    every = [*before, *(iri for iri in after if iri not in before)]
    changed = [i for i in every if after.get(i, nothing) != before.get(i, nothing)]
    if update.default:  # a patch of one graph, which is its default graph
        allowed = {_DEFAULT: update.default}
    else:
        allowed = {iri: iri for iri in update.writable}
    for iri in changed:
        if iri not in allowed:
            raise _not_yours(iri, patch=bool(update.default))
    if len(changed) > 1:
        raise PermissionDenied(
            f"the update changes {len(changed)} graphs: {', '.join(sorted(changed))}",
            hint="Change one at a time: each is a source with versions of its own.",
        )
    graph = changed[0] if changed else None
    return (
        UpdateResult("", [])
        if graph is None
        else UpdateResult(allowed[graph], sorted(after.get(graph, ())))
    )


def _not_yours(iri: str, *, patch: bool) -> PermissionDenied:
    if patch:
        return PermissionDenied(
            f"the update changes <{iri}>", hint="In a PATCH, leave GRAPH and WITH out."
        )
    if iri == _DEFAULT:
        return PermissionDenied(
            "the update changes the default graph, which is made of all graphs",
            hint="Name the graph: INSERT DATA { GRAPH <…> { … } }, or WITH <…>.",
        )
    return PermissionDenied(f"the update changes <{iri}>, which this token may not write")


if __name__ == "__main__":
    main()
