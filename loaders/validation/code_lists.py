"""What may be taken as known when a foreign catalogue is checked: the code lists, bundled.

Most violations real portals have are codes without a type in the same file; a catalogue need not
describe the EU's and IANA's codes itself.
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
