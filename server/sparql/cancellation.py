"""`DELETE /sparql/queries/{id}`: end a query that runs or waits.

Whoever asks gives the query an id (`Query-Id`, or the parameter `query-id`); who knows it can end
the query. So it must be one that nobody guesses, such as a UUID.
"""

from __future__ import annotations

import re

from flask import Blueprint, Response, request

from server.core.context import AppContext
from server.http.messages import CORS
from server.http.problem_details import HttpProblem

_ID = re.compile(r"[A-Za-z0-9._~-]{16,128}")


def check_query_id(name: str) -> str:
    """An id as it was given, or HttpProblem (400)."""
    if name and not _ID.fullmatch(name):
        raise HttpProblem(
            400,
            "a query's id has 16 to 128 letters, digits, “.”, “_”, “~” or “-”",
            hint="Take a UUID: whoever guesses the id can end the query.",
        )
    return name


def blueprint(context: AppContext) -> Blueprint:
    """The addresses of queries that run."""
    part = Blueprint("cancelling", __name__)

    @part.route("/sparql/queries/<name>", methods=["DELETE", "OPTIONS"])
    def cancel(name: str) -> Response:
        if request.method == "DELETE" and not context.pool.cancel(check_query_id(name)):
            raise HttpProblem(404, "no query of this id runs or waits")
        methods = ("Access-Control-Allow-Methods", "DELETE, OPTIONS")
        return Response(status=204, headers=[*CORS, methods])

    return part
