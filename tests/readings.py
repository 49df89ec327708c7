"""Reading foreign bytes in memory: what came in, and what was met on the way."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from loaders.catalogues.model import LocatedTriple, ReadProblem
from loaders.catalogues.reading.read import read
from loaders.pipeline.record import Capture
from vocab.namespaces import DCAT, RDF

BASE = "https://portal.example/dir/catalogue"
RDF_START = """<?xml version="1.0" encoding="UTF-8"?>
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
         xmlns:dcat="http://www.w3.org/ns/dcat#" xmlns:dct="http://purl.org/dc/terms/">
"""
RDF_END = "</rdf:RDF>\n"
TURTLE_START = """@prefix dcat: <http://www.w3.org/ns/dcat#> .
@prefix dct: <http://purl.org/dc/terms/> .
@prefix d: <http://portal.example/d/> .
"""


@dataclass
class BytesRead:
    """Triples and problems, in order."""

    triples: list[LocatedTriple] = field(default_factory=list)
    problems: list[ReadProblem] = field(default_factory=list)

    @property
    def kinds(self) -> Counter[str]:
        """How many problems there are of each kind."""
        return Counter(problem.kind for problem in self.problems)

    @property
    def datasets(self) -> set[str]:
        """The subjects that are datasets or series, as text."""
        typed = [t for t in self.triples if t.predicate == RDF.type]
        return {str(t.subject) for t in typed if t.object in (DCAT.Dataset, DCAT.DatasetSeries)}

    def values(self, name: str) -> list[str]:
        """The texts of all objects of properties with a local name."""
        found = [t.object for t in self.triples if t.predicate.value.endswith(name)]
        return [getattr(value, "value", "") for value in found]

    @property
    def facts(self) -> Counter[tuple[str, ...]]:
        """The triples without the labels of blank nodes."""
        return Counter(
            tuple("_:" if str(term).startswith("_:") else str(term) for term in triple[:3])
            for triple in self.triples
        )


def read_bytes(
    data: bytes | str, name: str = "catalogue", media_type: str = "", charset: str = ""
) -> BytesRead:
    """Raises what the reading raises."""
    content = data.encode() if isinstance(data, str) else data
    capture = Capture("0", name, "", media_type, content, charset=charset)
    found = BytesRead()
    for item in read(capture, BASE, "p1"):
        if isinstance(item, LocatedTriple):
            found.triples.append(item)
        else:
            found.problems.append(item)
    return found


def rdf_xml(*parts: str) -> str:
    """An RDF/XML document around some nodes."""
    return RDF_START + "".join(parts) + RDF_END


def xml_dataset(number: int, more: str = "") -> str:
    """A dataset of four lines with a distribution."""
    return f"""<dcat:Dataset rdf:about="http://portal.example/d/{number}">
  <dct:title xml:lang="en">Dataset {number}</dct:title>{more}
  <dcat:distribution><dcat:Distribution><dcat:accessURL rdf:resource="http://f.example/{number}"/>
  </dcat:Distribution></dcat:distribution></dcat:Dataset>
"""
