"""Unique look-ups by SPARQLWrapper, as a script of a researcher asks: a connection for each, by
Python's urllib, and the answer read as JSON. ours beside others.
"""

from __future__ import annotations

import multiprocessing
import time
from itertools import count
from typing import NamedTuple, cast

from SPARQLWrapper import JSON, SPARQLWrapper

from bench.queries.clients import APART, look_up
from bench.servers.launch import Server

_PROCESSES = 4


class Load(NamedTuple):
    """What one client process asks for: datasets, of so many, from a number on."""

    address: str
    datasets: int
    first: int
    seconds: float


def rate(server: Server, datasets: int, first: int, seconds: float) -> float:
    """Answers a second to unique look-ups, numbered from `first` on."""
    address = f"http://127.0.0.1:{server.port}{server.path}"
    loads = [Load(address, datasets, first + n * APART, seconds) for n in range(_PROCESSES)]
    with multiprocessing.get_context("spawn").Pool(_PROCESSES) as pool:
        return sum(pool.map(_client, loads))


def _client(load: Load) -> float:
    asked, begun = count(load.first), time.perf_counter()
    while (took := time.perf_counter() - begun) < load.seconds:
        _ask(load, next(asked))
    return (next(asked) - load.first) / took


def _ask(load: Load, number: int) -> None:
    wrapper = SPARQLWrapper(load.address)
    wrapper.setReturnFormat(JSON)
    wrapper.setQuery(look_up(number, load.datasets))
    found = cast("dict[str, dict[str, object]]", wrapper.queryAndConvert())
    if not found["results"]["bindings"]:
        raise RuntimeError(f"an empty answer to {number}")
