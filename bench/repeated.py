"""The same queries over and over: what is answered without being worked out.

Two sets: a hundred look-ups, and the analytical mix. The engine's own server keeps no answers, so
its rate for the mix is one over the time of the mix, as `analytical` measured it.
"""

from __future__ import annotations

from collections.abc import Iterator

from bench import analytical, clients, servers, synthetic
from bench.rows import Row
from bench.stores import Prepared

LOOKUP = "SELECT ?p ?o WHERE {{ <{iri}> ?p ?o }}"
TARGET = 5.0
_LOOKUPS = 100


def run(of: Prepared, seconds: float) -> Iterator[Row]:
    """Both sets, ours against the engine's own server."""
    lookups = [LOOKUP.format(iri=synthetic.iri(n)) for n in range(min(_LOOKUPS, of.datasets))]
    mix = [analytical.QUERIES[name] for name in sorted(analytical.QUERIES)]
    with servers.ours(of) as server:
        for query in mix:
            clients.ask(server, query, 600.0)
        clients.steady(server, [*lookups, *mix], 1.0)  # both processes have met them
        us = [clients.steady(server, queries, seconds) for queries in (lookups, mix)]
    with servers.oxigraph(of) as server:
        clients.steady(server, lookups, 1.0)
        looked_up = clients.steady(server, lookups, seconds)
        taken = analytical.times(server, 1, {})
    rate = len(taken) / sum(taken.values())
    yield _row(of, f"repeated: the same {len(lookups)} look-ups", us[0], looked_up)
    yield _row(of, "repeated: the analytical mix", us[1], rate)


def _row(of: Prepared, work: str, us: float, them: float) -> Row:
    ratio, target = us / them, f"≥ {TARGET:g}"
    return Row(
        work, of.size, "Oxigraph", us, them, "per second", ratio, target, ratio >= TARGET, ""
    )
