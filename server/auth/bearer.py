"""The token of a request: `Authorization: Bearer …` (RFC 6750)."""

from __future__ import annotations

import re

from server.auth.tokens import AccessToken, TokenStore
from server.http.problem_details import HttpProblem

_BEARER = re.compile(r"Bearer +([A-Za-z0-9\-._~+/]+=*) *", re.IGNORECASE)


def token_of(header: str, tokens: TokenStore) -> AccessToken | None:
    """The token in an Authorization header; None where there is no header.

    Raises HttpProblem (401) for a header without a token that is good now.
    """
    if not header:
        return None
    match = _BEARER.fullmatch(header)
    if match is None:
        raise _unauthorized("send “Authorization: Bearer” and a token", "invalid_request")
    found = tokens.find(match[1])
    if found is None:
        raise _unauthorized("this token is unknown, revoked or expired", "invalid_token")
    return found


def require_token(header: str, tokens: TokenStore) -> AccessToken:
    """As `token_of`, where nothing can be done without one: raises HttpProblem (401)."""
    found = token_of(header, tokens)
    if found is None:
        raise _unauthorized("writing needs a token")
    return found


def insufficient_scope(detail: str, hint: str = "") -> HttpProblem:
    """403: the token does not allow this."""
    challenge = 'Bearer realm="ulzii", error="insufficient_scope"'
    return HttpProblem(403, detail, hint=hint, WWW_Authenticate=challenge)


def _unauthorized(detail: str, error: str = "") -> HttpProblem:
    challenge = 'Bearer realm="ulzii"' + (f', error="{error}"' if error else "")
    hint = "The operator makes tokens with `ulzii token add`."
    return HttpProblem(401, detail, hint=hint, WWW_Authenticate=challenge)
