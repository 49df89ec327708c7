"""Error responses to requests that are not valid HTTP or are too large.

The application never sees these requests: it is only asked for the page of the problem, where the
sender says that it is a browser. All others get problem details.
"""

from __future__ import annotations

import re
import socket
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from gunicorn.http import errors
from werkzeug.test import create_environ

from server.cache.raw_request_cache import encode_response
from server.front.request_parser import HEAD, HOST
from server.http import negotiation
from server.http.messages import HttpResponse, date_header, problem_response
from server.http.negotiation import HTML, Offer
from server.http.problem_details import ANSWER, MEDIA_TYPE, HttpProblem, ProblemDetails

if TYPE_CHECKING:
    from flask import Flask

_DRAIN = 1.0  # seconds for the rest of a refused request
_MAX_DRAINED = 1 << 20  # bytes of it
_HEAD_WAIT = 0.2  # seconds for the rest of a head, which says who asks
MOST_KEPT = 1 << 16  # bytes of a request that are looked through for that
_ASKER = re.compile(rb"\r\n(Accept|Accept-Language|Cookie):[ \t]*([^\r\n]*)", re.IGNORECASE)
_Both = tuple[str, str]  # Mongolian, English
_NONE: _Both = ("", "")
_OFFERS = [Offer(MEDIA_TYPE, "json"), HTML]


class InvalidHost(errors.ParseException):
    """HTTP/1.1 without a Host header, or with one that names no host (RFC 9112 §3.2)."""


def check_host(request: Any) -> None:
    """Raise InvalidHost if a request does not say, once, which host it is for."""
    hosts = [value for name, value in request.headers if name == "HOST"]
    wrong = len(hosts) > 1 or not all(HOST.fullmatch(host.encode("latin-1")) for host in hosts)
    if wrong or (not hosts and request.version >= (1, 1)):
        raise InvalidHost


def refusal(error: Exception) -> ProblemDetails:
    """The problem of a request that could not be read. It repeats nothing of the request."""
    for types, status, detail, hint in _REFUSALS:
        if isinstance(error, types):
            return _problem(status, detail, hint)
    if isinstance(error, errors.ParseException):
        return _problem(400, _BAD_REQUEST)
    return _problem(500, _NOT_PROCESSED)


def _problem(status: int, detail: _Both, hint: _Both = _NONE) -> ProblemDetails:
    return HttpProblem(
        status, detail[1], hint=hint[1], detail_mn=detail[0], hint_mn=hint[0]
    ).problem


_BAD_REQUEST: _Both = ("хүсэлт HTTP-ийн дүрэмд нийцэхгүй байна", "the request is not valid HTTP")
_NOT_PROCESSED: _Both = ("хүсэлтийг боловсруулж чадсангүй", "the request could not be processed")
_ENCODE: _Both = (
    "Хаягт ASCII-аас бусад тэмдэгтийг UTF-8-аар, хувийн тэмдэгтээр бичнэ.",
    "In a URL, write everything beyond ASCII percent-encoded, in UTF-8.",
)
_ONE_LENGTH: _Both = (
    "Content-Length, Transfer-Encoding: chunked хоёрын аль нэгийг нэг удаа илгээнэ.",
    "Send either Content-Length or Transfer-Encoding: chunked, once.",
)
_Types = type[Exception] | tuple[type[Exception], ...]
_REFUSALS: tuple[tuple[_Types, int, _Both, _Both], ...] = (
    ((errors.InvalidResponseHeader, errors.InvalidResponseHeaderName), 500,
     ("хариуг илгээж чадсангүй", "the response could not be sent"), _NONE),
    (InvalidHost, 400,
     ("хүсэлтэд яг нэг, зөв Host толгой байх ёстой",
      "the request must have exactly one valid Host header"), _NONE),
    (errors.LimitRequestLine, 414,
     (f"хаяг {HEAD:,} байтаас уртгүй байна", f"a request URI may have at most {HEAD:,} bytes"),
     ("Асуулгыг POST аргаар илгээнэ үү.", "Send the query by POST.")),
    (errors.LimitRequestHeaders, 431,
     (f"толгойн талбар {HEAD:,} байтаас уртгүй, хүсэлтийн талбар 100-аас олонгүй байна",
      f"a header field may have at most {HEAD:,} bytes, and a request at most 100 fields"),
     ("Урт параметрийг POST аргаар, биед нь илгээнэ үү.",
      "Send long parameters in the body, by POST.")),
    (errors.UnsupportedTransferCoding, 501,
     ("ийм дамжуулах кодчилолыг дэмждэггүй", "this transfer coding is not supported"),
     _ONE_LENGTH),
    (errors.ExpectationFailed, 417,
     ("зөвхөн “Expect: 100-continue”-г дэмжинэ", "only “Expect: 100-continue” is supported"),
     _NONE),
    (errors.InvalidRequestLine, 400,
     ("хүсэлтийн эхний мөр буруу байна", "the request line is not valid"), _ENCODE),
    (errors.InvalidRequestMethod, 400,
     ("хүсэлтийн арга буруу байна", "the request method is not valid"), _NONE),
    (errors.InvalidHTTPVersion, 400,
     ("HTTP-ийн ийм хувилбарыг дэмждэггүй", "this version of HTTP is not supported"),
     ("HTTP/1.1 ашиглана уу.", "Use HTTP/1.1.")),
    (errors.ObsoleteFolding, 400,
     ("толгойн талбар нэг мөрөнд байх ёстой", "a header field must be on one line"), _NONE),
    ((errors.InvalidHeader, errors.InvalidHeaderName), 400,
     ("толгойн талбар буруу байна", "a header field is not valid"), _ONE_LENGTH),
    ((errors.InvalidChunkSize, errors.InvalidChunkExtension, errors.ChunkMissingTerminator), 400,
     ("биеийн хэсгүүд буруу байна", "the chunks of the body are not valid"), _NONE),
)  # fmt: skip


def asker(client: socket.socket, received: bytes) -> dict[str, str]:
    """The fields of a request that say what its sender reads, as far as they arrive at once.

    `received`: what was read of the request; the rest of its head may still be on the connection.
    """
    end = time.monotonic() + _HEAD_WAIT
    with suppress(OSError):
        client.settimeout(_HEAD_WAIT)
        while b"\r\n\r\n" not in received and len(received) < MOST_KEPT:
            data = client.recv(HEAD)
            if not data or time.monotonic() > end:
                break
            received += data
    fields = _ASKER.findall(received.partition(b"\r\n\r\n")[0])
    return {name.decode().title(): value.decode("latin-1") for name, value in fields}


def answer_to(app: Flask, problem: ProblemDetails, fields: dict[str, str]) -> HttpResponse:
    """The page of a problem in the language of the reader, or the problem for programs."""
    if negotiation.best(fields.get("Accept", ""), _OFFERS) is not HTML:
        return problem_response(problem, app.extensions[ANSWER].base)
    with app.request_context(create_environ("/", headers=fields)):
        app.preprocess_request()
        page = app.process_response(app.extensions[ANSWER].response(problem))
        body = page.get_data()
        page.headers["Content-Length"] = str(len(body))
        return HttpResponse(page.status, [*page.headers.items()], body)


def send_refusal(client: socket.socket, reply: HttpResponse) -> None:
    """Send a problem, and read the rest of the request: closing a connection with unread bytes
    resets it, and the client may lose the answer."""
    reply.headers.append(("Connection", "close"))
    with suppress(OSError):
        client.settimeout(_DRAIN)
        head = encode_response(reply)
        client.sendall(b"".join((head.status, date_header(int(time.time())), head.rest)))
        client.shutdown(socket.SHUT_WR)
        _drain(client)


def _drain(client: socket.socket) -> None:
    end, rest = time.monotonic() + _DRAIN, _MAX_DRAINED
    while rest > 0 and time.monotonic() < end:  # not longer, however slowly it arrives
        data = client.recv(HEAD)
        if not data:
            break
        rest -= len(data)
