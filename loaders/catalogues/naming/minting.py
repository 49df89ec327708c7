"""The IRIs that a source's blank nodes get, and those that count as made for it."""

from __future__ import annotations

import re

from graph.core.iris import Names
from loaders.catalogues.naming import kinds
from loaders.catalogues.naming.contents import digest

_READABLE = re.compile(r"[A-Za-z0-9._~:@-]{1,80}")
_FORMATS = ("ttl", "rdf", "xml", "nt", "nq", "trig", "n3", "json", "jsonld", "csv", "tsv", "html")
_ENDS_LIKE_A_FORMAT = re.compile(rf"\.({'|'.join(_FORMATS)})$", re.IGNORECASE)
_ROOM_FOR_SUFFIX = 71  # of 80 characters


def local_id(text: str, longest: int = 80) -> str:
    """The last part of an IRI: the text where it is safe and readable, else a hash of it."""
    # a server gives the document of an address that ends like a format, and "." is the same folder
    if len(text) > longest or not _READABLE.fullmatch(text) or not text.strip("."):
        return digest(text)
    return digest(text) if _ENDS_LIKE_A_FORMAT.search(text) else text


def shared_local_id(text: str, other_key: str) -> str:
    """The last part of an IRI where several have this text: with the start of another key."""
    return f"{local_id(text, _ROOM_FOR_SUFFIX)}~{other_key[:8]}"


class Minter:
    """Makes the IRIs of one source."""

    def __init__(self, names: Names, source: str) -> None:
        self._names = names
        self._source = source
        self._made = tuple(
            f"<{prefix}"
            for prefix in (
                names.dataset(source, ""),
                names.service(f"{source}/"),
                names.source_catalog(source, ""),
                names.value(source, ""),
            )
        )
        self._catalog = f"<{names.source_catalog(source)}>"

    def is_made(self, term: str) -> bool:
        """Whether a term is an IRI that was made for a blank node of this source."""
        return term.startswith(self._made) or term == self._catalog

    def only_catalog(self) -> str:
        """The catalogue of a source that has one without a name."""
        return self._catalog

    def resource(self, kind: str, local: str) -> str:
        """A dataset, service or catalogue."""
        if kind == kinds.DATASET:
            return f"<{self._names.dataset(self._source, local)}>"
        if kind == kinds.SERVICE:
            return f"<{self._names.service(f'{self._source}/{local}')}>"
        return f"<{self._names.source_catalog(self._source, local)}>"

    def distribution(self, owner: str, key: str) -> str:
        """A distribution, under its dataset; nothing is made under a foreign IRI."""
        if self.is_made(owner) and "#" not in owner:
            return f"<{self._names.distribution(owner[1:-1], key)}>"
        return self.value(f"file-{digest(owner, key)}")

    def part(self, owner: str, key: str) -> str:
        """A part of something, under it; nothing is made under a foreign IRI."""
        if self.is_made(owner):
            return f"<{self._names.part(owner[1:-1], digest(owner, key))}>"
        return self.value(f"part-{digest(owner, key)}")

    def value(self, key: str) -> str:
        """What is named by its content."""
        return f"<{self._names.value(self._source, key)}>"
