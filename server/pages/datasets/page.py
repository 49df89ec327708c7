"""The page of a dataset: reads what it shows, once a snapshot, and writes it.

What depends on the snapshot alone is kept as HTML: header and footer, which tell of verifications,
are written each time.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import g, render_template, request
from markupsafe import Markup

from graph import snapshots
from graph.ledger.events import ULAANBAATAR
from graph.ledger.events import now as current_time
from graph.lists.facets import key_of
from graph.snapshots import Snapshot
from loaders.link_checks import store_path
from loaders.link_checks.probe import ERRORS
from server.cache.lru import Lru
from server.core.context import AppContext
from server.cubes.structure import CubeStructure, Dimension, cubes
from server.cubes.view import view
from server.datasets import facts, figures, files, findings, use, versions
from server.datasets.citation import DatasetCitation
from server.datasets.described import DescribedDataset
from server.http.problem_details import HttpProblem
from server.pages.datasets.charts import ChartsOrReason, charts, choosable
from server.pages.datasets.grid import CubeGrid, choices_of_charts, grid
from server.pages.layout.units import in_its_language, name_in, unit_text
from server.quality.mending import mend_of
from server.quality.scores import QualityOf, score_of
from server.sparql import internal_queries
from vocab.namespaces import DCT


@dataclass(frozen=True, slots=True)
class KnownOfDataset:
    """What a snapshot has of a dataset besides its table."""

    guessed: facts.Inferred
    figures: tuple[figures.StatedFigure, ...]
    findings: findings.DatasetFindings
    quality: QualityOf | None
    lineage: versions.DatasetLineage | None
    terms: facts.TermsOfUse


_CONTENTS = Lru[tuple[object, ...], str](24 << 20)
_CUBES = Lru[tuple[str, str, str], list[CubeStructure]](24 << 20)
_KNOWN = Lru[tuple[str, str, str], KnownOfDataset](8 << 20)
_BYTES_KNOWN = 20_000  # of a dataset, roughly
_BYTES_OF_CODE = 500  # of a code with its names, roughly
_NO_STATE = {"lang", "format"}


@dataclass(frozen=True, slots=True)
class CubePart:
    """What a page shows of a cube: its number among the dataset's cubes (from 1), table, charts.

    `choosable`: the dimensions of which a code can be chosen for the charts.
    """

    cube: CubeStructure
    number: int
    grid: CubeGrid
    drawn: ChartsOrReason
    choosable: Sequence[Dimension]
    unit: Markup
    unit_is_inferred: bool
    latest: str


def page(context: AppContext, described: DescribedDataset, path: str, data: str) -> str:
    """The HTML page of a dataset of the catalogue.

    `path` is its local path without an extension, `data` its JSON-LD. Raises HttpProblem (400) for
    a part of a table that there is not.
    """
    return render_template(
        "datasets/page.html",
        path=path,
        data=data,
        dataset=described,
        titles=facts.texts(described, DCT.title) or {"": described.entry.identifier},
        content=Markup(_content(context, described, path)),
    )


def _content(context: AppContext, described: DescribedDataset, path: str) -> str:
    snapshot = snapshots.current(context.instance)
    assert snapshot is not None, "a dataset of a published catalogue"
    asked = {k: v for k, v in request.args.items() if k not in _NO_STATE}
    checks = store_path(context.instance)
    key = (
        str(context.instance.root), snapshot.name, path, tuple(sorted(asked.items())),
        g.language, _today(), checks.stat().st_mtime_ns if checks.exists() else 0,
        context.urls.public,
    )  # fmt: skip
    found = _CONTENTS.get(key)
    if found is None:
        found = _written(context, described, path, snapshot, asked)
        _CONTENTS.put(key, found, 2 * len(found))
    return found


def _today() -> str:
    return current_time()[:10]


def _written(
    context: AppContext,
    described: DescribedDataset,
    path: str,
    snapshot: Snapshot,
    asked: Mapping[str, str],
) -> str:
    iri = described.entry.iri
    known = _known(context, described, snapshot)
    guessed, lineage = known.guessed, known.lineage
    part, count = _cube_part(context, iri, snapshot, asked, guessed)
    return render_template(
        "datasets/content.html",
        path=path,
        dataset=described,
        titles=facts.texts(described, DCT.title) or {"": described.entry.identifier},
        description=facts.description(described, guessed),
        facts=facts.facts(described, guessed, known.terms),
        notes=facts.notes(described),
        inferred=facts.share_of_inferred(described, guessed),
        part=part,
        choices=choices_of_charts(part.choosable, asked) if part else (),
        errors=ERRORS,
        cubes=count,
        files=files.files(context.instance, described),
        all_files=len(described.distributions),
        snippets=use.snippets(context.urls, iri, path, part.cube if part else None, g.language),
        figures=known.figures,
        findings=known.findings,
        findings_key=key_of("dataset", f"<{iri}>", context.instance.base),
        quality=known.quality,
        mend_of=mend_of,
        lineage=lineage,
        publisher=in_its_language(*_publisher(described)),
        citation=_citation(described, snapshot, lineage.newest if lineage else 1),
        source=context.instance.names.source(described.entry.source),
    )


def queries(described: DescribedDataset) -> list[str]:
    """The queries of the page that its dataset alone decides, for `internal_queries.joined`."""
    iri, of = described.entry.iri, internal_queries.texts_of
    about = [f"datasets/{name}" for name in ("captures", "figures", "findings", "warnings")]
    return [
        *(text for name in (*about, "quality/measurements", "cubes/components")
          for text in of(name, [iri])),
        *of("datasets/inferred", facts.things_inferred(described)),
        *of("datasets/terms", facts.rights(described)),
    ]  # fmt: skip


def _known(context: AppContext, described: DescribedDataset, snapshot: Snapshot) -> KnownOfDataset:
    """What is read once a snapshot, whichever part of the table is shown."""
    iri = described.entry.iri
    key = (str(context.instance.root), snapshot.name, iri)
    found = _KNOWN.get(key)
    if found is None:
        own = files.captures(context.pool, iri)
        found = KnownOfDataset(
            guessed=facts.inferred(context.pool, described),
            figures=figures.figures(context.pool, iri),
            findings=findings.findings(context.pool, iri),
            quality=score_of(context.pool, iri),
            lineage=versions.lineage(context.instance, iri, described.entry.source, own),
            terms=facts.terms_of_use(context.pool, described),
        )
        _KNOWN.put(key, found, _BYTES_KNOWN)
    return found


def _cube_part(
    context: AppContext,
    dataset: str,
    snapshot: Snapshot,
    asked: Mapping[str, str],
    guessed: facts.Inferred,
) -> tuple[CubePart | None, int]:
    """The cube that the page shows (None where the dataset has none), and how many there are."""
    found = cubes_of(context, dataset, snapshot)
    if not found:
        return None, 0
    number, cube = one_of(found, asked)
    shown = view(cube, asked)
    last = next((one.members[-1].key for one in cube.dimensions if one.kind == "time"), "")
    return CubePart(
        cube=cube,
        number=number,
        grid=grid(context.pool, context.urls, shown),
        drawn=charts(context.pool, shown, asked),
        choosable=choosable(shown),
        unit=unit_text(cube.unit),
        unit_is_inferred=any(subject == cube.iri for subject, _, _ in guessed),
        latest=last.rpartition("--")[2],
    ), len(found)


def cubes_of(context: AppContext, dataset: str, snapshot: Snapshot) -> list[CubeStructure]:
    """The cubes of a dataset, read once a snapshot."""
    key = (str(context.instance.root), snapshot.name, dataset)
    found = _CUBES.get(key)
    if found is None:
        found = cubes(context.pool, dataset)
        codes = sum(len(one.members) for cube in found for one in cube.dimensions)
        _CUBES.put(key, found, _BYTES_OF_CODE * (codes + 1))
    return found


def one_of(found: list[CubeStructure], asked: Mapping[str, str]) -> tuple[int, CubeStructure]:
    """The cube that an address names by its number; the first one otherwise.

    Raises HttpProblem (400) where there is none of this number.
    """
    text = asked.get("cube", "1")
    if not (text.isascii() and text.isdigit() and 0 < int(text[:6]) <= len(found)):
        raise HttpProblem(
            400,
            f"“cube” is a number from 1 to {len(found)}",
            detail_mn=f"“cube” нь 1-ээс {len(found)} хүртэлх тоо байна",
        )
    return int(text), found[int(text) - 1]


def _publisher(described: DescribedDataset) -> tuple[str, str]:
    """The name of the first publisher, and its language where it is not the reader's."""
    publishers = described.iris(DCT.publisher)
    return name_in(facts.names(described, publishers[0]), "") if publishers else ("", "")


def _citation(described: DescribedDataset, snapshot: Snapshot, version: int) -> DatasetCitation:
    issued = described.texts(DCT.issued)
    return DatasetCitation(
        publisher=_publisher(described)[0],
        title=name_in(facts.texts(described, DCT.title), described.entry.identifier)[0],
        identifier=described.entry.identifier,
        iri=described.entry.iri,
        issued=issued[0][:10] if issued else "",
        version=version,
        snapshot=snapshot.number,
        published=_day(snapshot),
        accessed=_today(),
    )


def _day(snapshot: Snapshot) -> str:
    """The day on which a snapshot was made."""
    return datetime.fromtimestamp(snapshot.published, ULAANBAATAR).date().isoformat()
