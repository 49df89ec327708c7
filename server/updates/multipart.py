"""Documents of a form (multipart/form-data, RFC 7578), separated in one pass over the body."""

from __future__ import annotations

import re
from binascii import Error, a2b_base64
from collections.abc import Callable
from email import message_from_bytes, policy
from email.message import EmailMessage
from itertools import takewhile
from quopri import decodestring
from typing import NamedTuple

from server.http.problem_details import HttpProblem

MAX_PARTS = 100
_HEAD = re.compile(rb"[ \t]*\r?\n((?:[^\r\n]+\r?\n)*)\r?\n")
_MAX_HEAD = 8192
_DECODERS: dict[str, Callable[[bytes], bytes]] = {
    "base64": a2b_base64,
    "quoted-printable": decodestring,
}


class BodyPart(NamedTuple):
    """One document: its bytes, its Content-Type, and its file name where it has one."""

    data: bytes
    content_type: str
    file_name: str = ""


def split(data: bytes, content_type: str) -> list[BodyPart]:
    """The parts of a form. `content_type` names the boundary between them.

    Raises HttpProblem (400) when they cannot be separated, and for more than MAX_PARTS.
    """
    boundary = _headers(f"Content-Type: {content_type}\r\n".encode("latin-1")).get_boundary("")
    line = re.compile(rb"\r?\n--" + re.escape(boundary.encode()) + rb"(?=--|[ \t]*\r?\n)")
    pieces = line.split(b"\n" + data, MAX_PARTS + 2)  # before the parts, and after them
    parts = list(takewhile(lambda piece: not piece.startswith(b"--"), pieces[1:]))
    if len(parts) > MAX_PARTS:
        raise HttpProblem(400, f"the body has more than {MAX_PARTS} parts")
    if not boundary or not parts or len(parts) == len(pieces) - 1:  # it ends in a part: it is cut
        raise HttpProblem(400, "the parts of the body cannot be separated by its boundary")
    return [_part(part) for part in parts]


def _part(text: bytes) -> BodyPart:
    head = _HEAD.match(text)
    if head is None or len(head[1]) > _MAX_HEAD:
        raise HttpProblem(
            400,
            f"a part has no blank line after its headers, or more than {_MAX_HEAD} bytes of them",
        )
    headers, data = _headers(head[1]), text[head.end() :]
    encoding = str(headers.get("Content-Transfer-Encoding", "")).strip().lower()
    try:
        data = _DECODERS[encoding](data) if encoding in _DECODERS else data
    except Error as error:
        raise HttpProblem(400, f"a part of the body is not {encoding}: {error}") from error
    return BodyPart(data, headers.get("Content-Type", ""), headers.get_filename() or "")


def _headers(text: bytes) -> EmailMessage:
    return message_from_bytes(text + b"\r\n", policy=policy.HTTP)
