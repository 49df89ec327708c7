"""Columns of a description: their order in JSON, and keys that a property has not."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest

from graph.core.errors import InputError
from graph.core.toml_schema import TomlKeyError
from loaders.pipeline.record import Capture
from loaders.tables.description.columns import ColumnDescription
from loaders.tables.grids import Dialect, has_named_members, table
from loaders.tables.mapping.drift import placed

COLUMNS = [ColumnDescription(name=name, role="measure") for name in ("a", "b")]


def _places(rows: list[Any]) -> list[tuple[str, int]]:
    data = json.dumps(rows).encode()
    file = Capture(hashlib.sha256(data).hexdigest(), "a.json", "", "", data)
    form = Dialect("json")
    found = table(file, form)
    ordered = not has_named_members(file, form)
    places = placed(COLUMNS, found.heads, lambda column, at: False, "a.json", ordered=ordered)
    return [(one.column.name, one.first) for one in places]


def test_members_of_objects_have_no_order() -> None:
    assert _places([{"b": 1, "a": 2}]) == [("a", 1), ("b", 0)]
    with pytest.raises(InputError, match="moved"):
        _places([["b", "a"], [1, 2]])
    with pytest.raises(InputError, match="“c” is new"):
        _places([{"b": 1, "a": 2, "c": 3}])


@pytest.mark.parametrize("key", [{"kind": "area"}, {"level": "soum"}, {"within": "x"}])
def test_a_property_is_not_looked_up(key: dict[str, Any]) -> None:
    iri = "http://www.w3.org/2000/01/rdf-schema#label"
    with pytest.raises((TomlKeyError, ValueError), match=f"“{next(iter(key))}” is of dimensions"):
        ColumnDescription(name="Сум", role="property", property=iri, **key)
