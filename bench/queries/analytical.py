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
from bench.results import Row
from bench.servers import launch
from bench.servers.launch import Server, Unavailable

QUERIES = {
    path.stem: path.read_text("utf-8") for path in Path(__file__).parent.glob("analytical_mix/*.rq")
}
Times = dict[str, float]
Answers = dict[str, str]
PATIENCE = 300.0  # seconds for a query of another server


def times(server: Server, rounds: int, answers: Answers) -> Times:
    """Seconds for each query, the median of some rounds; 0 where it was not answered.

    `answers` are filled with the first ones.
    """
    taken: dict[str, list[float]] = {name: [] for name in sorted(QUERIES)}
    for number in range(rounds):
        for name, found in taken.items():
            if number and not found:
                continue
            answer = clients.ask(server, f"{QUERIES[name]}\n# {number}", PATIENCE)
            if answer.status == 200:
                found.append(answer.seconds)
                if name not in answers:
                    answers[name] = canonical(answer.body)
    return {name: median(found) if found else 0.0 for name, found in taken.items()}


def canonical(body: bytes) -> str:
    """The rows of an answer without their order; numbers as numbers, to nine digits."""
    found = json.loads(body)["results"]["bindings"]
    rows = Counter(tuple(sorted((k, _value(v)) for k, v in row.items())) for row in found)
    return repr(sorted(rows.items()))


def _value(term: dict[str, str]) -> str:
    if term.get("datatype", "").rpartition("#")[2] in {"integer", "decimal", "double", "int"}:
        return f"{float(term['value']):.9g}"
    return term["value"]


def run(of: Prepared, rounds: int, against: list[str]) -> Iterator[Row]:
    """The mix on ours and on others: the sums of those queries that both answered."""
    right: Answers = {}
    with launch.ours(of) as server:
        mine = times(server, rounds, right)
    for name in against:
        given: Answers = {}
        try:
            with launch.OTHERS[name](of) as server:
                theirs = times(server, rounds, given)
        except Unavailable as why:
            yield Row("analytical mix", of.size, f"{name}: {why}", 0, 0, "seconds", 0, "", None, "")
        else:
            other = [query for query, answer in given.items() if answer != right.get(query)]
            yield _row(of, name, mine, theirs, other)


def _row(of: Prepared, name: str, mine: Times, theirs: Times, other: list[str]) -> Row:
    both = [query for query, seconds in theirs.items() if seconds and mine[query]]
    us, them = sum(mine[q] for q in both), sum(theirs[q] for q in both)
    told = ", ".join(f"{q} {_told(mine[q])}/{_told(theirs[q])}" for q in sorted(QUERIES))
    told += f"; answered otherwise than by ours: {', '.join(other) or 'none'}"
    target, met = ("≥ 1", them >= us) if name == "Oxigraph" else ("", None)
    lost = len(QUERIES) - len(both)
    who = f"{name}, without {lost} not answered in {PATIENCE:.0f} s" if lost else name
    ratio = them / us if us else 0.0
    return Row("analytical mix", of.size, who, us, them, "seconds", ratio, target, met, told)


def _told(seconds: float) -> str:
    return f"{seconds:.3f}" if seconds else "not answered"
