"""`/dump/{source}.nq` and `.trig`: a public source whole, now or in a snapshot, resumable."""

from __future__ import annotations

from flask import Blueprint, Response

from graph import snapshots
from graph.export import dump
from graph.export.dump import MEDIA_TYPES, Dump
from graph.snapshots import visibility
from graph.snapshots.published_events import events_of
from graph.versions.state import public_sources, state
from server.cache import permalinks
from server.core.context import AppContext
from server.http.problem_details import HttpProblem
from server.http.response_headers import make_resumable

_RULE = f"/dump/<source>.<any({','.join(MEDIA_TYPES)}):form>"


def blueprint(context: AppContext) -> Blueprint:
    """The addresses of dumps."""
    part = Blueprint("dumps", __name__)

    def show(source: str, form: str, number: int | None = None) -> Response:
        found = _find(context, source, form, number)
        response = Response(found.blocks(), content_type=f"{MEDIA_TYPES[form]}; charset=utf-8")
        response.content_length = found.length
        response.set_etag(found.tag)
        if number is not None:
            age = context.instance.retention.seconds
            response.headers["Cache-Control"] = f"public, max-age={age}, immutable"
        make_resumable(response, found.length)
        return response

    part.add_url_rule(_RULE, view_func=show)
    part.add_url_rule(f"/snapshot/<int:number>{_RULE}", view_func=show)
    return part


def _find(context: AppContext, source: str, form: str, number: int | None) -> Dump:
    """The dump. Raises HttpProblem (404) where there is none, or the source is not public."""
    instance, now = context.instance, snapshots.current(context.instance)
    size = now.number if now else 0
    if number is not None and (number > size or not permalinks.was_published(instance, number)):
        raise HttpProblem(
            404, f"there is no snapshot {number}", detail_mn=f"{number}-р агшин хувилбар алга"
        )
    if number is not None:  # what was restricted since is restricted in old snapshots too
        visibility.restricted_in(instance, str(number)).hidden_from(())
    public = source in public_sources(state(events_of(instance, size)))
    events = events_of(instance, size if number is None else number)
    found = dump.find(instance, events, source, form) if public else None
    if found is None:
        raise HttpProblem(
            404,
            f"there is no dump of a source “{source}”",
            detail_mn=f"“{source}” эх сурвалжийн бүтэн файл алга",
        )
    return found
