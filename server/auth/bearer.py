"""The token of a request: `Authorization: Bearer …` (RFC 6750)."""

from __future__ import annotations

import re

from server.auth.tokens import AccessToken, TokenStore
from server.http.problem_details import HttpProblem

# The syntax b64token of RFC 6750 §2.1.
_BEARER = re.compile(r"Bearer +([A-Za-z0-9\-._~+/]+=*) *", re.IGNORECASE)


def token_of(header: str, tokens: TokenStore) -> AccessToken | None:
    """The token in an Authorization header; None if there is no header.

    Raises HttpProblem (401) for a header without a valid token.
    """
    if not header:
        return None
    match = _BEARER.fullmatch(header)
    if match is None:
        raise _unauthorized(
            "the header must be “Authorization: Bearer” and a token", "invalid_request"
        )
    token = tokens.find(match[1])
    if token is None:
        raise _unauthorized("the token is unknown, revoked or expired", "invalid_token")
    return token


def require_token(header: str, tokens: TokenStore) -> AccessToken:
    """As `token_of`, but raises HttpProblem (401) if there is no header."""
    token = token_of(header, tokens)
    if token is None:
        raise _unauthorized("writing requires a token")
    return token


def insufficient_scope(detail: str, hint: str = "") -> HttpProblem:
    """403: the token does not allow the request."""
    challenge = 'Bearer realm="ulzii", error="insufficient_scope"'
    return HttpProblem(403, detail, hint=hint, WWW_Authenticate=challenge)


def _unauthorized(detail: str, error: str = "") -> HttpProblem:
    challenge = 'Bearer realm="ulzii"' + (f', error="{error}"' if error else "")
    hint = "The operator creates tokens with `ulzii token add`."
    return HttpProblem(401, detail, hint=hint, WWW_Authenticate=challenge)
