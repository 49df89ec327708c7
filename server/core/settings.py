"""What the operator of a server may choose."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Settings:
    """Settings of the pages; those of queries are `graph.queries.Limits`.

    `statements` is how many statements of a thing its page shows, `values` how many values of
    one property, `labels` for how many IRIs on a page labels are looked up. `proxies` is how
    many proxies of the operator's stand in front (see `server.http.client_key`), `log` whether
    queries are logged (`server.core.query_log`), `cache` how many bytes of answers each web process
    keeps (`server.caching`).
    """

    statements: int = 400
    values: int = 20
    labels: int = 400
    proxies: int = 0
    log: bool = False
    cache: int = 256 << 20
