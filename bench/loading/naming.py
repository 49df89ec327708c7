"""Time and memory of naming a foreign catalogue whose datasets all lack an IRI, beside rdflib.

python -m bench.loading.naming [--datasets 50000]

The catalogue is RDF/XML in pages of 1,000 datasets, each with two distributions, contact, publisher
and period as blank nodes. Ours reads, names and maps all pages as one harvest; rdflib only parses
the same bytes, page by page into one graph. Each runs in a process of its own, whose largest size
is taken; the third process only starts, and has the modules loaded. Writes bench/NAMING.md.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

from graph.core.iris import Names
from loaders.catalogues import dcat
from loaders.pipeline.protocol import LoaderContext
from loaders.pipeline.record import Capture, Statement
from loaders.pipeline.source import Source

RESULTS = Path(__file__).parents[1] / "NAMING.md"
_PAGE = 1_000  # datasets
_HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:dcat="http://www.w3.org/ns/dcat#"
  xmlns:dct="http://purl.org/dc/terms/" xmlns:foaf="http://xmlns.com/foaf/0.1/"
  xmlns:vcard="http://www.w3.org/2006/vcard/ns#">
"""
_FILE = """<dcat:distribution><dcat:Distribution><dct:title>File {n} {kind}</dct:title>
<dct:format>{kind}</dct:format><dcat:accessURL rdf:resource="https://portal.example/files/{n}.{kind}"/>
<dct:license rdf:resource="https://creativecommons.org/licenses/by/4.0/"/></dcat:Distribution>
</dcat:distribution>
"""
_DATASET = """<dcat:Dataset><dct:title>Dataset {n}</dct:title>
<dct:description>What is counted in place {place}, year by year, since {year}.</dct:description>
<dct:issued>2020-01-01</dct:issued><dcat:keyword>place {place}</dcat:keyword>
<dcat:keyword>counts</dcat:keyword><dcat:theme>economy</dcat:theme>
<dcat:landingPage rdf:resource="https://portal.example/datasets/{n}"/>
<dct:publisher><foaf:Agent><foaf:name>Agency {agency}</foaf:name></foaf:Agent></dct:publisher>
<dcat:contactPoint><vcard:Organization><vcard:fn>Desk {agency}</vcard:fn>
<vcard:hasEmail rdf:resource="mailto:desk{agency}@portal.example"/></vcard:Organization>
</dcat:contactPoint>
<dct:temporal><dct:PeriodOfTime><dcat:startDate>{year}-01-01</dcat:startDate></dct:PeriodOfTime>
</dct:temporal>
{files}</dcat:Dataset>
"""


class ProcessCost(NamedTuple):
    """Seconds, MiB at most, and what was counted."""

    seconds: float
    memory: float
    counted: int


def write_pages(datasets: int, folder: Path) -> list[Path]:
    """The catalogue; file names sort like its pages."""
    paths = []
    for start in range(0, datasets, _PAGE):
        path = folder / f"page-{start:08}.rdf"
        numbers = range(start, min(start + _PAGE, datasets))
        path.write_text(_HEAD + "".join(map(_dataset, numbers)) + "</rdf:RDF>\n")
        paths.append(path)
    return paths


def _dataset(n: int) -> str:
    files = "".join(_FILE.format(n=n, kind=kind) for kind in ("csv", "json"))
    return _DATASET.format(n=n, place=n % 300, year=1990 + n % 30, agency=n % 100, files=files)


class _PageFile:
    """The bytes of a page, read from the disk each time, as from the archive."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self, _: str) -> bytes:
        return self._path.read_bytes()


def harvest(folder: Path) -> tuple[list[Capture], LoaderContext]:
    """The pages as captures, and the context of their source."""
    source = Source("portal", {}, "dcat", (), "application/rdf+xml", folder / "portal.toml")
    context = LoaderContext(source, Names("https://example.mn/"), fetched="2026-01-01T00:00:00Z")
    captures = [
        Capture(
            digest=hashlib.sha256(path.name.encode()).hexdigest(),
            name=path.name,
            url=f"https://portal.example/{path.name}",
            media_type="application/rdf+xml",
            content=_PageFile(path),  # type: ignore[arg-type]
            size=path.stat().st_size,
        )
        for path in sorted(folder.glob("*.rdf"))
    ]
    return captures, context


def named(folder: Path) -> int:
    """Read and name; the number of triples without blank nodes."""
    return sum(len(record.data["record"].triples) for record in dcat.records(*harvest(folder)))


def mapped(folder: Path) -> int:
    """Read, name and map; the number of statements, stated and inferred."""
    captures, context = harvest(folder)
    return sum(
        isinstance(one, Statement)
        for record in dcat.records(captures, context)
        for one in dcat.statements(record, context)
    )


def parsed(folder: Path) -> int:
    """Parse with rdflib; the number of triples."""
    import rdflib

    graph = rdflib.Graph()
    for path in sorted(folder.glob("*.rdf")):
        graph.parse(path, format="xml")
    return len(graph)


WORK: dict[str, Callable[[Path], int]] = {
    "start": lambda _: 0,
    "read and named": named,
    "read, named and mapped": mapped,
    "parsed by rdflib": parsed,
}


def in_process(work: str, folder: Path) -> ProcessCost:
    """The cost of one kind of work in a process of its own."""
    command = [sys.executable, "-m", "bench.loading.naming", "--work", work, str(folder)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    seconds, memory, counted = done.stdout.split()
    return ProcessCost(float(seconds), float(memory), int(counted))


def _work(work: str, folder: Path) -> None:
    """In that process: do it, print the cost."""
    began = time.process_time()
    counted = WORK[work](folder)
    seconds = time.process_time() - began
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{seconds:.2f} {memory:.1f} {counted}")


def measure(sizes: list[int]) -> str:
    """The rows of the table."""
    rows = []
    for datasets in sizes:
        with tempfile.TemporaryDirectory(prefix="ulzii-bench-") as name:
            folder = Path(name)
            size = sum(path.stat().st_size for path in write_pages(datasets, folder)) / (1 << 20)
            costs = {work: in_process(work, folder) for work in WORK}
        start, rdflib = costs.pop("start"), costs["parsed by rdflib"]
        rows += [
            f"| {datasets:,} | {size:,.0f} | {work} | {cost.counted:,} | {cost.seconds:.1f} "
            f"| {cost.seconds / rdflib.seconds:.2f} | {cost.memory - start.memory:,.0f} |"
            for work, cost in costs.items()
        ]
    return "\n".join(rows)


def write(rows: str) -> None:
    """Write the page."""
    now = datetime.now(UTC).isoformat(timespec="minutes")
    RESULTS.write_text(f"""# Naming a foreign catalogue

Written by `python -m bench.loading.naming`, which says what is done. Seconds are of processor time.
Memory is what the process held at most on top of what it holds after starting. “Named” gives every
triple without blank nodes; “mapped” also what is inferred, withheld and found.

- date: {now}
- machine: {platform.machine()}, {os.cpu_count()} processors
- Python {platform.python_version()}, pyoxigraph {version("pyoxigraph")}, rdflib {version("rdflib")}

| datasets | MiB | work | triples | seconds | of rdflib's | memory, MiB |
|---|---|---|---|---|---|---|
{rows}
""")


def main() -> None:
    """Measure, or work in a process that is measured."""
    parser = argparse.ArgumentParser(prog="bench.loading.naming", description=__doc__)
    parser.add_argument("--datasets", type=int, default=50_000)
    parser.add_argument("--work", nargs=2, metavar=("WORK", "FOLDER"), help="used by itself")
    chosen = parser.parse_args()
    if chosen.work:
        _work(chosen.work[0], Path(chosen.work[1]))
    else:
        write(measure([chosen.datasets // 10, chosen.datasets]))


if __name__ == "__main__":
    main()
