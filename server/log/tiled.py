"""`/log/checkpoint` and `/log/tile/…`: the log as witnesses and monitors read it.

c2sp.org/tlog-tiles; nothing is stored for it, tiles are cut from the lines when they are asked for.
"""

from __future__ import annotations

from flask import Blueprint, Response, g, request

from graph.transparency import signed_log, tiles, witnesses
from server.core.context import AppContext
from server.http.problem_details import HttpProblem
from server.log.access import LogAccess

_TEXT = "text/plain; charset=utf-8"
_BYTES = "application/octet-stream"
_FOREVER = "public, max-age=31536000, immutable"
# A source may be restricted later: then caches of others should not keep its lines for a year.
_LINES = "public, max-age=86400, immutable"


def blueprint(context: AppContext) -> Blueprint:
    """The checkpoint and the tiles."""
    part = Blueprint("log_tiles", __name__)
    access = LogAccess(context.instance)

    @part.get("/log/checkpoint")
    def checkpoint() -> Response:
        note = witnesses.cosigned(context.instance, signed_log.read(context.instance))
        return _sent(note.encode(), _TEXT, "no-cache")

    @part.get("/log/tile/<path:name>")
    def tile(name: str) -> Response:
        found = tiles.parse(name)
        if found is None:
            raise HttpProblem(404, f"“{name}” is not the path of a tile (c2sp.org/tlog-tiles)")
        log = signed_log.read(context.instance)
        if not found.fits(log.size):
            raise HttpProblem(404, f"the log has {log.size} events, too few for this tile")
        body = tiles.content(log, found)
        if found.level is not None:
            return _sent(body, _BYTES, _FOREVER)
        closed = access.of_lines(range(found.start, found.start + found.width), log.size)
        access.require(closed)
        g.is_text = True
        response = _sent(body, _BYTES, "private, no-store" if closed else _LINES)
        response.vary.add("Authorization")
        return response

    return part


def _sent(body: bytes, media_type: str, caching: str) -> Response:
    response = Response(body, content_type=media_type)
    response.headers["Cache-Control"] = caching
    response.add_etag()
    response.make_conditional(request)
    return response
