"""Level 2: what look-ups keep in `cache/` is what they would make again.

Nobody believes a cache where the ledger can be asked. Where records of large files lie, and which
loads changed a subject, is asked of it alone: an edited one would show another row or time.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from graph.audit.model.checked_archive import CheckedArchive
from graph.audit.model.problem import IntegrityProblem
from graph.core.errors import IntegrityError
from graph.core.instance import Instance
from graph.evidence import Delimited, json_spans, row_marks, touches
from graph.ledger import Events

_MARKS = re.compile(r"([0-9a-f]{64})\.rows-((?:[0-9a-f]{2})+)")
_ARRAY = re.compile(r"([0-9a-f]{64})\.array-([0-9a-f]{16})")
_HINT = "Delete `cache/` of the instance: it is made again."


def check(
    instance: Instance, events: Events, archive: CheckedArchive
) -> Iterator[IntegrityProblem]:
    """The caches that are not what they would be."""
    database = instance.cache / touches.DATABASE
    if database.exists():
        yield from _touched(database, events, archive)
    for path in sorted((instance.cache / "marks").glob("*.rows-*")):
        if (match := _MARKS.fullmatch(path.name)) and match[1] in archive:
            yield from _row_marks(path, match[1], bytes.fromhex(match[2]).decode(), archive)
    for path in sorted((instance.cache / "marks").glob("*.array-*")):
        if (match := _ARRAY.fullmatch(path.name)) and match[1] in archive:
            yield from _array_marks(path, match[1], match[2], archive)


def _touched(database: Path, events: Events, archive: CheckedArchive) -> Iterator[IntegrityProblem]:
    try:
        with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as opened:
            known = dict(opened.execute("SELECT load, digest FROM patch"))
            for load in events.find("Load"):
                index, changes = load["index"], load["patch"]
                if not changes or known.get(index) != changes["sha256"]:
                    continue  # it is made again when it is asked for
                query = "SELECT subject FROM touched WHERE load = ?"
                kept = {number for (number,) in opened.execute(query, (index,))}
                subjects = touches.subjects(archive, changes["sha256"])
                if kept != {touches.key(one) for one in subjects}:
                    what = f"the subjects that log/{index} changed are others than in its patch"
                    yield IntegrityProblem(2, str(database), what, hint=_HINT)
    except sqlite3.Error as error:
        yield IntegrityProblem(2, str(database), f"it cannot be read: {error}", hint=_HINT)
    except IntegrityError as error:
        yield IntegrityProblem.of_error(2, error)


def _row_marks(
    path: Path, capture: str, written: str, archive: CheckedArchive
) -> Iterator[IntegrityProblem]:
    rest = written[1:]
    form = Delimited(written[0], rest.replace(" ", ""), " " in rest)
    if capture in archive.damaged:
        return
    with archive.open(capture) as stream:
        made = row_marks.make(stream, form)
    if made is None or made.to_bytes() != path.read_bytes():
        what = "the places of its rows are others than in the file"
        yield IntegrityProblem(2, str(path), what, hint=_HINT)


def _array_marks(
    path: Path, capture: str, name: str, archive: CheckedArchive
) -> Iterator[IntegrityProblem]:
    if capture in archive.damaged:
        return
    with archive.seekable(capture) as blob:
        made = json_spans.marks_of(blob.read(0, json_spans.MOST), name)
    if made != path.read_bytes():
        what = "the places of the elements of its array are others than in the file"
        yield IntegrityProblem(2, str(path), what, hint=_HINT)
