"""Write the catalogue to a file, atomically: four syntaxes, language tags in BCP 47 case."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import IO, BinaryIO, cast

import pyoxigraph as ox

from graph.core.errors import ConfigError, storage_error
from graph.core.files import open_atomic
from graph.core.instance import Instance
from graph.export.catalogue import catalogue
from graph.publication.open_store import open_snapshot
from graph.snapshots import Snapshot, current
from vocab.literals import format_language_tag
from vocab.namespaces import DCAT, RDF
from vocab.terms import Triples

PREFIXES = {
    "adms": "http://www.w3.org/ns/adms#",
    "core": "https://w3id.org/ulzii/def/core#",
    "dcat": "http://www.w3.org/ns/dcat#",
    "dcatap": "http://data.europa.eu/r5r/",
    "dct": "http://purl.org/dc/terms/",
    "eli": "http://data.europa.eu/eli/ontology#",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "org": "http://www.w3.org/ns/org#",
    "owl": "http://www.w3.org/2002/07/owl#",
    "place": "https://w3id.org/ulzii/def/place#",
    "prov": "http://www.w3.org/ns/prov#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "spdx": "http://spdx.org/rdf/terms#",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}


@dataclass(frozen=True, slots=True)
class Syntax:
    """An RDF syntax, and a pattern for its language tags: group `lead` before group `tag`."""

    engine: ox.RdfFormat
    tag: re.Pattern[bytes]


# Whole literals are matched, so that text inside them which looks like a tag is not changed.
_QUOTED = re.compile(rb'(?P<lead>"(?:[^"\\]|\\.)*")(?:@(?P<tag>[A-Za-z0-9-]+))?')
_MEMBER = re.compile(rb'(?P<lead>"@language":")(?P<tag>[^"]+)')
_ATTRIBUTE = re.compile(rb'(?P<lead><[^<>]* xml:lang=")(?P<tag>[^"]+)')

SYNTAXES = {
    ".ttl": Syntax(ox.RdfFormat.TURTLE, _QUOTED),
    ".nt": Syntax(ox.RdfFormat.N_TRIPLES, _QUOTED),
    ".jsonld": Syntax(ox.RdfFormat.JSON_LD, _MEMBER),
    ".rdf": Syntax(ox.RdfFormat.RDF_XML, _ATTRIBUTE),
}
"""The syntaxes by file name extension."""


@dataclass(frozen=True, slots=True)
class Exported:
    """The result: name of the snapshot, number of statements, number of dcat:Datasets."""

    snapshot: str
    statements: int
    datasets: int


def export(instance: Instance, path: Path) -> Exported:
    """Write the catalogue of the current snapshot as DCAT-AP.

    The same snapshot gives the same bytes.

    Raises ConfigError for an unknown extension and where nothing is published yet, StorageError
    where the file cannot be written.
    """
    syntax = SYNTAXES.get(path.suffix)
    if syntax is None:
        raise ConfigError(
            f"“{path.suffix}” is not the extension of a known RDF syntax",
            where=str(path),
            hint=f"Use one of {', '.join(SYNTAXES)}.",
        )
    snapshot = current(instance)
    if snapshot is None:
        raise ConfigError("nothing is published yet", hint="Load sources with `ulzii load`.")
    return _export(instance, snapshot, path, syntax)


def _export(instance: Instance, snapshot: Snapshot, path: Path, syntax: Syntax) -> Exported:
    with open_snapshot(instance, snapshot) as store:
        triples = _CountingIterator(catalogue(store, instance.names.catalog))
        try:
            with open_atomic(path) as file:
                write(triples, file, syntax)
        except OSError as error:
            raise storage_error(error, str(path)) from error
    return Exported(snapshot.name, triples.statements, triples.datasets)


class _CountingIterator:
    """Triples that are counted while they are iterated."""

    def __init__(self, triples: Iterable[ox.Triple]) -> None:
        self._triples = triples
        self.statements = self.datasets = 0

    def __iter__(self) -> Triples:
        for triple in self._triples:
            self.statements += 1
            self.datasets += triple.predicate == RDF.type and triple.object == DCAT.Dataset
            yield triple


def write(triples: Iterable[ox.Triple], file: BinaryIO, syntax: Syntax) -> None:
    """Write triples, with language tags in BCP 47 case and sorted prefixes."""
    # the engine has tags in lower case only, and writes prefixes in a different order each time
    out = _LineFilter(file, syntax.tag)
    ox.serialize(triples, cast(IO[bytes], out), syntax.engine, prefixes=PREFIXES)
    out.end()


class _LineFilter:
    """A writable file that corrects each line: no literal spans two lines in these syntaxes."""

    def __init__(self, file: BinaryIO, tag: re.Pattern[bytes]) -> None:
        self._file = file
        self._tag = tag
        self._rest: list[bytes] = []
        self._prefixes: list[bytes] = []
        self._body = False

    def write(self, data: bytes) -> int:
        """Take bytes; incomplete lines wait for the rest."""
        whole, end, rest = bytes(data).rpartition(b"\n")
        if end:
            self._put(b"".join([*self._rest, whole, end]))
            self._rest.clear()
        self._rest.append(rest)
        return len(data)

    def flush(self) -> None:
        """Do nothing: the last line may be incomplete."""

    def end(self) -> None:
        """Write the last line."""
        self._put(b"".join(self._rest))

    def _put(self, text: bytes) -> None:
        for line in text.splitlines(keepends=True):
            if line.startswith(b"@prefix ") and not self._body:
                self._prefixes.append(line)
                continue
            if not self._body:
                self._file.writelines(sorted(self._prefixes))
                self._body = True
            self._file.write(self._tag.sub(_cased, _root(line)))


def _root(line: bytes) -> bytes:
    """The root element of RDF/XML with sorted prefixes; other lines unchanged."""
    if not line.startswith(b"<rdf:RDF "):
        return line
    name, *prefixes = line.rstrip(b">\n").split(b" ")
    return b" ".join([name, *sorted(prefixes)]) + b">\n"


def _cased(match: re.Match[bytes]) -> bytes:
    tag = match["tag"]
    if not tag:  # a literal without a language
        return match[0]
    return match[0][: -len(tag)] + format_language_tag(tag.decode("ascii")).encode()
