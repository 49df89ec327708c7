"""What is asked of a scratch instance, read from WSGI's environment."""

from __future__ import annotations

import io
import ipaddress
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from server.problems import HttpProblem

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

MOST = 64 << 20  # bytes of a body: what is held in memory as statements afterwards
Parameters = dict[str, list[str]]


def media_type(header: str) -> str:
    """The media type of a Content-Type.

    Raises HttpProblem (415) where its charset is not UTF-8.
    """
    name, *parameters = (part.strip().lower() for part in header.split(";"))
    for parameter in parameters:
        key, _, value = parameter.partition("=")
        if key == "charset" and value.strip('" ') not in {"utf-8", "utf8"}:
            raise HttpProblem(415, f"the charset is UTF-8, not “{value}”")
    return name


def body(environ: WSGIEnvironment) -> bytes:
    """The whole body; left in place for whoever reads it next."""
    length = environ.get("CONTENT_LENGTH") or ""
    if length and (not length.isdigit() or int(length) > MOST):
        raise HttpProblem(413, f"over {MOST:,} bytes")
    if not length and not environ.get("wsgi.input_terminated"):
        return b""
    data: bytes = environ["wsgi.input"].read(int(length) if length else MOST + 1)
    if len(data) > MOST:
        raise HttpProblem(413, f"over {MOST:,} bytes")
    environ["wsgi.input"] = io.BytesIO(data)
    return data


def text(data: bytes) -> str:
    """UTF-8, or HttpProblem (400)."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise HttpProblem(400, f"not UTF-8 from byte {error.start}") from error


def parameters(form: str) -> Parameters:
    """Names and values of a form or of an address, or HttpProblem (400)."""
    try:
        return parse_qs(form, keep_blank_values=True, errors="strict", max_num_fields=200)
    except ValueError as error:
        raise HttpProblem(400, f"the parameters cannot be read: {error}") from error


def root(environ: WSGIEnvironment) -> str:
    """The address under which the client reached us, without a slash at its end."""
    return f"http://{environ.get('HTTP_HOST') or environ['SERVER_NAME']}"


def check_local(environ: WSGIEnvironment) -> None:
    """A page from elsewhere, open in a browser on this machine, could write here: by a form, or
    by a name that resolves to loopback (DNS rebinding). Both are told by Host and Origin.

    Raises HttpProblem (403).
    """
    origin = environ.get("HTTP_ORIGIN")
    local = is_loopback(_host(root(environ)))
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
