"""Makes the lists of a snapshot: the projection `{n}.lists.sqlite`, in two steps.

The catalogue's projection describes datasets, and passes each to `datasets`, so that no dataset is
described twice. Then `build` adds all other things. Both write the same draft in `staging/`: a copy
of the previous file, or a new one. Where few statements changed, only the things that they are
about are written again.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from zlib import crc32

import pyoxigraph as ox

from graph.lists import about, schema
from graph.lists import datasets as describing
from graph.lists.datasets import CodeReader
from graph.lists.document import titles_of
from graph.lists.kinds import DATASET, KINDS
from graph.lists.store import PublicStore
from graph.lists.things import ThingReader
from graph.lists.writer import Labels, ListsWriter
from graph.search.changes import changed_lines, many_changes
from graph.snapshots.staged import Staged
from graph.versions.state import restricted_graphs, state
from vocab.namespaces import SKOS

_DRAFT = "lists.draft"
_AT_ONCE = 500  # hashes in one query
_IN_SCHEME = str(SKOS.inScheme).encode()


def is_usable(staged: Staged) -> bool:
    """Whether the previous snapshot has lists from which the next can be made."""
    previous = staged.previous_file(schema.SUFFIX)
    return previous is not None and schema.is_current(previous)


class DatasetLists:
    """Receives the datasets that the catalogue describes."""

    def __init__(self, writer: ListsWriter, staged: Staged, codes: CodeReader | None) -> None:
        self._writer = writer
        self._names = staged.instance.names
        self._codes = codes

    def remove(self, iri: str) -> None:
        """A dataset that is gone, or about to be added again."""
        self._writer.remove(iri)

    def add(
        self,
        iri: str,
        source: str,
        codes: Sequence[str],
        modified: str,
        triples: Iterable[ox.Triple],
    ) -> None:
        """A dataset of a source (its id) that is described anew."""
        made = describing.document(iri, self._names.source(source), codes, modified, triples)
        if self._codes is not None:
            found = self._codes.of(iri)
            made = replace(made, table_codes=found.names, depends=found.depends)
        self._writer.add(made)


@contextmanager
def datasets(staged: Staged) -> Iterator[DatasetLists]:
    """The first step: what receives datasets that are new, changed or gone."""
    writer = _writer(staged)
    # where all is made anew, the second step reads the codes of all tables
    codes = CodeReader(_store(staged)) if is_usable(staged) else None
    yield DatasetLists(writer, staged, codes)
    writer.close(finished=False)


def build(staged: Staged, path: Path) -> None:
    """The second step: write the lists to `path` (see graph.publication.projections)."""
    draft = staged.instance.staging / _DRAFT
    changed = _changed(staged) if is_usable(staged) else None
    writer = _writer(staged)
    store = _store(staged)
    describer, codes = ThingReader(store, staged.instance.names), CodeReader(store)
    if changed is None:
        writer.remove_others(KINDS[DATASET].number)
        for document in describer.all():
            writer.add(document)
        _renew_codes(writer, codes, codes.datasets())
        writer.optimise()
    else:
        dependent = _dependent(writer, changed)
        _renew(writer, describer, sorted(changed | dependent))
        _renew_codes(writer, codes, sorted(dependent))
        writer.rename(sorted(changed))
    writer.close()
    draft.rename(path)


def _renew(writer: ListsWriter, describer: ThingReader, iris: Sequence[str]) -> None:
    for iri in iris:
        writer.remove_other(iri, KINDS[DATASET].number)
    for document in describer.some(iris):
        writer.add(document)


def _renew_codes(writer: ListsWriter, codes: CodeReader, iris: Sequence[str]) -> None:
    for iri in iris:
        writer.set_codes(iri, codes.of(iri))


def _dependent(writer: ListsWriter, changed: Iterable[str]) -> set[str]:
    """The things in whose documents names of changed things stand."""
    hashes = sorted({crc32(iri.encode()) for iri in changed})
    found = set[str]()
    for start in range(0, len(hashes), _AT_ONCE):
        found.update(writer.dependent(hashes[start : start + _AT_ONCE]))
    return found


def _writer(staged: Staged) -> ListsWriter:
    draft = staged.instance.staging / _DRAFT
    if draft.exists():
        connection = schema.open_draft(draft)
    elif is_usable(staged):
        previous = staged.previous_file(schema.SUFFIX)
        assert previous is not None
        shutil.copyfile(previous, draft)
        connection = schema.open_draft(draft)
    else:
        connection = schema.create(draft)
    return ListsWriter(connection, staged.instance.base, _labels(_store(staged)))


def _store(staged: Staged) -> PublicStore:
    restricted = restricted_graphs(state(staged.events), staged.instance.names)
    store = ox.Store.read_only(str(staged.store_path))
    return PublicStore(store, staged.instance.names, restricted)


def _labels(store: PublicStore) -> Labels:
    return lambda iri: titles_of(store.literals(iri, about.NAMES)) if _is_iri(iri) else {}


def _is_iri(iri: str) -> bool:
    try:
        return bool(ox.NamedNode(iri))
    except ValueError:
        return False


def _changed(staged: Staged) -> set[str] | None:
    """The subjects of statements that are new or gone, and the code lists of codes that are; None
    where most of them are."""
    if many_changes(staged):
        return None
    found = set[str]()
    for _, _, line in changed_lines(staged):
        subject, predicate, value = line.split(b" ", 2)
        found.add(subject[1:-1].decode())
        if predicate == _IN_SCHEME and value.startswith(b"<"):
            found.add(value[1 : value.index(b">")].decode())
    return found
