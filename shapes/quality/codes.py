"""The code lists that the metrics use: EU authority tables and IANA media types, codes only.

`codes/*.csv` has one code per row; an `x` in another column also puts the code in that sublist.
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pyoxigraph as ox

_FOLDER = Path(__file__).with_name("codes")
_EU = "http://publications.europa.eu/resource/authority/"
_IANA = "http://www.iana.org/assignments/media-types/"


@dataclass(frozen=True, slots=True)
class CodeList:
    """The codes of one authority; contains a term if its IRI is the prefix and one of the codes.

    The authorities answer at http and https alike, and catalogues write both.
    """

    prefix: str
    codes: frozenset[str]

    def __contains__(self, term: object) -> bool:
        return (
            isinstance(term, ox.NamedNode)
            and (iri := re.sub("^https:", "http:", term.value)).startswith(self.prefix)
            and iri.removeprefix(self.prefix) in self.codes
        )


@cache
def _list(name: str, prefix: str, column: str = "") -> CodeList:
    with (_FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    kept = (row["code"] for row in rows if not column or row[column])
    return CodeList(prefix, frozenset(kept))


FILE_TYPES = _list("file-type", _EU + "file-type/")
MACHINE_READABLE = _list("file-type", _EU + "file-type/", "machine_readable")
NON_PROPRIETARY = _list("file-type", _EU + "file-type/", "non_proprietary")
LICENCES = _list("licence", _EU + "licence/")
ACCESS_RIGHTS = _list("access-right", _EU + "access-right/")
MEDIA_TYPES = _list("media-type", _IANA)
