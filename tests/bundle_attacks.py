"""What a courier may change in the members of an evidence bundle, and what names it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from graph.core.instance import Instance
from graph.ledger import Ledger, event
from graph.ledger.merkle import leaf_hash
from graph.transparency.tree import Tree
from tests.evidence_bundles import Members, base64_of, made, manifest_with

Attack = Callable[[Instance, Members, Path], Members]


def another_log(instance: Instance, members: Members, folder: Path) -> Members:
    """A proof from a log of the same events under another key, so of another checkpoint."""
    other = Instance(Path(shutil.copytree(instance.root, folder / "other")), instance.base)
    Ledger(other).append(event("Code", kind="shapes", name="x", digest="0" * 64, files={}))
    others = json.loads(made(other)["manifest.json"])["paths"]
    return manifest_with(members, paths=others)


def edited_record(_: Instance, members: Members, __: Path) -> Members:
    return {**members, "records/1": b"total,lead,1282\n"}


def another_row(_: Instance, members: Members, __: Path) -> Members:
    """Row 4 of the same file, with its good path, in the place of row 5."""
    return manifest_with(members, records=[["records/1", "row", 3, ["records/1"]]])


def another_origin(_: Instance, members: Members, __: Path) -> Members:
    """The record of another row: a number that is not in the tags of the subject."""
    return {**members, "rows/17": members["rows/17"].replace(b"row=5", b"row=6")}


def truncated_row(_: Instance, members: Members, __: Path) -> Members:
    return {**members, "rows/17": members["rows/17"][:-2]}


def edited_statement(_: Instance, members: Members, __: Path) -> Members:
    return {**members, "statement.nt": members["statement.nt"].replace(b'"1281"', b'"1282"')}


def edited_subject(_: Instance, members: Members, __: Path) -> Members:
    both = ("statement.nt", "subject.nt")
    return {**members, **{n: members[n].replace(b'"1281"', b'"1282"') for n in both}}


def edited_manifest(**changes: Any) -> Attack:
    def attack(_: Instance, members: Members, __: Path) -> Members:
        return manifest_with(members, **changes)

    return attack


def edited_event(_: Instance, members: Members, __: Path) -> Members:
    name = next(n for n in members if b'"type":"Load"' in members[n] and n.endswith(".json"))
    return {**members, name: members[name].replace(b'"version":1', b'"version":2')}


def later_checkpoint(instance: Instance, members: Members, folder: Path) -> Members:
    """The checkpoint of a later state: the proofs do not lead to it."""
    other = Instance(Path(shutil.copytree(instance.root, folder / "later")), instance.base)
    Ledger(other).append(event("Code", kind="shapes", name="x", digest="0" * 64, files={}))
    return {**members, "checkpoint": (other.ledger / "checkpoint").read_bytes()}


def early_checkpoint(instance: Instance, members: Members, _: Path) -> Members:
    """A checkpoint of before the events: it cannot speak of them."""
    tree = Tree()
    for line in Ledger(instance).lines()[:40]:
        tree.append(leaf_hash(line))
    text = f"{Ledger(instance).verifier().name}\n40\n"
    note = Ledger(instance)._signer().sign(text + base64_of(tree.root(40)) + "\n")
    return {**members, "checkpoint": note.encode()}


SIGNED = r": it or its path is wrong"
ATTACKS: dict[str, tuple[Attack, str]] = {
    "proof of another log": (another_log, rf"events/\d+\.json{SIGNED}"),
    "edited record": (edited_record, f"records/1{SIGNED}"),
    "the record of another row": (another_row, f"records/1{SIGNED}"),
    "another origin": (another_origin, f"rows/17{SIGNED}"),
    "truncated row of the row map": (truncated_row, f"rows/17{SIGNED}"),
    "edited statement": (edited_statement, r"statement\.nt: the version says otherwise"),
    "edited subject": (edited_subject, rf"subject\.nt{SIGNED}"),
    "edited event": (edited_event, rf"events/\d+\.json{SIGNED}"),
    "a later checkpoint": (later_checkpoint, rf"events/\d+\.json{SIGNED}"),
    "a checkpoint of before": (early_checkpoint, rf"events/\d+\.json{SIGNED}"),
    "another subject": (edited_manifest(first=3), rf"subject\.nt{SIGNED}"),
    "more records": (edited_manifest(records=[["", "", 0, []]] * 2), "more or fewer records"),
    "absent": (edited_manifest(absent=True), "the version says otherwise"),
    "another layer": (edited_manifest(layer="inferred"), rf"subject\.nt{SIGNED}"),
    "no leaves": (edited_manifest(leaves=[]), "the version says otherwise"),
    "another event": (edited_manifest(publish=[0]), r"events/0\.json"),
    "no paths": (edited_manifest(paths={}), r"events/\d+\.json: the manifest has nothing of"),
}
