"""Content coding, ranges and CORS headers for every response of the Flask application.

`server.sparql.endpoint` does the same for queries.
"""

from __future__ import annotations

import re

from flask import Flask, Response, g, request

from server.http import content_coding
from server.http.content_coding import IDENTITY, MAX_ENCODED
from server.http.messages import EXPOSED
from server.http.problem_details import HttpProblem

_CODED = re.compile(r"text/|application/(?!gzip|zstd|zip|octet-stream|pdf)|image/svg")
# `g.is_text`: a view says of its octet stream that most of it is text.
_IF_NONE_MATCH = "HTTP_IF_NONE_MATCH"
_RANGE = "HTTP_RANGE"
_BYTES = re.compile(r"bytes=(\d{0,99})-(\d{0,99})", re.ASCII | re.IGNORECASE)


def init_app(app: Flask) -> None:
    """Register the handlers."""
    app.before_request(_strip_codings)
    app.before_request(_ignore_unusable_ranges)
    app.after_request(_encode)
    app.after_request(_allow_all_origins)


def _strip_codings() -> None:
    """Remove content codings from If-None-Match, because views compare validators without them."""
    g.if_none_match = request.environ.get(_IF_NONE_MATCH, "")
    names = "|".join(set(_acceptable()) - {IDENTITY})
    if g.if_none_match and names:
        request.environ[_IF_NONE_MATCH] = re.sub(rf'-(?:{names})"', '"', g.if_none_match)


def _ignore_unusable_ranges() -> None:
    """Ignore ranges that are wrong, several, of another unit, of another method than GET, or of
    what a weak validator stands for: all is sent (RFC 9110 §14.2, §13.1.5)."""
    found = _BYTES.fullmatch(request.environ.get(_RANGE, "").replace(" ", ""))
    first, last = found.groups() if found else ("", "")
    is_wrong = not (first or last) or (first and last and int(first) > int(last))
    is_weak = request.environ.get("HTTP_IF_RANGE", "").strip().startswith("W/")
    if is_wrong or is_weak or request.method != "GET":
        request.environ.pop(_RANGE, None)


def make_resumable(response: Response, length: int) -> None:
    """Make a response of `length` bytes conditional, and a part of it where one is asked for.

    werkzeug by itself answers a range before the conditions of the request (RFC 9110 §13.2.2).
    Raises RequestedRangeNotSatisfiable (416) for a range behind the end.
    """
    response.accept_ranges = "bytes"
    response.make_conditional(request)
    if response.status_code == 200 and _RANGE in request.environ:
        _shorten_suffix(length)
        response.make_conditional(request, accept_ranges=True, complete_length=length)


def _shorten_suffix(length: int) -> None:
    """The last bytes of what has fewer are all of it (RFC 9110 §14.1.2)."""
    found = _BYTES.fullmatch(request.environ[_RANGE].replace(" ", ""))
    if found and not found[1] and int(found[2]) > length:
        request.environ[_RANGE] = f"bytes=-{length}"


def _acceptable() -> tuple[str, ...]:
    header = request.headers.get("Accept-Encoding", "")
    try:
        return content_coding.acceptable_codings(header)
    except HttpProblem:  # a readable page is more use than 406
        return (IDENTITY,)


def _encode(response: Response) -> Response:
    """Encode a response with the content coding that the client prefers."""
    response.vary.add("Accept-Encoding")
    if response.status_code == 304:
        return _restore_coding(response)
    if not _is_encodable(response):
        return response
    length = response.content_length
    if length is None:
        length = len(response.get_data())
    name = content_coding.choose_coding(_acceptable(), length)
    if name != IDENTITY:
        response.set_data(content_coding.encode(response.get_data(), name))
        response.content_encoding = name
        _mark_etag(response, name)
    return response


def _is_encodable(response: Response) -> bool:
    long = (response.content_length or 0) > MAX_ENCODED or (
        response.is_streamed and response.content_length is None
    )
    return bool(
        not response.direct_passthrough
        and response.status_code != 206  # a part of the bytes as they are
        and not long
        and not response.content_encoding
        and (_CODED.match(response.content_type or "") or g.get("is_text"))
    )


def _restore_coding(response: Response) -> Response:
    """The validator of a 304 with the coding that the client sent; of `*`, with the one that the
    response itself would have."""
    if g.if_none_match.strip() == "*" and _is_encodable(response):
        name = content_coding.choose_coding(_acceptable(), response.content_length or MAX_ENCODED)
        if name != IDENTITY:
            _mark_etag(response, name)
        return response
    for name in _acceptable():
        tag, _ = response.get_etag()
        if name != IDENTITY and f'"{tag}-{name}"' in g.if_none_match:
            _mark_etag(response, name)
            break
    return response


def _mark_etag(response: Response, name: str) -> None:
    """Add the coding to the strong validator, because the bytes are different."""
    tag, weak = response.get_etag()
    if tag:
        response.set_etag(f"{tag}-{name}", bool(weak))


def _allow_all_origins(response: Response) -> Response:
    """CORS headers, and the response to a preflight request."""
    headers = response.headers
    own = headers.get("Access-Control-Expose-Headers", "").split(", ")
    exposed = dict.fromkeys(filter(None, [*EXPOSED.split(", "), *own]))
    headers["Access-Control-Allow-Origin"] = "*"
    headers["Timing-Allow-Origin"] = "*"
    headers["Access-Control-Expose-Headers"] = ", ".join(exposed)
    if request.method == "OPTIONS":
        headers.setdefault("Access-Control-Allow-Methods", headers.get("Allow", "GET"))
        headers.setdefault("Access-Control-Allow-Headers", "Accept, If-None-Match")
        headers.setdefault("Access-Control-Max-Age", "86400")
    return response
