"""How long lists and packs are kept: a harvest that has begun can be finished.

A page of a snapshot is answered for two days after the next publication, also where `[retention]`
lets the snapshot go earlier: lists and packs do not need its store.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import datetime
from itertools import pairwise
from pathlib import Path

from graph import snapshots
from graph.catalogue import packs, schema
from graph.catalogue.syntax import STORED
from graph.core.instance import Instance
from graph.ledger import Event

KEPT = 48 * 3600  # seconds


def keep(instance: Instance) -> None:
    """Keep the lists of all snapshots from being removed with them."""
    folder = instance.root / packs.FOLDER
    folder.mkdir(mode=0o700, exist_ok=True)
    for snapshot in snapshots.list_all(instance):
        listed = snapshot.companion(schema.SUFFIX)
        if not listed.is_file():  # an earlier version published it
            continue
        paths = paths_of(instance, schema.number_of(listed))
        if not (paths[1].exists() and paths[0].exists() and paths[0].samefile(listed)):
            for path, link in zip((listed, snapshot.files_list), paths, strict=True):
                link.unlink(missing_ok=True)  # the store was rebuilt: both say the same
                os.link(path, link)


def prune(instance: Instance, events: Sequence[Event]) -> None:
    """Remove lists whose time is over, and packs that no list refers to."""
    living = {status.st_ino for status in map(os.stat, _beside_snapshots(instance))}
    for number, following in pairwise(kept(instance)):
        paths = paths_of(instance, number)
        # a list is current until the publication that made the next one
        if paths[0].stat().st_ino not in living and _over(events[following - 1]):
            for path in paths:
                path.unlink(missing_ok=True)
    for note in (instance.root / packs.FOLDER).glob("*.files.json"):
        if not note.with_name(note.name.replace("files.json", schema.SUFFIX)).exists():
            note.unlink()  # a crash came between the two
    used = set(_used(instance))
    for syntax in STORED:
        for path in (instance.root / packs.FOLDER).glob(f"*.{syntax.extension}"):
            if path.name not in used:
                path.unlink()


def find(instance: Instance, number: int) -> Path | None:
    """The list that a snapshot shows, also after the snapshot; None where it is removed."""
    snapshot = snapshots.find(instance, number)
    if snapshot is not None:
        listed = snapshot.companion(schema.SUFFIX)
        return listed if listed.is_file() else None
    until = [one for one in kept(instance) if one <= number]  # the last one made until then
    return paths_of(instance, until[-1])[0] if until else None


def paths_of(instance: Instance, number: int) -> tuple[Path, Path]:
    """Where a list is kept, and the signed list of files that names it.

    Its number is the ledger's size after the publication that made it.
    """
    folder = instance.root / packs.FOLDER
    return folder / f"{number}.{schema.SUFFIX}", folder / f"{number}.files.json"


def lists(instance: Instance) -> list[Path]:
    """All lists on disk, each file once."""
    paths = [*_beside_snapshots(instance), *(paths_of(instance, n)[0] for n in kept(instance))]
    return list({path.stat().st_ino: path for path in paths}.values())


def _beside_snapshots(instance: Instance) -> list[Path]:
    return list(instance.snapshots.glob(f"*.{schema.SUFFIX}"))


def kept(instance: Instance) -> list[int]:
    """The numbers of the lists that are kept, sorted."""
    folder = instance.root / packs.FOLDER
    names = (path.name.partition(".")[0] for path in folder.glob(f"*.{schema.SUFFIX}"))
    return sorted(int(name) for name in names if name.isdigit())


def _over(event: Event) -> bool:
    return datetime.fromisoformat(event["at"]).timestamp() + KEPT < time.time()


def _used(instance: Instance) -> Iterator[str]:
    """The names of all packs that some list refers to."""
    for path in lists(instance):
        with closing(schema.open_published(path)) as connection:
            rows = connection.execute("SELECT sha256, extension FROM pack").fetchall()
        yield from (f"{digest}.{extension}" for digest, extension in rows)
