"""Generated catalogues with random defects: pySHACL finds the same behind the prefilter."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from rdflib import Graph

from shapes.files import shapes_graph
from shapes.profiles import profile_graph
from tests import parts
from tests.prefiltered import prefiltered, pyshacl_alone
from tests.shared import DCAT_SHAPES, needs_shared

pytestmark = pytest.mark.slow

DCT, DCAT = "http://purl.org/dc/terms/", "http://www.w3.org/ns/dcat#"
FOAF, XSD = "http://xmlns.com/foaf/0.1/", "http://www.w3.org/2001/XMLSchema#"
SKOS = "http://www.w3.org/2004/02/skos/core#"
TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
NODES = [f"<https://example.mn/{name}>" for name in ("d/1", "d/2", "f/1", "r/1", "o/1", "c")]
BLANK = ["_:one", "_:two"]
CLASSES = [
    f"<{iri}>"
    for iri in (
        DCAT + "Dataset",
        DCAT + "Distribution",
        DCAT + "Catalog",
        DCAT + "CatalogRecord",
        DCAT + "DataService",
        DCAT + "DatasetSeries",
        FOAF + "Agent",
        SKOS + "Concept",
        SKOS + "ConceptScheme",
        DCT + "LicenseDocument",
        DCT + "PeriodOfTime",
        DCT + "Location",
        "https://example.mn/SubclassOfDataset",
    )
]
LITERALS = [
    '"Малын тоо"@mn',
    '"Livestock"@en',
    '"Livestock again"@en',
    '"untagged"',
    '""',
    '" "@mn',
    f'"2026-11-22"^^<{XSD}date>',
    f'"2026-02-30"^^<{XSD}date>',
    f'"2026-11-22T09:00:00+08:00"^^<{XSD}dateTime>',
    f'"2026"^^<{XSD}gYear>',
    f'"12"^^<{XSD}nonNegativeInteger>',
    f'"-12"^^<{XSD}nonNegativeInteger>',
    f'"12.5"^^<{XSD}decimal>',
    f'"twelve"^^<{XSD}decimal>',
    f'"P1Y"^^<{XSD}duration>',
    f'"00ff"^^<{XSD}hexBinary>',
    '"line\\nbreak \\"quoted\\" \\\\"@mn-mong',
]
PREDICATES = [
    *(DCT + name for name in (
        "title", "description", "identifier", "publisher", "issued", "modified", "license",
        "language", "spatial", "temporal", "format", "rights", "isReferencedBy", "creator",
    )),
    *(DCAT + name for name in (
        "distribution", "accessURL", "downloadURL", "byteSize", "theme", "keyword", "dataset",
        "record", "inSeries", "endpointURL", "servesDataset", "startDate", "contactPoint",
        "temporalResolution", "spatialResolutionInMeters", "mediaType",
    )),
    *(FOAF + name for name in ("name", "primaryTopic", "homepage", "page", "focus")),
    *(SKOS + name for name in ("prefLabel", "inScheme", "notation", "topConceptOf")),
    "http://www.w3.org/2000/01/rdf-schema#label",
]  # fmt: skip
SUBCLASS = (
    b"<https://example.mn/SubclassOfDataset> "
    b"<http://www.w3.org/2000/01/rdf-schema#subClassOf> <http://www.w3.org/ns/dcat#Dataset> .\n"
)

typed = st.tuples(st.sampled_from(NODES + BLANK), st.just(TYPE), st.sampled_from(CLASSES))
properties = st.tuples(
    st.sampled_from(NODES + BLANK),
    st.sampled_from(PREDICATES),
    st.sampled_from(NODES + BLANK + LITERALS),
)
catalogues = st.tuples(
    st.sets(typed, min_size=2, max_size=9), st.sets(properties, max_size=40)
).map(lambda parts: [f"{s} <{p}> {o} .\n".encode() for s, p, o in sorted(parts[0] | parts[1])])


@cache
def official() -> Graph:
    graph = Graph()
    for name in ("shapes", "range", "shapes_recommended", "mdr-vocabularies.shape"):
        graph.parse(DCAT_SHAPES / f"html_shacl_{name}.ttl")
    return graph


@cache
def own() -> Graph:
    return shapes_graph()


@cache
def profile() -> Graph:
    return profile_graph("dcat-ap-mn")


few = settings(
    max_examples=parts.examples(3, 20),
    deadline=None,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.too_slow],
)


@pytest.fixture(autouse=True)
def _quiet(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """rdflib logs every literal it cannot read; here they are meant."""
    with caplog.at_level("CRITICAL", logger="rdflib.term"):
        yield


@needs_shared
@few
@given(catalogues)
def test_generated_catalogues_under_the_official_shapes(lines: list[bytes]) -> None:
    data = [SUBCLASS, *lines]
    assert prefiltered(official(), data) == pyshacl_alone(official(), data)


@few
@given(catalogues)
def test_generated_catalogues_under_our_shapes(lines: list[bytes]) -> None:
    data = [SUBCLASS, *lines]
    assert prefiltered(own(), data) == pyshacl_alone(own(), data)


@few
@given(catalogues)
def test_generated_catalogues_under_our_profile(lines: list[bytes]) -> None:
    data = [SUBCLASS, *lines]
    assert prefiltered(profile(), data) == pyshacl_alone(profile(), data)
