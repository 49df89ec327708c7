"""VoID says of every graph what SPARQL counts in it, whichever way the numbers were made."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest
from hypothesis import given, settings

from graph.core.instance import Instance
from graph.ledger import Ledger
from graph.publication.publish import Publisher
from graph.void import full_count, incremental, refresh
from graph.void.distinct import Distinct
from tests import parts
from tests.test_publish import publish
from tests.void_counts import NAMES, Lines, _lines, _loads, by_sparql, check, graphs

pytestmark = pytest.mark.slow


WAYS: dict[str, dict[str, int]] = {
    "the cheapest": {},
    "full count": {"INCREMENTAL_COST": 10**9, "MERGE_COST": 0},
    "incremental": {"INCREMENTAL_COST": 0, "MERGE_COST": 10**9},
    "delta too large": {"MAX_DELTA": 2},
}


@pytest.mark.parametrize("way", WAYS)
@settings(max_examples=parts.examples(2, 12), deadline=None)
@given(loads=_loads)
def test_every_way_counts_as_sparql_does(
    way: str, loads: list[tuple[str, set[bytes]]], another: Callable[[], Instance]
) -> None:
    instance = another()
    with pytest.MonkeyPatch.context() as patched:
        for name, value in WAYS[way].items():
            patched.setattr(refresh, name, value)
        for source, lines in loads:
            now = publish(instance, source, sorted(lines))
        check(instance, now)
        shown = graphs(now)
        rebuilt = Publisher(instance, Ledger(instance)).rebuild()
        assert rebuilt is not None
        assert graphs(rebuilt) == shown


@settings(max_examples=parts.examples(15, 120), deadline=None)
@given(before=_lines, after=_lines)
def test_following_a_change_gives_what_counting_gives(
    before: set[bytes], after: set[bytes], tmp_path_factory: pytest.TempPathFactory
) -> None:
    scratch = tmp_path_factory.mktemp("scratch")
    known = full_count.tally(lambda: whole(before), scratch)
    wanted = full_count.tally(lambda: whole(after), scratch)
    assert +known == by_sparql(before)
    was, is_now = (incremental.View(Lines(one), None, NAMES) for one in (before, after))
    assert incremental.apply_delta(known, was, is_now, before ^ after) == +wanted


def whole(lines: Iterable[bytes]) -> list[bytes]:
    """Sorted lines with their line feeds."""
    return [line + b"\n" for line in sorted(lines)]


@pytest.mark.parametrize("in_memory", [4, 64, 10_000])
def test_objects_are_told_apart_however_little_memory_there_is(
    tmp_path: Path, in_memory: int
) -> None:
    chance = random.Random(1)
    taken = [(b"p%d" % chance.randrange(5), chance.randrange(-300, 300)) for _ in range(4000)]
    with Distinct(tmp_path, in_memory) as distinct:
        adders = {name: distinct.adder(name) for name, _ in taken}
        for number, (name, value) in enumerate(taken):
            adders[name](value)
            if number % 50 == 0:
                distinct.shrink()
        by_property, everything = distinct.count()
    pairs = set(taken)
    assert by_property == Counter(name for name, _ in pairs)
    assert everything == len({value for _, value in pairs})
    assert [*tmp_path.iterdir()] == []
