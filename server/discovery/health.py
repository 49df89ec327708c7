"""`/healthz`: whether queries are answered, and which snapshot is served."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, jsonify

from graph import snapshots
from graph.core.errors import IntegrityError
from graph.ledger.checkpoints import signed_size
from graph.snapshots.published_events import events_of
from server.core.context import AppContext
from server.core.source_checks import failing

DAMAGED = "the ledger or the store is damaged; `ulzii verify` tells the operator what is wrong"
_FAILING = ("no workers", DAMAGED)


def blueprint(context: AppContext) -> Blueprint:
    """`/healthz`: 200 if the pool answers queries, else 503."""
    part = Blueprint("health", __name__)

    @part.get("/healthz")
    def healthz() -> tuple[Response, int]:
        alive = context.pool.alive()
        published = _published(context)
        status = "no workers" if not alive else published.pop("status")
        body = {
            "status": status,
            **published,
            "workers": context.pool.workers,
            "wall": context.pool.network_sandbox(),
        }
        return jsonify(body), 503 if status in _FAILING else 200

    return part


def _published(context: AppContext) -> dict[str, Any]:
    """What is served, and the public sources that cannot be loaded, which takes nothing from what
    is served; no more than that something is damaged, since anybody may read it."""
    try:
        now = snapshots.current(context.instance)
        events_of(context.instance, now.number if now else 0)
        size = signed_size(context.instance)
        broken = failing(context.instance)
    except IntegrityError:
        return {"status": DAMAGED, "snapshot": None, "ledger": None, "failing_sources": []}
    status = "ok" if now else "nothing is published"
    return {
        "status": status,
        "snapshot": now.name if now else None,
        "ledger": size,
        "failing_sources": broken,
    }
