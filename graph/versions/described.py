"""What the statements of a version describe: datasets, and the cubes of observations."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from vocab.namespaces import DCAT, QB, RDF

_TYPE = f" {RDF.type} ".encode()
_DATASET = _TYPE + f"{DCAT.Dataset} .\n".encode()
_CUBE = _TYPE + f"{QB.DataSet} .\n".encode()
_OF_CUBE = re.compile(re.escape(f" {QB.dataSet} ".encode()) + rb"<([^>]*)> \.\n")


def datasets(blocks: Iterable[bytes]) -> set[str]:
    """The IRIs of the resources that say they are a dcat:Dataset; blocks of lines with their line
    feeds (`graph.statements.layer.read_blocks`)."""
    return {one for block in blocks for one in _subjects(block, _DATASET)}


def cubes(blocks: Iterable[bytes]) -> set[str]:
    """The IRIs of the resources that say they are a qb:DataSet."""
    return {one for block in blocks for one in _subjects(block, _CUBE)}


def observed_cubes(blocks: Iterable[bytes]) -> set[str]:
    """The IRIs of the cubes to which observations belong."""
    found: set[bytes] = set()
    for block in blocks:
        found.update(_OF_CUBE.findall(block))
    return {one.decode() for one in found}


def _subjects(block: bytes, end: bytes) -> Iterator[str]:
    """The subjects of the lines with an end."""
    at = block.find(end)  # most blocks have none: they are not split into lines
    while at >= 0:
        subject = block[block.rfind(b"\n", 0, at) + 1 : at]
        if subject.startswith(b"<") and subject.endswith(b">"):  # else it stands in a text
            yield subject[1:-1].decode()
        at = block.find(end, at + 1)
