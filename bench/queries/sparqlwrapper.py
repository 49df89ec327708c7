"""Unique look-ups by SPARQLWrapper, as a script of a researcher asks: a connection for each, by
Python's urllib, and the answer read as JSON. ours beside others.
"""

from __future__ import annotations

import multiprocessing
import time
from itertools import count
from typing import NamedTuple, cast

from SPARQLWrapper import JSON, SPARQLWrapper

from bench.queries.clients import NUMBERS_PER_CLIENT, lookup_query
from bench.servers.launch import Server

_PROCESSES = 4


class WrapperClient(NamedTuple):
    """The work of one client process: look-ups numbered from `first` on, for some seconds."""

    address: str
    datasets: int
    first: int
    seconds: float


def rate(server: Server, datasets: int, first: int, seconds: float) -> float:
    """The rate per second of unique look-ups numbered from `first` on."""
    address = f"http://127.0.0.1:{server.port}{server.path}"
    loads = [
        WrapperClient(address, datasets, first + n * NUMBERS_PER_CLIENT, seconds)
        for n in range(_PROCESSES)
    ]
    with multiprocessing.get_context("spawn").Pool(_PROCESSES) as pool:
        return sum(pool.map(_client, loads))


def _client(load: WrapperClient) -> float:
    numbers, begun = count(load.first), time.perf_counter()
    while (took := time.perf_counter() - begun) < load.seconds:
        _look_up(load, next(numbers))
    return (next(numbers) - load.first) / took


def _look_up(load: WrapperClient, number: int) -> None:
    wrapper = SPARQLWrapper(load.address)
    wrapper.setReturnFormat(JSON)
    wrapper.setQuery(lookup_query(number, load.datasets))
    found = cast("dict[str, dict[str, object]]", wrapper.queryAndConvert())
    if not found["results"]["bindings"]:
        raise RuntimeError(f"an empty result for {number}")
