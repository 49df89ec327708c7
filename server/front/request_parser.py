"""Parser for plain requests without a body, read in one piece: look-ups (`GET /sparql?…`) and pages
of the catalogue.

Anything else is left to gunicorn, so nothing here decides where a request ends (a parser that did
could be tricked into request smuggling). Programs send the same headers with every request, so
parsed heads are cached.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from server.cache import permalinks
from server.http.messages import RequestHeaders
from server.sparql.endpoint import PATH

HEAD = 8190  # bytes of a request's head; also the most that is read at once
_START = f"GET {PATH}?".encode()
_PAGE = re.compile(
    rb"GET (/(?:snapshot/[0-9]+/)?catalog\.[a-z0-9]+)(?:\?(page=[0-9]+)?)? HTTP/1\.1"
)
# What asks for less than a page, or perhaps for nothing.
_CONDITION = re.compile(rb"(?:^|\r\n)(?:if-|range:)", re.IGNORECASE)
_VERSION = b" HTTP/1.1"
_END = b"\r\n\r\n"
_PARTIAL_HEAD = re.compile(rb"[A-Z]+(?: /[^\r\n]*(?:\r(?:\n|\Z)|\Z)| ?\Z)")
_WITH_BODY = (b"POST ", b"QUERY ", b"PUT ", b"PATCH ")
_MAX_WAITED = 3 << 19  # bytes of a request; without a token no larger one is allowed
_LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*(\d+)", re.IGNORECASE)
_CHUNKED = re.compile(rb"\r\ntransfer-encoding:[ \t]*chunked", re.IGNORECASE)
_EXPECTS = re.compile(rb"\r\nexpect:", re.IGNORECASE)
HOST = re.compile(rb"[\w.\-~%!$&'()*+,;=:\[\]]*")  # the value of a Host header (RFC 3986 §3.2.2)
_NAME = re.compile(rb"[!#$%&'*+\-.^_`|~0-9a-z]+")
_QUERY_STRING = re.compile(rb"[!$%&'()*+,\-./0-9:;=?@A-Z_a-z~]+")
# Header fields that change what a request means beyond what is parsed here.
_LEFT_TO_GUNICORN = frozenset(
    b"authorization content-length transfer-encoding upgrade expect te trailer"
    b" http2-settings prefer timeout".split()
)
_CONNECTION_OPTIONS = (b"keep-alive", b"close")
_MAX_CACHED = 1000  # heads


class ParsedQuery(NamedTuple):
    """A plain GET of the endpoint.

    `query_id` is its Query-Id, `forwarded_for` its X-Forwarded-For; empty if it has none. `close`
    says that the connection ends with it.
    """

    query_string: str
    headers: RequestHeaders
    forwarded_for: str = ""
    query_id: str = ""
    close: bool = False


class ParsedPage(NamedTuple):
    """A plain GET of a page of the catalogue. `close` says that the connection ends with it."""

    path: str
    query_string: str
    accept_encoding: str
    close: bool


class RequestHead(NamedTuple):
    """The headers of a plain GET; fields as of ParsedQuery."""

    headers: RequestHeaders
    forwarded_for: str
    query_id: str
    close: bool


def parse_plain(data: bytes) -> ParsedQuery | None:
    """The plain GET of the endpoint that these bytes are; None for anything else."""
    line, _, rest = data.partition(b"\r\n")
    if not line.startswith(_START) or not line.endswith(_VERSION):
        return None
    query_string = line[len(_START) : -len(_VERSION)]
    if not _QUERY_STRING.fullmatch(query_string) or (head := _head(rest)) is None:
        return None
    text = query_string.decode("ascii")
    return ParsedQuery(
        query_string=text,
        headers=head.headers._replace(query_string=permalinks.lone_query(text)),
        forwarded_for=head.forwarded_for,
        query_id=head.query_id,
        close=head.close,
    )


def parse_page(data: bytes) -> ParsedPage | None:
    """The plain GET of a page of the catalogue that these bytes are; None for anything else."""
    line, _, rest = data.partition(b"\r\n")
    found = _PAGE.fullmatch(line)
    if not found or _CONDITION.search(rest) or (head := _head(rest)) is None:
        return None
    path, query = (part.decode("ascii") for part in found.groups(b""))
    return ParsedPage(path, query, head.headers.accept_encoding, head.close)


def is_unfinished(data: bytes) -> bool:
    """Whether to wait for the rest of a request before it is passed on.

    False for what is not HTTP, or too long. A wrong guess does no harm: gunicorn parses it again.
    """
    head, end, body = data.partition(_END)
    if not end:
        return len(data) < HEAD and bool(_PARTIAL_HEAD.match(data))
    return len(data) < _MAX_WAITED and data.startswith(_WITH_BODY) and _is_partial_body(head, body)


def is_partial_head(data: bytes) -> bool:
    """Whether a request's head is not complete yet."""
    return _END not in data


def _is_partial_body(head: bytes, body: bytes) -> bool:
    """Whether the rest of a body is still to come."""
    if _EXPECTS.search(head):  # the client waits for 100 Continue, which gunicorn sends
        return False
    if length := _LENGTH.search(head):
        return len(body) < int(length[1]) < _MAX_WAITED
    return bool(_CHUNKED.search(head)) and b"\r\n0\r\n" not in b"\r\n" + body


_heads: dict[bytes, RequestHead] = {}


def _head(data: bytes) -> RequestHead | None:
    """The parsed headers; None when gunicorn must parse them."""
    head = _heads.get(data)
    # Validators differ from answer to answer: such heads would only fill the cache.
    if head is None and (head := _parse_head(data)) and not head.headers.if_none_match:
        if len(_heads) >= _MAX_CACHED:
            _heads.clear()
        _heads[data] = head
    return head


def _parse_head(data: bytes) -> RequestHead | None:
    if data.find(_END) != len(data) - len(_END):
        return None
    fields = _fields(data[: -len(_END)].split(b"\r\n"))
    if fields is None or not HOST.fullmatch(fields.get(b"host", b"/")):
        return None
    return RequestHead(
        headers=RequestHeaders(
            accept=_text(fields, b"accept"),
            if_none_match=_text(fields, b"if-none-match"),
            accept_encoding=_text(fields, b"accept-encoding"),
        ),
        forwarded_for=_text(fields, b"x-forwarded-for"),
        query_id=_text(fields, b"query-id"),
        close=_text(fields, b"connection").lower() == "close",
    )


def _text(fields: dict[bytes, bytes], name: bytes) -> str:
    return fields[name].decode("latin-1") if name in fields else ""


def _fields(headers: list[bytes]) -> dict[bytes, bytes] | None:
    """Header fields by name in lower case; None when gunicorn must parse them."""
    fields: dict[bytes, bytes] = {}
    for header in headers:
        name, _, value = header.partition(b":")
        name, value = name.lower(), value.strip(b" \t")
        invalid = not _NAME.fullmatch(name) or b"\r" in value or b"\n" in value or b"\0" in value
        if invalid or name in fields or name in _LEFT_TO_GUNICORN:
            return None
        if name == b"connection" and value.lower() not in _CONNECTION_OPTIONS:
            return None
        fields[name] = value
    return fields
