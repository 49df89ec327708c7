"""The rate of repeated queries, which caches answer.

Two sets: a hundred look-ups, and the analytical mix. The engine's own server has no cache, so its
rate for the mix is the number of queries divided by the time that `analytical` measures.
"""

from __future__ import annotations

from collections.abc import Iterator

from bench.data import synthetic
from bench.data.stores import Prepared
from bench.queries import alternating, analytical, clients
from bench.results import Measurement
from bench.servers import launch

LOOKUP = "SELECT ?p ?o WHERE {{ <{iri}> ?p ?o }}"
TARGET = 5.0
_LOOKUPS = 100


def run(prepared: Prepared, seconds: float, rounds: int) -> Iterator[Measurement]:
    """Both sets, on ours and on the engine's own server; look-ups alternately."""
    lookups = [LOOKUP.format(iri=synthetic.iri(n)) for n in range(min(_LOOKUPS, prepared.datasets))]
    mix = [analytical.QUERIES[name] for name in sorted(analytical.QUERIES)]
    with launch.ours(prepared) as us, launch.oxigraph(prepared) as them:
        for query in mix:
            clients.send_query(us, query, 600.0)
        clients.throughput(us, [*lookups, *mix], 1.0)  # so that both web processes have them cached
        clients.throughput(them, lookups, 1.0)
        comparison = alternating.compare(
            lambda: clients.throughput(us, lookups, seconds),
            lambda: clients.throughput(them, lookups, seconds),
            rounds,
        )
        mixed = clients.throughput(us, mix, seconds)
        seconds_by_query = analytical.query_times(them, 1, {})
    rate = len(seconds_by_query) / sum(seconds_by_query.values())
    yield _row(prepared, f"repeated: the same {len(lookups)} look-ups", comparison)
    mix_comparison = alternating.Comparison(mixed, rate, mixed / rate, "")
    yield _row(prepared, "repeated: the analytical mix", mix_comparison)


def _row(prepared: Prepared, work: str, comparison: alternating.Comparison) -> Measurement:
    return Measurement(
        work=work,
        size=prepared.size,
        against="Oxigraph",
        ours=comparison.ours,
        theirs=comparison.theirs,
        unit="per second",
        ratio=comparison.ratio,
        target=f"≥ {TARGET:g}",
        met=comparison.ratio >= TARGET,
        detail=comparison.detail,
    )
