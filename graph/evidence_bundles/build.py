"""Building an evidence bundle: a zip file that `check_bundle.py` checks offline.

    README.txt                  what it is, in Mongolian and English; not checked
    checkpoint                  signed by the log's key, and cosigned where a witness did
    manifest.json               which event, layer, leaves and records; a path for each leaf
    statement.nt, subject.nt    the statement; all lines of its subject, which are one leaf
    before.nt, after.nt         the subjects around it, where it is proven to be absent
    events/N.json               exact lines of the log
    sealed/N                    the body of event N, where it is about a restricted source
    responses                   what was fetched, as the Fetch event names it
    origins                     the tags of the subject's lines: numbers of record and rule
    rows/head, rows/N           what these mean: captures and rules, record N
    marks                       how many items captures have, and their roots
    records/N, pieces/HASH.N    as far as the source allows

Each proof has one shape: the member is leaf N of a tree, `paths` has the hashes from its sibling up
to the root, in hex, and an event or a member that one names has size and root.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator, Sequence
from typing import Any

from graph import evidence
from graph.archive import Archive
from graph.core.instance import Instance
from graph.evidence import SubjectProof, item_trees
from graph.evidence_bundles import readme
from graph.evidence_bundles.enclosed import Enclosed, RecordEncloser
from graph.evidence_bundles.finding import find
from graph.evidence_bundles.model import BundleRequest, FoundStatement
from graph.snapshots.published_events import events_of
from graph.trace import access, publications, rule_texts
from graph.trace.publications import Publications
from graph.transparency import proofs, signed_log, witnesses

MEDIA_TYPE = "application/zip"
_DATE = (1980, 1, 1, 0, 0, 0)  # the same bundle has the same bytes


def build(instance: Instance, request: BundleRequest) -> bytes:
    """The bundle that is asked for, as the bytes of a zip file.

    Raises ConfigError where there is no such statement, or it is there where its absence is asked
    for; IntegrityError where ledger or archive are damaged.
    """
    log = signed_log.read(instance)
    published = publications.read(events_of(instance, log.size))
    archive = Archive(instance.archive)
    found = find(instance, archive, published, request)
    note = witnesses.for_proof(instance, log, found.version.publish["index"] + 1)
    parts = Enclosed({"checkpoint": note.encode(), "statement.nt": found.line + b"\n"})
    for index in _events(found):
        parts.members[f"events/{index}.json"] = log.line(index)
        parts.paths[f"events/{index}.json"] = proofs.inclusion(log, index, note).path
        if body := published.events[index].get("sealed"):
            parts.members[f"sealed/{index}"] = archive.read(body)
    leaves = _leaves(instance, archive, found)
    for leaf in leaves:
        parts.members[_member(found, leaf)] = leaf.leaf
        parts.paths[_member(found, leaf)] = leaf.path
    if found.number is not None:
        _add_origins(instance, archive, published, found, leaves[0], parts)
        _add_records(instance, archive, published, found, request, parts)
    manifest = _manifest(found, leaves, parts)
    parts.members["manifest.json"] = json.dumps(manifest, ensure_ascii=False, indent=1).encode()
    service = instance.public_url or instance.base
    used = {one.rule for one in found.origins}
    rules = rule_texts.of(archive, published.mapping_of(found.load), used)
    parts.members["README.txt"] = readme.text(found, parts, rules, log.verifier, service).encode()
    return _zipped(parts.members)


def _events(found: FoundStatement) -> list[int]:
    """The events that lead to the statement: Publish, Approve, Load, Validate; Fetch too where it
    is stated."""
    publish = found.version.publish
    before = [found.load["index"], publish["validate"]]
    fetch = [] if found.number is None else [found.load["fetch"]]
    return [*_publishing(found), *before, *fetch]


def _publishing(found: FoundStatement) -> list[int]:
    publish = found.version.publish
    return [publish["index"], *publish.get("approvals", [])]


def _leaves(instance: Instance, archive: Archive, found: FoundStatement) -> list[SubjectProof]:
    """The leaf of the subject; where the statement is absent, that with its neighbours."""
    place = (archive, instance.cache, found.load, found.layer, found.subject)
    if found.number is not None:
        own = evidence.subject_proof(*place)
        return [own] if own else []
    return evidence.proofs_around(*place)


def _member(found: FoundStatement, leaf: SubjectProof) -> str:
    key = f"<{found.subject}> ".encode()
    if leaf.leaf.startswith(key):
        return "subject.nt"
    return "before.nt" if leaf.leaf < key else "after.nt"


def _manifest(
    found: FoundStatement, leaves: Sequence[SubjectProof], parts: Enclosed
) -> dict[str, Any]:
    return {
        "format": "ulzii-evidence@v2",
        "publish": _publishing(found),
        "layer": found.layer,
        "absent": found.number is None,
        "first": leaves[0].index if leaves else 0,
        "leaves": [_member(found, leaf) for leaf in leaves],
        "records": parts.places,
        "paths": {name: [one.hex() for one in path] for name, path in parts.paths.items()},
    }


def _add_origins(
    instance: Instance,
    archive: Archive,
    published: Publications,
    found: FoundStatement,
    leaf: SubjectProof,
    parts: Enclosed,
) -> None:
    """Which records it was made from, where the load logged the roots that prove it."""
    line = leaf.leaf.split(b"\n").index(found.line)
    place = (archive, instance.cache, found.load, found.layer, leaf.index, line)
    if (proof := evidence.origin_proof(*place)) is None:
        return
    fetch = published.events[found.load["fetch"]]
    parts.members |= {"responses": archive.read(fetch["manifest"]), "rows/head": proof.head}
    for name, one in [("origins", proof.subject), *((f"rows/{r.index}", r) for r in proof.records)]:
        parts.members[name], parts.paths[name] = one.leaf, one.path


def _add_records(
    instance: Instance,
    archive: Archive,
    published: Publications,
    found: FoundStatement,
    request: BundleRequest,
    parts: Enclosed,
) -> None:
    """The bytes of its records, as far as they may be enclosed."""
    allowed = request.captures or access.of_whole_records(archive, published, found.version)
    marks = found.load.get("marks")
    trees = item_trees.read(archive, marks) if marks else {}
    encloser = RecordEncloser(archive, instance.cache, allowed, trees)
    enclosed = encloser.enclose(found.origins)
    parts.members |= enclosed.members
    parts.paths |= enclosed.paths
    parts.places = enclosed.places
    if marks and enclosed.paths:
        parts.members["marks"] = archive.read(marks)


def _zipped(members: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name in _order(members):
            file.writestr(zipfile.ZipInfo(name, _DATE), members[name], zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _order(members: dict[str, bytes]) -> Iterator[str]:
    """README first; who unpacks it sees that."""
    yield from sorted(members, key=lambda name: (name != "README.txt", name))
