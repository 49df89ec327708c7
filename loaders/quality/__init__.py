"""Scoring the published catalogue, and publishing the scores through the ledger.

The scores become a generated capture of N-Triples and are loaded as the source `quality`; why it is
done this way stands in docs/decisions/0005-quality.md.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import pyoxigraph as ox

from graph import snapshots
from graph.errors import ConfigError
from graph.instance import Instance
from graph.ledger.events import now as present
from graph.progress import Reporter
from graph.statements.canonical import line
from loaders import pipeline, source
from loaders.pipeline import Outcome
from loaders.quality import evidence as gathered
from shapes.quality.definitions import definitions
from shapes.quality.dqv import Triple, Writer
from shapes.quality.law import Item, coverage
from shapes.quality.score import Scores, score

_DESCRIPTION = Path(__file__).with_name("quality.toml")


@dataclass(frozen=True, slots=True)
class Assessment:
    """The scores of a snapshot, the coverage of the law, and when they were made (RFC 3339)."""

    scores: Scores
    items: tuple[Item, ...]
    at: str


@contextmanager
def published(instance: Instance) -> Iterator[ox.Store]:
    """The store that is served now.

    Raises ConfigError before the first publication.
    """
    snapshot = snapshots.current(instance)
    if snapshot is None:
        raise ConfigError(
            "nothing is published yet", where=str(instance.root), hint="Run `ulzii load` first."
        )
    with snapshots.lease(snapshot):
        yield ox.Store.read_only(str(snapshot.path))


def assess(instance: Instance, now: str = "") -> Assessment:
    """Score what is published; `now` is the present second by default."""
    at = now or present()
    with published(instance) as store:
        known = gathered.evidence(instance, store, at)
        found = score(store, known, instance.names.catalog)
        return Assessment(found, tuple(coverage(store, known)), at)


def publish(
    instance: Instance, assessment: Assessment, *, reporter: Reporter | None = None, wait: float = 0
) -> Outcome:
    """Load an assessment as the next version of the source `quality`, if it says anything new.

    Raises what a load raises.
    """
    lines = sorted({line(*triple) for triple in _statements(instance, assessment)})
    with TemporaryDirectory(prefix="ulzii-quality-") as folder:
        described = Path(shutil.copy(_DESCRIPTION, folder))
        described.with_name("quality.nt").write_bytes(b"".join(text + b"\n" for text in lines))
        return pipeline.load(
            instance, source.read(described), reporter=reporter, wait=wait, allow_shrink=True
        )


def _statements(instance: Instance, assessment: Assessment) -> Iterable[Triple]:
    writer = Writer(instance.base, assessment.at, gathered.earlier(instance))
    yield from definitions()
    yield from writer.scores(assessment.scores)
    yield from writer.coverage(assessment.items)
    yield from writer.derived(instance.names.catalog, gathered.versions(instance))
