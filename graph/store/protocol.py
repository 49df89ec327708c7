"""A SPARQL 1.1 engine as one speaks to it: Protocol (query, update) and Graph Store Protocol.

SPARQLWrapper words the queries and updates. They travel by httpx2: a connection must be ours to cut
at a deadline, and credentials must go to this engine and nowhere else, so nothing is redirected.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx2
from SPARQLWrapper import INSERT, POST, SPARQLWrapper

from graph.core.errors import StorageError
from graph.core.remote_settings import Remote
from graph.store import engines
from graph.store.authentication import http_auth

_CONNECT = 10.0
_ANSWER = 900.0  # seconds an engine may be silent over a large batch
RESULTS, TRIPLES = "application/sparql-results+json", "application/n-triples"
_MOST = 300  # characters of an engine's complaint that are passed on
_AGENT = {"User-Agent": "ulzii/0.1 (+https://w3id.org/ulzii/)"}


class _Worded(SPARQLWrapper):
    """A request in SPARQLWrapper's words; what kind of query it is, we know better than it."""

    def __init__(self, remote: Remote, text: str, form: str, accept: str) -> None:
        self._form = form
        super().__init__(remote.query_url, remote.update_url)
        self.setQuery(text)
        self.setMethod(POST)
        self.setOnlyConneg(True)
        self.addCustomHttpHeader("Accept", accept)

    def _parseQueryType(self, query: str) -> str:  # noqa: N802 - SPARQLWrapper's name
        return self._form

    def for_client(self, client: httpx2.Client) -> httpx2.Request:
        """The same request for httpx2."""
        worded = self._createRequest()
        headers = {**dict(worded.header_items()), **_AGENT}
        assert isinstance(worded.data, bytes)
        return client.build_request("POST", worded.full_url, content=worded.data, headers=headers)


@dataclass(frozen=True, slots=True)
class ProtocolDataset:
    """The graphs a query sees, as the protocol's parameters say it."""

    default: tuple[str, ...] = ()
    named: tuple[str, ...] = ()


class SparqlClient:
    """A connection to one engine. To be closed, or used in a `with` block."""

    def __init__(self, remote: Remote, keys: Path) -> None:
        self.remote = remote
        self.engine = engines.by_name(remote.engine)
        self._http = httpx2.Client(
            auth=http_auth(remote.auth or self.engine.auth, keys),
            timeout=httpx2.Timeout(_ANSWER, connect=_CONNECT),
            follow_redirects=False,
            trust_env=False,
            # reading the system's certificates takes longer than a query
            verify=any(url.startswith("https:") for url in _addresses(remote)),
        )

    def __enter__(self) -> SparqlClient:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the connections."""
        self._http.close()

    @contextmanager
    def query(
        self,
        text: str,
        form: str,
        accept: str,
        dataset: ProtocolDataset | None = None,
        left: float | None = None,
    ) -> Iterator[httpx2.Response]:
        """The engine's response to a query, its body unread; `left` is how many seconds it has.

        Raises httpx2.HTTPError.
        """
        worded = _Worded(self.remote, text, form, accept)
        for graph in dataset.default if dataset else ():
            worded.addParameter("default-graph-uri", graph)
        for graph in dataset.named if dataset else ():
            worded.addParameter("named-graph-uri", graph)
        if left is not None and self.engine.timeout:
            seconds = max(left, self.engine.min_timeout)
            worded.addParameter(
                self.engine.timeout, str(max(1, int(seconds * self.engine.timeout_unit)))
            )
        with self._open(worded.for_client(self._http)) as response:
            yield response

    def select(self, text: str, dataset: ProtocolDataset | None = None) -> bytes:
        """The whole answer to a SELECT of ours, as SPARQL results JSON.

        Raises StorageError.
        """
        with (
            self._storing(self.remote.query_url),
            self.query(text, "SELECT", RESULTS, dataset) as answer,
        ):
            answer.read()
            self._check(answer)
            return answer.content

    def server_name(self) -> str:
        """What the engine calls itself, when it is asked the simplest of questions.

        Raises StorageError.
        """
        with (
            self._storing(self.remote.query_url),
            self.query("ASK {}", "ASK", RESULTS) as answer,
        ):
            answer.read()
            self._check(answer)
            told = [answer.headers.get("Server", ""), *answer.headers]  # Fuseki: only a name of one
            return " ".join(told)

    def update(self, operations: Sequence[str]) -> None:
        """Run some operations of SPARQL Update in one request.

        Raises StorageError.
        """
        with self._storing(self.remote.update_url):
            worded = _Worded(self.remote, " ;\n".join(operations), INSERT, "*/*")
            self._check(self._http.send(worded.for_client(self._http)))

    def add(self, graph: str, lines: bytes) -> None:
        """Add N-Triples to a graph (Graph Store Protocol §5.5).

        Raises StorageError.
        """
        with self._storing(self.remote.graph_store_url):
            sent = self._http.post(
                self.remote.graph_store_url,
                params=self._graph(graph),
                content=lines,
                headers={"Content-Type": TRIPLES, **_AGENT},
            )
            self._check(sent)

    def drop(self, graph: str) -> None:
        """Delete a graph, which need not be there (§5.4).

        Raises StorageError.
        """
        with self._storing(self.remote.graph_store_url):
            self._check(
                self._http.delete(self.remote.graph_store_url, params=self._graph(graph)),
                absent=404,
            )

    @contextmanager
    def read_graph(self, graph: str) -> Iterator[Iterator[bytes]]:
        """The pieces of a graph as N-Triples (§5.2); none where there is no such graph.

        Raises StorageError.
        """
        with self._storing(self.remote.graph_store_url):
            asked = self._http.build_request(
                "GET",
                self.remote.graph_store_url,
                params=self._graph(graph),
                headers={"Accept": TRIPLES, **_AGENT},
            )
            with self._open(asked) as answer:
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
    def _storing(self, url: str) -> Iterator[None]:
        try:
            yield
        except httpx2.HTTPError as error:
            raise StorageError(
                f"the remote store does not answer: {error}",
                where=url,
                hint="Is it running? The next load goes on where this one ended.",
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
                f"the remote store cut its answer ({cut})",
                where=str(answer.url.copy_with(query=None)),
                hint="Raise the engine's limit of rows.",
            )


def _addresses(remote: Remote) -> tuple[str, str, str]:
    return (remote.query_url, remote.update_url, remote.graph_store_url)


_ADVICE = {
    401: "Check the credentials and --auth (basic, digest or bearer).",
    403: "Give this user the right to write.",
    413: "Raise the engine's limit of the size of a request.",
}


def truncated_by(answer: httpx2.Response, engine: engines.Engine) -> str:
    """The header that says that an answer is not whole, empty where there is none."""
    found = (
        f"{name}: {answer.headers[name]}"
        for name in engine.truncation_headers
        if name in answer.headers
    )
    return next(found, "")


def error_text(text: str) -> str:
    """What an engine complains of, on one line and without the query it repeats."""
    told = re.split(r"\s*SPARQL query:", text, maxsplit=1)[0]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", told)).strip()[:_MOST]
