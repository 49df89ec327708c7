"""The bundled code lists, as reference for the validation of other catalogues.

A catalogue need not describe the codes of the EU and of IANA itself. Without this reference, most
violations of real portals would be codes whose type is not in the same file.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import pyoxigraph as ox

from loaders.pipeline.source import BUNDLED

_FOLDERS = ("authority", "codes")


@cache
def codes() -> tuple[bytes, ...]:
    """Types and labels of codes, as N-Triples lines."""
    return tuple(_read())


def _read() -> Iterator[bytes]:
    for folder in _FOLDERS:
        for path in sorted((BUNDLED.parent / "bundled" / folder).glob("*.ttl")):
            for quad in ox.parse(path=path, base_iri="urn:ulzii:background"):
                yield f"{quad.triple} .".encode()
