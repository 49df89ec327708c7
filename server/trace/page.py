"""The page of a trace: the way of one statement in steps, or the statements about a thing."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlencode

from flask import render_template, request
from markupsafe import Markup, escape

from graph.core.iris import RULE
from graph.ledger.merkle import leaf_hash
from graph.trace.model import STATED_NOW, Stating, Trace, TracedRecord, TracedStatement
from graph.transparency import proofs, signed_log
from server.core.context import AppContext
from server.http.language import text
from server.pages.layout.units import unit_text
from server.pages.layout.writing import in_language
from server.trace import naming
from server.trace.examples import examples

PER_PAGE = 40  # statements of a thing


@dataclass(frozen=True, slots=True)
class EventProof:
    """That an event is in the log: hexadecimal `leaf`; `path` and `root` in base64 (RFC 6962)."""

    index: int
    size: int
    origin: str
    leaf: str
    path: list[str]
    root: str


def value_first(found: Trace) -> Trace:
    """The same trace, with the statements of a value before the others."""
    ordered = sorted(found.statements, key=lambda one: not naming.is_value(one.line))
    return Trace(found.asked, tuple(ordered), found.left_out)


def render(context: AppContext, found: Trace, opened: TracedStatement | None) -> str:
    """The page. `opened` is the statement whose way is shown above the others of a thing."""
    page = max(1, request.args.get("page", 1, type=int))
    many = found.statements if len(found.statements) > 1 else ()
    listed = many[(page - 1) * PER_PAGE : page * PER_PAGE]
    shown = opened if many else next(iter(found.statements), None)
    if page > 1 and many:
        shown = None
    named = naming.read(context, [*([shown] if shown else []), *listed])
    return render_template(
        "trace.html",
        found=found,
        examples=() if found.statements else examples(context.instance),
        shown=shown,
        listed=listed,
        page=page,
        last=-(-len(many) // PER_PAGE),
        named=named,
        labels=named.labels,
        names=context.instance.names,
        query=_query,
        paged=lambda number: f"/trace?{_query(page=number)}",
        naming=naming,
        unit_text=unit_text,
        note_text=note_text,
        captures_of=captures_of,
        proof=lambda index: _proof(context, index),
        STATED=STATED_NOW,
        RULE=RULE,
    )


def captures_of(stating: Stating) -> list[TracedRecord]:
    """One record of each file that a statement was made from."""
    return [*{one.capture: one for one in reversed(stating.records)}.values()][::-1]


def _query(**changed: str | int) -> str:
    """The query string of this page with other values; without a value, without the name."""
    kept = {k: v for k, v in request.args.items() if k not in {"format", "lang", "page"}}
    return urlencode({k: v for k, v in (kept | changed).items() if v})


def _proof(context: AppContext, index: int) -> EventProof | None:
    log = signed_log.read(context.instance)
    if not 0 <= index < log.size:
        return None
    path = proofs.encode(log.tree.inclusion(index, log.size))
    root = proofs.encode([log.checkpoint.root])[0]
    leaf = leaf_hash(log.line(index)).hex()
    return EventProof(index, log.size, log.checkpoint.origin, leaf, path, root)


_NOTES = {
    "the captures of this source are private": "trace_access_private",
    "made by Ulzii itself: a validation report": "trace_made_here",
    "the whole capture": "trace_whole_file",
}


def note_text(note: str) -> Markup:
    """Why nothing is shown of a record, or what is left out, in the reader's language where it is
    one of a few notes, else as the reader of records says it."""
    if note in _NOTES:
        return escape(text(_NOTES[note]))
    is_translated = not note or re.search("[а-яөү]", note)
    return escape(note) if is_translated else in_language(note, "en")
