"""What is special about the engines we know, as one table (docs/remote.md says it in words)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeVar

import pyoxigraph as ox

T = TypeVar("T")

STAND_IN_PREFIX = "urn:x-ulzii:as:"  # before the datatype that is meant
_DURATION = "http://www.w3.org/2001/XMLSchema#duration"
_WKT = "http://www.opengis.net/ont/geosparql#wktLiteral"


@dataclass(frozen=True, slots=True)
class Engine:
    """One engine.

    `server` is in its Server header or in the name of another one; `auth` is what its updates
    usually want; `timeout` is the parameter that ends a query on its side, and `unit` how many of
    it are a second, at least `shortest` seconds; `datatypes` leads from what it makes of a datatype
    to the datatype it was loaded with; `refused` are datatypes that it changes or does not take, so
    that a name of ours stands in for them (`STAND_IN`); `booleans` says that it gives `1` for true;
    `cut` are headers that tell of a cut result.
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
    """An engine by its name."""
    return ENGINES.get(name, OTHER)


def name_from_header(header: str) -> str:
    """The name of the engine that calls itself so in its Server header, or in a header's name."""
    told = header.lower()
    found = (n for n, engine in ENGINES.items() if engine.server and engine.server in told)
    return next(found, "other")


def restore_datatype(term: T, engine: Engine) -> T | ox.Literal:
    """A term with the datatype it was loaded with, where the engine has one of its own for it."""
    if isinstance(term, ox.Literal) and term.datatype.value in engine.datatype_aliases:
        return ox.Literal(
            term.value, datatype=ox.NamedNode(engine.datatype_aliases[term.datatype.value])
        )
    return term


def adapt_line(line: bytes, engine: Engine) -> bytes:
    """A canonical line as the engine keeps it: with a datatype of ours where it would change the
    literal. The object ends the line, so no other place can be meant."""
    for datatype in engine.replaced_datatypes:
        end = f'"^^<{datatype}> .'.encode()
        if line.endswith(end):
            return line[: -len(end)] + f'"^^<{STAND_IN_PREFIX}{datatype}> .'.encode()
    return line
