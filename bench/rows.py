"""What was measured: rows kept in results.json with date and machine, and shown in RESULTS.md.

A part that is measured again replaces its own rows and leaves the others.
"""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta, timezone
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple

KEPT = Path(__file__).with_name("results.json")
SHOWN = Path(__file__).with_name("RESULTS.md")
_HEAD = """\
# What was measured

Written by `python -m bench` (`make bench` for all of it but the largest size) out of
`bench/results.json`; a part measured again replaces its own rows. Ratios count, single times depend
on the machine. A ratio says how much better we are: for rates ours by theirs, for seconds theirs by
ours, except for loading and beside hostile clients (ours by theirs, less is better).

"""
_TELL = """\
**Loading** is measured beside plain `bulk_load` of the same statements into a named graph. Ours
stores every statement twice (its named graph and the union), hashes it, maps it to its row and logs
it; mapping and validation are not in these figures.

**Queries** are asked over HTTP of the same statements by the same clients on the same machine:
rates of look-ups and of repeated look-ups in turns, ours, theirs, and again, so that a machine
whose speed changes is the same for both (figures are medians, the ratio is the median of the turns'
ratios). Oxigraph is `oxigraph serve-read-only --union-default-graph` over the same named graph;
rdflib-endpoint holds it in memory; Virtuoso 7 is loaded from the same file. At 1,000,000 datasets
stores were filled by bulk load and compacted, ours and Oxigraph's alike. Unique look-ups ask each
for another dataset, and none is asked twice. How far a server is from Oxigraph's there depends on
what the clients cost that share its processors, so there are two kinds. Those of “over HTTP” are
plain sockets on kept-alive connections that cost next to nothing; SPARQLWrapper is what a script of
a researcher uses, with a connection for each query. The design promised 0.55 of Oxigraph where a
bare WSGI application over the engine (`bench/wsgi_server.py`) reached 0.77. That application has
rows of its own: where clients are such that it comes near 0.77 the promise is held against
Oxigraph, where it does not against the application, by the same share (0.55 / 0.77 = 0.71).

Repeated queries are two sets: a hundred look-ups, and the analytical mix (`bench/queries/`), each
asked over and over; for the mix Oxigraph's rate is one over its time, since it keeps no answers.
The analytical mix is asked by one client, one query after the other, each made new by a comment so
that no cache has it; figures are sums of medians, and the answers of all servers are compared
(order aside, numbers to nine digits).

**Hostile clients** have an address of their own and send queries that run to the deadline of 30
seconds, on so many connections, and again as soon as they are turned away. Another client looks a
hundred things up a second meanwhile; its 99th percentile stands beside the same without them, and
beside what other servers do with the same hostile clients (ratio: theirs by ours). Those know no
deadline: what they were asked they still compute when the measurement is over.

**Searching** is measured beside the same question as a filter, in the same worker; the answers are
compared. It is promised for catalogues of a size: at a thousand things a filter takes what any
query costs.

**Validation** is measured beside pySHACL alone with the official DCAT-AP 3.0.1 core and range
shapes (where they are at hand): pySHACL alone on a sample, extrapolated, the results of the sample
compared.
"""


class Row(NamedTuple):
    """One figure of ours beside one of another; `met` is None where nothing was promised."""

    work: str
    size: str
    against: str
    ours: float
    theirs: float
    unit: str
    ratio: float
    target: str
    met: bool | None
    detail: str


def keep(rows: Iterable[Row], path: Path = KEPT) -> None:
    """Put rows among those kept, in place of older ones of the same work, size and opponent."""
    stamp = {"date": _now(), "machine": _machine()}
    new = {_key(made): made for row in rows for made in [row._asdict() | stamp]}
    old = {_key(row): row for row in read(path)}
    listed = [new.pop(key, row) for key, row in old.items()] + list(new.values())
    path.write_text(json.dumps(listed, ensure_ascii=False, indent=1) + "\n", "utf-8")


def read(path: Path = KEPT) -> list[dict[str, Any]]:
    """All rows kept."""
    found: list[dict[str, Any]] = json.loads(path.read_text("utf-8")) if path.exists() else []
    return found


def _key(row: dict[str, Any]) -> tuple[str, str, str]:
    return row["work"], row["size"], row["against"].partition(",")[0].partition(":")[0]


def _now() -> str:
    return datetime.now(UTC).astimezone(timezone(timedelta(hours=8))).isoformat(timespec="minutes")


def _machine() -> str:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"{platform.machine()}, {os.cpu_count()} processors, {memory:.0f} GiB memory, "
        f"Python {platform.python_version()}, pyoxigraph {version('pyoxigraph')}, "
        f"oxigraph server {version('oxigraph')}"
    )


def show(path: Path = SHOWN, kept: Path = KEPT) -> None:
    """Write the kept rows as Markdown."""
    rows = _sorted(read(kept))
    machines = dict.fromkeys(row["machine"] for row in rows)
    lines = [
        *(f"- {machine}" for machine in machines),
        "",
        "| work | on | against | ours | theirs | unit | ratio | target | met | date |",
        "|---|---|---|---|---|---|---|---|---|---|",
        *map(line, rows),
        "",
        "## How it grows",
        "",
        *_growth(rows),
        "",
        _TELL,
        "## Details",
        "",
        *(f"- {', '.join(_key(row))}: {row['detail']}" for row in rows if row["detail"]),
        "",
    ]
    path.write_text(_HEAD + "\n".join(lines), "utf-8")


def _sorted(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    works = list(dict.fromkeys(row["work"] for row in rows))
    return sorted(rows, key=lambda row: (works.index(row["work"]), _datasets(row)))


def _datasets(row: dict[str, Any]) -> int:
    return int(row["size"].partition(" ")[0].replace(",", "") or 0)


_MET = {True: "yes", False: "**not yet**", None: ""}


def line(row: dict[str, Any]) -> str:
    """A row of the table."""
    figures = [f"{row[name]:,.2f}" if row[name] else "–" for name in ("ours", "theirs")]
    ratio = f"{row['ratio']:.2f}" if row["ratio"] else "–"
    cells = [row["work"], row["size"], row["against"], *figures, row["unit"], ratio]
    return f"| {' | '.join(cells)} | {row['target']} | {_MET[row['met']]} | {row['date'][:10]} |"


def _growth(rows: list[dict[str, Any]]) -> list[str]:
    """Ours and theirs of each work by size, where it was measured at several."""
    sizes = sorted({_datasets(row) for row in rows})
    found: dict[tuple[str, str, str], dict[int, str]] = {}
    for row in rows:
        for who in ("ours", "theirs"):
            name = "Ulzii" if who == "ours" else row["against"].partition(",")[0]
            if row[who]:
                key = (row["work"], name, row["unit"])
                found.setdefault(key, {})[_datasets(row)] = f"{row[who]:,.2f}"
    return [
        "| work | server | unit | " + " | ".join(f"{n:,} datasets" for n in sizes) + " |",
        "|---|---|---|" + "---|" * len(sizes),
        *(
            f"| {' | '.join(key)} | {' | '.join(by.get(n, '') for n in sizes)} |"
            for key, by in found.items()
            if len(by) > 1
        ),
    ]
