"""Score the published catalogue, and publish the scores through the ledger.

The scores become a generated capture of N-Triples, which is loaded as the source `quality`
(docs/decisions/0005-quality.md has the reasons).
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from textwrap import shorten

import pyoxigraph as ox

import shapes
from graph import snapshots
from graph.core.errors import ConfigError
from graph.core.instance import Instance
from graph.core.progress import Reporter
from graph.ledger.events import now as current_time
from graph.publication.open_store import open_snapshot
from graph.statements.canonical import line
from loaders.pipeline import source
from loaders.pipeline.load import load as load_source
from loaders.pipeline.model import LoadOutcome
from loaders.quality import evidence as gathered
from loaders.quality.evidence import SOURCE
from shapes.quality.definitions import definitions
from shapes.quality.dqv import DqvWriter
from shapes.quality.law import LegalItem, coverage
from shapes.quality.score import Scores, score
from shapes.quality.scored_resource import ScoredResource
from vocab.namespaces import DCT, FOAF

__all__ = ["SOURCE", "Assessment", "assess", "labels", "open_published", "publish"]

_SHAPES = Path(shapes.__file__).parent
_DESCRIPTION = Path(__file__).with_name("quality.toml")


@dataclass(frozen=True, slots=True)
class Assessment:
    """The scores of a snapshot and the coverage of the law.

    `at` is when they were computed (RFC 3339). `labels` has names of datasets and organisations by
    IRI, in Mongolian if there is one. Not `is_published`: it is of a document, which is only shown.
    """

    scores: Scores
    items: tuple[LegalItem, ...]
    at: str
    labels: Mapping[str, str]
    is_published: bool = True

    def label(self, iri: str) -> str:
        """The name of an IRI, shortened; without a name, the IRI."""
        return shorten(self.labels.get(iri, iri), 60, placeholder=" …")


@contextmanager
def open_published(instance: Instance) -> Iterator[ox.Store]:
    """Open the store of the current snapshot.

    Raises ConfigError before the first publication.
    """
    snapshot = snapshots.current(instance)
    if snapshot is None:
        raise ConfigError(
            "nothing is published yet", where=str(instance.root), hint="Run `ulzii load` first."
        )
    with open_snapshot(instance, snapshot) as store:
        yield store


def assess(instance: Instance, now: str = "") -> Assessment:
    """Score the current snapshot; `now` (RFC 3339) is the current second by default."""
    at = now or current_time()
    with open_published(instance) as store:
        facts = gathered.evidence(instance, store, at)
        scores = score(store, facts, instance.names.catalog)
        return Assessment(scores, tuple(coverage(store, facts)), at, labels(store, scores))


def labels(store: ox.Store, scores: Scores) -> dict[str, str]:
    """The names of datasets and organisations by IRI, in Mongolian if there is one."""
    named = [(one.subject, DCT.title) for one in scores.datasets]
    named += [(one.subject, FOAF.name) for one in scores.organisations]
    pairs = (
        (iri, _label(ScoredResource(store, ox.NamedNode(iri)), predicate))
        for iri, predicate in named
    )
    return {iri: label for iri, label in pairs if label}


def _label(thing: ScoredResource, predicate: ox.NamedNode) -> str:
    texts = thing.texts(predicate)
    return min(texts, key=lambda t: (t.language != "mn", t.value)).value if texts else ""


def publish(
    instance: Instance, assessment: Assessment, *, reporter: Reporter | None = None, wait: float = 0
) -> LoadOutcome:
    """Load an assessment as the next version of the source `quality`, if its content is new.

    Raises what `loaders.pipeline.load.load` raises.
    """
    lines = sorted(set(_statements(instance, assessment)))
    with TemporaryDirectory(prefix="ulzii-quality-") as folder:
        described = Path(shutil.copy(_DESCRIPTION, folder))
        described.with_name("quality.nt").write_bytes("\n".join([*lines, ""]).encode())
        scores = replace(source.read(described), generated_by=scoring_files())
        return load_source(instance, scores, reporter=reporter, wait=wait, may_be_held=False)


def scoring_files() -> tuple[Path, ...]:
    """The code and the tables that scores are made with."""
    folders = (Path(__file__).parent, *(_SHAPES / name for name in ("quality", "profiles")))
    patterns = ("*.py", "*.rq", "*.ttl", "codes/*")
    paths = (path for folder in folders for pattern in patterns for path in folder.glob(pattern))
    return tuple(sorted(path for path in paths if path.is_file()))


def _statements(instance: Instance, assessment: Assessment) -> Iterator[str]:
    """The lines of N-Triples, without line feeds."""
    writer = DqvWriter(instance.base, assessment.at, gathered.earlier(instance))
    yield from (line(*triple).decode() for triple in definitions())
    yield from writer.scores(assessment.scores)
    yield from writer.coverage(assessment.items)
    yield from writer.derived_from(instance.names.catalog, gathered.versions(instance))
