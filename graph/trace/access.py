"""Who may read the captures of a source: the key `captures` of its description.

The description is the one that the newest load of the source used, from the archive: the ledger
names it, so that a file on the server cannot open what was closed. It holds for all captures of the
source, older ones too. The captures of a restricted source need its token besides.
"""

from __future__ import annotations

from typing import Final

from graph.archive import Archive
from graph.trace.publications import Publications, PublishedVersion, description

PRIVATE: Final = "private"
RECORDS: Final = "records"
PUBLIC: Final = "public"
_ACCESS = (PRIVATE, RECORDS, PUBLIC)


def of_source(archive: Archive, publications: Publications, source: str) -> str:
    """PRIVATE, RECORDS (the records that statements were made from) or PUBLIC (the file too)."""
    said = description(archive, publications.mappings.get(source)).get("captures", PRIVATE)
    return str(said) if said in _ACCESS else PRIVATE


def of_whole_records(
    archive: Archive, publications: Publications, version: PublishedVersion
) -> str:
    """The same for records byte by byte, in which nothing can be hidden: PRIVATE instead of RECORDS
    where the description of the version ignores columns of its table, or leaves that to CSVW."""
    said = of_source(archive, publications, version.source)
    options = description(archive, publications.mapping_of(version.load)).get("options", {})
    columns = options.get("columns", ())
    hides = "csvw" in options or any(one.get("role") == "ignore" for one in columns)
    return PRIVATE if said == RECORDS and hides else said
