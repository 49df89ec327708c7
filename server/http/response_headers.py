"""What every response of the pages gets on its way out: a content coding, and headers by which
scripts of any origin may read it. (`server.sparql.endpoint` does the same for queries.)
"""

from __future__ import annotations

import re

from flask import Flask, Response, g, request

from server.http import content_coding
from server.http.content_coding import IDENTITY
from server.http.messages import EXPOSED
from server.http.problem_details import HttpProblem

_CODED = re.compile(r"text/|application/(?!gzip|zstd|zip|octet-stream|pdf)|image/svg")
_MOST = 4 << 20  # bytes; what is longer and comes in pieces goes out as it comes
_KNOWN = "HTTP_IF_NONE_MATCH"


def init_app(app: Flask) -> None:
    """Look at every request before, and at every response after it."""
    app.before_request(_plain_validators)
    app.after_request(_coded)
    app.after_request(_readable)


def _plain_validators() -> None:
    """Let views compare validators without the coding, which is chosen after them."""
    g.known = request.environ.get(_KNOWN, "")
    names = "|".join(set(_acceptable()) - {IDENTITY})
    if g.known and names:
        request.environ[_KNOWN] = re.sub(rf'-(?:{names})"', '"', g.known)


def _acceptable() -> tuple[str, ...]:
    header = request.headers.get("Accept-Encoding", "")
    try:
        return content_coding.acceptable_codings(header)
    except HttpProblem:  # a page that is readable beats one that is right
        return (IDENTITY,)


def _coded(response: Response) -> Response:
    """The response in the coding that the client likes best."""
    response.vary.add("Accept-Encoding")
    if response.status_code == 304:
        return _validated(response)
    if not _worth_it(response):
        return response
    body = response.get_data()
    name = content_coding.choose_coding(_acceptable(), len(body))
    if name != IDENTITY:
        response.set_data(content_coding.encode(body, name))
        response.content_encoding = name
        _mark(response, name)
    return response


def _worth_it(response: Response) -> bool:
    long = (response.content_length or 0) > _MOST or (
        response.is_streamed and response.content_length is None
    )
    return bool(
        not response.direct_passthrough
        and not long
        and not response.content_encoding
        and _CODED.match(response.content_type or "")
    )


def _validated(response: Response) -> Response:
    """Of a response that the client has: the validator that it knows it by."""
    for name in _acceptable():
        tag, _ = response.get_etag()
        if name != IDENTITY and f'"{tag}-{name}"' in g.known:
            _mark(response, name)
            break
    return response


def _mark(response: Response, name: str) -> None:
    """Other bytes, so another strong validator."""
    tag, weak = response.get_etag()
    if tag:
        response.set_etag(f"{tag}-{name}", bool(weak))


def _readable(response: Response) -> Response:
    """Cross-origin headers, and the answer to a preflight."""
    headers = response.headers
    own = headers.get("Access-Control-Expose-Headers", "").split(", ")
    exposed = dict.fromkeys(filter(None, [*EXPOSED.split(", "), *own]))
    headers["Access-Control-Allow-Origin"] = "*"
    headers["Access-Control-Expose-Headers"] = ", ".join(exposed)
    if request.method == "OPTIONS":
        headers.setdefault("Access-Control-Allow-Methods", headers.get("Allow", "GET"))
        headers.setdefault("Access-Control-Allow-Headers", "Accept, If-None-Match")
        headers.setdefault("Access-Control-Max-Age", "86400")
    return response
