"""Error responses to requests that are not valid HTTP or are too large, as problem details.

The application never sees these requests.
"""

from __future__ import annotations

import socket
import time
from contextlib import suppress
from typing import Any

from gunicorn.http import errors

from server.cache.raw_request_cache import encode_response
from server.front.request_parser import HEAD, HOST
from server.http.messages import date_header, problem_response
from server.http.problem_details import HttpProblem, ProblemDetails

_DRAIN = 1.0  # seconds for the rest of a refused request
_MAX_DRAINED = 1 << 20  # bytes of it
_BAD_REQUEST = "the request is not valid HTTP"
_ENCODE = "In a URL, write everything beyond ASCII percent-encoded, in UTF-8."
_ONE_LENGTH = "Send either Content-Length or Transfer-Encoding: chunked, once."


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
            return HttpProblem(status, detail, hint=hint).problem
    if isinstance(error, errors.ParseException):
        return HttpProblem(400, _BAD_REQUEST).problem
    return HttpProblem(500, "the request could not be processed").problem


_Types = type[Exception] | tuple[type[Exception], ...]
_REFUSALS: tuple[tuple[_Types, int, str, str], ...] = (
    ((errors.InvalidResponseHeader, errors.InvalidResponseHeaderName), 500,
     "the response could not be sent", ""),
    (InvalidHost, 400, "the request must have exactly one valid Host header", ""),
    (errors.LimitRequestLine, 414, f"a request URI may have at most {HEAD:,} bytes",
     "Send the query by POST."),
    (errors.LimitRequestHeaders, 431, f"a header field may have at most {HEAD:,} bytes, and a "
     "request at most 100 fields", "Send long parameters in the body, by POST."),
    (errors.UnsupportedTransferCoding, 501, "this transfer coding is not supported", _ONE_LENGTH),
    (errors.ExpectationFailed, 417, "only “Expect: 100-continue” is supported", ""),
    (errors.InvalidRequestLine, 400, "the request line is not valid", _ENCODE),
    (errors.InvalidRequestMethod, 400, "the request method is not valid", ""),
    (errors.InvalidHTTPVersion, 400, "this version of HTTP is not supported", "Use HTTP/1.1."),
    (errors.ObsoleteFolding, 400, "a header field must be on one line", ""),
    ((errors.InvalidHeader, errors.InvalidHeaderName), 400, "a header field is not valid",
     _ONE_LENGTH),
    ((errors.InvalidChunkSize, errors.InvalidChunkExtension, errors.ChunkMissingTerminator), 400,
     "the chunks of the body are not valid", ""),
)  # fmt: skip


def send_refusal(client: socket.socket, problem: ProblemDetails, base: str) -> None:
    """Send a problem, and read the rest of the request: closing a connection with unread bytes
    resets it, and the client may lose the answer."""
    reply = problem_response(problem, base)
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
