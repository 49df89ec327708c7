"""Roots over rows and elements of captures: logged by a load, proven in bundles, verified."""

from __future__ import annotations

import io
import json
import shutil
import zipfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.archive import Archive
from graph.audit.verify import verify as verify_instance
from graph.core.errors import IntegrityError
from graph.core.instance import Instance, open_instance
from graph.evidence import Delimited, item_trees, record_text, row_marks
from graph.evidence.item_trees import ROW, CaptureItem, ItemTree
from graph.evidence_bundles import build, check_bundle, verify
from graph.evidence_bundles.model import BundleRequest
from graph.ledger import Ledger, manifests
from graph.ledger.merkle import leaf_hash, tree_root
from loaders.pipeline.load import load
from loaders.pipeline.source import read
from loaders.replay.findings import replay_findings
from tests.few_datasets import TABLE


def is_proven(instance: Instance, data: bytes, locator: str, form: Delimited) -> bool:
    """Whether the path of a record leads from its bytes to the root over the items."""
    archive = Archive(instance.archive)
    capture = archive.put(data)
    wanted = item_trees.item(locator)
    assert wanted is not None
    tree = item_trees.make(io.BytesIO(data), wanted.kind, form)
    record = record_text(archive, instance.cache, capture, locator, form)
    assert tree is not None and record is not None
    path = item_trees.proof(archive, instance.cache, capture, wanted, tree)
    assert path is not None
    steps = [one.hex() for one in path]
    found = check_bundle.fold(leaf_hash(record.data), wanted.index, tree.count, steps)
    return found.hex() == tree.root


TABLE_OF_ROWS = b"\xef\xbb\xbfa;b\r\n" + b"".join(b'%d;"x\n;%d"\r\n' % (n, n) for n in range(1000))
ARRAY = json.dumps({"a": [{"n": n, "of": [1, "é, ]"]} for n in range(700)]}).encode()


@pytest.mark.parametrize("row", [1, 2, 255, 256, 257, 513, 1001])
def test_each_row_has_its_path(instance: Instance, row: int) -> None:
    assert is_proven(instance, TABLE_OF_ROWS, f"row={row}", Delimited(";"))
    assert is_proven(instance, TABLE_OF_ROWS, f"cell={row},2", Delimited(";"))


@pytest.mark.parametrize("number", [0, 1, 255, 256, 699])
def test_each_element_has_its_path(instance: Instance, number: int) -> None:
    assert is_proven(instance, ARRAY, f"/a/{number}", Delimited())


def test_a_locator_of_no_item_has_none() -> None:
    for text in ("", "row=0", "row=1-3", "char=1,2", "/a/01", "/a/3/n", "Sheet1!B7", "/a/-1"):
        assert item_trees.item(text) is None, text
    assert item_trees.item("/3") == CaptureItem("", 3)


@given(st.lists(st.binary(max_size=6), max_size=5))
def test_any_bytes_have_a_tree_over_all_of_them_or_none(parts: list[bytes]) -> None:
    data = b"\n".join(parts)
    tree = item_trees.make(io.BytesIO(data), ROW)
    if tree is not None:
        rows = [*item_trees.leaves(io.BytesIO(data), ROW, Delimited())]
        assert b"".join(rows) == data.removeprefix(b"\xef\xbb\xbf")
        assert (tree.count, tree.root) == (len(rows), tree_root(rows).hex())


@pytest.mark.parametrize("data", [b"[" * 100_000, b'{"a": 1}', b"", b'{"a": [1,', b"\xff\xfea\0"])
def test_what_is_no_table_or_array_has_no_tree(data: bytes) -> None:
    assert item_trees.make(io.BytesIO(data), "/a") is None
    assert data != b"\xff\xfea\0" or item_trees.make(io.BytesIO(data), ROW) is None


def test_tampered_caches_do_no_harm(instance: Instance) -> None:
    form = Delimited(";")
    assert is_proven(instance, TABLE_OF_ROWS, "row=700", form)
    for path in (instance.cache / "marks").iterdir():
        data = bytearray(path.read_bytes())
        data[-20] ^= 1
        path.write_bytes(bytes(data))
        assert is_proven(instance, TABLE_OF_ROWS, "row=700", form), path.name


def test_another_root_has_no_path(instance: Instance) -> None:
    capture = Archive(instance.archive).put(TABLE_OF_ROWS)
    other = ItemTree(1001, "0" * 64, Delimited(";"))
    archive = Archive(instance.archive)
    assert item_trees.proof(archive, instance.cache, capture, CaptureItem(ROW, 3), other) is None


@pytest.fixture(scope="module")
def loaded(few_datasets: Path, tmp_path_factory: pytest.TempPathFactory) -> Instance:
    """The claims about local services, and one cube."""
    return open_instance(shutil.copytree(few_datasets, tmp_path_factory.mktemp("items") / "data"))


BASE = "https://w3id.org/ulzii/id/"
CLAIM = f"<{BASE}dataset/emongolia-local/2022-07-19#claim-1281> rdf:value 1281"
CELL = f"<{BASE}dataset/nso/{TABLE}/cube/total/x-khentii/2024> sdmx-measure:obsValue 3192.0"


OTHER_CELL = CELL.replace(
    "2024> sdmx-measure:obsValue 3192.0", "2023> sdmx-measure:obsValue 4401.0"
)


def bundle(instance: Instance, statement: str, **more: Any) -> dict[str, bytes]:
    data = build.build(instance, BundleRequest(statement, readable=None, **more))
    with zipfile.ZipFile(io.BytesIO(data)) as file:
        return {name: file.read(name) for name in file.namelist()}


def checked(instance: Instance, members: dict[str, bytes], folder: Path) -> list[str]:
    path = folder / "bundle.zip"
    with zipfile.ZipFile(path, "w") as file:
        for name, data in members.items():
            file.writestr(name, data)
    found = verify.verify(path, (instance.ledger / "verifier.txt").read_text("utf-8"))
    return [line for line in found["said"] if line.startswith("records/")]


@pytest.mark.parametrize("statement", [CLAIM, CELL])
@pytest.mark.parametrize("captures", ["records", "public"])
def test_a_bundle_proves_which_row_or_element_it_is(
    loaded: Instance, tmp_path: Path, statement: str, captures: str
) -> None:
    members = bundle(loaded, statement, captures=captures)
    said = checked(loaded, members, tmp_path)
    assert said[0].endswith(", as logged: PROVEN")
    assert "open the file and count" not in members["README.txt"].decode()
    edited = members["records/1"].replace(b"1", b"2").replace(b"3", b"4")
    with pytest.raises(IntegrityError, match="records/1: "):
        checked(loaded, {**members, "records/1": edited}, tmp_path)


def test_another_place_is_named(loaded: Instance, tmp_path: Path) -> None:
    """The record of another element, with its own good path, is not called that of the cell."""
    members = bundle(loaded, CELL, captures="records")
    other = bundle(loaded, OTHER_CELL, captures="records")
    told, others = (json.loads(one["manifest.json"]) for one in (members, other))
    told["records"] = others["records"]
    told["paths"]["records/1"] = others["paths"]["records/1"]
    edited = {
        **members,
        "records/1": other["records/1"],
        "manifest.json": json.dumps(told, ensure_ascii=False, indent=1).encode(),
    }
    assert checked(loaded, edited, tmp_path)[0].endswith(check_bundle.WORDS[False])
    without = {name: data for name, data in members.items() if name != "marks"}
    with pytest.raises(IntegrityError, match=r"^marks: it is missing from the bundle"):
        checked(loaded, without, tmp_path)


def marked(instance: Instance) -> dict[str, Any]:
    return next(item for item in Ledger(instance) if "marks" in item)


def test_verify_names_a_root_that_is_not_of_the_capture(
    loaded: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not [p for p in verify_instance(loaded, 2) if p.fault == "problem"]
    read_trees = item_trees.read

    def other(archive: Archive, digest: str) -> dict[str, dict[str, ItemTree]]:
        found = read_trees(archive, digest)
        return {
            capture: {kind: ItemTree(tree.count, "0" * 64, tree.form) for kind, tree in one.items()}
            for capture, one in found.items()
        }

    monkeypatch.setattr(item_trees, "read", other)
    problems = [p.message for p in verify_instance(loaded, 2) if p.fault == "problem"]
    assert problems and all("is not the logged one" in one for one in problems)


def test_a_load_logs_the_roots_of_described_rows_and_takes_known_ones_over(
    instance: Instance, tmp_path: Path
) -> None:
    (tmp_path / "t.csv").write_bytes(b"title\nkey;n\na;1\nb;2\n")
    text = """\
id = "t"
loader = "table"
files = ["t.csv"]
media_type = "text/csv"
publisher = "x-nso"
title = {{ mn = "Х", en = "T" }}
[options]
becomes = "records"
described = "2026-11-30T00:00:00+08:00"
file = {{ delimiter = ";", preamble = 1 }}
dataset = {{ id = "t" }}
record = {{ class = "https://example.org/Thing" }}
[[options.columns]]
name = "key"
role = "key"
[[options.columns]]
name = "n"
role = "property"
property = "https://example.org/{name}"
"""
    for name in ("n", "m"):
        (tmp_path / "t.toml").write_text(text.format(name=name), "utf-8")
        load(instance, read(tmp_path / "t.toml"))
    ledger, archive = Ledger(instance), Archive(instance.archive)
    first, second = ledger.find("Load", "t")
    assert first["marks"] == second["marks"]
    ((digest, trees),) = item_trees.read(archive, first["marks"]).items()
    rows = [b"title\n", b"key;n\n", b"a;1\n", b"b;2\n"]
    assert trees == {ROW: ItemTree(4, tree_root(rows).hex(), Delimited(";"))}
    fetch = ledger[first["fetch"]]
    assert digest in {one["sha256"] for one in manifests.responses(fetch, archive)}


def test_marks_of_rows_and_trees_count_alike() -> None:
    stream: Any = io.BufferedReader(io.BytesIO(TABLE_OF_ROWS))
    marks = row_marks.make(stream, Delimited(";"))
    tree = item_trees.make(io.BytesIO(TABLE_OF_ROWS), ROW, Delimited(";"))
    assert marks is not None and tree is not None
    assert marks.rows == tree.count


def test_the_findings_of_these_sources_are_made_again(loaded: Instance) -> None:
    events = Ledger(loaded).events
    (item,) = events.find("Load", "emongolia-local")
    done = replay_findings(loaded, events, item)
    assert (done.verdict, done.made) == ("proven", item["layers"]["findings"]["statements"])
    assert done.made > 10
