"""Views that take as long as queries: their seconds count against the client's budget."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from flask import request

from server.core.context import AppContext

P = ParamSpec("P")
T = TypeVar("T")


def charged(context: AppContext) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """A decorator of a view: a client over its budget (`ulzii serve --budget`) gets 429."""

    def decorate(view: Callable[P, T]) -> Callable[P, T]:
        @wraps(view)
        def run(*arguments: P.args, **named: P.kwargs) -> T:
            client = context.client_keys.identify(request.environ).key
            with context.pool.charged(client):
                return view(*arguments, **named)

        return run

    return decorate
