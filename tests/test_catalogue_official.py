"""The official DCAT-AP shapes on the pages of the catalogue: ours, and what came from elsewhere."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pyoxigraph as ox
import pyshacl
import pytest
import rdflib
from click.testing import CliRunner
from rdflib import SH

from graph.catalogue import listing
from graph.catalogue.listing import Selection
from graph.catalogue.page import PageRequest, assemble
from graph.catalogue.syntax import SYNTAXES
from graph.core.instance import Instance, open_instance
from server.cli import main
from tests import catalogues
from tests.servers import described
from tests.shared import DCAT_SAMPLES, needs_shared, official_shapes

SAMPLES = (
    "dxwg-dcat3/csiro-stratchart.ttl",
    "dxwg-dcat3/ga-wms.jsonld",
    "dxwg-dcat3/relation-examples.jsonld",
    "es-dcat-ap-es/rdf_1.0.0_E_DCAT-AP-ES_Catalog.rdf",
    "es-dcat-ap-es/ttl_1.0.0_E_DCAT-AP-ES_Catalog_HVD_full.ttl",
)
TYPES = {".ttl": "text/turtle", ".jsonld": "application/ld+json", ".rdf": "application/rdf+xml"}
pytestmark = [needs_shared, pytest.mark.ci]


def shapes() -> rdflib.Graph:
    graph = rdflib.Graph()
    for path in official_shapes():
        graph.parse(path)
    return graph


def violations(data: rdflib.Graph) -> Counter[tuple[str, str]]:
    """How many there are, by property and kind of constraint."""
    _, found, _ = pyshacl.validate(data, shacl_graph=shapes(), do_owl_imports=False)
    assert isinstance(found, rdflib.Graph)
    return Counter(
        (str(found.value(one, SH.resultPath)), str(found.value(one, SH.sourceConstraintComponent)))
        for one in found.subjects(SH.resultSeverity, SH.Violation)
    )


def ulzii(instance: Instance, *arguments: str) -> None:
    done = CliRunner().invoke(main, ["--data", str(instance.root), *arguments])
    assert done.exit_code == 0, done.stderr


def read(path: Path) -> rdflib.Graph:
    form = ox.RdfFormat.from_extension(path.suffix[1:])
    quads = ox.parse(path=path, format=form, base_iri="http://sample.example/")
    triples = ox.serialize((quad.triple for quad in quads), format=ox.RdfFormat.N_TRIPLES)
    return rdflib.Graph().parse(data=triples, format="nt")


def catalogue(instance: Instance) -> rdflib.Graph:
    return rdflib.Graph().parse(data=b"".join(catalogues.all_pages(instance)), format="nt")


def test_no_page_of_the_bundled_catalogue_has_a_violation(few_datasets: Path) -> None:
    for page in catalogues.all_pages(open_instance(few_datasets)):
        assert violations(rdflib.Graph().parse(data=page, format="nt")) == Counter()


@pytest.mark.parametrize(
    "selection",
    [
        Selection("", 1),
        *map(Selection, ("sources/mn-odp", "org/5296722", "theme/GOVE", "place/mn")),
    ],
    ids=str,
)
def test_no_part_of_it_has_a_violation(few_datasets: Path, selection: Selection) -> None:
    instance = open_instance(few_datasets)
    found = listing.current(instance)
    assert found.count(selection)
    request = PageRequest(selection, 1, SYNTAXES["nt"], frozen=True)
    page = b"".join(assemble(found, instance, request, catalogues.ADDRESSES).segments())
    assert violations(rdflib.Graph().parse(data=page, format="nt")) == Counter()


@pytest.mark.parametrize("name", SAMPLES)
def test_a_harvested_catalogue_does_not_come_out_worse(
    instance: Instance, tmp_path: Path, name: str
) -> None:
    path = DCAT_SAMPLES / name
    (tmp_path / path.name).write_bytes(path.read_bytes())
    form = f'files = ["{path.name}"]\nmedia_type = "{TYPES[path.suffix]}"'
    text = f'loader = "dcat"\nforeign = true\n{form}'
    source = described(tmp_path, "sample", text)
    ulzii(instance, "load", "codes", "law", "organisations", "catalog")  # whose catalogue it is
    ulzii(instance, "load", str(source.path))
    came = violations(read(path))
    goes = violations(catalogue(instance))
    assert goes - came == Counter()
