"""What measures: the queries of the analytical mix have answers, rows replace older ones."""

from __future__ import annotations

import json
import sys
from itertools import groupby
from pathlib import Path

import pyoxigraph as ox
import pytest

from bench import results
from bench.audit import comparing, made, replaying, sizes, tracing
from bench.audit import lookups as audit_lookups
from bench.audit.made import Plan
from bench.data import synthetic
from bench.data.stores import GRAPH
from bench.mapping import compare, morph, one_mapping, peak, registers, whole_way
from bench.mapping.commands import CommandTime, Comparison
from bench.queries import alternating, analytical, listing
from bench.queries.clients import NUMBERS_PER_CLIENT, lookup_query
from bench.results import Measurement
from graph.audit.verify import verify
from graph.lists import datasets
from graph.lists.kinds import KINDS
from graph.lists.query import page

Stores = tuple[ox.Store, ox.Store]


@pytest.fixture(scope="module")
def stores() -> Stores:
    """The same statements in a named graph, and in the default graph too, as we publish them."""
    plain, ours = ox.Store(), ox.Store()
    data = b"\n".join(line.text for line in synthetic.lines(2000))
    plain.load(data, ox.RdfFormat.N_TRIPLES, to_graph=GRAPH)
    ours.load(data, ox.RdfFormat.N_TRIPLES)
    return plain, ours


def test_lists_are_measured_with_what_publishing_writes() -> None:
    """The documents of the synthetic catalogue are made in a shorter way, and are the same."""
    for number, lines in groupby(synthetic.lines(3), key=lambda line: line.dataset):
        texts = [line.text for line in lines]
        quads = ox.parse(b"\n".join(texts), ox.RdfFormat.N_TRIPLES)
        iri = synthetic.iri(number)
        source = f"{synthetic.BASE}id/source/bench"
        published = datasets.document(
            iri, source, [f"bench:{number}"], "", (q.triple for q in quads)
        )
        measured = listing.document(number, (text.decode() for text in texts))
        assert measured.titles == published.titles
        assert sorted(measured.texts) == sorted(published.texts)
        for facet in KINDS["dataset"].facets:
            assert sorted(measured.facets.get(facet, ())) == sorted(published.facets[facet])


def test_lists_of_every_kind_in_the_mix_have_hits(tmp_path: Path) -> None:
    lists = listing.write(60, tmp_path)
    for name, make in listing.MIX.items():
        if "page" not in name and "year" not in name:
            assert any(page(lists, make(n)).entries for n in range(60)), name


def test_there_are_twelve_queries() -> None:
    assert len(analytical.QUERIES) == 12


@pytest.mark.parametrize("name", sorted(analytical.QUERIES))
def test_every_query_has_the_same_rows_in_both(
    name: str, stores: tuple[ox.Store, ox.Store]
) -> None:
    plain, ours = stores
    query = analytical.QUERIES[name]
    answers = [
        result.serialize(None, ox.QueryResultsFormat.JSON)
        for result in (plain.query(query, use_default_graph_as_union=True), ours.query(query))
        if isinstance(result, ox.QuerySolutions)
    ]
    first, second = map(analytical.canonical, filter(None, answers))
    assert first == second
    assert first != "[]"


def test_a_dataset_has_as_many_statements_as_is_said() -> None:
    assert sum(1 for _ in synthetic.lines(3)) == 3 * synthetic.STATEMENTS


def test_no_look_up_is_asked_twice_and_each_finds_something(stores: Stores) -> None:
    queries = [lookup_query(number, 2000) for number in (0, 1, 2000, 2001, NUMBERS_PER_CLIENT)]
    assert len({*queries}) == 5
    for query in queries:
        found = stores[1].query(query)
        assert isinstance(found, ox.QuerySolutions)
        assert len(list(found)) > 5


def test_turns_give_medians_and_the_median_of_their_ratios() -> None:
    ours, theirs = iter([10.0, 30.0, 2.0]), iter([20.0, 10.0, 4.0])
    found = alternating.compare(lambda: next(ours), lambda: next(theirs), 3)
    assert found == (10.0, 10.0, 0.5, "ratios of the turns 0.50, 0.50, 3.00")


def row(size: str, ours: float, against: str = "Oxigraph") -> Measurement:
    return Measurement(
        "look-ups", size, against, ours, 2.0, "per second", ours / 2, "≥ 1", ours > 2, ""
    )


def test_a_row_measured_again_replaces_its_own(tmp_path: Path) -> None:
    kept, shown = tmp_path / "results.json", tmp_path / "RESULTS.md"
    results.record([row("1,000 datasets", 1.0), row("50,000 datasets", 3.0)], kept)
    results.record([row("1,000 datasets", 4.0), row("1,000 datasets", 5.0, "Virtuoso")], kept)
    assert [r["ours"] for r in json.loads(kept.read_text("utf-8"))] == [4.0, 3.0, 5.0]
    results.write_markdown(shown, kept)
    markdown = shown.read_text("utf-8")
    assert "| look-ups | 1,000 datasets | Oxigraph | 4.00 | 2.00 | per second | 2.00 |" in markdown
    assert "| look-ups | Ulzii | per second | 5.00 | 3.00 |" in markdown  # how it grows
    assert "| work | server | unit | 1,000 datasets | 50,000 datasets |" in markdown


def test_what_cannot_be_installed_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def install() -> Path:
        raise morph.UnavailableError("no network")

    monkeypatch.setattr(morph, "install", install)
    (found,) = compare.run(10, tmp_path, 1)
    assert found.against == "morph-kgc: not installed: no network"
    assert found.met is None


@pytest.mark.ci
def test_morph_kgc_is_installed_and_makes_the_same_statements(tmp_path: Path) -> None:
    try:
        morph.install()
    except morph.UnavailableError as error:
        pytest.skip(f"morph-kgc cannot be installed: {error}")
    mapped, processors = compare.run(200, tmp_path, 1)
    assert "the same statements: yes" in mapped.detail
    assert mapped.ours > 0 < processors.theirs
    whole, _ = whole_way.run(200, tmp_path, 1)
    for part in ("map", "sort", "validate", "store", "publish", "morph-kgc", "pySHACL"):
        assert f"{part} " in whole.detail


def test_a_turn_is_a_pair_and_no_target_is_met_by_other_statements() -> None:
    pairs = [(CommandTime(1, 4), CommandTime(3, 2)), (CommandTime(2, 4), CommandTime(2, 2))]
    work = Comparison("mapping", "10 rows", "another", 1.0)
    first, second = work.measured(pairs, "", equal=True)
    assert (first.ours, first.theirs, first.ratio, first.met) == (1.5, 2.5, 2.0, True)
    assert (second.ours, second.theirs, second.ratio, second.met) == (4, 2, 0.5, False)
    assert not next(work.measured(pairs, "", equal=False)).met


def test_a_described_register_has_ten_statements_a_row(tmp_path: Path) -> None:
    registers.write(tmp_path / "r.csv", 5)
    _, made = one_mapping.map_file(tmp_path / "r.csv")
    lines = one_mapping.archive_of(tmp_path / "r.csv").read(made.lines)
    start = f"<{registers.THING}".encode()
    of_rows = [line for line in lines.splitlines() if line.startswith(start)]
    assert len(of_rows) == 5 * registers.STATEMENTS
    assert b'"Soum number 4"@en' in lines


def test_the_memory_of_mapping_is_that_of_all_its_processes(tmp_path: Path) -> None:
    found = compare.mapping_memory(100, tmp_path)
    assert 20 < found.ours < found.theirs
    assert found.met


def test_the_memory_of_all_processes_counts() -> None:
    held = "x = b'x' * (64 << 20); import time; time.sleep(0.5)"
    code = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {held!r}])"
    assert peak.measure([sys.executable, "-c", code]).together > 64


@pytest.mark.ci
def test_an_auditors_look_ups_are_measured(tmp_path: Path) -> None:
    audited = made.make(tmp_path, Plan(3600, 12))
    assert list(verify(audited.instance, 2)) == []
    assert made.make(tmp_path, Plan(3600, 12)) == audited  # it is found again
    rows = [*audit_lookups.run(audited), *comparing.run(audited)]
    assert len({row.work for row in rows}) == 9
    assert all(row.ours > 0 for row in rows)
    changed = audited.loads[1]["patch"]
    assert 0.03 < changed["adds"] / audited.statements < 0.05
    (apart,) = (row for row in rows if "10 versions apart" in row.work)
    assert apart.detail.startswith("1,400 changed lines")  # a fifth, once deleted and once added


def test_the_bytes_of_a_reload_are_those_of_a_new_file(tmp_path: Path) -> None:
    (row,) = sizes.run(3600, tmp_path)
    captures = [one["captures"] for one in made.make(tmp_path, sizes.plan(3600)).loads]
    assert len({*map(tuple, captures)}) == len(captures)
    assert row.ours > 0.02 < row.theirs
    assert "the agency's file" in row.detail


@pytest.mark.ci
def test_traces_are_measured_over_http_and_by_the_command(tmp_path: Path) -> None:
    over_http, by_command = tracing.run(made.make(tmp_path, Plan(3600, 3, with_snapshot=True)))
    assert over_http.ours > 0 < over_http.theirs
    assert by_command.ours > by_command.theirs


@pytest.mark.ci
def test_a_replay_is_measured_beside_its_load(tmp_path: Path) -> None:
    (row,) = replaying.run(400, tmp_path)
    assert row.ours > 0
    assert "the same hashes" in row.detail
