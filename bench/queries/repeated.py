"""The same queries over and over: what is answered without being worked out.

Two sets: a hundred look-ups, and the analytical mix. The engine's own server keeps no answers, so
its rate for the mix is one over the time of the mix, as `analytical` measured it.
"""

from __future__ import annotations

from collections.abc import Iterator

from bench.data import synthetic
from bench.data.stores import Prepared
from bench.queries import alternating, analytical, clients
from bench.results import Row
from bench.servers import launch

LOOKUP = "SELECT ?p ?o WHERE {{ <{iri}> ?p ?o }}"
TARGET = 5.0
_LOOKUPS = 100


def run(of: Prepared, seconds: float, rounds: int) -> Iterator[Row]:
    """Both sets, ours against the engine's own server: look-ups in turns."""
    lookups = [LOOKUP.format(iri=synthetic.iri(n)) for n in range(min(_LOOKUPS, of.datasets))]
    mix = [analytical.QUERIES[name] for name in sorted(analytical.QUERIES)]
    with launch.ours(of) as us, launch.oxigraph(of) as them:
        for query in mix:
            clients.ask(us, query, 600.0)
        clients.steady(us, [*lookups, *mix], 1.0)  # both processes have met them
        clients.steady(them, lookups, 1.0)
        found = alternating.measure(
            lambda: clients.steady(us, lookups, seconds),
            lambda: clients.steady(them, lookups, seconds),
            rounds,
        )
        mixed = clients.steady(us, mix, seconds)
        taken = analytical.times(them, 1, {})
    rate = len(taken) / sum(taken.values())
    yield _row(of, f"repeated: the same {len(lookups)} look-ups", found)
    yield _row(
        of, "repeated: the analytical mix", alternating.Measured(mixed, rate, mixed / rate, "")
    )


def _row(of: Prepared, work: str, found: alternating.Measured) -> Row:
    met, figures = found.ratio >= TARGET, (found.ours, found.theirs, "per second", found.ratio)
    return Row(work, of.size, "Oxigraph", *figures, f"≥ {TARGET:g}", met, found.told)
