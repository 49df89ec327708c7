"""A source as one document, with its named graphs: N-Quads or TriG, made from the archive.

The same version gives the same bytes, also after its snapshot is removed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from graph.archive import Archive
from graph.core.instance import Instance
from graph.ledger import Event
from graph.statements.layer import read_with_line_feeds
from graph.versions.state import PublishedLayer, is_public, layers, state

_BATCH = 1000  # lines in one block
N_QUADS, TRIG = "nq", "trig"
MEDIA_TYPES = {N_QUADS: "application/n-quads", TRIG: "application/trig"}


@dataclass(frozen=True, slots=True)
class Dump:
    """The layers of a source in a form: `nq` or `trig`."""

    instance: Instance
    layers: tuple[PublishedLayer, ...]
    form: str

    @property
    def tag(self) -> str:
        """What stands for its bytes."""
        parts = [self.form, *(f"{one.graph} {one.lines}" for one in self.layers)]
        return hashlib.blake2b("\n".join(parts).encode(), digest_size=16).hexdigest()

    @property
    def length(self) -> int:
        """Its bytes."""
        return _length(self)

    def blocks(self) -> Iterator[bytes]:
        """The document, in blocks of many lines."""
        for layer in self.layers:
            graph = f"<{layer.graph}>".encode()
            lines = read_with_line_feeds(Archive(self.instance.archive), layer.lines)
            if self.form == N_QUADS:
                end = graph + b" .\n"  # in the place of the line's own “.”
                yield from _joined(line[:-2] + end for line in lines)
            else:
                yield graph + b" {\n"
                yield from _joined(lines)
                yield b"}\n"


def find(instance: Instance, events: Sequence[Event], source: str, form: str) -> Dump | None:
    """The dump of a source as these events publish it; None where it is not public."""
    load = state(events).get(source)
    if load is None or not is_public(load):
        return None
    return Dump(instance, tuple(layers(load, instance.names)), form)


def _joined(lines: Iterator[bytes]) -> Iterator[bytes]:
    batch: list[bytes] = []
    for line in lines:
        batch.append(line)
        if len(batch) == _BATCH:
            yield b"".join(batch)
            batch.clear()
    yield b"".join(batch)


@lru_cache(maxsize=256)
def _length(dump: Dump) -> int:
    return sum(map(len, dump.blocks()))
