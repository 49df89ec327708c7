"""What may be taken as known when a foreign catalogue is checked: the code lists, bundled.

Most violations real portals have are codes without a type in the same file; a catalogue need not
describe the EU's and IANA's codes itself.
"""

from __future__ import annotations

from collections.abc import Iterator

import pyoxigraph as ox

from loaders.source import BUNDLED

_FOLDERS = ("authority", "codes")


def codes() -> Iterator[bytes]:
    """Types and labels of codes, as N-Triples lines."""
    for folder in _FOLDERS:
        for path in sorted((BUNDLED.parent / "bundled" / folder).glob("*.ttl")):
            for quad in ox.parse(path=path, base_iri="urn:ulzii:background"):
                yield f"{quad.triple} .".encode()
