"""`DELETE /sparql/queries/{id}`: cancel a query that runs or waits.

The client chooses the id (header `Query-Id` or parameter `query-id`). Anyone who knows it can
cancel the query, so it must not be guessable; a UUID is best.
"""

from __future__ import annotations

import re

from flask import Blueprint, Response, request

from server.core.context import AppContext
from server.http.messages import CORS
from server.http.problem_details import HttpProblem

_ID = re.compile(r"[A-Za-z0-9._~-]{16,128}")


def check_query_id(name: str) -> str:
    """The id if it is empty or valid. Raises HttpProblem (400) if it is not."""
    if name and not _ID.fullmatch(name):
        raise HttpProblem(
            400,
            "a query id must be 16 to 128 of a-z, A-Z, 0-9, “.”, “_”, “~” and “-”",
            hint="Use a UUID: anyone who guesses the id can cancel the query.",
        )
    return name


def blueprint(context: AppContext) -> Blueprint:
    """The URLs of running queries."""
    part = Blueprint("cancelling", __name__)

    @part.route("/sparql/queries/<name>", methods=["DELETE", "OPTIONS"])
    def cancel(name: str) -> Response:
        if request.method == "DELETE" and not context.pool.cancel(check_query_id(name)):
            raise HttpProblem(
                404,
                "no query with this id is running or waiting",
                detail_mn="ийм дугаартай асуулга ажиллаж, хүлээж байгаа нь алга",
            )
        methods = ("Access-Control-Allow-Methods", "DELETE, OPTIONS")
        return Response(status=204, headers=[*CORS, methods])

    return part
