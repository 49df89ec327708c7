"""What every part of the server works with."""

from __future__ import annotations

from dataclasses import dataclass

from graph.core.instance import Instance
from graph.queries import Pool
from server.core.metrics import Metrics
from server.core.settings import Settings
from server.http.client_key import ClientKeys
from server.http.urls import Urls


@dataclass(frozen=True, slots=True)
class AppContext:
    """One instance, its pool of query workers, the operator's settings, its addresses,
    the keys of its clients, and what is counted."""

    instance: Instance
    pool: Pool
    settings: Settings
    urls: Urls
    client_keys: ClientKeys
    metrics: Metrics
