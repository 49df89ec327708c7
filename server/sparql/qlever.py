"""QLever's extensions of the SPARQL protocol, as far as its user interface needs them.

The result format is in `graph.queries.results.qlever`. Errors are documents of that format if the
client requested it, because QLever's clients read nothing else. Of the commands (`cmd=`) only
`stats` is supported.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from flask import Response

from graph.queries.syntax.positions import offset
from server.http.messages import CORS, SHARED, HttpResponse
from server.http.problem_details import HttpProblem, ProblemDetails
from server.http.wsgi_request import Parameters
from server.sparql import internal_queries

if TYPE_CHECKING:
    from server.core.context import AppContext

COMMAND = "cmd"
MEDIA_TYPE = "application/json"
# `action=` names a format in links that open in a browser, whose Accept header prefers a page.
_ACTIONS = {
    "csv_export": "csv",
    "tsv_export": "tsv",
    "turtle_export": "ttl",
    "sparql_json_export": "json",
    "qlever_json_export": "qlever",
}


def action_formats(parameters: Parameters) -> list[str]:
    """The formats that `action` names."""
    return [_ACTIONS[name] for name in parameters.get("action", ()) if name in _ACTIONS]


def send_limit(parameters: Parameters) -> int | None:
    """The number of rows to send (parameter `send`), or None for all. Raises HttpProblem (400)."""
    values = parameters.get("send", [])
    if len(values) > 1 or not all(number.isascii() and number.isdigit() for number in values):
        raise HttpProblem(400, f"“send” must be one number of rows, not “{', '.join(values)}”")
    return int(values[0]) if values else None


def error_document(problem: ProblemDetails, parameters: Parameters) -> HttpResponse:
    """A problem as a document of QLever's format."""
    query = (parameters.get("query") or parameters.get("update") or [""])[0]
    messages = (problem.detail, problem.hint, problem.detail_mn or problem.kind.mn, problem.hint_mn)
    facts: dict[str, Any] = {
        "query": query,
        "status": "ERROR",
        "exception": " ".join(f"{part.removesuffix('.')}." for part in messages if part),
        "resultsize": 0,
        "time": {"total": "0ms", "computeResult": "0ms"},
    }
    if problem.line:
        facts["metadata"] = _position(problem, query)
    body = json.dumps(facts, ensure_ascii=False).encode()
    headers = [
        ("Content-Type", MEDIA_TYPE),
        ("Content-Length", str(len(body))),
        ("Cache-Control", "no-store"),
        *SHARED,
        *problem.header_list(),
    ]
    return HttpResponse(problem.status_line, headers, body)


def _position(problem: ProblemDetails, query: str) -> dict[str, int | str]:
    """The position of the error in the query, in UTF-16 code units as JavaScript counts them."""
    before = query[: offset(query, problem.line, problem.column)]
    index = len(before.encode("utf-16-le")) // 2
    return {
        "startIndex": index,
        "stopIndex": index,
        "line": problem.line,
        "positionInLine": problem.column - 1,
        "query": query,
    }


def statistics(context: AppContext, command: str) -> Response:
    """The response to a command. Raises HttpProblem (400) for unsupported ones."""
    if command != "stats":
        raise HttpProblem(400, f"“{command}” is not supported", hint="Supported: cmd=stats.")
    names = context.instance.names
    [size] = internal_queries.count_from_void(
        context.pool, "sparql/all", [f"{names.void()}#default"]
    )
    number = int(size["statements"].value)
    facts = {"name-index": f"Өлзий · Ulzii: {names.base}", "num-triples-normal": number}
    return Response(json.dumps(facts, ensure_ascii=False), mimetype=MEDIA_TYPE, headers=CORS)
