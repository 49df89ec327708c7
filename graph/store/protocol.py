"""A client for SPARQL 1.1 engines: Protocol (query, update) and Graph Store Protocol.

SPARQLWrapper builds the requests for queries and updates; httpx2 sends them. SPARQLWrapper itself
would follow redirects with credentials, and has no total timeout for a slow response.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import httpx2

from graph.core.errors import StorageError
from graph.core.remote_settings import RemoteStoreSettings
from graph.core.user_agent import USER_AGENT
from graph.store import engines
from graph.store.authentication import http_auth

if TYPE_CHECKING:
    from graph.store.sparql_request import SparqlRequest

_CONNECT_TIMEOUT = 10.0  # seconds
_READ_TIMEOUT = 900.0  # seconds an engine may take for a large batch without sending anything
RESULTS, TRIPLES = "application/sparql-results+json", "application/n-triples"
_MAX_ERROR_TEXT = 300  # characters of an engine's error message that are passed on
_AGENT = {"User-Agent": USER_AGENT}


def _request(remote: RemoteStoreSettings, text: str, form: str, accept: str) -> SparqlRequest:
    # SPARQLWrapper and rdflib, which it needs, are imported where there is a remote store
    from graph.store.sparql_request import SparqlRequest

    return SparqlRequest(remote, text, form, accept)


@dataclass(frozen=True, slots=True)
class ProtocolDataset:
    """The dataset of a query, as parameters of the SPARQL Protocol."""

    default: tuple[str, ...] = ()
    named: tuple[str, ...] = ()


class SparqlClient:
    """A client of one engine. Close it, or use it as a context manager."""

    def __init__(self, remote: RemoteStoreSettings, keys: Path) -> None:
        self.remote = remote
        self.engine = engines.by_name(remote.engine)
        self._http = httpx2.Client(
            auth=http_auth(remote.auth or self.engine.auth, keys),
            timeout=httpx2.Timeout(_READ_TIMEOUT, connect=_CONNECT_TIMEOUT),
            follow_redirects=False,
            trust_env=False,
            # reading the system's certificates takes longer than many queries
            verify=any(url.startswith("https:") for url in _addresses(remote)),
        )

    def __enter__(self) -> SparqlClient:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    @contextmanager
    def query(
        self,
        text: str,
        form: str,
        accept: str,
        dataset: ProtocolDataset | None = None,
        remaining: float | None = None,
    ) -> Iterator[httpx2.Response]:
        """The engine's response to a query, with its body unread.

        `form` is SELECT, ASK, CONSTRUCT or DESCRIBE, `accept` the media type of the response;
        `remaining` is the query's remaining time in seconds. Raises httpx2.HTTPError.
        """
        request = _request(self.remote, text, form, accept)
        for graph in dataset.default if dataset else ():
            request.addParameter("default-graph-uri", graph)
        for graph in dataset.named if dataset else ():
            request.addParameter("named-graph-uri", graph)
        if remaining is not None and self.engine.timeout:
            seconds = max(remaining, self.engine.min_timeout)
            request.addParameter(
                self.engine.timeout, str(max(1, int(seconds * self.engine.timeout_unit)))
            )
        with self._open(request.for_client(self._http)) as response:
            yield response

    def select(self, text: str, dataset: ProtocolDataset | None = None) -> bytes:
        """The complete result of a SELECT query, as SPARQL results JSON.

        Raises StorageError.
        """
        with (
            self._storage_errors(self.remote.query_url),
            self.query(text, "SELECT", RESULTS, dataset) as answer,
        ):
            answer.read()
            self._check(answer)
            return answer.content

    def server_name(self) -> str:
        """The Server header of the engine, and the names of the other headers it sends.

        Raises StorageError.
        """
        with (
            self._storage_errors(self.remote.query_url),
            self.query("ASK {}", "ASK", RESULTS) as answer,
        ):
            answer.read()
            self._check(answer)
            # Fuseki has no Server header, but one that is called Fuseki-Request-ID
            return " ".join([answer.headers.get("Server", ""), *answer.headers])

    def update(self, operations: Sequence[str]) -> None:
        """Run operations of SPARQL Update in one request.

        Raises StorageError.
        """
        with self._storage_errors(self.remote.update_url):
            request = _request(self.remote, " ;\n".join(operations), "INSERT", "*/*")
            self._check(self._http.send(request.for_client(self._http)))

    def add(self, graph: str, lines: bytes) -> None:
        """Add N-Triples to a graph (Graph Store Protocol §5.5).

        Raises StorageError.
        """
        with self._storage_errors(self.remote.graph_store_url):
            sent = self._http.post(
                self.remote.graph_store_url,
                params=self._graph(graph),
                content=lines,
                headers={"Content-Type": TRIPLES, **_AGENT},
            )
            self._check(sent)

    def drop(self, graph: str) -> None:
        """Delete a graph, which need not exist (§5.4).

        Raises StorageError.
        """
        with self._storage_errors(self.remote.graph_store_url):
            self._check(
                self._http.delete(self.remote.graph_store_url, params=self._graph(graph)),
                absent=404,
            )

    @contextmanager
    def read_graph(self, graph: str) -> Iterator[Iterator[bytes]]:
        """The chunks of a graph as N-Triples (§5.2); none where it does not exist.

        Raises StorageError.
        """
        with self._storage_errors(self.remote.graph_store_url):
            request = self._http.build_request(
                "GET",
                self.remote.graph_store_url,
                params=self._graph(graph),
                headers={"Accept": TRIPLES, **_AGENT},
            )
            with self._open(request) as answer:
                self._check(answer, absent=404)
                yield iter(()) if answer.status_code == 404 else answer.iter_bytes()

    def _graph(self, graph: str) -> dict[str, str]:
        return {"graph": graph}

    @contextmanager
    def _open(self, request: httpx2.Request) -> Iterator[httpx2.Response]:
        response = self._http.send(request, stream=True)
        try:
            yield response
        finally:
            response.close()

    @contextmanager
    def _storage_errors(self, url: str) -> Iterator[None]:
        try:
            yield
        except httpx2.HTTPError as error:
            raise StorageError(
                f"the remote store does not answer: {error}",
                where=url,
                hint="Check that it is running; the next load finishes what this one began.",
            ) from error

    def _check(self, answer: httpx2.Response, *, absent: int = 0) -> None:
        if not answer.is_success and answer.status_code != absent:
            answer.read()
            raise StorageError(
                f"the remote store answered {answer.status_code}: {error_text(answer.text)}",
                where=str(answer.url.copy_with(query=None)),
                hint=_ADVICE.get(answer.status_code, ""),
            )
        if cut := truncated_by(answer, self.engine):
            raise StorageError(
                f"the remote store truncated its response ({cut})",
                where=str(answer.url.copy_with(query=None)),
                hint="Raise the engine's limit on rows.",
            )


def _addresses(remote: RemoteStoreSettings) -> tuple[str, str, str]:
    return (remote.query_url, remote.update_url, remote.graph_store_url)


_ADVICE = {
    401: "Check the credentials and --auth (basic, digest or bearer).",
    403: "Give this user the right to write.",
    413: "Raise the engine's limit on the size of requests.",
}


def truncated_by(answer: httpx2.Response, engine: engines.Engine) -> str:
    """The header that marks a response as incomplete; empty where there is none."""
    present = (name for name in engine.truncation_headers if name in answer.headers)
    return next((f"{name}: {answer.headers[name]}" for name in present), "")


def error_text(text: str) -> str:
    """An engine's error message on one line, without HTML tags and the query it repeats."""
    message = re.split(r"\s*SPARQL query:", text, maxsplit=1)[0]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", message)).strip()[:_MAX_ERROR_TEXT]
