"""Development material beside the checkout (a fresh clone lacks it), and bundled statements."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from graph.core.iris import ROOT, Names
from loaders.pipeline import protocol, source
from loaders.pipeline.record import Capture, Statement
from tests.one_by_one import one_by_one

SHARED = Path(__file__).parent.parent.parent / "shared"
DCAT_SHAPES = SHARED / "data" / "dcat" / "shapes" / "dcat-ap-3.0.1"
DCAT_SAMPLES = SHARED / "data" / "dcat" / "samples"

needs_shared = pytest.mark.skipif(
    not DCAT_SHAPES.is_dir(), reason="the shared folder with official shapes and samples is absent"
)


def official_shapes() -> list[Path]:
    """DCAT-AP 3.0.1: obligations and ranges."""
    return [DCAT_SHAPES / name for name in ("html_shacl_shapes.ttl", "html_shacl_range.ttl")]


def _captures(described: source.Source) -> Iterator[Capture]:
    for pattern in described.files:
        for path in sorted(described.path.parent.glob(pattern)):
            data = path.read_bytes()
            digest = hashlib.sha256(data).hexdigest()
            yield Capture(digest, path.name, pattern, described.media_type, data)


@cache
def bundled(name: str) -> tuple[Statement, ...]:
    """What a bundled source states, as its loader maps it."""
    described = source.read(source.BUNDLED / f"{name}.toml")
    context, module = (
        protocol.LoaderContext(described, Names(ROOT)),
        protocol.find_loader(described),
    )
    found: list[Statement] = []
    for record in module.records(list(_captures(described)), context):
        made = module.statements(record, context)
        found += (one for one in one_by_one(made) if isinstance(one, Statement))
    return tuple(found)
