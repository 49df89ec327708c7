"""A file of the archive that was changed is named in the place of an answer that rests on it."""

from __future__ import annotations

from pathlib import Path

import pytest

from graph.archive import Archive, frames, intact
from graph.core.errors import IntegrityError
from graph.core.instance import Instance
from graph.history import comparison
from graph.history.published import SourceVersion, versions
from graph.history.rows import AllRows, FewRows
from graph.ledger import Ledger
from graph.trace.formats import jsonable, text
from graph.trace.question import Question
from graph.trace.tracing import Scope, Tracer
from tests.versions import lines, publish


@pytest.fixture
def told(instance: Instance) -> Instance:
    for values in (("a=1", "b=1"), ("a=1", "b=2"), ("a=3", "b=2")):
        publish(instance, "s", lines(*values))
    return instance


def tamper(instance: Instance, digest: str, old: bytes, new: bytes) -> Path:
    """Other bytes of the same length in the place of a blob, as its administrator could write."""
    path = Archive(instance.archive).path(digest)
    data = Archive(instance.archive).read(digest)
    assert old in data and len(old) == len(new)
    path.chmod(0o600)
    path.write_bytes(frames.packed(data.replace(old, new)))
    return path


def known(instance: Instance) -> list[SourceVersion]:
    return versions(Ledger(instance).events, "s")


def compared(instance: Instance, old: SourceVersion, new: SourceVersion, *, places: bool) -> None:
    archive = Archive(instance.archive)
    finder = (AllRows if places else FewRows)(archive, old, new)
    for one in comparison.things(archive, instance.names, old, new, places=places):
        for change in one.changes:
            assert all(finder.rows(line) for line in change.lines)


def traced(instance: Instance, line: bytes) -> None:
    tracer = Tracer(instance, Ledger(instance).events, Archive(instance.archive))
    found = tracer.trace(Question(line=line), Scope())
    assert found.is_stated
    told = jsonable.trace(found, instance.names)["statements"][0]["statedBy"][0]
    assert told["checked"] == ["lines", "rows"]
    said = "\n".join(text.lines(found, instance.names))
    assert "checked against the log: lines and row map" in said


@pytest.mark.parametrize("part", ["lines", "rows"])
@pytest.mark.parametrize("places", [True, False])
def test_a_diff_names_what_it_would_read(told: Instance, part: str, places: bool) -> None:
    old, new = known(told)[0], known(told)[2]
    compared(told, old, new, places=places)
    change = (b"a=3", b"a=4") if part == "lines" else (b"row=2", b"row=9")
    path = tamper(told, new.load["layers"]["stated"][part], *change)
    with pytest.raises(IntegrityError, match="damaged") as refused:
        compared(told, old, new, places=places)
    assert refused.value.where == str(path)


def test_a_diff_of_neighbours_names_the_patch(told: Instance) -> None:
    _, old, new = known(told)
    compared(told, old, new, places=False)
    path = tamper(told, new.load["patch"]["sha256"], b"a=3", b"a=4")
    with pytest.raises(IntegrityError, match="damaged") as refused:
        compared(told, old, new, places=False)
    assert refused.value.where == str(path)


@pytest.mark.parametrize(("part", "change"), [("rows", (b"row=2", b"row=9")),
                                              ("lines", (b"a=3", b"a=4"))])  # fmt: skip
def test_a_trace_names_what_it_would_read(
    told: Instance, part: str, change: tuple[bytes, bytes]
) -> None:
    (line,) = lines("b=2")
    traced(told, line)
    tamper(told, known(told)[2].load["layers"]["stated"][part], *change)
    with pytest.raises(IntegrityError, match="damaged"):
        traced(told, line)


def test_what_is_missing_is_named(told: Instance) -> None:
    digest = known(told)[2].load["layers"]["stated"]["rows"]
    archive = Archive(told.archive)
    intact.check(archive, digest)
    archive.path(digest).unlink()
    with pytest.raises(IntegrityError, match="missing"):
        intact.check(archive, digest)
