"""What the statements of a version describe: datasets, and the cubes of observations."""

from __future__ import annotations

from collections.abc import Iterable

from vocab.namespaces import DCAT, QB, RDF

_TYPE = f" {RDF.type} ".encode()
_DATASET = _TYPE + f"{DCAT.Dataset} .".encode()
_CUBE = _TYPE + f"{QB.DataSet} .".encode()
_OF_CUBE = f" {QB.dataSet} ".encode()


def datasets(lines: Iterable[bytes]) -> set[str]:
    """The IRIs of the resources that say they are a dcat:Dataset; lines without line feeds."""
    return {_iri(line.split(b" ", 1)[0]) for line in lines if line.endswith(_DATASET)}


def cubes(lines: Iterable[bytes]) -> set[str]:
    """The IRIs of the resources that say they are a qb:DataSet."""
    return {_iri(line.split(b" ", 1)[0]) for line in lines if line.endswith(_CUBE)}


def observed_cubes(lines: Iterable[bytes]) -> set[str]:
    """The IRIs of the cubes to which observations belong."""
    return {_iri(line.split(b" ", 2)[2][:-2]) for line in lines if _OF_CUBE in line}


def _iri(term: bytes) -> str:
    return term.strip(b"<>").decode()
