"""Synthetic catalogues: about 36 statements a dataset, in the shape of our own DCAT."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

BASE = "https://bench.example/"
STATEMENTS = 36  # of each dataset
_XSD = "http://www.w3.org/2001/XMLSchema#"
_DCT = "http://purl.org/dc/terms/"
_DCAT = "http://www.w3.org/ns/dcat#"
_TYPE = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
_EU = "http://publications.europa.eu/resource/authority/"

_DATASET = f"""\
{{d}} {_TYPE} <{_DCAT}Dataset> .
{{d}} <{_DCT}identifier> "bench:{{n}}" .
{{d}} <{_DCT}title> "Өгөгдлийн багц {{n}}, хувилбар {{v}}"@mn .
{{d}} <{_DCT}title> "Dataset number {{n}}"@en .
{{d}} <{_DCT}description> "Жишээ багц {{n}}: аймаг, сум, жилээр гаргасан тоо."@mn .
{{d}} <{_DCT}description> "Synthetic dataset {{n}}, figures by aimag, soum and year."@en .
{{d}} <{_DCT}publisher> <https://w3id.org/ulzii/id/org/{{org}}> .
{{d}} <{_DCT}language> <{_EU}language/MON> .
{{d}} <{_DCT}accrualPeriodicity> <{_EU}frequency/{{frequency}}> .
{{d}} <{_DCT}spatial> <https://w3id.org/ulzii/id/place/{{place}}> .
{{d}} <{_DCT}issued> "{{year}}-01-01"^^<{_XSD}date> .
{{d}} <{_DCT}modified> "{{year}}-06-{{day}}T09:00:00+08:00"^^<{_XSD}dateTime> .
{{d}} <{_DCAT}theme> <{_EU}data-theme/{{theme}}> .
{{d}} <{_DCAT}keyword> "түлхүүр {{k}}"@mn .
{{d}} <{_DCAT}keyword> "keyword {{k}}"@en .
{{d}} <{_DCAT}distribution> {{f1}} .
{{d}} <{_DCAT}distribution> {{f2}} .
{{d}} <http://www.w3.org/ns/prov#wasDerivedFrom> <{BASE}capture/sha256-{{n:064x}}> .
"""
_FILE = f"""\
{{f}} {_TYPE} <{_DCAT}Distribution> .
{{f}} <{_DCT}title> "{{format}} файл {{n}}"@mn .
{{f}} <{_DCAT}accessURL> <{BASE}files/{{n}}/{{format}}> .
{{f}} <{_DCT}format> <{_EU}file-type/{{format}}> .
{{f}} <{_DCAT}byteSize> "{{size}}"^^<{_XSD}integer> .
{{f}} <{_DCT}rights> <https://w3id.org/ulzii/scheme/rights/licence-not-stated> .
{{f}} <{_DCT}modified> "{{year}}-06-{{day}}T09:00:00+08:00"^^<{_XSD}dateTime> .
"""
_RECORD = f"""\
{{r}} {_TYPE} <{_DCAT}CatalogRecord> .
{{r}} <http://xmlns.com/foaf/0.1/primaryTopic> {{d}} .
{{r}} <{_DCT}modified> "{{year}}-06-{{day}}T09:00:00+08:00"^^<{_XSD}dateTime> .
<{BASE}catalog> <{_DCAT}dataset> {{d}} .
"""
_THEMES = ("AGRI", "ECON", "EDUC", "ENVI", "GOVE", "HEAL", "JUST", "REGI", "SOCI", "TRAN")
_FREQUENCIES = ("ANNUAL", "DAILY", "MONTHLY", "QUARTERLY")


class Line(NamedTuple):
    """A statement as an N-Triples line, and the number of the dataset it belongs to."""

    text: bytes
    dataset: int


def iri(number: int) -> str:
    """The IRI of a dataset."""
    return f"{BASE}id/dataset/bench/{number}"


def lines(datasets: int, changed: frozenset[int] = frozenset()) -> Iterator[Line]:
    """All statements; the datasets in `changed` have another title and file size."""
    for number in range(datasets):
        for text in _of(number, 2 if number in changed else 1).encode().splitlines():
            yield Line(text, number)


def _of(n: int, version: int) -> str:
    values = {
        "n": n,
        "v": version,
        "d": f"<{iri(n)}>",
        "r": f"<{iri(n)}#record>",
        "f1": f"<{iri(n)}/file/{2 * n}>",
        "f2": f"<{iri(n)}/file/{2 * n + 1}>",
        "org": f"{5000000 + n * 7919 % 701:07}",
        "frequency": _FREQUENCIES[n % 4],
        "theme": _THEMES[n * 31 % 10],
        "place": f"{n * 13 % 361:05}",
        "year": 2015 + n % 11,
        "day": f"{n % 28 + 1:02}",
        "k": n % 977,
    }
    files = "".join(
        _FILE.format(**values, f=values[name], format=kind, size=1000 + n * 37 + version)
        for name, kind in (("f1", "CSV"), ("f2", "JSON"))
    )
    return _DATASET.format(**values) + files + _RECORD.format(**values)
