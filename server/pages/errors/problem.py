"""The page of a problem; of an address without a page it offers search and similar addresses."""

from __future__ import annotations

import re
from urllib.parse import unquote

from flask import render_template, request

from graph.core.errors import UlziiError
from server.core.context import AppContext
from server.http.problem_details import ProblemDetails
from server.sparql import internal_queries
from server.sparql.labels import Labels, labels

NOT_FOUND = 404
_MOST = 5  # similar addresses
_SHORTENED = 3  # letters that a mistyped address may have too many
_NO_WORD = re.compile(r"[^\w]+|_+")
_DOCUMENT = re.compile(r"\.(html|ttl|jsonld|nt|rdf|csv|json)$")


def problem_page(context: AppContext, problem: ProblemDetails) -> str:
    """The page of a problem."""
    if problem.kind.status != NOT_FOUND:
        return render_template("problem.html", problem=problem)
    similar, names = _similar(context, request.path)
    return render_template(
        "errors/not_found.html",
        problem=problem,
        words=words_of(request.path),
        similar=similar,
        names=names,
    )


def words_of(path: str) -> str:
    """The words of an address, to search for: its last part, which names the thing."""
    last = _DOCUMENT.sub("", unquote(path).rstrip("/")).rpartition("/")[2]
    return _NO_WORD.sub(" ", last).strip()[:80]


def _similar(context: AppContext, path: str) -> tuple[list[str], Labels]:
    """Things that a mistyped address may mean, and their names; none where nothing is published."""
    try:
        asked = [iri for one in candidates(path) for iri in context.urls.iris(one)]
        rows = internal_queries.select(context.pool, "resources/known", asked)
        known = {row["thing"].value for row in rows}
        found = [iri for iri in dict.fromkeys(asked) if iri in known][:_MOST]
        return found, labels(context, found)
    except (UlziiError, ValueError):  # the page must say that there is none, whatever fails
        return [], {}


def candidates(path: str) -> list[str]:
    """Addresses like a path: below `/id`, a little shorter, one folder up."""
    whole = _DOCUMENT.sub("", path.rstrip("/"))
    folder, _, last = whole.rpartition("/")
    shorter = [f"{folder}/{last[:-n]}" for n in range(1, _SHORTENED + 1) if len(last) > n + 1]
    found = [whole, *shorter, folder]
    if not whole.startswith("/id/"):
        found += [f"/id{one}" for one in found]
    return [one for one in found if one.count("/") > 1]
