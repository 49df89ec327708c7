"""Content codings: gzip and zstd, chosen by Accept-Encoding (RFC 9110 §12.5.3).

Encoding the same body gives the same bytes each time, so it can have a strong validator.
"""

from __future__ import annotations

import gzip
import os
import shutil
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any

import zstandard

from server.http.problem_details import HttpProblem

IDENTITY = "identity"
SMALLEST = 1000  # bytes; encoding a shorter body costs more than it saves
MAX_ENCODED = 4 << 20  # bytes; longer bodies of pages are sent as they are
# In the server's order of preference: zstd takes a third of gzip's time for the same length.
_LEVELS = {"zstd": 3, "gzip": 5}
_ALIASES = {"x-gzip": "gzip"}
CODINGS = (*_LEVELS, IDENTITY)


@lru_cache(maxsize=512)
def acceptable_codings(header: str) -> tuple[str, ...]:
    """The content codings of an Accept-Encoding header that we support, best first.

    `identity` comes last if it is neither named nor excluded. Raises HttpProblem 406 if none is
    acceptable.
    """
    requested = dict(filter(None, map(_range, header.lower().split(","))))
    anything = requested.get("*", 0.0)
    quality = {coding: requested.get(coding, anything) for coding in _LEVELS}
    quality[IDENTITY] = requested.get(IDENTITY, 0.0 if requested.get("*") == 0 else 1e-4)
    acceptable = [coding for coding in CODINGS if quality[coding] > 0]
    if not acceptable:
        raise HttpProblem(
            406,
            f"no content coding in “{header}” is supported",
            hint="Supported: " + ", ".join(CODINGS),
        )
    return tuple(sorted(acceptable, key=lambda coding: -quality[coding]))


def _range(text: str) -> tuple[str, float] | None:
    """A coding and its quality; None if malformed."""
    name, _, parameter = (part.strip() for part in text.partition(";"))
    key, _, value = parameter.partition("=")
    try:
        quality = float(value) if key.strip() == "q" else 1.0
    except ValueError:  # malformed: this coding is ignored, the others stay acceptable
        return None
    return (_ALIASES.get(name, name), quality) if name else None


def choose_coding(codings: tuple[str, ...], length: int) -> str:
    """The coding for a body of `length` bytes."""
    return IDENTITY if length < SMALLEST and IDENTITY in codings else codings[0]


def encode(body: bytes, coding: str) -> bytes:
    """A body in a content coding."""
    if coding == "gzip":
        return gzip.compress(body, _LEVELS[coding], mtime=0)
    return zstandard.ZstdCompressor(_LEVELS[coding]).compress(body)


def encode_file(body: IO[bytes], coding: str, folder: Path) -> IO[bytes]:
    """A large body in a content coding, as an unlinked file in `folder`; reads all of `body`."""
    target = TemporaryFile(dir=folder)  # noqa: SIM115 - outlives this call
    _WRITERS[coding](body, target)
    target.seek(0)
    return target


def _gzip(source: IO[bytes], target: IO[bytes]) -> None:
    level = _LEVELS["gzip"]
    with gzip.GzipFile("", "wb", level, target, mtime=0) as writer:
        shutil.copyfileobj(source, writer, 1 << 20)


def _zstd(source: IO[bytes], target: IO[bytes]) -> None:
    length = os.fstat(source.fileno()).st_size
    zstandard.ZstdCompressor(_LEVELS["zstd"]).copy_stream(source, target, length)


_WRITERS: dict[str, Callable[[IO[bytes], IO[bytes]], Any]] = {"gzip": _gzip, "zstd": _zstd}
