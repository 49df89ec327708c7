"""Which restricted graphs a request may read, by its token."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graph.core.instance import Instance
from graph.statements.layer import NAMES
from server.auth import bearer
from server.auth.tokens import AccessToken, TokenStore

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment


class GraphAccess:
    """Access to the restricted graphs of one instance."""

    def __init__(self, instance: Instance) -> None:
        self.tokens = TokenStore(instance)
        self._names = instance.names

    def readable(self, environ: WSGIEnvironment) -> tuple[str, ...]:
        """The restricted graphs that a request may read, sorted; none without a token.

        Raises HttpProblem (401) for an invalid token.
        """
        token = bearer.token_of(environ.get("HTTP_AUTHORIZATION", ""), self.tokens)
        return self.readable_with(token) if token else ()

    def readable_with(self, token: AccessToken) -> tuple[str, ...]:
        """The restricted graphs that a token may read, sorted."""
        sources = sorted(token.readable)
        return tuple(self._names.graph(source, name) for source in sources for name in NAMES)
