"""A scratch instance answers its own machine alone: who is that?"""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from server.http import wsgi_request
from server.http.problem_details import HttpProblem

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment


def require_local(environ: WSGIEnvironment) -> None:
    """A page from elsewhere, open in a browser on this machine, could write here: by a form, or
    by a name that resolves to loopback (DNS rebinding). Both are told by Host and Origin.

    Raises HttpProblem (403).
    """
    origin = environ.get("HTTP_ORIGIN")
    local = is_loopback(_host(wsgi_request.root_url(environ)))
    if not local or (origin is not None and not is_loopback(_host(origin))):
        raise HttpProblem(403, "a scratch instance answers clients on its own machine alone")


def _host(address: str) -> str | None:
    """The host of `http://host:port`; None for anything else, so that graphs and the endpoint may
    be named by what a client says our host is."""
    try:
        parts = urlsplit(address)
        bare = parts.netloc == address.partition("://")[2] and parts.username is None
        return parts.hostname if bare and parts.port != 0 else None
    except ValueError:
        return None


def is_loopback(host: str | None) -> bool:
    """Whether a host is this machine's own: `localhost`, 127.0.0.0/8 or ::1."""
    try:
        return host == "localhost" or ipaddress.ip_address(host or "").is_loopback
    except ValueError:
        return False
