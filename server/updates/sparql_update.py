"""SPARQL Update on the published graphs: POST to `/sparql` with a token (Protocol §2.2)."""

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

# Bytes of a form: each byte of an update may be percent-encoded as three.
MAX_FORM = 3 * UPDATE_LIMIT + 4096
_PARAMETERS = frozenset({"update", "using-graph-uri", "using-named-graph-uri"})


class SparqlUpdates:
    """Updates of one instance."""

    def __init__(self, writer: UpdateWriter) -> None:
        self._writer = writer
        self._endpoint = writer.instance.names.endpoint

    def run(self, parameters: Parameters, environ: WSGIEnvironment) -> HttpResponse:
        """Run an update.

        Raises HttpProblem, and what a write raises.
        """
        token = self._writer.token(environ)
        text, using = _update_text(parameters), _using(parameters)
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


def _update_text(parameters: Parameters) -> str:
    texts = parameters.get("update", [])
    if len(texts) != 1 or parameters.keys() - _PARAMETERS:
        raise HttpProblem(
            400,
            "the parameter “update” must appear exactly once, with only its dataset beside it",
            hint="The dataset is given by using-graph-uri and using-named-graph-uri.",
        )
    return texts[0]


def _using(parameters: Parameters) -> UsingClauses:
    default, named = (parameters.get(f"using-{kind}graph-uri", ()) for kind in ("", "named-"))
    return UsingClauses(tuple(default), tuple(named))
