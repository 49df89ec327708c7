"""`/healthz`: whether queries are answered, and which snapshot is served."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify

from graph import snapshots
from graph.ledger.checkpoints import signed_size
from server.core.context import AppContext


def blueprint(context: AppContext) -> Blueprint:
    """`/healthz`: 200 if the pool answers queries, else 503."""
    part = Blueprint("health", __name__)

    @part.get("/healthz")
    def healthz() -> tuple[Response, int]:
        now = snapshots.current(context.instance)
        alive = context.pool.alive()
        status = "ok" if alive and now else "nothing is published" if alive else "no workers"
        body = {
            "status": status,
            "snapshot": now.name if now else None,
            "ledger": signed_size(context.instance),
            "workers": context.pool.workers,
            "wall": context.pool.network_sandbox(),
        }
        return jsonify(body), 200 if alive else 503

    return part
