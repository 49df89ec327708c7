"""The files of every snapshot on disk against its signed list, and each list against the ledger.

Old snapshots answer too, at their permanent addresses, so they are checked like the current one.
"""

from __future__ import annotations

from collections.abc import Iterator

from graph import snapshots
from graph.audit.model.problem import Fault, IntegrityProblem
from graph.core.errors import IntegrityError
from graph.core.instance import Instance
from graph.ledger import Ledger
from graph.snapshots import Snapshot, checksums


def check(
    instance: Instance, ledger: Ledger, current: Snapshot | None
) -> Iterator[IntegrityProblem]:
    """Problems of every snapshot on disk, and of files that cannot be read."""
    try:
        yield from _all(instance, ledger, current)
    except OSError as error:
        yield IntegrityProblem(3, str(error.filename), f"it cannot be read: {error.strerror}")


def _all(
    instance: Instance, ledger: Ledger, current: Snapshot | None
) -> Iterator[IntegrityProblem]:
    for snapshot in snapshots.list_all(instance):
        index = snapshot.number - 1
        if snapshot.path.is_symlink():
            what = "a symbolic link; a snapshot is a directory"
            yield IntegrityProblem(3, str(snapshot.path), what)
        if not 0 <= index < ledger.size or ledger[index]["type"] != "Publish":
            yield IntegrityProblem(
                3, str(snapshot.path), "a snapshot that the ledger does not know"
            )
            continue
        yield from _files(snapshot, ledger, signed="files" in ledger[index])
    if current is not None and not current.path.is_dir():
        yield IntegrityProblem(3, str(current.path), "the current snapshot is missing")


def _files(snapshot: Snapshot, ledger: Ledger, *, signed: bool) -> Iterator[IntegrityProblem]:
    """`signed`: its Publish event says that there is a signed list, so an unsigned one is forged.

    A store of an old Publish event that was rebuilt since has a signed list all the same.
    """
    try:
        listed = checksums.read(snapshot, ledger.verifier())
    except IntegrityError as error:
        yield IntegrityProblem.of_error(3, error)
        return
    if signed and not listed.signed:
        where = str(snapshot.files_list)
        yield IntegrityProblem(3, where, "the list of files is not signed, the ledger says it is")
    elif not listed.signed:
        what = "version 0.1.0 did not sign the list of files; `ulzii rebuild` does"
        yield IntegrityProblem(3, str(snapshot.files_list), what, Fault.NOT_RECORDED)
    for path, fault in checksums.damaged(snapshot, listed):
        yield IntegrityProblem(3, path, fault)
