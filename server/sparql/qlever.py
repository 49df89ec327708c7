"""What clients of QLever ask beyond SPARQL's protocol, as far as QLever's user interface needs it.

The result format itself is `graph.queries.results.qlever`. Errors have the format's own shape where
it is asked for: its clients read nothing else. Of the commands (`cmd=`) there is `stats`.
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
# `action=` names a format for links that open in a browser, whose Accept wants a page.
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
    """How many rows are wanted (`send`); None for all. Raises HttpProblem (400)."""
    given = parameters.get("send", [])
    if len(given) > 1 or not all(number.isascii() and number.isdigit() for number in given):
        raise HttpProblem(400, f"“send” is one number of rows, not “{', '.join(given)}”")
    return int(given[0]) if given else None


def error_document(problem: ProblemDetails, parameters: Parameters) -> HttpResponse:
    """A problem in the shape of an answer."""
    query = (parameters.get("query") or parameters.get("update") or [""])[0]
    said = (problem.detail, problem.hint, problem.detail_mn or problem.kind.mn, problem.hint_mn)
    facts: dict[str, Any] = {
        "query": query,
        "status": "ERROR",
        "exception": " ".join(f"{part.removesuffix('.')}." for part in said if part),
        "resultsize": 0,
        "time": {"total": "0ms", "computeResult": "0ms"},
    }
    if problem.line:
        facts["metadata"] = _place(problem, query)
    body = json.dumps(facts, ensure_ascii=False).encode()
    own = [("Content-Type", MEDIA_TYPE), ("Content-Length", str(len(body)))]
    kept = [("Cache-Control", "no-store")]
    return HttpResponse(problem.status_line, [*own, *kept, *SHARED, *problem.header_list()], body)


def _place(problem: ProblemDetails, query: str) -> dict[str, int | str]:
    """Where in a query it is wrong, in scripts' units: two for what lies beyond the first plane."""
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
    """The answer to a command. Raises HttpProblem (400) for those that are not offered."""
    if command != "stats":
        raise HttpProblem(400, f"“{command}” is not offered here", hint="Offered: cmd=stats.")
    names = context.instance.names
    [size] = internal_queries.count_from_void(
        context.pool, "sparql/all", [f"{names.void()}#default"]
    )
    number = int(size["statements"].value)
    facts = {"name-index": f"Өлзий · Ulzii: {names.base}", "num-triples-normal": number}
    return Response(json.dumps(facts, ensure_ascii=False), mimetype=MEDIA_TYPE, headers=CORS)
