"""Which restricted graphs a request may see, by its token."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graph.core.instance import Instance
from graph.statements.layer import NAMES
from server.auth import bearer
from server.auth.tokens import AccessToken, TokenStore

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment


class GraphAccess:
    """The readers of one instance."""

    def __init__(self, instance: Instance) -> None:
        self.tokens = TokenStore(instance)
        self._names = instance.names

    def readable(self, environ: WSGIEnvironment) -> tuple[str, ...]:
        """The graphs that this request's token opens, in one order; nothing without a token.

        Raises HttpProblem (401) for a token that is not good.
        """
        found = bearer.token_of(environ.get("HTTP_AUTHORIZATION", ""), self.tokens)
        return self.of(found) if found else ()

    def of(self, token: AccessToken) -> tuple[str, ...]:
        """The graphs a token opens."""
        sources = sorted(token.readable)
        return tuple(self._names.graph(source, name) for source in sources for name in NAMES)
