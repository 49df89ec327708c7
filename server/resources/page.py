"""Reads what the page of a resource shows: its statements with labels, and links to it."""

from __future__ import annotations

from collections.abc import Iterable

import pyoxigraph as ox
from flask import request

from graph.core.instance import Instance
from graph.core.iris import period
from graph.queries.model.query import COUNTED
from graph.reports.checks import SourceChecks, checks, last_published
from graph.snapshots import published_events
from graph.versions.state import is_public, public_sources, state
from server.cache.lru import Lru
from server.core.context import AppContext
from server.http.problem_details import HttpProblem
from server.pages.thing import ThingDocument
from server.resources import around, class_pages, nameless
from server.sparql import internal_queries, tables
from server.sparql.labels import Labels, labels, labels_query, with_terms
from server.sparql.tables import Grouped
from vocab.namespaces import RDF

PART = "of"
"""The parameter of an address that asks for the statements about one part of a thing."""


def is_graph(context: AppContext, iri: str) -> bool:
    """Whether an IRI names a graph of this instance."""
    return iri.startswith(context.instance.base + "graph/")


def resource_page(context: AppContext, iri: str, path: str, data: str = "") -> str:
    """The page of a resource, or of a named graph; `data` is its JSON-LD, if it has any."""
    found = around.around(context, iri)
    statements, total = found.statements, found.total
    if is_graph(context, iri):
        statements, total = _of_graph(context, iri)
    with internal_queries.joined(_queries(context, found, statements)):
        return _rendered(context, path, data, found, statements, total)


def _queries(context: AppContext, found: around.ThingAround, statements: Grouped) -> list[str]:
    """The queries of the page of a thing that its statements decide."""
    links = _unknown(context, _links(found))
    names = [*labels_query(context, _others(context, found, statements)),
             *labels_query(context, links)]  # fmt: skip
    if is_graph(context, found.iri):
        return names
    unnamed = _unnamed(context, found, _shown(found, statements), found.labels)
    names += nameless.form_queries(context, unnamed)
    classes = _classes(statements, found.iri)
    above = [] if found.iri in found.labels else nameless.queries(context, found.iri)
    return [*names, *class_pages.queries(found.iri, classes), *above]


def _rendered(
    context: AppContext,
    path: str,
    data: str,
    found: around.ThingAround,
    statements: Grouped,
    total: int,
) -> str:
    iri = found.iri
    shown = sum(len(values) for of_subject in statements.values() for values in of_subject.values())
    thing = ThingDocument(
        iri=iri,
        path=path,
        data=data,
        statements=statements,
        shown=shown,
        total=max(total, shown),
        counted=total < COUNTED or is_graph(context, iri),
        incoming=found.incoming,
        stated_in=found.stated_in,
        inferred=found.inferred,
        labels=_labels(context, found, statements),
        is_graph=is_graph(context, iri),
        checks=checks_of(context.instance, iri.removeprefix(context.instance.names.source(""))),
        chosen=_chosen(iri, statements),
        dump=_dump(context, iri),
    )
    return class_pages.page_of(context, thing)


def _dump(context: AppContext, iri: str) -> str:
    """The source whose file of all statements has a graph; empty for what is none of a source."""
    source = iri.removeprefix(context.instance.names.graph_at("")).partition("/")[0]
    events = published_events.events_of(context.instance, published_events.size(context.instance))
    is_public_source = is_graph(context, iri) and source in public_sources(state(events))
    return source if is_public_source else ""


def _chosen(iri: str, statements: Grouped) -> str:
    """The part of a thing that an address asks for; empty where it asks for none.

    Raises HttpProblem (404) for a part that there is not.
    """
    asked = request.args.get(PART, "")
    found = next((one for one in (f"{iri}#{asked}", iri + asked) if one in statements), "")
    if asked and not found:
        raise HttpProblem(
            404, f"it has no part “{asked}”", detail_mn=f"үүнд “{asked}” гэсэн хэсэг алга"
        )
    return found if asked else ""


def checks_of(instance: Instance, source: str) -> SourceChecks | None:
    """How a public source stands now; None for what is none. The ledger is asked and not the graph,
    for runs that change nothing are no publication."""
    events = published_events.events_of(instance, published_events.size(instance))
    load = last_published(events, source)
    return checks(events, source) if load and is_public(load) else None


def _labels(context: AppContext, found: around.ThingAround, statements: Grouped) -> Labels:
    """The labels of all that the page names. Those of the thing's own statements are there; others
    are asked for: of its parts, and of properties that point at it, once a snapshot."""
    links = _links(found)
    shown = _shown(found, statements)
    more = labels(context, _others(context, found, statements))
    known = _of_periods(shown) | found.labels | more | _of_properties(context, links)
    known |= nameless.by_form(context, _unnamed(context, found, shown, known))
    known |= nameless.parts({iri: _classes(statements, iri) for iri in statements}, known)
    if found.iri not in known:
        classes = _classes(statements, found.iri)
        known |= {found.iri: nameless.names(context, found.iri, classes, known)}
    return with_terms(known, shown)


def _links(found: around.ThingAround) -> list[str]:
    """The properties that point at a thing."""
    return [row["property"].value for row in found.incoming]


def _shown(found: around.ThingAround, statements: Grouped) -> list[str]:
    """All that a page names."""
    return [found.iri, *_iris(statements), *_links(found), *found.stated_in]


def _others(context: AppContext, found: around.ThingAround, statements: Grouped) -> list[str]:
    """What its statements name whose names were not asked for with them."""
    is_more = len(statements) > 1 or found.total > _AROUND or is_graph(context, found.iri)
    named = [*(_iris(statements) if is_more else ()), *_examples(found, statements)]
    return [iri for iri in named if iri not in found.labels]


def _examples(found: around.ThingAround, statements: Grouped) -> list[str]:
    """What points at a thing, an example of each property, where its page shows these."""
    if class_pages.has_own(_classes(statements, found.iri)):
        return []
    return [row["example"].value for row in found.incoming if "example" in row]


def _unnamed(
    context: AppContext, found: around.ThingAround, shown: list[str], known: Labels
) -> list[str]:
    """What a page names that has no name; of graphs, whose pages name very much, nothing."""
    if is_graph(context, found.iri):
        return []
    return [iri for iri in dict.fromkeys(shown) if iri not in known]


def _classes(statements: Grouped, iri: str) -> list[str]:
    return [one.value for one in statements.get(iri, {}).get(RDF.type.value, [])]


def _of_periods(iris: Iterable[str]) -> dict[str, dict[str, str]]:
    """Periods without a label are called by their keys, as everywhere: 1995–2024."""
    start = period("")
    return {
        iri: {"": iri[len(start) :].replace("--", "–")} for iri in iris if iri.startswith(start)
    }


_AROUND = 300  # statements of a thing; the names of the values of more were not asked for at once
_PROPERTIES = Lru[tuple[str, str, str], dict[str, str]](1 << 20)
_BYTES = 200  # of a property's labels, roughly


def _of_properties(context: AppContext, iris: list[str]) -> Labels:
    unknown = _unknown(context, iris)
    read = labels(context, unknown)
    for iri in unknown:
        _PROPERTIES.put(_key(context, iri), read.get(iri, {}), _BYTES)
    kept = {iri: _PROPERTIES.get(_key(context, iri)) or {} for iri in iris}
    return {iri: names for iri, names in (kept | read).items() if names}


def _unknown(context: AppContext, iris: list[str]) -> list[str]:
    """The properties whose names are not kept; a remote store has no snapshot to keep them for."""
    is_remote = bool(context.instance.remote)
    return [one for one in iris if is_remote or _PROPERTIES.get(_key(context, one)) is None]


def _key(context: AppContext, iri: str) -> tuple[str, str, str]:
    return str(context.instance.root), context.pool.snapshot(), iri


def _of_graph(context: AppContext, iri: str) -> tuple[Grouped, int]:
    with internal_queries.construct(context.pool, "resources/graph_start", [iri], "nt") as answer:
        return tables.group_by_subject(tables.read_triples(answer)), _size(context, iri)


def _size(context: AppContext, graph: str) -> int:
    rows = internal_queries.count_from_void(context.pool, "resources/size", [graph])
    return int(rows[0]["statements"].value) if rows else 0


def _iris(statements: Grouped) -> Iterable[str]:
    for subject, properties in statements.items():
        yield subject
        for name, values in properties.items():
            yield name
            yield from (v.value for v in values if isinstance(v, ox.NamedNode))
