"""Results of SPARQL SELECT: numbers that a harvest is compared with. They hold no statement."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from graph.core.errors import InputError
from loaders.catalogues.model import ReadItem, ReceivedDocument


def read(document: ReceivedDocument) -> Iterator[ReadItem]:
    """Nothing."""
    yield from ()


def first_row(name: str, data: bytes) -> Mapping[str, int]:
    """The whole numbers of the first row of a result in JSON, by variable.

    Raises InputError for anything else.
    """
    try:
        row = json.loads(data)["results"]["bindings"][0]
        return {key: int(value["value"]) for key, value in row.items()}
    except (ValueError, KeyError, TypeError, IndexError, RecursionError) as error:
        raise InputError(
            "the endpoint did not answer with a number",
            where=name,
            hint="It must answer SELECT queries with application/sparql-results+json.",
        ) from error
