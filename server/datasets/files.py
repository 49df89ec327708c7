"""The files of a dataset: addresses, formats, sizes, and what a check of each address found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pyoxigraph as ox

from graph.core.instance import Instance
from graph.queries import Pool
from loaders.link_checks import ProbeResult, recorded, store_path
from server.datasets.described import DescribedDataset
from server.sparql import internal_queries
from vocab.namespaces import DCAT, DCT, SKOS

MOST_FILES = 40


@dataclass(frozen=True, slots=True)
class FileAddress:
    """An address of a file, and its last check; None where none was made."""

    url: str
    check: ProbeResult | None


@dataclass(frozen=True, slots=True)
class DatasetFile:
    """A distribution: titles by language, addresses, formats as people name them, bytes (as stated,
    or None)."""

    iri: str
    titles: Mapping[str, str]
    addresses: tuple[FileAddress, ...]
    formats: tuple[str, ...]
    size: int | None


def files(instance: Instance, described: DescribedDataset) -> list[DatasetFile]:
    """The first files of a dataset."""
    shown = described.distributions[:MOST_FILES]
    urls = {iri: _urls(described, iri) for iri in shown}
    checks = recorded(store_path(instance), [url for found in urls.values() for url in found])
    return [
        DatasetFile(
            iri,
            {v.language or "": v.value for v in described.values(DCT.title, iri)
             if isinstance(v, ox.Literal)},
            tuple(FileAddress(url, checks.get(url)) for url in urls[iri]),
            tuple(_formats(described, iri)),
            _size(described, iri),
        )
        for iri in shown
    ]  # fmt: skip


def captures(pool: Pool, dataset: str) -> frozenset[str]:
    """The SHA-256 of the archived files that the tables of a dataset were made from."""
    rows = internal_queries.select(pool, "datasets/captures", [dataset])
    return frozenset(row["capture"].value.rpartition("/sha256-")[2] for row in rows)


def _urls(described: DescribedDataset, iri: str) -> list[str]:
    found = [*described.iris(DCAT.downloadURL, iri), *described.iris(DCAT.accessURL, iri)]
    return list(dict.fromkeys(url for url in found if url.startswith(("http://", "https://"))))


def _formats(described: DescribedDataset, iri: str) -> list[str]:
    named = [_format(described, one) for one in described.iris(DCT["format"], iri)]
    types = ["/".join(one.split("/")[-2:]) for one in described.iris(DCAT.mediaType, iri)]
    return list(dict.fromkeys([*named, *described.texts(DCT["format"], iri)] or types))


def _format(described: DescribedDataset, iri: str) -> str:
    names = described.texts(SKOS.prefLabel, iri) or described.texts(DCT.identifier, iri)
    return names[0] if names else iri.rpartition("/")[2]


def _size(described: DescribedDataset, iri: str) -> int | None:
    texts = described.texts(DCAT.byteSize, iri)
    return int(texts[0]) if texts and texts[0].isdecimal() else None
