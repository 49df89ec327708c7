"""Headers that tell browsers what a response may do: no scripts from data, no frames, no guessing
of media types, and no URLs with queries in them for other sites."""

from __future__ import annotations

import secrets

from flask import Flask, Response, g

_CSP = "Content-Security-Policy"
_PAGE = (
    "default-src 'none'; img-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'; style-src 'self'"
)
# The policy is also for data: RDF/XML may hold elements in the namespace of XHTML, and with a
# query anybody can make a URL whose result does.
SECURITY: list[tuple[str, str]] = [
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "same-origin"),
    (_CSP, "default-src 'none'; frame-ancestors 'none'"),
]
"""The headers of every response that is not a page."""


def init_app(app: Flask) -> None:
    """Add the headers to every response of the Flask application."""
    app.after_request(_protect)
    app.context_processor(lambda: {"script_nonce": script_nonce})


def script_nonce(*, styles: bool = False) -> str:
    """The nonce of this response's scripts; a page that asks for none may run no script.

    `styles`: the same nonce also allows the style elements that a script adds (the query editor's).
    """
    if "script_nonce" not in g:
        g.script_nonce = secrets.token_urlsafe(16)
    g.styled_by_script = styles or g.get("styled_by_script", False)
    return str(g.script_nonce)


def _protect(response: Response) -> Response:
    for name, value in SECURITY:
        response.headers.setdefault(name, value)
    if response.mimetype == "text/html":
        response.headers[_CSP] = _page_policy()
    return response


def _page_policy() -> str:
    if "script_nonce" not in g:
        return _PAGE
    nonce = f"'nonce-{g.script_nonce}'"
    policy = f"{_PAGE} {nonce}" if g.styled_by_script else _PAGE
    return f"{policy}; script-src {nonce}; connect-src 'self'"
