"""Answers of PX-Web: the bundled table, and small ones that can be changed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import replace
from itertools import product
from typing import Any

from graph.core.iris import Names
from loaders.formats import pxweb
from loaders.pipeline import source
from loaders.pipeline.protocol import LoaderContext
from loaders.pipeline.record import Capture, LoadFinding, Statement
from tests.one_by_one import one_by_one

BASE = "https://example.mn/"
TABLE = f"{BASE}id/dataset/nso/DT_NSO_1001_109V1"
CUBE = f"{TABLE}/cube"
OBS_VALUE = "http://purl.org/linked-data/sdmx/2009/measure#obsValue"
NSO = source.read(source.BUNDLED / "nso.toml")
SOURCE = replace(NSO, options={k: one for k, one in NSO.options.items() if k != "exports"})
CONTEXT = LoaderContext(SOURCE, Names(BASE))


def capture_of(name: str, data: bytes, url: str = "") -> Capture:
    digest = hashlib.sha256(data).hexdigest()
    return Capture(digest, name, url or f"DT_T1/{name}", "application/json", data)


def map_all(captures: list[Capture], context: LoaderContext) -> Iterator[Statement]:
    return (one for one in made_of(captures, context) if isinstance(one, Statement))


def found_in(captures: list[Capture], context: LoaderContext) -> list[LoadFinding]:
    return [one for one in made_of(captures, context) if isinstance(one, LoadFinding)]


def made_of(captures: list[Capture], context: LoaderContext) -> Iterator[Statement | LoadFinding]:
    for record in pxweb.records(captures, context):
        yield from one_by_one(pxweb.statements(record, context))


OPTIONS: dict[str, Any] = {
    "units": {"head": {"mn": "толгой", "en": "head"}},
    "tables": {
        "DT_T1": {
            "address": "https://agency.mn/{lang}/DT_T1.px",
            "theme": "AGRI",
            "unit": "head",
            "multiplier": 0,
            "rights": "nso-terms",
            "resolution": "P1Y",
            "dimensions": [
                {"id": "Төрөл", "role": "concept", "name": "kind", "codes": "kind"},
                {"id": "Бүс", "role": "area", "scheme": "small"},
                {"id": "Он", "role": "year"},
            ],
        }
    },
    "schemes": {"small": {"Total": "total", "  Town": "x-town-region", "Town": "x-town"}},
}
LABELS = {
    "Төрөл": ["Sheep & goat", "Horse"],
    "Бүс": ["Total", "  Town", "    Town"],
    "Он": ["2024", "2023"],
}


def context_with(**changes: Any) -> LoaderContext:
    return LoaderContext(
        replace(SOURCE, options={**SOURCE.options, **OPTIONS, **changes}), Names(BASE)
    )


def json_stat(
    order: tuple[str, ...] = ("Төрөл", "Бүс", "Он"),
    labels: dict[str, list[str]] = LABELS,
    **over: Any,
) -> dict[str, Any]:
    """A small answer; each figure is made of the positions of its labels in LABELS."""
    keys = product(*(labels[name] for name in order))
    values = []
    for key in keys:
        at = dict(zip(order, key, strict=True))
        digits = [LABELS[n].index(at[n]) if at.get(n) in LABELS[n] else 9 for n in LABELS]
        values.append(int("".join(map(str, digits))))
    return {
        "class": "dataset",
        "label": "Small",
        "id": list(order),
        "size": [len(labels[name]) for name in order],
        "dimension": {
            name: {
                "label": name,
                "category": {
                    "index": {str(i): i for i in range(len(labels[name]))},
                    "label": {str(i): text for i, text in enumerate(labels[name])},
                },
            }
            for name in order
        },
        "value": values,
        "version": "2.0",
        **over,
    }


def en(data: Any) -> Capture:
    return capture_of("en.json", data if isinstance(data, bytes) else json.dumps(data).encode())


def mn(data: Any) -> Capture:
    return capture_of("mn.json", json.dumps(data).encode())


def figures(*captures: Capture, context: LoaderContext | None = None) -> dict[str, str]:
    found = map_all(list(captures), context or context_with())
    return {
        s.subject.value.partition("/cube/")[2]: s.object.value
        for s in found
        if s.predicate.value == OBS_VALUE
    }
