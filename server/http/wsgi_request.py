"""What an HTTP request says, read from WSGI's environment: its body, its form, its media type.

Everything raises HttpProblem for what cannot be read.
"""

from __future__ import annotations

import io
import re
from binascii import a2b_qp
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, unquote_to_bytes

from server.http.problem_details import HttpProblem

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

FORM = "application/x-www-form-urlencoded"
QUERY = "application/sparql-query"
UPDATE = "application/sparql-update"
_NO_ESCAPE = re.compile(rb"%(?![0-9A-Fa-f]{2})|[\r\n]")
_FIELDS = 200  # parameters of one request
Parameters = dict[str, list[str]]


def media_type(environ: WSGIEnvironment) -> str:
    """The media type of a request's body, in lower case; empty where none is given.

    Raises HttpProblem (415) where its charset is not UTF-8.
    """
    return media_type_of(environ.get("CONTENT_TYPE", ""))


def media_type_of(header: str) -> str:
    """The media type of a Content-Type header, as `media_type`."""
    name, *parameters = (part.strip().lower() for part in header.split(";"))
    for parameter in parameters:
        key, _, value = parameter.partition("=")
        if key == "charset" and value.strip('" ') not in {"utf-8", "utf8"}:
            raise HttpProblem(415, f"the charset is UTF-8, not “{value}”")
    return name


def read_body(environ: WSGIEnvironment, limit: int) -> bytes:
    """The whole body of at most `limit` bytes (413); left in place for whoever reads it next."""
    length = environ.get("CONTENT_LENGTH") or ""
    if length and (not length.isdigit() or int(length) > limit):
        raise HttpProblem(413, f"over {limit:,} bytes")
    if not length and not environ.get("wsgi.input_terminated"):
        return b""
    data: bytes = environ["wsgi.input"].read(int(length) if length else limit + 1)
    if len(data) > limit:
        raise HttpProblem(413, f"over {limit:,} bytes")
    replace_body(environ, data)
    return data


def replace_body(environ: WSGIEnvironment, data: bytes) -> None:
    """Let whoever reads the body next find these bytes."""
    environ["wsgi.input"] = io.BytesIO(data)
    environ["CONTENT_LENGTH"] = str(len(data))


def decode_utf8(data: bytes) -> str:
    """UTF-8, or HttpProblem (400)."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise HttpProblem(400, f"not UTF-8 from byte {error.start}") from error


def query_parameters(environ: WSGIEnvironment) -> Parameters:
    """The parameters behind the question mark."""
    given = environ.get("QUERY_STRING", "")
    if not given.isascii():  # bytes that should have been escaped; WSGI gives them as Latin-1
        given = decode_utf8(given.encode("latin-1"))
    return parse_form(given)


def parse_form(form: str) -> Parameters:
    """Names and values of a form or of an address, or HttpProblem (400)."""
    try:
        if form.startswith("query=") and "&" not in form and form.isascii():  # a look-up
            return {"query": [unquote_form_value(form[6:].encode()).decode()]}
        return parse_qs(form, keep_blank_values=True, errors="strict", max_num_fields=_FIELDS)
    except ValueError as error:
        raise HttpProblem(400, f"the parameters cannot be read: {error}") from error


def unquote_form_value(value: bytes) -> bytes:
    """A value of a form. Where all is well its escapes are quoted-printable's (RFC 2045 §6.7) but
    for their sign, and the library undoes those ten times as fast."""
    value = value.replace(b"+", b" ")
    if _NO_ESCAPE.search(value):
        return unquote_to_bytes(value)
    return a2b_qp(value.replace(b"=", b"=3D").replace(b"%", b"="))


def root_url(environ: WSGIEnvironment) -> str:
    """The address under which the client reached us, without a slash at its end."""
    scheme = environ.get("wsgi.url_scheme", "http")
    return f"{scheme}://{environ.get('HTTP_HOST') or environ['SERVER_NAME']}"
