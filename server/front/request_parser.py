"""The plainest of requests, told by their bytes: `GET /sparql?…` without a body, in one piece.

Anything else is left to gunicorn, so nothing here decides where a request ends. Programs send the
same header fields with every request, so what they mean is remembered.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from server.cache import permalinks
from server.http.messages import RequestHeaders
from server.sparql.endpoint import PATH

HEAD = 8190  # bytes of a request's head; also the most that is read at once
_START = f"GET {PATH}?".encode()
_VERSION = b" HTTP/1.1"
_END = b"\r\n\r\n"
_BEGUN = re.compile(rb"[A-Z]+(?: /[^\r\n]*(?:\r(?:\n|\Z)|\Z)| ?\Z)")
_WITH_BODY = (b"POST ", b"QUERY ", b"PUT ", b"PATCH ")
_WAITED_FOR = 1 << 19  # bytes of a request: more than whoever has no token may send
_LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*(\d+)", re.IGNORECASE)
_CHUNKED = re.compile(rb"\r\ntransfer-encoding:[ \t]*chunked", re.IGNORECASE)
_EXPECTS = re.compile(rb"\r\nexpect:", re.IGNORECASE)
_NAME = re.compile(rb"[!#$%&'*+\-.^_`|~0-9a-z]+")
_ADDRESS = re.compile(rb"[!$%&'()*+,\-./0-9:;=?@A-Z_a-z~]+")
_ORDINARY = frozenset(
    b"authorization content-length transfer-encoding upgrade expect te trailer"
    b" http2-settings prefer timeout".split()
)
_CHOOSING = (b"accept", b"if-none-match", b"accept-encoding")
_KEEPING = (b"keep-alive", b"close")
_KEPT = 1000  # different heads that are remembered


class ParsedQuery(NamedTuple):
    """What matters of a plain GET; `last` says that the connection ends with it."""

    address: str
    asked: RequestHeaders
    forwarded: str = ""
    name: str = ""
    last: bool = False


class RequestHead(NamedTuple):
    """What header fields say of a plain GET."""

    asked: RequestHeaders
    forwarded: str
    name: str
    last: bool


def parse_plain(data: bytes) -> ParsedQuery | None:
    """A plain GET of the endpoint in exactly these bytes, or None for all else."""
    line, _, rest = data.partition(b"\r\n")
    if not line.startswith(_START) or not line.endswith(_VERSION):
        return None
    address = line[len(_START) : -len(_VERSION)]
    if not _ADDRESS.fullmatch(address) or (head := _head(rest)) is None:
        return None
    text = address.decode("ascii")
    asked = head.asked._replace(query_string=permalinks.lone_query(text))
    return ParsedQuery(text, asked, head.forwarded, head.name, head.last)


def unfinished(data: bytes) -> bool:
    """Whether more of a request is to be waited for before anybody looks at it.

    Not of what is no HTTP, or too long. A wrong guess does no harm: gunicorn reads it all again.
    """
    head, end, body = data.partition(_END)
    if not end:
        return len(data) < HEAD and bool(_BEGUN.match(data))
    return len(data) < _WAITED_FOR and data.startswith(_WITH_BODY) and _is_short(head, body)


def begins(data: bytes) -> bool:
    """Whether this is no more than a part of a head."""
    return _END not in data


def _is_short(head: bytes, body: bytes) -> bool:
    """Whether a body is not all there; clients that wait to be told to send it are not waited
    for."""
    if _EXPECTS.search(head):
        return False
    if length := _LENGTH.search(head):
        return len(body) < int(length[1]) < _WAITED_FOR
    return bool(_CHUNKED.search(head)) and b"\r\n0\r\n" not in b"\r\n" + body


_heads: dict[bytes, RequestHead] = {}


def _head(data: bytes) -> RequestHead | None:
    """What is said behind the first line, None where it must go the ordinary way."""
    found = _heads.get(data)
    if found is None and (found := _read(data)) and not found.asked.if_none_match:
        if len(_heads) >= _KEPT:
            _heads.clear()
        _heads[data] = found
    return found


def _read(data: bytes) -> RequestHead | None:
    if data.find(_END) != len(data) - len(_END):
        return None
    fields = _fields(data[: -len(_END)].split(b"\r\n"))
    if fields is None or b"host" not in fields:
        return None
    accept, known, codings = (_text(fields, name) for name in _CHOOSING)
    asked = RequestHeaders(accept, known, codings)
    forwarded, name = _text(fields, b"x-forwarded-for"), _text(fields, b"query-id")
    return RequestHead(asked, forwarded, name, _text(fields, b"connection").lower() == "close")


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
