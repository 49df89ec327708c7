"""Who may read the lines of the log: those about restricted sources need a token that may."""

from __future__ import annotations

from collections.abc import Iterable

from flask import request

from graph.core.instance import Instance
from graph.transparency.guarded import guarded_in, guarded_lines
from server.auth import bearer
from server.auth.tokens import TokenStore
from server.http.problem_details import HttpProblem


class LogAccess:
    """Access to the lines of one instance's log."""

    def __init__(self, instance: Instance) -> None:
        self._instance = instance
        self._tokens = TokenStore(instance)

    def sources(self, indexes: Iterable[int], size: int) -> frozenset[str]:
        """The restricted sources that some events of a log of this size are about."""
        closed = guarded_in(self._instance, size)
        return frozenset(closed[index] for index in indexes if index in closed)

    def of_lines(self, indexes: Iterable[int], size: int) -> frozenset[str]:
        """The restricted sources whose lines among these are not sealed."""
        closed = guarded_lines(self._instance, size)
        return frozenset(closed[index] for index in indexes if index in closed)

    def readable(self) -> frozenset[str]:
        """The restricted sources that this request may read. Raises HttpProblem (401)."""
        token = bearer.token_of(request.headers.get("Authorization", ""), self._tokens)
        return token.readable if token else frozenset()

    def may_read(self, sources: frozenset[str]) -> bool:
        """Whether this request may read all of these sources. Raises HttpProblem (401)."""
        return sources <= self.readable()

    def require(self, sources: frozenset[str]) -> None:
        """Raises HttpProblem (401, 403) unless this request may read all of these sources."""
        if not sources:
            return
        token = bearer.token_of(request.headers.get("Authorization", ""), self._tokens)
        if token is None:
            raise _token_needed()
        if not sources <= token.readable:
            raise bearer.insufficient_scope("the token may not read every source in these lines")


def _token_needed() -> HttpProblem:
    return HttpProblem(
        401,
        "these lines are about a restricted source",
        hint="Send a token that may read it. Hash tiles, proofs and the checkpoint need none.",
        WWW_Authenticate='Bearer realm="ulzii"',
        detail_mn="эдгээр мөр хязгаарлагдмал эх сурвалжийнх",
        hint_mn="Унших эрхтэй токен илгээнэ үү. Хэш, нотолгоо, гарын үсэгт токен хэрэггүй.",
    )
