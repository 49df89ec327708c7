"""Croissant 1.0 (http://mlcommons.org/croissant/1.0) of datasets that are tables.

A data cube is a table with known columns, its dimensions and measures; its file is our own
endpoint's CSV of it. Other files are named only where they are tables, with the columns that their
catalogue tells. Nothing is said that is not known: no columns of files that were not read, no
checksums (the data are live: none is required).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import pyoxigraph as ox

from graph.catalogue.description.properties import STATDCAT
from server.core.context import AppContext
from server.datasets.described import DescribedDataset
from server.resources import file_columns, schema_org
from server.resources.file_columns import FileColumn
from server.sparql import internal_queries
from server.sparql.labels import Labels, labels
from vocab.namespaces import DCAT, DCT, QB

EXTENSION = "croissant.jsonld"
VERSION = "http://mlcommons.org/croissant/1.0"
MEDIA_TYPE = f'application/ld+json; profile="{VERSION}"'
_CONTEXT = {
    "@vocab": "https://schema.org/",
    "sc": "https://schema.org/",
    "cr": "http://mlcommons.org/croissant/",
    "dct": "http://purl.org/dc/terms/",
    "conformsTo": "dct:conformsTo",
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    **{
        term: f"cr:{term}"
        for term in ("column", "extract", "field", "fileObject", "isLiveDataset", "recordSet")
    },
    "source": "cr:source",
}
_TABLES = {
    "text/csv",
    "text/tab-separated-values",
    "application/vnd.apache.parquet",
    "application/vnd.ms-excel",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/vnd.oasis.opendocument.spreadsheet",
}
"""Media types of files that are tables."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a cube's table: the property whose values it has, and its name in the CSV."""

    property: str
    name: str
    is_measure: bool


@dataclass(frozen=True, slots=True)
class CubeTable:
    """A data cube as a table."""

    cube: str
    columns: tuple[Column, ...]

    @property
    def query(self) -> str:
        """The SELECT whose result is the table: a row for each observation."""
        names = " ".join(f"?{column.name}" for column in self.columns)
        parts = " . ".join(_pattern(column) for column in self.columns)
        about = f"?observation <{QB.dataSet.value}> <{self.cube}>"
        return f"SELECT {names} WHERE {{ {about} . {parts} }}"


def is_table(described: DescribedDataset) -> bool:
    """Whether a dataset has a data cube or a file that is a table."""
    return bool(described.values(STATDCAT.dimension)) or any(_files(described))


def document(described: DescribedDataset, context: AppContext, path: str) -> str:
    """The Croissant JSON-LD of a dataset that is a table."""
    node = schema_org.node(described, context.instance, context.urls, path)
    tables = [*_tables(context, described.entry.iri)]
    named = labels(context, (c.property for table in tables for c in table.columns))
    columns = file_columns.of_files(context.pool, described.entry.iri)
    about = {
        **node,
        "@context": {"@language": _language(described), **_CONTEXT},
        "@type": "sc:Dataset",
        "conformsTo": VERSION,
        "isLiveDataset": True,
        "creator": [schema_org.agent(described, iri) for iri in described.iris(DCT.creator)],
        "distribution": [
            *(_cube_file(context, table) for table in tables),
            *({**file, "@type": "cr:FileObject"} for file in _files(described)),
        ],
        "recordSet": [
            *(_record_set(table, named) for table in tables),
            *(
                _file_records(file, columns[file["@id"]])
                for file in _files(described)
                if file["@id"] in columns
            ),
        ],
    }
    return json.dumps({k: v for k, v in about.items() if v}, ensure_ascii=False, indent=1)


def _language(described: DescribedDataset) -> str:
    """The language of the dataset's name; readers of Croissant want the context to tell it."""
    tags = {v.language for v in described.values(DCT.title) if isinstance(v, ox.Literal)}
    return next((tag for tag in ("mn", "en") if tag in tags), "mn")


def _files(described: DescribedDataset) -> Iterator[dict[str, Any]]:
    """The distributions that are tables and can be downloaded."""
    for iri in described.distributions:
        if described.iris(DCAT.downloadURL, iri):
            file = schema_org.download(described, iri)
            if file["encodingFormat"] in _TABLES:
                yield {**file, "name": file.get("name") or file["contentUrl"].rpartition("/")[2]}


def _tables(context: AppContext, dataset: str) -> Iterator[CubeTable]:
    rows = internal_queries.select(context.pool, "resources/columns", [dataset])
    for cube, group in groupby(rows, key=lambda row: str(row["cube"].value)):
        found: dict[str, Column] = {}
        for row in group:
            iri = str(row["property"].value)
            name = _variable(iri, {column.name for column in found.values()})
            found[iri] = Column(iri, name, row["kind"] == QB.measure)
        yield CubeTable(cube, tuple(found.values()))


def _variable(iri: str, taken: set[str]) -> str:
    """The end of an IRI as the name of a SPARQL variable and a column, different from others."""
    name = re.sub(r"[^A-Za-z0-9]+", "_", re.split("[/#]", iri.rstrip("/#"))[-1]) or "column"
    return name if name not in taken else f"{name}_{len(taken) + 1}"


def _pattern(column: Column) -> str:
    pattern = f"?observation <{column.property}> ?{column.name}"
    return f"OPTIONAL {{ {pattern} }}" if column.is_measure else pattern  # a cell may be empty


def _cube_file(context: AppContext, table: CubeTable) -> dict[str, Any]:
    url = context.urls.absolute(context.urls.sparql(table.query, [("format", "csv")]))
    return {
        "@type": "cr:FileObject",
        "@id": f"{table.cube}#csv",
        "name": f"{_variable(table.cube, set())}.csv",
        "contentUrl": url,
        "encodingFormat": "text/csv",
    }


def _record_set(table: CubeTable, named: Labels) -> dict[str, Any]:
    return {
        "@type": "cr:RecordSet",
        "@id": f"{table.cube}#records",
        "name": _variable(table.cube, set()),
        "field": [_field(table, column, named) for column in table.columns],
    }


def _file_records(file: dict[str, Any], columns: Sequence[FileColumn]) -> dict[str, Any]:
    """The records of a file whose columns its catalogue tells."""
    return {
        "@type": "cr:RecordSet",
        "@id": f"{file['@id']}#records",
        "name": file["name"],
        "field": [_file_field(file, number, one) for number, one in enumerate(columns, 1)],
    }


def _file_field(file: dict[str, Any], number: int, column: FileColumn) -> dict[str, Any]:
    found = {
        "@type": "cr:Field",
        "@id": f"{file['@id']}#records/{number}",
        "name": column.name,
        "description": column.about,
        "dataType": f"sc:{column.kind}" if column.kind else "",
        "source": {"fileObject": {"@id": file["@id"]}, "extract": {"column": column.name}},
    }
    return {key: value for key, value in found.items() if value}


def _field(table: CubeTable, column: Column, named: Labels) -> dict[str, Any]:
    label = next(iter(sorted(named.get(column.property, {}).items(), reverse=True)), ("", ""))[1]
    found = {
        "@type": "cr:Field",
        "@id": f"{table.cube}#records/{column.name}",
        "name": column.name,
        "description": label,
        "dataType": "sc:Float" if column.is_measure else "sc:URL",
        "source": {
            "fileObject": {"@id": f"{table.cube}#csv"},
            "extract": {"column": column.name},
        },
    }
    return {key: value for key, value in found.items() if value}
