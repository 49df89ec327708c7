"""The objects that every part of the server uses."""

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
    """An instance with its pool of query workers, settings, URLs, client keys and metrics."""

    instance: Instance
    pool: Pool
    settings: Settings
    urls: Urls
    client_keys: ClientKeys
    metrics: Metrics
