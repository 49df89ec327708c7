"""The analytical mix: the queries in `analytical_mix/`, one after the other.

A comment makes each query a new one, so that no cache can answer it. The results of all servers
are compared.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from bench.data.stores import Prepared
from bench.queries import clients
from bench.results import Measurement
from bench.servers import launch
from bench.servers.launch import Server, Unavailable

QUERIES = {
    path.stem: path.read_text("utf-8") for path in Path(__file__).parent.glob("analytical_mix/*.rq")
}
_WORK = "analytical mix"
Times = dict[str, float]
Answers = dict[str, str]
TIMEOUT = 300.0  # seconds for a query of another server


def query_times(server: Server, rounds: int, answers: Answers) -> Times:
    """Seconds for each query, the median of the rounds; 0 if it was not answered.

    The first result of each query is added to `answers`.
    """
    seconds: dict[str, list[float]] = {name: [] for name in sorted(QUERIES)}
    for number in range(rounds):
        for name, found in seconds.items():
            if number and not found:
                continue
            answer = clients.send_query(server, f"{QUERIES[name]}\n# {number}", TIMEOUT)
            if answer.status == 200:
                found.append(answer.seconds)
                if name not in answers:
                    answers[name] = canonical(answer.body)
    return {name: median(found) if found else 0.0 for name, found in seconds.items()}


def canonical(body: bytes) -> str:
    """The rows of a result without their order; numbers rounded to nine digits."""
    found = json.loads(body)["results"]["bindings"]
    rows = Counter(tuple(sorted((k, _value(v)) for k, v in row.items())) for row in found)
    return repr(sorted(rows.items()))


def _value(term: dict[str, str]) -> str:
    if term.get("datatype", "").rpartition("#")[2] in {"integer", "decimal", "double", "int"}:
        return f"{float(term['value']):.9g}"
    return term["value"]


def run(prepared: Prepared, rounds: int, against: list[str]) -> Iterator[Measurement]:
    """The mix on ours and on others: the sums over the queries that both answered."""
    expected: Answers = {}
    with launch.ours(prepared) as server:
        ours = query_times(server, rounds, expected)
    for name in against:
        answers: Answers = {}
        try:
            with launch.OTHERS[name](prepared) as server:
                theirs = query_times(server, rounds, answers)
        except Unavailable as why:
            yield Measurement.unavailable(_WORK, prepared.size, f"{name}: {why}", "seconds")
        else:
            different = [
                query for query, answer in answers.items() if answer != expected.get(query)
            ]
            yield _row(prepared, name, ours, theirs, different)


def _row(
    prepared: Prepared, name: str, ours: Times, theirs: Times, different: list[str]
) -> Measurement:
    both = [query for query, seconds in theirs.items() if seconds and ours[query]]
    us, them = sum(ours[q] for q in both), sum(theirs[q] for q in both)
    detail = ", ".join(f"{q} {_seconds(ours[q])}/{_seconds(theirs[q])}" for q in sorted(QUERIES))
    detail += f"; answered otherwise than by ours: {', '.join(different) or 'none'}"
    lost = len(QUERIES) - len(both)
    return Measurement(
        work=_WORK,
        size=prepared.size,
        against=f"{name}, without {lost} not answered in {TIMEOUT:.0f} s" if lost else name,
        ours=us,
        theirs=them,
        unit="seconds",
        ratio=them / us if us else 0.0,
        target="≥ 1" if name == "Oxigraph" else "",
        met=them >= us if name == "Oxigraph" else None,
        detail=detail,
    )


def _seconds(seconds: float) -> str:
    return f"{seconds:.3f}" if seconds else "not answered"
