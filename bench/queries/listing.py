"""The time of lists and searches on pages, beside the same list asked in SPARQL.

The lists hold the synthetic catalogue, written by the code that publishes it. A request is what a
page of `/search` or `/datasets` asks: the hits of the page with their names, how many hits there
are, the counts of all facets, and for words how many things of each other kind are hits. The mix
is `MIX`, in equal shares. In SPARQL the same is asked of the engine in this process: the page
sorted by title, the number of hits, and the counts of eight facets (of nine; the source of a
dataset is its graph there).

Times are of the processor, in this process. Requests differ, so that only the file is cached.
`python -m bench.queries.listing [DATASETS]` prints the rows alone.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from itertools import groupby
from operator import itemgetter
from pathlib import Path

import pyoxigraph as ox

from bench.data import synthetic
from bench.results import Measurement
from graph.core.iris import ID
from graph.lists import query, schema
from graph.lists.datasets import DESCRIPTION
from graph.lists.document import Document, Text
from graph.lists.index import ListIndex
from graph.lists.kinds import KINDS
from graph.lists.query import ListRequest
from graph.lists.writer import ListsWriter
from graph.search import schema as search_schema
from graph.search.extract import extract
from graph.search.index import IndexWriter
from graph.search.query_parser import parse
from vocab.namespaces import DCAT, DCT

_DATASET = KINDS["dataset"]
_SOURCE = f"{synthetic.BASE}id/source/bench"
_TITLE, _FORMAT = str(DCT.title), str(DCT["format"])
_FACETS = {
    str(DCT.publisher): "publisher",
    str(DCT.spatial): "place",
    str(DCT.accrualPeriodicity): "frequency",
    str(DCAT.theme): "theme",
    str(DCT.modified): "year",
    _FORMAT: "format",
}
_DICTIONARY = 2_000  # datasets whose texts have all words that have forms
_ROUNDS = 40  # requests of each kind in the mix
_SPARQL_ROUNDS = 2
_TARGET_MS, _TARGET_RATIO = 50.0, 100.0
_THEMES = ("AGRI", "ECON", "EDUC", "ENVI", "GOVE", "HEAL", "JUST", "REGI", "SOCI", "TRAN")


def _list(text: str = "", *filters: tuple[str, str], page: int = 1, sort: str = "") -> ListRequest:
    words = parse(text) if text else None
    return ListRequest(_DATASET, words, filters, sort=sort, page=page)


def _publisher(n: int) -> tuple[str, str]:
    return "publisher", f"{5000000 + n * 7919 % 701:07}"


def _theme(n: int) -> tuple[str, str]:
    return "theme", _THEMES[n % 10]


MIX: dict[str, Callable[[int], ListRequest]] = {
    "a word of one title": lambda n: _list(str(n)),
    "three words, one rare": lambda n: _list(f"өгөгдлийн багц {n}"),
    "a word of a thousandth": lambda n: _list(f"түлхүүр {n % 977}"),
    "a word of every dataset": lambda n: _list(("багц", "аймаг", "dataset")[n % 3]),
    "another form and spelling": lambda n: _list(f"bagts {n}"),
    "a word and a publisher": lambda n: _list("аймгийн", _publisher(n)),
    "a publisher": lambda n: _list("", _publisher(n)),
    "a publisher, newest": lambda n: _list("", _publisher(n), sort="new"),
    "a theme": lambda n: _list("", _theme(n)),
    "a theme, page 50": lambda n: _list("", _theme(n), page=50),
    "a theme and a year": lambda n: _list("", _theme(n), ("year", str(2015 + n % 11))),
    "all, a page": lambda n: _list(page=1 + n % 100),
}

_PREFIXES = (
    "PREFIX dcat: <http://www.w3.org/ns/dcat#> PREFIX dct: <http://purl.org/dc/terms/>"
    f" PREFIX theme: <{synthetic._EU}data-theme/> PREFIX org: <{ID}org/>\n"
)
_LISTED = {
    "a theme": ("?d dcat:theme theme:%s .", lambda n: _theme(n)[1]),
    "a publisher": ("?d dct:publisher org:%s .", lambda n: _publisher(n)[1]),
    "a word of a thousandth": (
        '?d dcat:keyword ?k FILTER (CONTAINS(?k, "түлхүүр %s"))',
        lambda n: str(n % 977),
    ),
}
_COUNTED = {
    "publisher": "?d dct:publisher ?v",
    "theme": "?d dcat:theme ?v",
    "place": "?d dct:spatial ?v",
    "format": "?d dcat:distribution/dct:format ?v",
    "licence": "?d dcat:distribution/dct:license ?v",
    "frequency": "?d dct:accrualPeriodicity ?v",
    "year": "?d dct:modified ?m BIND(YEAR(?m) AS ?v)",
    "data": "?d dct:hasFormat ?v",
}
_ASKED = (
    'SELECT ?d ?t { ?d a dcat:Dataset ; dct:title ?t FILTER (LANG(?t) = "mn") %s }'
    " ORDER BY ?t LIMIT 20",
    "SELECT (COUNT(DISTINCT ?d) AS ?n) { ?d a dcat:Dataset . %s }",
    *(
        f"SELECT ?v (COUNT(DISTINCT ?d) AS ?n) {{ ?d a dcat:Dataset OPTIONAL {{ {pattern} }} %s }}"
        " GROUP BY ?v"
        for pattern in _COUNTED.values()
    ),
)


def run(datasets: int, folder: Path, *, against: bool = True) -> Iterator[Measurement]:
    """Measure lists of a synthetic catalogue; `against`: also the same lists in SPARQL."""
    made = prepared(datasets, folder)
    size = f"{datasets:,} datasets"
    times = {name: _times(made, make, datasets) for name, make in MIX.items()}
    yield _percentile(size, times)
    if against:
        store = _store(datasets, folder)
        for name, (pattern, value) in _LISTED.items():
            theirs = _sparql(store, pattern, value, datasets)
            yield _ratio(name, size, statistics.median(times[name]), theirs)


def prepared(datasets: int, folder: Path) -> ListIndex:
    """The lists, written once into a folder that is kept: a million take five minutes."""
    finished = folder / "finished"
    if not finished.exists():
        folder.mkdir(parents=True, exist_ok=True)
        write(datasets, folder)
        finished.touch()
    return ListIndex(folder / schema.SUFFIX, folder / search_schema.SUFFIX)


def write(datasets: int, folder: Path) -> ListIndex:
    """The lists of a synthetic catalogue, and a search index with its words."""
    path, dictionary = folder / schema.SUFFIX, folder / search_schema.SUFFIX
    with IndexWriter(search_schema.create(dictionary)) as index:
        lines = (line.text for line in synthetic.lines(min(datasets, _DICTIONARY)))
        index.add(f"{synthetic.BASE}graph/bench", extract(lines))
    writer = ListsWriter(schema.create(path), synthetic.BASE, lambda iri: {})
    for number, lines_of in groupby(synthetic.lines(datasets), key=itemgetter(1)):
        writer.add(document(number, (line.text.decode() for line in lines_of)))
    writer.optimise()
    writer.close()
    return ListIndex(path, dictionary)


def document(number: int, lines: Iterable[str]) -> Document:
    """What graph.lists.datasets makes of a synthetic dataset, which would take three times longer
    to parse than to write."""
    facets: dict[str, list[str]] = {"source": [f"<{_SOURCE}>"], "data": [DESCRIPTION]}
    titles, texts = dict[str, str](), list[Text]()
    dataset = f"<{synthetic.iri(number)}>"
    for line in lines:
        subject, predicate, value = line[:-2].split(" ", 2)
        name = _FACETS.get(predicate, "") if subject == dataset or predicate == _FORMAT else ""
        if name == "year":
            facets[name] = [value[1:5]]
        elif name:
            facets.setdefault(name, []).append(value)
        elif value.endswith(("@mn", "@en")) and subject == dataset:
            text = Text(value[-2:], value[1:-4])
            if predicate == _TITLE:
                titles[text.language] = text.value
            else:
                texts.append(text)
    return Document(
        iri=dataset[1:-1],
        kind=_DATASET.name,
        titles=titles,
        texts=texts,
        facets=facets,
        codes=[f"bench:{number}"],
        moment=1_700_000_000 + number,
    )


def _times(index: ListIndex, make: Callable[[int], ListRequest], datasets: int) -> list[float]:
    """Milliseconds of each request; the first, which opens what is needed, does not count."""
    found = []
    for round_ in range(_ROUNDS + 1):
        request = make(round_ * 7919 % datasets)
        index.forget()
        begun = time.process_time()
        query.page(index, request)
        if request.words is not None:
            query.kinds(index, request.words)
        found.append(1000 * (time.process_time() - begun))
    return found[1:]


def _percentile(size: str, times: dict[str, list[float]]) -> Measurement:
    every = sorted(one for of_kind in times.values() for one in of_kind)
    p95 = every[int(0.95 * len(every))]
    medians = ", ".join(f"{name} {statistics.median(one):.1f}" for name, one in times.items())
    return Measurement(
        work="a page of a list or search, 95th percentile of the mix",
        size=size,
        against="the target",
        ours=p95,
        theirs=_TARGET_MS,
        unit="ms of the processor",
        ratio=_TARGET_MS / p95,
        target=f"≤ {_TARGET_MS:g} ms",
        met=p95 <= _TARGET_MS,
        detail=f"median {statistics.median(every):.1f}; medians of the mix: {medians}",
    )


def _ratio(name: str, size: str, ours: float, theirs: float) -> Measurement:
    ratio = theirs / ours
    return Measurement(
        work=f"list of {name}: page, number of hits, counts of facets",
        size=size,
        against="SPARQL",
        ours=ours,
        theirs=theirs,
        unit="ms of the processor",
        ratio=ratio,
        target=f"≥ {_TARGET_RATIO:g}",
        met=ratio >= _TARGET_RATIO,
        detail="medians; in SPARQL ten queries: page, number, counts of eight facets",
    )


def _store(datasets: int, folder: Path) -> ox.Store:
    store = ox.Store(str(folder / "store"))
    if len(store):
        return store
    lines = (line.text for line in synthetic.lines(datasets))
    quads = (quad for line in lines for quad in ox.parse(line, ox.RdfFormat.N_TRIPLES))
    store.bulk_extend(quads)
    store.optimize()
    return store


def _sparql(store: ox.Store, pattern: str, value: Callable[[int], str], datasets: int) -> float:
    found = []
    for round_ in range(_SPARQL_ROUNDS):
        condition = pattern % value(round_ * 7919 % datasets)
        begun = time.process_time()
        for asked in _ASKED:
            rows = store.query(_PREFIXES + asked.replace("%s", condition))
            assert isinstance(rows, ox.QuerySolutions)
            list(rows)
        found.append(1000 * (time.process_time() - begun))
    return statistics.median(found)


def main() -> None:
    """Measure lists alone."""
    datasets = int(sys.argv[1]) if len(sys.argv) > 1 else 50_000
    with tempfile.TemporaryDirectory(prefix="ulzii-bench-") as folder:
        for row in run(datasets, Path(folder), against=datasets <= 50_000):
            print(f"{row.work}, {row.size}: {row.ours:.2f} {row.theirs:.1f} {row.ratio:.0f} times")
            print(f"  {row.detail}")


if __name__ == "__main__":
    main()
