"""JSON-stat 2.0 (json-stat.org/full) as PX-Web writes it, parsed and checked.

    {"class": "dataset", "version": "2.0", "label": …, "id": ["Бүс", "Он"], "size": [30, 55],
     "dimension": {"Бүс": {"label": …, "category": {"index": {"0": 0, …}, "label": {"0": …}}}},
     "value": [57649.7, null, …], "status": {"12": ".."}, "note": ["…"], "updated": "…"}

The last dimension of `id` varies fastest in `value`; null is an empty cell. `status` is a list, an
object by position, or one string for all cells. Dimensions and categories have notes too.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from math import prod
from typing import Any

from loaders.formats.json_strict import error_at, read
from loaders.pipeline.record import Capture


def composed(text: str) -> str:
    """A text in Unicode's composed form (NFC): the same letters are the same characters."""
    return unicodedata.normalize("NFC", text)


@dataclass(frozen=True, slots=True)
class JsonStatDimension:
    """One dimension: its codes in order, and the labels of those that have one.

    Only labels identify what a code means: PX-Web numbers the years from the latest, so a code
    means another year after each update. `units` has the unit of each code that states one,
    `notes` are on the dimension, `code_notes` on its codes.
    """

    id: str
    label: str
    codes: tuple[str, ...]
    labels: Mapping[str, str]
    units: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    code_notes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The id as it is compared: some servers write й as two characters."""
        return composed(self.id)

    @property
    def labels_in_order(self) -> list[str]:
        """The label of each code, empty where it has none."""
        return [self.labels.get(code, "") for code in self.codes]


@dataclass(frozen=True, slots=True)
class JsonStatTable:
    """One table in one language; `values` in row-major order, `status` by position.

    `parts` has the number of values and the capture of each chunk, where it came in several.
    `updated` is when the agency changed the table, as written; empty where it does not say.
    """

    capture: Capture
    label: str
    dimensions: tuple[JsonStatDimension, ...]
    values: tuple[Any, ...]
    status: Mapping[int, str]
    parts: tuple[tuple[int, Capture], ...] = ()
    notes: tuple[str, ...] = ()
    updated: str = ""

    @property
    def sizes(self) -> tuple[int, ...]:
        """The number of codes of each dimension."""
        return tuple(len(d.codes) for d in self.dimensions)

    def place(self, index: int) -> tuple[Capture, str]:
        """The capture of a value, and its position there."""
        for size, capture in self.parts:
            if index < size:
                return capture, f"/value/{index}"
            index -= size
        return self.capture, f"/value/{index}"

    def dimension(self, name: str) -> JsonStatDimension:
        """A dimension by its id, or its name."""
        return next(d for d in self.dimensions if d.name == composed(name))


def parse(capture: Capture, max_cells: int) -> JsonStatTable:
    """The table of one response.

    Raises InputError with a JSON Pointer for what is not JSON-stat 2.0, when the number of cells in
    `value` differs from `size`, and when there are more than `max_cells`.
    """
    data = read(capture)
    if not isinstance(data, dict) or data.get("class") != "dataset":
        raise error_at(capture, "this is not a JSON-stat dataset", "class", hint=_FORMAT)
    if not str(data.get("version", "")).startswith("2."):
        raise error_at(capture, "JSON-stat 2.0 is expected", "version", hint=_FORMAT)
    dimensions = _dimensions(capture, data)
    cells = prod(len(d.codes) for d in dimensions)
    if cells > max_cells:
        raise error_at(
            capture, f"{cells:,} cells, more than {max_cells:,}", "size", hint=_TOO_LARGE
        )
    values = _cells(capture, data, "value", cells)
    status = _cells(capture, data, "status", cells) if "status" in data else ()
    return JsonStatTable(
        capture=capture,
        label=_label(capture, data),
        dimensions=dimensions,
        values=values,
        status={i: str(text) for i, text in enumerate(status) if text is not None},
        notes=_notes(data.get("note")),
        updated=_text(data.get("updated")),
    )


_FORMAT = "Request the format “json-stat2” from PX-Web."
_TOO_LARGE = "Request fewer years at a time: the agency refuses larger responses."


def _label(capture: Capture, data: Mapping[str, Any], *path: str) -> str:
    label = data.get("label")
    if not isinstance(label, str) or not label.strip():
        raise error_at(capture, "a label is expected", *path, "label")
    return composed(label)


def _dimensions(capture: Capture, data: Mapping[str, Any]) -> tuple[JsonStatDimension, ...]:
    ids, sizes = (_list(capture, data, key) for key in ("id", "size"))
    described = data.get("dimension")
    if not isinstance(described, dict):
        raise error_at(capture, "no dimensions", "dimension")
    if len(ids) != len(sizes) or sorted(ids) != sorted(described):
        raise error_at(capture, f"{ids} and {list(described)} are not the same dimensions", "id")
    return tuple(
        _dimension(capture, name, described[name], size)
        for name, size in zip(ids, sizes, strict=True)
    )


def _list(capture: Capture, data: Mapping[str, Any], key: str) -> list[Any]:
    items = data.get(key)
    kind = str if key == "id" else int
    if not isinstance(items, list) or not items or not all(type(x) is kind for x in items):
        raise error_at(capture, "a list is expected", key)
    return items


def _dimension(capture: Capture, name: str, data: Any, size: int) -> JsonStatDimension:
    path = ("dimension", name, "category")
    category = data.get("category") if isinstance(data, dict) else None
    if not isinstance(category, dict):
        raise error_at(capture, "no categories", *path)
    labels = category.get("label", {})
    if not isinstance(labels, dict) or not all(isinstance(x, str) for x in labels.values()):
        raise error_at(capture, "labels by code are expected", *path, "label")
    codes = _codes(category.get("index"), labels)
    if len(codes) != size:
        raise error_at(capture, f"{size} codes, each with its position, expected", *path, "index")
    if unknown := sorted(labels.keys() - set(codes)):
        raise error_at(capture, "a label for a code that is not there", *path, "label", unknown[0])
    label = _label(capture, data, "dimension", name)
    noted = category.get("note")
    code_notes = noted.items() if isinstance(noted, dict) else ()
    return JsonStatDimension(
        name,
        label,
        codes,
        {code: composed(text) for code, text in labels.items()},
        units=_units(category.get("unit")),
        notes=_notes(data.get("note")),
        code_notes={code: _notes(text) for code, text in code_notes if code in codes},
    )


def _notes(stated: Any) -> tuple[str, ...]:
    """Notes, written as a list or, by some versions, as one text."""
    texts = stated if isinstance(stated, list) else [stated]
    return tuple(filter(None, map(_text, texts)))


def _text(stated: Any) -> str:
    return composed(stated).strip() if isinstance(stated, str) else ""


def _units(stated: Any) -> dict[str, str]:
    """The unit of each code that states one, as text: `{"C1": {"base": "head", "decimals": 0}}`."""
    units = stated.items() if isinstance(stated, dict) else ()
    texts = {code: unit.get("base") for code, unit in units if isinstance(unit, dict)}
    return {
        code: composed(text)
        for code, text in texts.items()
        if isinstance(text, str) and text.strip()
    }


def _codes(index: Any, labels: Mapping[str, str]) -> tuple[str, ...]:
    """Codes in order, from a list or from positions by code; empty when positions have gaps.

    The index may be left out if there is only one category.
    """
    if index is None:
        return tuple(labels)[:1]
    if isinstance(index, list):
        return tuple(index) if all(isinstance(x, str) for x in index) else ()
    if not isinstance(index, dict) or not all(type(x) is int for x in index.values()):
        return ()
    complete = sorted(index.values()) == list(range(len(index)))
    return tuple(sorted(index, key=index.__getitem__)) if complete else ()


def _cells(capture: Capture, data: Mapping[str, Any], key: str, cells: int) -> tuple[Any, ...]:
    cell_values = data.get(key)
    if key == "status" and isinstance(cell_values, str):  # one for all cells
        return (cell_values,) * cells
    if isinstance(cell_values, dict):  # the sparse form
        if beyond := [k for k in cell_values if not (k.isdecimal() and int(k) < cells)]:
            raise error_at(capture, f"there are only {cells:,} cells", key, beyond[0])
        return tuple(cell_values.get(str(i)) for i in range(cells))
    if not isinstance(cell_values, list) or len(cell_values) != cells:
        there = len(cell_values) if isinstance(cell_values, list) else "no"
        raise error_at(
            capture, f"{there} cells, “size” says {cells:,}; the response may be truncated", key
        )
    return tuple(cell_values)
