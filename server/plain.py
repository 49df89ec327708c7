"""The plainest of requests, told by their bytes: `GET /sparql?…` without a body, in one piece.

Anything else is left to gunicorn, so nothing here decides where a request ends. Programs send the
same header fields with every request, so what they mean is remembered.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from server import permanent
from server.endpoint import PATH
from server.exchange import Asked

HEAD = 8190  # bytes of a request's head; also the most that is read at once
_START = f"GET {PATH}?".encode()
_VERSION = b" HTTP/1.1"
_END = b"\r\n\r\n"
_BEGUN = re.compile(rb"[A-Z]+(?: /[^\r\n]*(?:\r(?:\n|\Z)|\Z)| ?\Z)")
_NAME = re.compile(rb"[!#$%&'*+\-.^_`|~0-9a-z]+")
_ADDRESS = re.compile(rb"[!$%&'()*+,\-./0-9:;=?@A-Z_a-z~]+")
_ORDINARY = frozenset(
    b"authorization content-length transfer-encoding upgrade expect te trailer"
    b" http2-settings prefer timeout".split()
)
_CHOOSING = (b"accept", b"if-none-match", b"accept-encoding")
_KEEPING = (b"keep-alive", b"close")
_KEPT = 1000  # different heads that are remembered


class Lookup(NamedTuple):
    """What matters of a plain GET; `last` says that the connection ends with it."""

    address: str
    asked: Asked
    forwarded: str = ""
    name: str = ""
    last: bool = False


class Head(NamedTuple):
    """What header fields say of a plain GET."""

    asked: Asked
    forwarded: str
    name: str
    last: bool


def plain(data: bytes) -> Lookup | None:
    """A plain GET of the endpoint in exactly these bytes, or None for all else."""
    line, _, rest = data.partition(b"\r\n")
    if not line.startswith(_START) or not line.endswith(_VERSION):
        return None
    address = line[len(_START) : -len(_VERSION)]
    if not _ADDRESS.fullmatch(address) or (head := _head(rest)) is None:
        return None
    text = address.decode("ascii")
    asked = head.asked._replace(address=permanent.alone(text))
    return Lookup(text, asked, head.forwarded, head.name, head.last)


def unfinished(data: bytes) -> bool:
    """Whether more of a request's head must come; not what is no HTTP, or longer than a head."""
    return len(data) < HEAD and _END not in data and bool(_BEGUN.match(data))


_heads: dict[bytes, Head] = {}


def _head(data: bytes) -> Head | None:
    """What is said behind the first line, None where it must go the ordinary way."""
    found = _heads.get(data)
    if found is None and (found := _read(data)) and not found.asked.known:
        if len(_heads) >= _KEPT:
            _heads.clear()
        _heads[data] = found
    return found


def _read(data: bytes) -> Head | None:
    if data.find(_END) != len(data) - len(_END):
        return None
    fields = _fields(data[: -len(_END)].split(b"\r\n"))
    if fields is None or b"host" not in fields:
        return None
    accept, known, codings = (_text(fields, name) for name in _CHOOSING)
    asked = Asked(accept, known, codings)
    forwarded, name = _text(fields, b"x-forwarded-for"), _text(fields, b"query-id")
    return Head(asked, forwarded, name, _text(fields, b"connection").lower() == "close")


def _text(fields: dict[bytes, bytes], name: bytes) -> str:
    return fields[name].decode("latin-1") if name in fields else ""


def _fields(headers: list[bytes]) -> dict[bytes, bytes] | None:
    """Header fields by name; None where one of them needs the ordinary way."""
    fields: dict[bytes, bytes] = {}
    for header in headers:
        name, _, value = header.partition(b":")
        name, value = name.lower(), value.strip(b" \t")
        strange = not _NAME.fullmatch(name) or b"\r" in value or b"\n" in value or b"\0" in value
        if strange or name in fields or name in _ORDINARY:
            return None
        if name == b"connection" and value.lower() not in _KEEPING:
            return None
        fields[name] = value
    return fields
