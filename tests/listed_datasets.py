"""Datasets to list, and what the lists say of them."""

from __future__ import annotations

import pyoxigraph as ox
from hypothesis import strategies as st

from graph import snapshots
from graph.core.instance import Instance
from graph.core.iris import ID, SCHEME
from graph.lists import index
from graph.lists import query as listing
from graph.lists.index import ListIndex
from graph.lists.kinds import KINDS
from graph.lists.query import ListPage, ListRequest
from graph.search.query_parser import parse
from graph.statements import canonical
from vocab.namespaces import (
    DCAT,
    DCT,
    EU_FILE_TYPE,
    EU_LICENCE,
    EU_THEME,
    FOAF,
    QB,
    RDF,
    RDFS,
    SKOS,
)
from vocab.terms import Object

DATASET = KINDS["dataset"]
START = "https://example.mn/id/dataset/a/"


def line(subject: str, predicate: ox.NamedNode, value: Object) -> bytes:
    return canonical.line(ox.NamedNode(subject), predicate, value)


def dataset(name: str, title: str = "", **facets: list[Object]) -> list[bytes]:
    """A dataset with one file; `format` and `licence` are the file's."""
    iri = f"{START}{name}"
    file = f"{iri}/file/1"
    lines = [
        line(iri, RDF.type, DCAT.Dataset),
        line(iri, DCAT.distribution, ox.NamedNode(file)),
        line(file, DCAT.accessURL, ox.NamedNode("https://example.mn/file")),
    ]
    if title:
        lines.append(line(iri, DCT.title, ox.Literal(title, language="mn")))
    for facet, (subject, predicate) in PROPERTIES.items():
        for value in facets.get(facet, ()):
            lines.append(line(iri if subject == "dataset" else file, predicate, value))
    return lines


PROPERTIES = {
    "publisher": ("dataset", DCT.publisher),
    "theme": ("dataset", DCAT.theme),
    "place": ("dataset", DCT.spatial),
    "format": ("file", DCT["format"]),
    "licence": ("file", DCT.license),
    "frequency": ("dataset", DCT.accrualPeriodicity),
    "year": ("dataset", DCT.modified),
    "data": ("dataset", DCT.hasFormat),
}


def opened(instance: Instance) -> ListIndex:
    now = snapshots.current(instance)
    assert now is not None
    return index.of(now)


def page(lists: ListIndex, kind: str = "dataset", text: str = "", **more: object) -> ListPage:
    words = parse(text) if text else None
    return listing.page(lists, ListRequest(KINDS[kind], words, **more))  # type: ignore[arg-type]


def names(found: ListPage) -> list[str]:
    return [entry.document.iri.removeprefix(START) for entry in found.entries]


def counts(found: ListPage, facet: str) -> dict[str, int | None]:
    (values,) = (one.values for one in found.facets if one.name == facet)
    return {value.key: value.count for value in values}


ORGS = [ox.NamedNode(f"{ID}org/{key}") for key in ("1000001", "x-a", "x-b")]
VALUES: dict[str, list[Object]] = {
    "publisher": [*ORGS],
    "theme": [EU_THEME.AGRI, EU_THEME.ECON],
    "place": [ox.NamedNode(f"{ID}place/{key}") for key in ("065", "023")],
    "format": [EU_FILE_TYPE.CSV, EU_FILE_TYPE.JSON],
    "licence": [EU_LICENCE.CC_BY],
    "year": [
        ox.Literal(f"{year}-01-02", datatype=ox.NamedNode("http://www.w3.org/2001/XMLSchema#date"))
        for year in (2019, 2024)
    ],
    "data": [ox.NamedNode("https://example.mn/cube")],
}
CATALOGUES = st.lists(
    st.fixed_dictionaries(
        {
            facet: st.lists(st.sampled_from(v), unique=True, max_size=2)
            for facet, v in VALUES.items()
        }
    ),
    min_size=1,
    max_size=6,
)
FACETS = {
    "publisher": "?d dct:publisher ?v",
    "theme": "?d dcat:theme ?v",
    "place": "?d dct:spatial ?v",
    "format": "?d dcat:distribution/dct:format ?v",
    "licence": "?d dcat:distribution/dct:license ?v",
    "year": "?d dct:modified ?t BIND(YEAR(?t) AS ?v)"
    " FILTER NOT EXISTS { ?d dct:modified ?later FILTER (?later > ?t) }",
}
COUNT = """PREFIX dcat: <http://www.w3.org/ns/dcat#> PREFIX dct: <http://purl.org/dc/terms/>
SELECT ?v (COUNT(DISTINCT ?d) AS ?n) WHERE { ?d a dcat:Dataset OPTIONAL { %s } } GROUP BY ?v"""


def unit(code: str, cls: ox.NamedNode, name: str, above: str) -> list[bytes]:
    concept, scheme = f"{SCHEME}au/{code}", ox.NamedNode(f"{SCHEME}au")
    up = [line(concept, SKOS.broader, ox.NamedNode(f"{SCHEME}au/{above}"))] if above else []
    return [
        *up,
        line(f"{ID}place/{code}", RDF.type, cls),
        line(f"{ID}place/{code}", RDFS.label, ox.Literal(name, language="mn")),
        line(concept, FOAF.focus, ox.NamedNode(f"{ID}place/{code}")),
        line(concept, SKOS.inScheme, scheme),
        line(concept, SKOS.notation, ox.Literal(code)),
    ]


CUBE, CODES = "https://example.mn/cube", "https://example.mn/codes"


def cube(**codes: str) -> list[bytes]:
    """A cube, and the code list of its dimension, none of them a part of a dataset."""
    steps = (QB.structure, QB.component, QB.dimension, QB.codeList)
    things = [CUBE, *(f"{CUBE}-{number}" for number in range(3)), CODES]
    lines = [line(CUBE, RDF.type, QB.DataSet)]
    for subject, predicate, value in zip(things, steps, things[1:], strict=False):
        lines.append(line(subject, predicate, ox.NamedNode(value)))
    for key, name in codes.items():
        lines.append(line(f"{CODES}/{key}", SKOS.inScheme, ox.NamedNode(CODES)))
        lines.append(line(f"{CODES}/{key}", SKOS.prefLabel, ox.Literal(name, language="mn")))
    return lines
