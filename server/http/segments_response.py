"""A response whose body is put together by the connection, without being read into memory."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from flask import Response

from graph.catalogue.segments import Segments

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment


class SegmentsResponse(Response):
    """A response with segments as its body; a content coding replaces them by bytes."""

    def get_app_iter(self, environ: WSGIEnvironment) -> Iterable[bytes]:
        """The body for a WSGI server: as a file where the server can send files."""
        wrap = environ.get("wsgi.file_wrapper")
        whole = environ["REQUEST_METHOD"] == "GET" and self.status_code == 200
        if wrap and whole and isinstance(self.response, Segments):
            body: Iterable[bytes] = wrap(self.response)
            return body
        return super().get_app_iter(environ)
