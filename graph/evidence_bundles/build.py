"""Building an evidence bundle: a zip file that `check_bundle.py` checks offline.

    README.txt                  what it is, in Mongolian and English
    checkpoint                  signed by the log's key, and cosigned where a witness did
    manifest.json               where the statement stands: publish, layer, leaves, number, origins
    statement.nt, subject.nt    the statement; all lines of its subject, which are one leaf
    events/N.json, .tlog-proof  exact lines of the log, each with its proof of inclusion
    sealed/HASH                 the body of an event about a restricted source
    responses/HASH              what was fetched, as the Fetch event names it
    rows/HASH, lines/HASH       row map and lines of the layer, where they are small
    marks/HASH                  roots over rows and elements of captures, as the load logged them
    records/N, captures/HASH, pieces/HASH.N    as far as the source allows

Names that end in 64 hex digits are the SHA-256 of the member.
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
from graph.evidence_bundles.enclosed import Enclosed, enclose
from graph.evidence_bundles.finding import find
from graph.evidence_bundles.model import BundleRequest, FoundStatement
from graph.ledger import manifests
from graph.snapshots.published_events import events_of
from graph.trace import access, publications
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
    leaves = _leaves(instance, archive, found)
    members = {
        "checkpoint": note.encode(),
        "statement.nt": found.line + b"\n",
        **{_member(found, leaf): leaf.leaf for leaf in leaves},
        **_blobs(archive, published, found, request.most),
    }
    for index in _events(published, found):
        proof = proofs.inclusion(log, index, note)
        members[f"events/{index}.json"] = log.line(index)
        if body := published.events[index].get("sealed"):
            members[f"sealed/{body}"] = archive.read(body)
        members[f"events/{index}.tlog-proof"] = str(proof).encode()
    manifest = _manifest(found, leaves)
    enclosed = _enclose(instance, archive, published, found, request)
    members |= enclosed.members
    manifest |= {"places": enclosed.places, "paths": enclosed.paths}
    members["manifest.json"] = json.dumps(manifest, ensure_ascii=False, indent=1).encode()
    members["README.txt"] = readme.text(found, members, log.verifier).encode()
    return _zipped(members)


def _events(published: Publications, found: FoundStatement) -> list[int]:
    """The events that lead to the statement: Fetch, Load, Validate, Approve, Publish."""
    publish = found.version.publish
    approvals = publish.get("approvals", [])
    before = [found.load["fetch"], found.load["index"], publish["validate"]]
    return [*before, *approvals, publish["index"]]


def _leaves(instance: Instance, archive: Archive, found: FoundStatement) -> list[SubjectProof]:
    """The leaf of the subject; without one, its neighbours."""
    place = (archive, instance.cache, found.load, found.layer, found.subject)
    own = evidence.subject_proof(*place)
    return [own] if own else evidence.absence_proof(*place)


def _member(found: FoundStatement, leaf: SubjectProof) -> str:
    key = f"<{found.subject}> ".encode()
    if leaf.leaf.startswith(key):
        return "subject.nt"
    return "before.nt" if leaf.leaf < key else "after.nt"


def _manifest(found: FoundStatement, leaves: Sequence[SubjectProof]) -> dict[str, Any]:
    return {
        "format": "ulzii-evidence@v1",
        "publish": found.version.publish["index"],
        "layer": found.layer,
        "absent": found.number is None,
        "leaves": [
            {"member": _member(found, leaf), "index": leaf.index, "path": proofs.encode(leaf.path)}
            for leaf in leaves
        ],
        "number": found.number,
        "origins": [list(origin) for origin in found.origins],
    }


def _blobs(
    archive: Archive, published: Publications, found: FoundStatement, most: int
) -> dict[str, bytes]:
    """The list of responses, the row map and the lines, the latter two where they are small."""
    fetch, layer = published.events[found.load["fetch"]], found.load["layers"][found.layer]
    members = {f"responses/{fetch['manifest']}": archive.read(fetch["manifest"])}
    if found.number is not None:
        for kind in ("rows", "lines"):
            with archive.seekable(layer[kind]) as blob:
                is_small = blob.length <= most
            if is_small:
                members[f"{kind}/{layer[kind]}"] = archive.read(layer[kind])
    return members


def _enclose(
    instance: Instance,
    archive: Archive,
    published: Publications,
    found: FoundStatement,
    request: BundleRequest,
) -> Enclosed:
    allowed = access.of_source(archive, published, found.version.source)
    fetch = published.events[found.load["fetch"]]
    responses = {r["sha256"]: r for r in manifests.responses(fetch, archive) if "sha256" in r}
    marks = found.load.get("marks")
    trees = item_trees.read(archive, marks) if marks else {}
    chosen = request.captures or allowed
    enclosed = enclose(
        archive, instance.cache, found.origins, responses, chosen, request.most, trees
    )
    if marks and any(path is not None for path in enclosed.paths):
        enclosed.members[f"marks/{marks}"] = archive.read(marks)
    return enclosed


def _zipped(members: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name in _order(members):
            file.writestr(zipfile.ZipInfo(name, _DATE), members[name], zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _order(members: dict[str, bytes]) -> Iterator[str]:
    """README first; who unpacks it sees that."""
    yield from sorted(members, key=lambda name: (name != "README.txt", name))
