"""Who may read the captures of a source: the key `captures` of its description.

The description is the one that the newest load of the source used, from the archive: the ledger
names it, so that a file on the server cannot open what was closed. It holds for all captures of the
source, older ones too. The captures of a restricted source need its token besides.
"""

from __future__ import annotations

from typing import Final

from graph.archive import Archive
from graph.trace.publications import Publications, description

PRIVATE: Final = "private"
RECORDS: Final = "records"
PUBLIC: Final = "public"
_ACCESS = (PRIVATE, RECORDS, PUBLIC)


def of_source(archive: Archive, publications: Publications, source: str) -> str:
    """PRIVATE, RECORDS (the records that statements were made from) or PUBLIC (the file too)."""
    said = description(archive, publications.mappings.get(source)).get("captures", PRIVATE)
    return str(said) if said in _ACCESS else PRIVATE
