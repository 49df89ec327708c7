"""How columns, numbers and dialects are called in CSVW and in a description."""

from __future__ import annotations

from collections.abc import Mapping

from vocab.namespaces import SDMX_DIMENSION, SDMX_MEASURE

CONTEXT = "http://www.w3.org/ns/csvw"
AREA = SDMX_DIMENSION.refArea.value
PERIOD = SDMX_DIMENSION.refPeriod.value
FIGURE = SDMX_MEASURE.obsValue.value

LOCALES: Mapping[tuple[str, str], str] = {
    (",", "."): "1,234.5",
    (" ", ","): "1 234,5",
    (" ", "."): "1 234.5",
    (".", ","): "1.234,5",
    ("'", "."): "1'234.5",
    ("", "."): "1234.5",
    ("", ","): "1234,5",
}
"""groupChar and decimalChar (§6.4.2) → a locale of `loaders.tables.values.LOCALES`."""

DATATYPES: Mapping[str, str] = {
    **dict.fromkeys(("integer", "int", "long", "short", "nonNegativeInteger"), "integer"),
    **dict.fromkeys(("decimal", "number", "double", "float"), "decimal"),
    "date": "date",
    "boolean": "boolean",
    "gYear": "year",
    "anyURI": "iri",
    "string": "text",
    "token": "code",
}
"""Datatype (§5.11.1) → `datatype` of a column."""

NUMERIC = frozenset({"integer", "decimal"})
