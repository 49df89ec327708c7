"""Evidence bundles of the demo's figure 1,281 for tests: made, read, written anew, changed."""

from __future__ import annotations

import base64
import io
import json
import shutil
import zipfile
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from graph.core.instance import Instance, open_instance
from graph.evidence_bundles import build, check_bundle
from graph.evidence_bundles.model import BundleRequest
from server.cli import main

BASE = "https://w3id.org/ulzii/id/"
VALUE = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#value>"
CLAIM = f"<{BASE}dataset/emongolia-local/2022-07-19#claim-1281> {VALUE} 1281"
FACTS = "17935e0df2e9b12c1642a228dbdab75df9b4825e63a2c890cba786879513785f"
FREE = check_bundle.WORDS[False]
Members = dict[str, bytes]


@pytest.fixture(scope="module")
def recorded(loaded_demo: Path, tmp_path_factory: pytest.TempPathFactory) -> Instance:
    """Ledger and archive of the demo, which is all that a bundle is made from."""
    root = tmp_path_factory.mktemp("recorded") / "data"
    for name in ("ledger", "archive", "keys"):
        shutil.copytree(loaded_demo / name, root / name)
    shutil.copy(loaded_demo / "instance.toml", root)
    return open_instance(root)


def key(instance: Instance) -> str:
    return (instance.ledger / "verifier.txt").read_text("utf-8")


def made(instance: Instance, statement: str = CLAIM, **more: Any) -> Members:
    return unzipped(build.build(instance, BundleRequest(statement, readable=None, **more)))


def unzipped(data: bytes) -> Members:
    with zipfile.ZipFile(io.BytesIO(data)) as file:
        return {name: file.read(name) for name in file.namelist()}


def zipped(members: Members, folder: Path) -> Path:
    path = folder / "bundle.zip"
    with zipfile.ZipFile(path, "w") as file:
        for name, data in members.items():
            file.writestr(name, data)
    return path


def base64_of(data: bytes) -> str:
    return base64.b64encode(data).decode()


def without(members: Members, *starts: str) -> Members:
    return {name: data for name, data in members.items() if not name.startswith(starts)}


def manifest_with(members: Members, **changes: Any) -> Members:
    told = json.loads(members["manifest.json"]) | changes
    spelled = json.dumps(told, ensure_ascii=False, indent=1)  # as they are written
    return {**members, "manifest.json": spelled.encode()}


def run(instance: Instance, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["--data", str(instance.root), *arguments])
