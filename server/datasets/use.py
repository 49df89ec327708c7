"""Code that reads a dataset from this server, ready to be run: curl, Python, R, SPARQL."""

from __future__ import annotations

from dataclasses import dataclass

from server.cubes.structure import CubeStructure, last_part
from server.http.urls import Urls

TABLE, OBSERVATIONS = "table.csv", "observations.csv"
"""Extensions of a dataset's address: its table as it is shown, and all observations."""


@dataclass(frozen=True, slots=True)
class UseSnippet:
    """A program in one language; `name` is the language's own name."""

    name: str
    code: str


def snippets(
    urls: Urls, dataset: str, path: str, cube: CubeStructure | None, language: str
) -> list[UseSnippet]:
    """Programs that read the observations of a cube, else what is said of a dataset.

    `dataset` is its IRI, `path` its local path without an extension;
    codes are named in `language`.
    """
    extension = OBSERVATIONS if cube else "csv"
    address = urls.absolute(f"{path}.{extension}") + (f"?lang={language}" if cube else "")
    name = f"{last_part(path)}.csv"
    query = _of_cube(cube) if cube else _of_dataset(dataset)
    endpoint = urls.absolute("sparql")
    return [
        UseSnippet("curl", f'curl --fail --location --output "{name}" \\\n  "{address}"'),
        UseSnippet("Python", _PYTHON.format(address=address)),
        UseSnippet("R", f'data <- read.csv("{address}", fileEncoding = "UTF-8")\nhead(data)'),
        UseSnippet("SPARQL", query),
        UseSnippet(
            "SPARQL, curl",
            f"curl --fail --header 'Accept: text/csv' --data-urlencode query@query.rq \\\n"
            f'  "{endpoint}"',
        ),
    ]


_PYTHON = """\
import csv
import io
import urllib.request

with urllib.request.urlopen("{address}") as answer:
    rows = list(csv.DictReader(io.TextIOWrapper(answer, "utf-8")))
print(len(rows), rows[0])"""


def _of_dataset(dataset: str) -> str:
    return f"SELECT ?property ?value WHERE {{\n  <{dataset}> ?property ?value\n}}"


def _of_cube(cube: CubeStructure) -> str:
    names = [f"?d{number}" for number in range(1, len(cube.dimensions) + 1)]
    pairs = zip(cube.dimensions, names, strict=True)
    keys = " ;\n    ".join(f"<{one.iri}> {name}" for one, name in pairs)
    return (
        "PREFIX qb: <http://purl.org/linked-data/cube#>\n"
        f"SELECT {' '.join(names)} ?value WHERE {{\n"
        f"  ?observation qb:dataSet <{cube.iri}> ;\n    {keys} ;\n"
        f"    <{cube.measures[0]}> ?value .\n}} LIMIT 100"
    )
