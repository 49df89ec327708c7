"""One file of everything that cannot be made again: ledger, archive, keys, settings, descriptions.

Stores, indexes and pages are made from these when it is restored
(docs/decisions/0042-backups-hold-the-truth.md).
"""

from graph.backup.model import BackupInfo
from graph.backup.restoring import restore
from graph.backup.writing import write

__all__ = ["BackupInfo", "restore", "write"]
