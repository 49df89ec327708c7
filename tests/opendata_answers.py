"""Answers of opendata.gov.mn, written for tests, and what they are mapped to."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from graph.core.instance import Instance
from graph.core.iris import Names
from loaders.pipeline import source
from loaders.pipeline.protocol import LoaderContext
from loaders.pipeline.record import Capture, Record, Statement
from loaders.systems import opendata_mn
from vocab.namespaces import DCAT

BASE = "https://example.mn/"
SOURCE = source.read(source.BUNDLED / "mn-odp.toml")
CONTEXT = LoaderContext(SOURCE, Names(BASE))
DATASET = f"{BASE}id/dataset/mn-odp/"
NOWHERE = Instance(Path("/nowhere"), BASE)


def capture_of(name: str, data: Any) -> Capture:
    written = data if isinstance(data, bytes) else json.dumps(data).encode()
    digest = hashlib.sha256(written).hexdigest()
    return Capture(digest, name, f"https://portal.mn/{name}", "application/json", written)


def map_all(captures: list[Capture], context: LoaderContext = CONTEXT) -> list[Statement]:
    records = opendata_mn.records(captures, context)
    made = (s for r in records for s in opendata_mn.statements(r, context))
    return [s for s in made if isinstance(s, Statement)]


def objects(found: list[Statement], subject: str, predicate: ox.NamedNode) -> set[str]:
    return {
        s.object.value for s in found if s.subject.value == subject and s.predicate == predicate
    }


# --- small answers -----------------------------------------------------------------------------

ORG = {"reg_num": "1234567", "name": "Агентлаг "}


def row(number: Any = 1, **over: Any) -> dict[str, Any]:
    return {"id": number, "name": "Нэр", "org": ORG, "frequency": None, "term": None, **over}


def search(*rows: Any, name: str = "search-1.json", **over: Any) -> Capture:
    details = {"total_rows": len(rows), "total_pages": 1, "items": list(rows), **over}
    return capture_of(name, {"code": 200, "result": {"details": details, "org_list": []}})


def detail(number: Any = 1, **over: Any) -> Capture:
    return capture_of(f"detail-{number}.json", {"code": 200, "result": row(number, **over)})


def outcome(captures: list[Capture], locator: str) -> Record:
    records = list(opendata_mn.records(captures, CONTEXT))
    assert len({(r.capture.digest, r.locator) for r in records}) == len(records)
    return next(r for r in records if f"{r.capture.name}#{r.locator}" == locator)


def distribution(**file: Any) -> tuple[list[Statement], str]:
    found = map_all([search(row()), detail(files=[file])])
    (node,) = objects(found, f"{DATASET}1", DCAT.distribution)
    return found, node


def page(number: int, *rows: Any, total: Any = 2, pages: Any = 2) -> Capture:
    return search(*rows, name=f"search-{number}.json", total_rows=total, total_pages=pages)


ANSWER = json.dumps({"code": 200, "result": {}}, ensure_ascii=False).encode()
