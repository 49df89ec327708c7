"""The baselines for a service in Python: bare WSGI applications over the engine, and over files,
without limits, deadline, cache, errors or anything else. `bench.servers.launch` starts them with
gunicorn.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

import pyoxigraph as ox

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_JSON = ox.QueryResultsFormat.JSON


def over(path: str) -> WSGIApplication:
    """The application over the store in a directory; its default graph is the union."""

    @cache  # opened by each process: a store does not survive a fork
    def store() -> ox.Store:
        return ox.Store.read_only(path)

    def answer(environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        query = parse_qs(environ["QUERY_STRING"])["query"][0]
        found = store().query(query, use_default_graph_as_union=True)
        assert isinstance(found, ox.QuerySolutions)
        body = found.serialize(None, _JSON)
        assert body is not None
        start("200 OK", [("Content-Type", _JSON.media_type), ("Content-Length", str(len(body)))])
        return [body]

    return answer


def files(folder: str) -> WSGIApplication:
    """The application that sends the files of a folder, by `sendfile`."""

    def answer(environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        file = (Path(folder) / Path(environ["PATH_INFO"]).name).open("rb")
        length = str(os.fstat(file.fileno()).st_size)
        start("200 OK", [("Content-Type", "text/turtle"), ("Content-Length", length)])
        body: Iterable[bytes] = environ["wsgi.file_wrapper"](file)
        return body

    return answer
