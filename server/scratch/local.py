"""Checks that a request to a scratch instance comes from this machine."""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from server.http import wsgi_request
from server.http.problem_details import HttpProblem

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment


def require_local(environ: WSGIEnvironment) -> None:
    """Refuse requests that a web page of another origin causes. Raises HttpProblem (403).

    Such a page, open in a browser on this machine, could write by a form, or through a name that
    resolves to loopback (DNS rebinding). Origin and Host reveal both.
    """
    origin = environ.get("HTTP_ORIGIN")
    local = is_loopback(_host(wsgi_request.root_url(environ)))
    if not local or (origin is not None and not is_loopback(_host(origin))):
        raise HttpProblem(403, "a scratch instance answers only clients on its own machine")


def _host(address: str) -> str | None:
    """The host of `http://host:port`; None for anything else."""
    # Strict, because graphs and the endpoint are named by the Host header.
    try:
        parts = urlsplit(address)
        bare = parts.netloc == address.partition("://")[2] and parts.username is None
        return parts.hostname if bare and parts.port != 0 else None
    except ValueError:
        return None


def is_loopback(host: str | None) -> bool:
    """Whether a host is a loopback address: `localhost`, 127.0.0.0/8 or ::1."""
    try:
        return host == "localhost" or ipaddress.ip_address(host or "").is_loopback
    except ValueError:
        return False
