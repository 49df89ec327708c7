"""The whole way of a table: file → mapped → validated → proven → published, beside the commands
that do the parts of it alone, one after the other: morph-kgc, pySHACL with the same rules, and
`bulk_load` into a new store. Nothing of theirs is logged, signed, traced to rows or counted.

python -m bench --only whole --sizes 10000,100000   (rows)
"""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

from rdflib import Graph

from bench.mapping import commands, morph, registers
from bench.mapping.commands import CommandTime, Comparison
from bench.results import Measurement
from shapes.files import shapes_graph

_TARGET = 5.0
_AGAINST = "morph-kgc + pySHACL + bulk_load"
_WORK = "from file to published, with proofs"
_BULK_LOAD = """\
import sys, pyoxigraph as ox
store = ox.Store(sys.argv[2])
store.bulk_load(path=sys.argv[1], format=ox.RdfFormat.N_TRIPLES,
                to_graph=ox.NamedNode("https://bench.example/graph"))
store.flush()
"""


def run(rows: int, folder: Path, turns: int) -> Iterator[Measurement]:
    """Compare the whole way of a table of so many rows."""
    size = f"{rows:,} rows, {rows * registers.STATEMENTS:,} statements"
    try:
        python = morph.install()
    except morph.UnavailableError as error:
        yield Measurement.unavailable(_WORK, size, f"{_AGAINST}: not installed: {error}", "seconds")
        return
    table = folder / "register.csv"
    registers.write(table, rows)
    rules = _rules(folder / "rules.ttl")
    pairs = [(_ours(table), _theirs(python, table, rules)) for _ in range(turns)]
    totals = [(ours, commands.total(theirs.values())) for (ours, _), theirs in pairs]
    (_, steps), theirs = pairs[-1]
    named = ", ".join(f"{name} {seconds:.1f}" for name, seconds in steps.items())
    beside = ", ".join(f"{name} {part.seconds:.1f}" for name, part in theirs.items())
    detail = f"seconds of the last turn: {named}; beside it {beside}"
    yield from Comparison(_WORK, size, _AGAINST, _TARGET).measured(totals, detail)


def _ours(table: Path) -> tuple[CommandTime, dict[str, float]]:
    """The time of a load into a new instance, and the seconds of its steps."""
    shutil.rmtree(table.parent / "instance", ignore_errors=True)
    took = commands.timed([sys.executable, "-m", "bench.mapping.one_load", str(table)])
    return took, json.loads(took.output)


def _theirs(python: Path, table: Path, rules: Path) -> dict[str, CommandTime]:
    """The time of each command. Raises CalledProcessError where the statements break a rule."""
    store, lines = table.parent / "plain", morph.output(table)
    shutil.rmtree(store, ignore_errors=True)
    check = [str(python), "-m", "pyshacl", "-s", str(rules), "-df", "nt", str(lines)]
    return {
        "morph-kgc": commands.timed(morph.command(python, morph.prepare(table))),
        "pySHACL": commands.timed(check),
        "bulk_load": commands.timed([sys.executable, "-c", _BULK_LOAD, str(lines), str(store)]),
    }


def _rules(path: Path) -> Path:
    """The rules of every load, as one file for pySHACL."""
    rules: Graph = shapes_graph()
    rules.serialize(path, "turtle", encoding="utf-8")
    return path
