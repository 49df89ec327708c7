"""Level 2 of `ulzii verify` holds a part of a version only, however its lines lie."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable, Sequence

import pytest

from graph.archive import Archive
from graph.audit import versions
from graph.audit.layer_pass import LayerPass
from graph.audit.model.checked_archive import CheckedArchive
from graph.audit.origin_roots import OriginRoots
from graph.core.instance import Instance
from graph.statements import layer
from graph.statements.blocks import record_tag, rule_tag
from graph.statements.layer import Layer
from graph.statements.rowmap import Origins

COUNT = 90_000


def texts(of_a_subject: int) -> list[bytes]:
    return sorted(
        b'<http://e/%07d> <http://e/p> "%050d" .' % (n // of_a_subject, n) for n in range(COUNT)
    )


def written(instance: Instance, texts: Sequence[bytes]) -> Layer:
    """A layer of these lines, each of a record of its own."""
    archive, origins = Archive(instance.archive), Origins()
    rule = rule_tag(origins.rule("r")).encode()
    tags = (record_tag(origins.record("ab" * 32, f"row={n}")).encode() for n in range(len(texts)))
    made = layer.write(
        [line + tag + rule for line, tag in zip(texts, tags, strict=True)], origins, archive
    )
    archive.admit([made.lines, made.rows])
    return made


def most_bytes(work: Callable[[], object]) -> int:
    """The most that some work holds at a time."""
    tracemalloc.start()
    work()
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return most


@pytest.mark.parametrize("of_a_subject", [9, COUNT])
def test_a_pass_holds_a_part_of_a_layer(instance: Instance, of_a_subject: int) -> None:
    made = written(instance, every := texts(of_a_subject))
    done = LayerPass(CheckedArchive(instance.archive), made.lines)
    most = most_bytes(lambda: sum(1 for _ in done.lines()))
    assert (done.statements, done.is_sorted) == (COUNT, True)
    assert (done.digest, done.root) == (made.lines, layer.root_of(every))
    assert [*done.sizes] == [of_a_subject] * (COUNT // of_a_subject)
    assert most < sum(map(len, every)) / 3


# 16,384 statements are read at once: a subject begins just there, just before, or nowhere
@pytest.mark.parametrize("of_a_subject", [9, 10_000, 16_384, 16_383, COUNT])
def test_origins_are_read_in_parts(instance: Instance, of_a_subject: int) -> None:
    made, archive = written(instance, texts(of_a_subject)), CheckedArchive(instance.archive)
    sizes = [of_a_subject] * (COUNT // of_a_subject)
    sizes += [rest] if (rest := COUNT - sum(sizes)) else []
    problems = list[object]()

    def check(facts: dict[str, object]) -> None:
        problems.extend(OriginRoots(archive, lambda _: sizes).check(facts, "here"))

    most = most_bytes(lambda: check(made.to_json()))
    assert problems == []
    assert most < 100 * COUNT / 2, "a tag with its object takes 45 bytes and more"
    check(made.to_json() | {"origins": "0" * 64})
    assert len(problems) == 1


def test_sizes_are_those_of_the_lines_that_are_asked_for(instance: Instance) -> None:
    """Those of one blob are kept, others are read again: a version may repeat older lines."""
    counts = [9, COUNT, 30]
    made = [written(instance, texts(count)) for count in counts]
    checked = versions._Lines(CheckedArchive(instance.archive))
    for number in (0, 1, 1, 2, 0):
        expected = [counts[number]] * (COUNT // counts[number])
        assert [*checked.sizes(made[number].lines)] == expected
