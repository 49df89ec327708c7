"""Settings of a server that its operator may choose."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Settings:
    """Settings of the server; the limits of queries are `graph.queries.QueryLimits`.

    `statements` is the number of statements that the page of a resource shows, `terms` that of a
    vocabulary, which has all its terms on one page; `values` is the number of values of one
    property, `labels` the number of IRIs on a page whose labels are looked up.
    `proxies` is the number of the operator's reverse proxies (`server.http.client_key`). `log`
    turns on the query log (`server.core.query_log`). `cache` is the number of bytes of responses
    that each web process caches (`server.cache`). `public_url` is where the service is reachable;
    empty: what `instance.toml` says, else the base of its IRIs.
    """

    statements: int = 140
    terms: int = 700
    values: int = 20
    labels: int = 400
    proxies: int = 0
    log: bool = False
    cache: int = 256 << 20
    public_url: str = ""
