"""SPARQL Update on the published graphs (SPARQL 1.1 Protocol §2.2): POST to `/sparql`, by token."""

from __future__ import annotations

from typing import TYPE_CHECKING

from loaders.editable.change import Body
from loaders.editable.write import UPDATE as METHOD
from loaders.editable.write import WriteRequest
from server.http.messages import HttpResponse
from server.http.problem_details import HttpProblem
from server.http.wsgi_request import UPDATE, Parameters
from server.updates.using_clauses import UPDATE_LIMIT, UsingClauses, rewrite
from server.updates.writer import UpdateWriter, write_response

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

# What a form of so many bytes of text may grow to when it is percent-encoded.
MAX_FORM = 3 * UPDATE_LIMIT + 4096
_TAKEN = frozenset({"update", "using-graph-uri", "using-named-graph-uri"})


class SparqlUpdates:
    """Updates of one instance."""

    def __init__(self, writer: UpdateWriter) -> None:
        self._writer = writer
        self._endpoint = writer.instance.names.endpoint

    def run(self, given: Parameters, environ: WSGIEnvironment) -> HttpResponse:
        """Run an update.

        Raises HttpProblem and what a write raises.
        """
        token = self._writer.token(environ)
        text, using = _only(given), _using(given)
        write_request = WriteRequest(
            method=METHOD,
            source="",
            agent=token.name,
            url=self._endpoint,
            body=Body(text.encode(), UPDATE, self._endpoint),
            writable=token.write,
            readable=tuple(sorted(token.readable)),
            update=rewrite(text, using, UPDATE_LIMIT),
        )
        return write_response(self._writer.run(write_request), environ, self._writer.instance)


def _only(given: Parameters) -> str:
    texts = given.get("update", [])
    if len(texts) != 1 or given.keys() - _TAKEN:
        raise HttpProblem(
            400,
            "“update” is wanted exactly once, with nothing but its dataset",
            hint="Its dataset: using-graph-uri and using-named-graph-uri.",
        )
    return texts[0]


def _using(given: Parameters) -> UsingClauses:
    default, named = (given.get(f"using-{kind}graph-uri", ()) for kind in ("", "named-"))
    return UsingClauses(tuple(default), tuple(named))
