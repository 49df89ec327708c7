"""Store measurements in results.json, with date and machine, and write them to RESULTS.md.

Measuring a part again replaces only its own rows.
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

RESULTS_JSON = Path(__file__).with_name("results.json")
RESULTS_MD = Path(__file__).with_name("RESULTS.md")
_HEAD = """\
# Measurements

Written by `python -m bench` from `bench/results.json` (`make bench` runs all parts except the
largest size). Measuring a part again replaces only its own rows. Single times depend on the
machine; the ratios are what to compare. A ratio says how many times better Ulzii is: ours divided
by theirs for rates, theirs divided by ours for seconds. Loading, fragments and the 99th percentile
beside the same without hostile clients are the exceptions: ours divided by the baseline, less is
better.

"""
_METHOD = """\
**Loading** is compared with plain `bulk_load` of the same statements into a named graph. Ulzii
stores every statement twice (in its named graph and in the union), hashes it, maps it to its row
and logs it. Mapping and validation are not part of these figures.

**Mapping** is from a CSV file to sorted, hashed statements, each with capture, row and rule, beside
morph-kgc in an environment of its own, which writes the statements and nothing else. Ours come from
`loader = "table"` and a description as an engineer writes it. Both are commands that take turns, so
starting Python is part of both; the statements of both about the rows are compared.
morph-kgc starts a process for each processor; Ulzii maps in one process and sorts in another at the
same time. On a machine that does other work too, seconds depend on how many processes a command
has; the rows “processors” are the seconds of all processors, and say what it costs. Peak memory is
that of all processes at a time (PSS), of mapping from file to layer, and of a load from file to
published snapshot; it is compared with 2 GiB. A register in JSON is guessed and loaded by the
commands that an engineer types; that its peak is the same at 100 and 440 MB is the point.

**From file to published**: a load into a new instance, with the ledger, row maps, rules, VoID,
search index and a snapshot, beside three commands one after the other: morph-kgc, pySHACL with the
same rules over its statements, and `bulk_load` of them into a new store. The parts are under
“Details”. One rule applies to each row of this table (its titles have a language).

**Harvesting**: the fragments of a reload are compared with making all of them, once the store is
finished (ours divided by theirs, less is better). A whole harvest follows the next links of
`/catalog.ttl` with one client. Two baselines take turns with it: its pages as files, requested one
by one from a bare WSGI application that sends them with `sendfile`; and all bytes as one file, in
which there is no HTTP. The ratio is the median of the ratios of the turns. On a machine that does
other work too, the processor seconds under “Details” say more.

**Queries** go over HTTP to servers that hold the same statements, from the same clients on the
same machine. Rates of look-ups and of repeated look-ups are measured alternately (ours, theirs,
ours, theirs …), so that a change of the machine's speed affects both; figures are medians, the
ratio is the median of the ratios of the pairs. Oxigraph is
`oxigraph serve-read-only --union-default-graph` over the same named graph; rdflib-endpoint holds
it in memory; Virtuoso 7 is loaded from the same file. At 1,000,000 datasets the stores of Ulzii and
of Oxigraph were filled by bulk load and compacted.

Each unique look-up is a new query about another dataset. The clients share the processors with the
servers, so the result depends on what the clients cost, and there are two kinds. “Over HTTP” uses
plain sockets with kept-alive connections, which cost almost nothing; SPARQLWrapper is what a
researcher's script uses, with a new connection for each query. The design's target is 0.55 of
Oxigraph's rate, set where a bare WSGI application over the engine (`bench/servers/wsgi_server.py`)
reached 0.77. That application has rows of its own. With clients for which it comes near 0.77 the
target applies against Oxigraph; otherwise it applies against the application, in the same
proportion (0.55 / 0.77 = 0.71).

There are two sets of repeated queries: a hundred look-ups, and the analytical mix
(`bench/queries/analytical_mix/`). Oxigraph caches no responses, so its rate for the mix is
calculated from the time of one run. The analytical mix is sent by one client, one query after the
other, each with a different comment so that no cache can answer; figures are sums of medians, and
the results of all servers are compared (ignoring order, numbers to nine digits).

**Hostile clients** have an IP address of their own. On each of their connections they send queries
that run to the deadline of 30 seconds, and send the next one as soon as one is refused. Another
client sends a hundred look-ups a second at the same time. Its 99th percentile is compared with the
same without hostile clients, and with other servers under the same hostile clients (ratio: theirs
divided by ours). The other servers have no deadline: they still compute these queries when the
measurement has ended.

**Searching** is compared with the same question as a SPARQL filter in the same worker; the results
are compared too. The target applies to large catalogues: with a thousand resources a filter takes
no longer than the fixed cost of any query.

**Lists** are what pages of `/search` and `/datasets` ask: the hits with their names, their number,
the counts of all facets, and for words the number of hits among all other kinds of things. The mix
has twelve kinds of requests in equal shares: a rare word, three words of which one is rare, words
that a thousandth and all of the datasets have, another form in Latin letters, a word with a
publisher, one filter of few and of many datasets, the newest, page 50, two filters, the unfiltered
list. Times are of the processor. At 1,000,000 datasets words with more than 10,000 hits are ranked
among the first 10,000, and facets of more than 10,000 hits are not counted.

**Pages** are requested by one client over one kept connection, in turns with Datasette, which
serves the observations of the livestock table as an SQLite database (immutable, its columns
indexed) in one process; ours with one query worker. Both are warm: the same page was requested
before, and ours then comes from the pages that a web process keeps. The last row has no such help:
each request asks for rows, columns or kinds of livestock that nobody asked for before, and
Datasette for other rows. The target (at most 1.5 times Datasette's 95th percentile) is written as a
ratio: at least 0.67.

**Auditing** (`python -m bench --only audit`): an instance with several versions, of which each
changes 4 % of the lines of the one before; versions that are five or more apart differ in a fifth
of them. Its records are in another order than its lines, one for each statement. Look-ups are
medians of 200 of the newest version in a warm process; `theirs` is decompressing and reading the
whole blob, or parsing the whole file. Traces are asked over HTTP from a running server, and by the
command in a process of its own. Times are of the processor except where a row says otherwise, since
other work on the machine changes the others most. The time to make what is kept in `cache/` is in
the details. The memory of a verification is the most that its process held, with Python and its
libraries. For the bytes of a reload there is another instance, in which a record is a dataset and
each version is of another file: lines, row map, patch, file, manifest and events are counted, and
compared with a snapshot and the files that are made and removed with it (ours divided by theirs,
less is better).

**Validation** is compared with pySHACL alone, with the official DCAT-AP 3.0.1 core and range shapes
(where they are available): pySHACL alone is measured on a sample and extrapolated, and the results
of the sample are compared.
"""


class Measurement(NamedTuple):
    """A figure of ours and one of another system; `met` is None if there is no target."""

    work: str
    size: str
    against: str
    ours: float
    theirs: float
    unit: str
    ratio: float
    target: str = ""
    met: bool | None = None
    detail: str = ""

    @classmethod
    def unavailable(cls, work: str, size: str, against: str, unit: str) -> Measurement:
        """A row without figures; `against` says what could not be measured and why."""
        return cls(work, size, against, ours=0, theirs=0, unit=unit, ratio=0)


def record(measurements: Iterable[Measurement], path: Path = RESULTS_JSON) -> None:
    """Store measurements; each replaces an older one of the same work, size and opponent."""
    stamp = {"date": _now(), "machine": _machine()}
    new = {_key(made): made for one in measurements for made in [one._asdict() | stamp]}
    old = {_key(row): row for row in read(path)}
    listed = [new.pop(key, row) for key, row in old.items()] + list(new.values())
    path.write_text(json.dumps(listed, ensure_ascii=False, indent=1) + "\n", "utf-8")


def read(path: Path = RESULTS_JSON) -> list[dict[str, Any]]:
    """All stored rows."""
    rows: list[dict[str, Any]] = json.loads(path.read_text("utf-8")) if path.exists() else []
    return rows


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


def write_markdown(path: Path = RESULTS_MD, source: Path = RESULTS_JSON) -> None:
    """Write the stored rows as Markdown."""
    rows = _sorted(read(source))
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
        *_growth(rows, "datasets"),
        "",
        *_growth(rows, "rows"),
        "",
        _METHOD,
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


_MET_TEXT = {True: "yes", False: "**not yet**", None: ""}


def line(row: dict[str, Any]) -> str:
    """A row of the table."""
    figures = [f"{row[name]:,.2f}" if row[name] else "–" for name in ("ours", "theirs")]
    ratio = f"{row['ratio']:.2f}" if row["ratio"] else "–"
    cells = [row["work"], row["size"], row["against"], *figures, row["unit"], ratio]
    return (
        f"| {' | '.join(cells)} | {row['target']} | {_MET_TEXT[row['met']]} | {row['date'][:10]} |"
    )


def _growth(rows: list[dict[str, Any]], of: str) -> list[str]:
    """The figures of each work by number of datasets or rows, where there are several sizes."""
    rows = [row for row in rows if f" {of}" in row["size"]]
    sizes = sorted({_datasets(row) for row in rows})
    found: dict[tuple[str, str, str], dict[int, str]] = {}
    for row in rows:
        for side in ("ours", "theirs"):
            name = "Ulzii" if side == "ours" else row["against"].partition(",")[0]
            if row[side]:
                key = (row["work"], name, row["unit"])
                found.setdefault(key, {})[_datasets(row)] = f"{row[side]:,.2f}"
    return [
        f"| work | server | unit | {' | '.join(f'{n:,} {of}' for n in sizes)} |",
        "|---|---|---|" + "---|" * len(sizes),
        *(
            f"| {' | '.join(key)} | {' | '.join(by.get(n, '') for n in sizes)} |"
            for key, by in found.items()
            if len(by) > 1
        ),
    ]
