"""How to cite a dataset: who, what, which version and snapshot, where, and when it was read.

The snapshot says which statements were read, and the day of access when: the page itself changes
with the next snapshot. Years are never taken for a date of issue that nobody stated.
"""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DatasetCitation:
    """The parts of a citation. `issued` is the publisher's own date, or empty; `published` the day
    of the snapshot, `accessed` the day of reading (RFC 3339)."""

    publisher: str
    title: str
    identifier: str
    iri: str
    issued: str
    version: int
    snapshot: int
    published: str
    accessed: str

    @property
    def bibtex(self) -> str:
        """As BibTeX, for LaTeX."""
        key = re.sub(r"[^A-Za-z0-9]+", "-", self.identifier).strip("-") or "dataset"
        fields = {
            "author": f"{{{_escaped(self.publisher)}}}",
            "title": f"{{{_escaped(self.title)}}}",
            "year": self.issued[:4],
            "publisher": _escaped(self.publisher),
            "version": f"{self.version}",
            "howpublished": f"Ulzii, snapshot {self.snapshot} ({self.published})",
            "url": self.iri,
            "urldate": self.accessed,
        }
        lines = (f"  {name} = {{{value}}}" for name, value in fields.items() if value)
        return f"@misc{{{key},\n" + ",\n".join(lines) + "\n}"

    @property
    def ris(self) -> str:
        """As RIS, for reference managers."""
        fields = (
            ("TY", "DATA"),
            ("AU", self.publisher),
            ("TI", self.title),
            ("PY", self.issued[:4]),
            ("ET", f"{self.version}"),
            ("DB", f"Ulzii, snapshot {self.snapshot} ({self.published})"),
            ("UR", self.iri),
            ("Y2", self.accessed.replace("-", "/")),
        )
        lines = [f"{name}  - {_one_line(value)}" for name, value in fields if value]
        return "\n".join([*lines, "ER  - "])


def _escaped(text: str) -> str:
    return re.sub(r"([{}\\%&$#_])", r"\\\1", _one_line(text))


def _one_line(text: str) -> str:
    return " ".join(text.split())
