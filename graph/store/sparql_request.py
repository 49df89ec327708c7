"""Requests of the SPARQL Protocol, built by SPARQLWrapper."""

from __future__ import annotations

import httpx2
from SPARQLWrapper import POST, SPARQLWrapper

from graph.core.remote_settings import RemoteStoreSettings
from graph.core.user_agent import USER_AGENT


class SparqlRequest(SPARQLWrapper):
    """A request built by SPARQLWrapper, with a query form that is given, not guessed by it."""

    def __init__(self, remote: RemoteStoreSettings, text: str, form: str, accept: str) -> None:
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
        request = self._createRequest()
        headers = {**dict(request.header_items()), "User-Agent": USER_AGENT}
        assert isinstance(request.data, bytes)
        return client.build_request("POST", request.full_url, content=request.data, headers=headers)
