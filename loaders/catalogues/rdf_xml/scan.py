"""One run of expat over an XML document: is it well-formed, and how many datasets does it hold?

pyoxigraph reports nothing when RDF/XML ends between two elements, so expat decides what is whole.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple
from xml.parsers import expat

from vocab.namespaces import DCAT, RDF

_BLOCK = 1 << 16
_DATASETS = {DCAT.Dataset.value, DCAT.DatasetSeries.value}
_DATASET_ELEMENTS = {iri.replace("#", "# ") for iri in _DATASETS}
_TYPE_ELEMENT = RDF.type.value.replace("#", "# ")
_TYPE_ATTRIBUTE = _TYPE_ELEMENT
_RESOURCE = f"{RDF.type.value.removesuffix('type')} resource"


class XmlFault(NamedTuple):
    """Why a document is not well-formed, and the line and column, counted from 1."""

    message: str
    line: int
    column: int


@dataclass(slots=True)
class XmlScan:
    """What expat saw: the root element (namespace, blank, name), datasets, the first fault."""

    root: str = ""
    datasets: int = 0
    fault: XmlFault | None = None

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Handler of a start tag; names are namespace, blank, local name."""
        if name in _DATASET_ELEMENTS:
            self.datasets += 1
        if attributes:
            typed = attributes.get(_RESOURCE) if name == _TYPE_ELEMENT else None
            self.datasets += typed in _DATASETS or attributes.get(_TYPE_ATTRIBUTE) in _DATASETS
        if not self.root:
            self.root = name


def scan(data: bytes) -> XmlScan:
    """Read a whole document; `fault` is None when it is well-formed."""
    parser, found = expat.ParserCreate("utf-8", " "), XmlScan()
    parser.StartElementHandler = found.start
    try:
        for start in range(0, len(data), _BLOCK):
            parser.Parse(data[start : start + _BLOCK], False)
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        found.fault = XmlFault(expat.ErrorString(error.code), error.lineno, error.offset + 1)
    return found
