"""The body of a response: unpacked piece by piece, within limits, before anything keeps it.

A client that unpacks by itself would have filled the memory before anybody could count.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator

import httpx2

from graph.outbound.download_error import DownloadError
from graph.outbound.fetch_settings import FetchSettings

_PIECE = 1 << 20  # bytes unpacked at a time
_FREE_RATIO = 16 << 20  # bytes up to which any ratio is allowed: small tables of zeros are common
_WINDOW_BITS = {"gzip": 16 + zlib.MAX_WBITS, "deflate": zlib.MAX_WBITS}
ENCODINGS = ", ".join(_WINDOW_BITS)
"""The content codings that can be unpacked."""


def unpacked(response: httpx2.Response, url: str, settings: FetchSettings) -> Iterator[bytes]:
    """The body of a response in pieces.

    Raises DownloadError where a limit of size is exceeded, or the body cannot be unpacked.
    """
    received = size = 0
    unpacker = _Unpacker(response.headers.get("Content-Encoding", ""), url)
    for packed in response.iter_raw():
        received += len(packed)  # counted as it arrives: Content-Length may be wrong
        if received > settings.max_bytes:
            raise DownloadError("size", f"more than {settings.max_mib:g} MiB (max_mib)", url)
        for piece in unpacker.pieces(packed):
            size += len(piece)
            _check_unpacked(size, received, url, settings)
            yield piece
    unpacker.check_complete()


def _check_unpacked(size: int, received: int, url: str, settings: FetchSettings) -> None:
    if size > settings.max_unpacked_bytes:
        message = f"more than {settings.max_unpacked_mib:g} MiB unpacked (max_unpacked_mib)"
        raise DownloadError("size", message, url)
    if size > max(_FREE_RATIO, settings.max_ratio * received):
        message = f"it unpacks to more than {settings.max_ratio:g} times its size (max_ratio)"
        raise DownloadError("size", message, url)


class _Unpacker:
    """Unpacks a body with one Content-Encoding, or none, in pieces of at most 1 MiB."""

    def __init__(self, encoding: str, url: str) -> None:
        self._url = url
        self._encoding = encoding.strip().lower()
        if self._encoding in ("", "identity"):
            self._decoder = None
        elif self._encoding in _WINDOW_BITS:
            self._decoder = zlib.decompressobj(_WINDOW_BITS[self._encoding])
        else:
            message = f"Content-Encoding “{encoding}”, but only {ENCODINGS} was requested"
            raise DownloadError("encoding", message, url)

    def pieces(self, packed: bytes) -> Iterator[bytes]:
        """The unpacked bytes of the next packed ones."""
        if self._decoder is None:
            yield packed
            return
        try:
            while packed and not self._decoder.eof:
                yield self._decoder.decompress(packed, _PIECE)
                packed = self._decoder.unconsumed_tail
        except zlib.error as error:
            message = f"the body is not valid {self._encoding}"
            raise DownloadError("encoding", message, self._url) from error

    def check_complete(self) -> None:
        """Raise DownloadError for a packed body that was cut."""
        if self._decoder is not None and not self._decoder.eof:
            raise DownloadError("encoding", f"the {self._encoding} body was cut", self._url)
