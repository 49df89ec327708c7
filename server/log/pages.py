"""`/log`, `/log/{index}` and its proofs: the log for people, and for programs as JSON.

The RDF of an event is the document of its IRI, as of every other thing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, redirect, render_template, request
from werkzeug.wrappers import Response as Base

from graph.ledger import sealing
from graph.ledger.events import Event, source_of
from graph.ledger.merkle import leaf_hash
from graph.snapshots.published_events import events_of
from graph.transparency import proofs, signed_log, witnesses
from graph.transparency.signed_log import SignedLog
from server.core.context import AppContext
from server.http import negotiation
from server.http.negotiation import HTML, Offer
from server.http.problem_details import HttpProblem
from server.log import answers, leads, telling
from server.log.access import LogAccess
from server.log.leads import Lead
from server.log.trust import local_time
from server.pages.layout.writing import Texts
from server.resources import dereference
from server.sparql.labels import labels as labels_of

PER_PAGE = 50


def blueprint(context: AppContext) -> Blueprint:
    """The pages of the log and of its events."""
    part = Blueprint("log", __name__)
    reader = _LogReader(context)

    @part.get("/log")
    def listed() -> Response:
        page = reader.page(request.args)
        if answers.offer() is HTML:
            told = reader.told(page["events"])
            return answers.sent(
                render_template("log.html", **page, told=told, narrowed=_narrowed), HTML
            )
        return answers.as_json(page)

    @part.get("/log/<int:index>")
    def event(index: int) -> Base:
        form = request.args.get("format", "")
        if negotiation.for_document(request.headers.get("Accept", ""), form) is not HTML:
            return dereference.show(context)
        response = redirect(
            context.urls.redirected(f"/log/{index}", "html", request.args.items(multi=True)), 303
        )
        response.vary.add("Accept")
        return response

    @part.get("/log/<int:index>.<any(html, json):form>")
    def document(index: int, form: str) -> Response:
        found = reader.event(index)
        if form == "html":
            told = reader.told([found])
            onward = reader.leads(found)
            page = render_template("event.html", **found, told=told, leads=onward)
            return answers.sent(page, HTML)
        return answers.as_json(found)

    @part.get("/log/<int:index>.tlog-proof")
    def proof(index: int) -> Response:
        log = reader.log(index)
        note = witnesses.for_proof(context.instance, log, index + 1)
        text = str(proofs.inclusion(log, index, note))
        return answers.sent(text, Offer("text/plain", "tlog-proof", text=True))

    @part.get("/log/consistency")
    def consistency() -> Response:
        return answers.as_json(reader.consistency(request.args))

    return part


@dataclass(frozen=True, slots=True)
class ToldEvents:
    """What is said of events beside their rows: details by index, names of sources by id."""

    details: dict[int, str]
    sources: dict[str, Texts]


class _LogReader:
    """Reads what the pages show."""

    def __init__(self, context: AppContext) -> None:
        self._context = context
        self._instance = context.instance
        self._access = LogAccess(context.instance)

    def log(self, index: int = 0) -> SignedLog:
        """The log. Raises HttpProblem (404) where it has no such event."""
        log = signed_log.read(self._instance)
        if not 0 <= index < log.size:
            raise HttpProblem(
                404,
                f"the log has {log.size} events, the last is log/{log.size - 1}",
                detail_mn=f"бүртгэлд {log.size} үйл явдал бий, сүүлийнх нь log/{log.size - 1}",
            )
        return log

    def page(self, arguments: Any) -> dict[str, Any]:
        """A page of events, the newest first."""
        log = self.log()
        kind, source = arguments.get("type", ""), arguments.get("source", "")
        before = _number(arguments, "before", log.size)
        shown, readable = list[dict[str, Any]](), self._access.readable()
        logged = events_of(self._instance, log.size)
        for index in range(min(before, log.size) - 1, -1, -1):
            row = self._row(logged.even_lost(index), log.size, readable)
            if kind in {"", row["type"]} and source in {"", row["source"]}:
                shown.append(row)
            if len(shown) == PER_PAGE:
                break
        last = shown[-1]["index"] if len(shown) == PER_PAGE else 0
        return {
            **self._head(log),
            "type": kind,
            "source": source,
            "events": shown,
            "before": last or None,
        }

    def told(self, rows: list[dict[str, Any]]) -> ToldEvents:
        """What rows say in words: details by index, and the names of their sources by id."""
        logged = events_of(self._instance, signed_log.read(self._instance).size)
        open_rows = [row for row in rows if not (row["guarded"] or row["lost"])]
        iris = {
            row["source"]: self._instance.names.source(row["source"])
            for row in open_rows
            if row["source"]
        }
        labels = labels_of(self._context, iris.values())
        return ToldEvents(
            {row["index"]: telling.details(logged.even_lost(row["index"])) for row in open_rows},
            {source: labels.get(iri, {}) for source, iri in iris.items()},
        )

    def _row(self, item: Event, size: int, readable: frozenset[str]) -> dict[str, Any]:
        closed = not self._access.sources([item["index"]], size) <= readable
        return {
            "index": item["index"],
            "at": item["at"],
            "type": item["type"],
            "source": "" if closed else source_of(item),
            "version": None if closed else item.get("version"),
            "guarded": closed,
            "lost": "sealed" not in item and item["type"] == sealing.SEALED,
        }

    def _head(self, log: SignedLog) -> dict[str, Any]:
        found = witnesses.cosignatures(self._instance, log.checkpoint.text())
        return {
            "origin": log.checkpoint.origin,
            "size": log.size,
            "root": proofs.encode([log.checkpoint.root])[0],
            "key": str(log.verifier),
            "cosigned": [{"by": w.name, "at": local_time(one.time)} for w, one in found.items()],
        }

    def event(self, index: int) -> dict[str, Any]:
        """An event with its proof; without its line where the reader may not see it."""
        log = self.log(index)
        logged = events_of(self._instance, log.size)
        item = logged.even_lost(index)
        row = self._row(item, log.size, self._access.readable())
        line, path = log.line(index), log.tree.inclusion(index, log.size)
        is_open = sealing.is_sealed(line) or not row["guarded"]
        return {
            **row,
            "leaf": leaf_hash(line).hex(),
            "line": line.decode() if is_open else None,
            "event": None if row["guarded"] else item,
            "path": proofs.encode(path),
            "checkpoint": witnesses.cosigned(self._instance, log),
            "log": self._head(log),
        }

    def leads(self, found: dict[str, Any]) -> list[Lead]:
        """Where an event leads on, as far as the reader may see it."""
        item = found["event"]
        return [*leads.of(item, events_of(self._instance, found["log"]["size"]))] if item else []

    def consistency(self, arguments: Any) -> dict[str, Any]:
        """The proof that the log only grew between two sizes."""
        log = self.log()
        old, new = _number(arguments, "old", 0), _number(arguments, "new", log.size)
        if not 0 <= old <= new <= log.size:
            raise HttpProblem(
                400,
                f"sizes are 0 ≤ old ≤ new ≤ {log.size}",
                detail_mn=f"хэмжээ нь 0 ≤ old ≤ new ≤ {log.size} байна",
            )
        roots = proofs.encode([log.tree.root(old), log.tree.root(new)])
        path = proofs.encode(log.tree.consistency(old, new))
        return {"old": old, "new": new, "old_root": roots[0], "new_root": roots[1], "path": path}


def _narrowed(**given: str | int) -> str:
    """The address of a list of events; what is empty is left out."""
    return f"/log?{urlencode({name: value for name, value in given.items() if value})}"


def _number(arguments: Any, name: str, default: int) -> int:
    text = arguments.get(name, "")
    if not text:
        return default
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise HttpProblem(
            400,
            f"“{name}” is not a number of events",
            detail_mn=f"“{name}” нь үйл явдлын тоо биш байна",
        )
    return int(text)
