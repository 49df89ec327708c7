"""Roots over the pieces of blobs: what is logged, and what it proves."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.archive import Archive
from graph.core.instance import Instance
from graph.ledger import Ledger, chunks, manifests
from graph.ledger.chunks import PIECE, ChunkTree
from graph.ledger.merkle import EMPTY, tree_root
from loaders.pipeline.load import load
from loaders.pipeline.source import read

FEED = """\
id = "feed"
loader = "rdf"
media_type = "text/turtle"
files = ["feed.ttl"]
[title]
mn = "Жишээ"
en = "Example"
"""


@given(st.lists(st.integers(0, 2 * PIECE), max_size=4))
def test_the_root_is_that_of_the_rfc(portions: list[int]) -> None:
    data, tree = random.Random(1).randbytes(sum(portions)), ChunkTree()
    start = 0
    for length in portions:
        tree.update(data[start : start + length])
        start += length
    assert tree.root == tree_root(data[n : n + PIECE] for n in range(0, len(data), PIECE)).hex()


@pytest.mark.parametrize("size", [0, 1, PIECE, 3 * PIECE + 1])
def test_a_blob_has_the_root_of_its_pieces(tmp_path: Path, size: int) -> None:
    archive, data = Archive(tmp_path / "archive"), random.Random(size).randbytes(size)
    digest = archive.put(data)
    pieces = [data[n : n + PIECE] for n in range(0, size, PIECE)]
    assert chunks.root(archive, digest) == tree_root(pieces).hex()
    assert len(list(chunks.hashes(archive, digest))) == len(pieces)
    assert size or chunks.root(archive, digest) == EMPTY.hex()


def test_a_load_logs_the_roots_of_its_responses_and_row_maps(
    instance: Instance, tmp_path: Path
) -> None:
    (tmp_path / "feed.toml").write_text(FEED, "utf-8")
    archive = Archive(instance.archive)
    for value in ("1", "1", "2"):
        feed = f"<id/1> <http://purl.org/dc/terms/title> '{value}'@en ."
        (tmp_path / "feed.ttl").write_text(feed, "utf-8")
        load(instance, read(tmp_path / "feed.toml"))
    ledger = Ledger(instance)
    fetches, loads = list(ledger.find("Fetch")), list(ledger.find("Load"))
    assert [item["outcome"] for item in fetches] == ["changed", "same", "changed"]
    assert fetches[0]["manifest"] == fetches[1]["manifest"]
    for item in fetches:
        for response in manifests.responses(item, archive):
            assert response["chunks"] == chunks.root(archive, response["sha256"])
    assert len(loads) == 2
    for item in loads:
        for facts in item["layers"].values():
            assert facts["chunks"] == chunks.root(archive, facts["rows"])
