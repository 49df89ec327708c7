"""Peculiarities of the SPARQL engines that can be remote stores, as a table (docs/remote.md)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeVar

import pyoxigraph as ox

T = TypeVar("T")

STAND_IN_PREFIX = "urn:x-ulzii:as:"  # of datatypes that stand in for others
_DURATION = "http://www.w3.org/2001/XMLSchema#duration"
_WKT = "http://www.opengis.net/ont/geosparql#wktLiteral"


@dataclass(frozen=True, slots=True)
class Engine:
    """One engine.

    Attributes:
        server: text by which it is recognised in the Server header, or in the names of others
        auth: the authentication scheme that its updates usually need
        timeout: the query parameter for a time limit, empty where it has none
        timeout_unit: how many units of `timeout` are a second
        min_timeout: the shortest time limit that it accepts, in seconds
        datatype_aliases: datatypes in its results → the datatypes that were loaded
        replaced_datatypes: datatypes that it changes or rejects; `STAND_IN_PREFIX` and the
            datatype's IRI is loaded in their place
        numeric_booleans: whether it writes `1` for true in JSON
        truncation_headers: response headers that it sets on incomplete results
    """

    server: str = ""
    auth: str = "basic"
    timeout: str = ""
    timeout_unit: int = 1
    min_timeout: float = 0.0
    datatype_aliases: Mapping[str, str] = field(default_factory=dict)
    replaced_datatypes: tuple[str, ...] = ()
    numeric_booleans: bool = False
    truncation_headers: tuple[str, ...] = ()


OTHER = Engine()
ENGINES: dict[str, Engine] = {
    "other": OTHER,
    "oxigraph": Engine(server="oxigraph"),
    "fuseki": Engine(server="fuseki", timeout="timeout"),
    "graphdb": Engine(server="graphdb", timeout="timeout"),
    "virtuoso": Engine(
        server="virtuoso",
        auth="digest",
        timeout="timeout",
        timeout_unit=1000,
        min_timeout=1.0,
        datatype_aliases={
            "http://www.openlinksw.com/schemas/virtrdf#Geometry": _WKT,
            STAND_IN_PREFIX + _WKT: _WKT,
            STAND_IN_PREFIX + _DURATION: _DURATION,
        },
        replaced_datatypes=(_WKT, _DURATION),
        numeric_booleans=True,
        truncation_headers=("X-SQL-State", "X-SPARQL-MaxRows"),
    ),
}


def by_name(name: str) -> Engine:
    """The engine of this name; OTHER where it is not in the table."""
    return ENGINES.get(name, OTHER)


def name_from_header(header: str) -> str:
    """The name of the engine, given its Server header and the names of the others."""
    text = header.lower()
    names = (n for n, engine in ENGINES.items() if engine.server and engine.server in text)
    return next(names, "other")


def restore_datatype(term: T, engine: Engine) -> T | ox.Literal:
    """A term of a result with the datatype that was loaded."""
    if isinstance(term, ox.Literal) and term.datatype.value in engine.datatype_aliases:
        return ox.Literal(
            term.value, datatype=ox.NamedNode(engine.datatype_aliases[term.datatype.value])
        )
    return term


def adapt_line(line: bytes, engine: Engine) -> bytes:
    """A canonical line as it is sent to the engine, with a stand-in where it needs one."""
    # the object ends the line, so the end cannot be part of another term
    for datatype in engine.replaced_datatypes:
        end = f'"^^<{datatype}> .'.encode()
        if line.endswith(end):
            return line[: -len(end)] + f'"^^<{STAND_IN_PREFIX}{datatype}> .'.encode()
    return line
