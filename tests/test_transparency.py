"""Tiles and proofs of the log: RFC 6962 and C2SP, against the definitions word for word."""

from __future__ import annotations

import json
import struct
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from graph.core.errors import ConfigError, IntegrityError
from graph.core.instance import Instance
from graph.ledger import Ledger, event
from graph.ledger.merkle import leaf_hash, node_hash, tree_root
from graph.queries import Pool
from graph.transparency import proofs, signed_log, tiles
from graph.transparency.proofs import InclusionProof
from graph.transparency.tiles import Tile
from graph.transparency.tree import Tree, is_consistent, root_by_inclusion
from server.app import create_app
from server.cli import main


def tree_of(size: int) -> tuple[Tree, list[bytes]]:
    leaves = [b"%d" % n for n in range(size)]
    tree = Tree()
    for leaf in leaves:
        tree.append(leaf_hash(leaf))
    return tree, leaves


def rfc_path(index: int, leaves: list[bytes]) -> list[bytes]:
    """PATH(m, D[n]), RFC 6962 §2.1.1 word for word."""
    if len(leaves) == 1:
        return []
    k = 1 << (len(leaves) - 1).bit_length() - 1
    if index < k:
        return [*rfc_path(index, leaves[:k]), tree_root(leaves[k:])]
    return [*rfc_path(index - k, leaves[k:]), tree_root(leaves[:k])]


def rfc_subproof(old: int, leaves: list[bytes], whole: bool = True) -> list[bytes]:
    """SUBPROOF(m, D[n], b), RFC 6962 §2.1.2 word for word."""
    if old == len(leaves):
        return [] if whole else [tree_root(leaves)]
    k = 1 << (len(leaves) - 1).bit_length() - 1
    if old <= k:
        return [*rfc_subproof(old, leaves[:k], whole), tree_root(leaves[k:])]
    return [*rfc_subproof(old - k, leaves[k:], False), tree_root(leaves[:k])]


@given(st.integers(1, 70), st.data())
def test_a_path_is_the_one_the_rfc_defines_and_leads_to_the_root(size: int, data: Any) -> None:
    tree, leaves = tree_of(size + data.draw(st.integers(0, 5)))
    index = data.draw(st.integers(0, size - 1))
    path = tree.inclusion(index, size)
    root = tree.root(size)
    assert path == rfc_path(index, leaves[:size])
    assert root == tree_root(leaves[:size])
    assert root_by_inclusion(tree.leaf(index), index, size, path) == root
    for wrong in (path[:-1], [*path, root]):
        with suppress(ValueError):
            assert root_by_inclusion(tree.leaf(index), index, size, wrong) != root or wrong == path


@given(st.integers(0, 70), st.integers(0, 70))
def test_growth_is_proven_as_the_rfc_defines_and_nothing_else_is(one: int, two: int) -> None:
    old, new = sorted((one, two))
    tree, leaves = tree_of(new)
    path = tree.consistency(old, new)
    roots = tree.root(old), tree.root(new)
    assert path == (rfc_subproof(old, leaves) if old else [])
    assert is_consistent(old, new, *roots, path)
    forged = leaf_hash(b"forged")
    if 0 < old < new:
        assert not is_consistent(old, new, forged, roots[1], path)
        assert not is_consistent(old, new, roots[0], forged, path)
        assert not is_consistent(old, new, *roots, path[:-1])
        assert not is_consistent(old, new, *roots, [*path, forged])
    if old == new and old:
        assert not is_consistent(old, new, roots[0], forged, [])


def test_a_proof_outside_the_tree_is_refused() -> None:
    tree, _ = tree_of(5)
    for index, size in ((5, 5), (-1, 5), (0, 6)):
        with pytest.raises(ValueError, match="no leaf"):
            tree.inclusion(index, size)
    for old, new in ((3, 2), (-1, 4), (1, 6)):
        with pytest.raises(ValueError, match="no growth"):
            tree.consistency(old, new)


@pytest.mark.parametrize(
    ("path", "tile"),
    [
        ("0/000", Tile(0, 0)),
        ("0/x001/x234/067", Tile(0, 1234067)),
        ("3/999.p/1", Tile(3, 999, 1)),
        ("entries/x001/000.p/255", Tile(None, 1000, 255)),
    ],
)
def test_a_tile_has_one_path(path: str, tile: Tile) -> None:
    assert tiles.parse(path) == tile
    assert tile.path == path


@pytest.mark.parametrize(
    "path",
    "0/0 00/000 64/000 0/x000/001 0/000.p/0 0/000.p/256 0/000.p/01 0/000.p/ -1/000 data/000 "
    "0/000/ 0/x1/000 0/../000 entries".split(),
)
def test_other_paths_are_no_tiles(path: str) -> None:
    assert tiles.parse(path) is None


@given(st.integers(0, 10**12), st.sampled_from([None, 0, 1, 7]), st.integers(1, 256))
def test_every_tile_is_read_from_its_path(index: int, level: int | None, width: int) -> None:
    tile = Tile(level, index, width)
    assert tiles.parse(tile.path) == tile


@pytest.fixture
def long(instance: Instance) -> Instance:
    """A log of 300 lines: one full tile, one partial one, one tile above them."""
    ledger = Ledger(instance)
    ledger.append(*[_code(n) for n in range(299)])
    return instance


def _code(number: int) -> dict[str, Any]:
    return event("Code", kind="shapes", name=f"s{number}", digest="0" * 64, files={})


def _entries(data: bytes) -> list[bytes]:
    found = []
    while data:
        (length,) = struct.unpack(">H", data[:2])
        found.append(data[2 : 2 + length])
        data = data[2 + length :]
    return found


def test_tiles_hold_the_hashes_and_the_lines(long: Instance) -> None:
    log = signed_log.read(long)
    lines = Ledger(long).lines()
    assert [t.path for t in tiles.of_size(300)] == [
        "entries/000", "entries/001.p/44", "0/000", "0/001.p/44", "1/000.p/1"
    ]  # fmt: skip
    assert tiles.content(log, Tile(0, 0)) == b"".join(map(leaf_hash, lines[:256]))
    assert tiles.content(log, Tile(1, 0, 1)) == tree_root(lines[:256])
    assert _entries(tiles.content(log, Tile(None, 1, 44))) == lines[256:]
    assert node_hash(tree_root(lines[:256]), tree_root(lines[256:])) == log.checkpoint.root


def test_a_reader_grows_with_the_log_and_believes_signed_lines_only(long: Instance) -> None:
    before = signed_log.read(long)
    Ledger(long).append(_code(300))
    after = signed_log.read(long)
    assert (before.size, after.size) == (300, 301)
    assert is_consistent(300, 301, before.checkpoint.root, after.checkpoint.root,
                         after.tree.consistency(300, 301))  # fmt: skip
    with pytest.raises(IndexError):
        before.line(300)
    path = long.ledger / "entries.ndjson"
    path.write_bytes(path.read_bytes() + b'{"type":"Forged"}\n')
    assert signed_log.read(long).size == 301
    path.write_bytes(path.read_bytes().replace(b'"s7"', b'"s8"'))
    signed_log.forget()
    with pytest.raises(IntegrityError, match="changed after they were signed"):
        signed_log.read(long)


def test_a_proof_is_read_again_and_holds_for_its_line_only(long: Instance) -> None:
    log = signed_log.read(long)
    for index in (0, 255, 256, 299):
        proof = InclusionProof.parse(str(proofs.inclusion(log, index)))
        assert proof.check(log.line(index), log.verifier) == log.checkpoint
        with pytest.raises(IntegrityError, match=f"not log/{index} "):
            proof.check(log.line(index) + b" ", log.verifier)
    with pytest.raises(IndexError):
        proofs.inclusion(log, 300)
    for text in ("", "c2sp.org/tlog-proof@v1\nindex 01\n\n", "c2sp.org/tlog-proof@v2\nindex 1\n\n"):
        with pytest.raises(IntegrityError, match="not a proof"):
            InclusionProof.parse(text)


def run(instance: Instance, *arguments: str) -> str:
    done = CliRunner().invoke(main, ["--data", str(instance.root), *arguments])
    assert done.exit_code == 0, done.output
    return done.output


def test_the_command_line_lists_proves_and_exports(long: Instance, tmp_path: Path) -> None:
    listed = json.loads(run(long, "log", "--json", "--last", "2"))
    assert [one["index"] for one in listed] == [298, 299]
    assert "s298" in run(long, "log", "--last", "1", "--json")
    assert len(run(long, "log", "--last", "0", "--type", "Key").splitlines()) == 2
    log = signed_log.read(long)
    proof = InclusionProof.parse(run(long, "prove", "log/7"))
    assert proof.check(log.line(7), log.verifier).size == 300
    grown = json.loads(run(long, "prove", "--since", "7", "--json"))
    path = proofs.decode(grown["path"])
    assert is_consistent(7, 300, log.tree.root(7), log.checkpoint.root, path)
    run(long, "log", "export", str(tmp_path / "static"))
    for tile in tiles.of_size(300):
        written = (tmp_path / "static" / "tile" / tile.path).read_bytes()
        assert written == tiles.content(log, tile)
    assert (tmp_path / "static" / "checkpoint").read_text() == log.note


@pytest.mark.parametrize("arguments", [("prove", "300"), ("prove", "x"), ("prove", "--since", "9",
                                        "--until", "4")])  # fmt: skip
def test_what_cannot_be_proven_is_said(long: Instance, arguments: tuple[str, ...]) -> None:
    done = CliRunner().invoke(main, ["--data", str(long.root), *arguments])
    assert done.exit_code == ConfigError.exit_code, done.output
    assert done.output.startswith("ulzii: ")


@pytest.fixture
def client(long: Instance) -> Any:
    with Pool.start(long, workers=1) as pool:
        yield create_app(long, pool).test_client(use_cookies=False)


def test_the_log_over_http_as_tlog_tiles_says(client: FlaskClient, long: Instance) -> None:
    log = signed_log.read(long)
    note = client.get("/log/checkpoint")
    assert (note.text, note.headers["Cache-Control"]) == (log.note, "no-cache")
    assert note.content_type == "text/plain; charset=utf-8"
    for tile in tiles.of_size(300):
        response = client.get(f"/log/tile/{tile.path}")
        assert response.data == tiles.content(log, tile)
        assert response.content_type == "application/octet-stream"
        assert "immutable" in response.headers["Cache-Control"]
        again = client.get(
            f"/log/tile/{tile.path}", headers={"If-None-Match": response.headers["ETag"]}
        )
        assert again.status_code == 304
    coded = client.get("/log/tile/entries/000", headers={"Accept-Encoding": "gzip"})
    assert coded.headers["Content-Encoding"] == "gzip"
    for missing in ("0/001", "0/001.p/45", "1/000", "2/000.p/1", "0/x000/001", "entries/002.p/1"):
        assert client.get(f"/log/tile/{missing}").status_code == 404
