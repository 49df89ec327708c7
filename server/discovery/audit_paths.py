"""The addresses of the auditor's tools in `/openapi.json`: path, summary, parameters, formats."""

from __future__ import annotations

from typing import Any, NamedTuple

Json = dict[str, Any]

_TEXT: Json = {"type": "string"}
_NUMBER: Json = {"type": "integer", "minimum": 0}
_PAGE = ("text/html", "application/json")
_OF_TRACE = (
    *_PAGE,
    *("text/turtle", "application/n-triples", "application/ld+json"),
    *("application/rdf+xml", "text/plain"),
)


class PathParameter(NamedTuple):
    """A parameter: name, schema, description; of the path, not the query, where `in_path`."""

    name: str
    schema: Json
    description: str
    required: bool = False
    in_path: bool = False

    def to_json(self) -> Json:
        """The parameter object (§4.8.12)."""
        return {
            "name": self.name,
            "in": "path" if self.in_path else "query",
            "required": self.required or self.in_path,
            "description": self.description,
            "schema": self.schema,
        }


class AuditPath(NamedTuple):
    """An address, what it answers, and in which formats."""

    path: str
    summary: str
    media_types: tuple[str, ...]
    parameters: tuple[PathParameter, ...] = ()
    missing: str = ""

    def to_json(self) -> Json:
        """The path item object (§4.8.9)."""
        answers = {
            "200": {"description": self.summary, "content": {m: {} for m in self.media_types}}
        }
        if self.missing:
            answers["404"] = {"description": self.missing, "content": {}}
        told: Json = {"summary": self.summary, "responses": answers}
        if self.parameters:
            told["parameters"] = [one.to_json() for one in self.parameters]
        return {"get": told}


_FORMAT = PathParameter("format", _TEXT, "The name of a format; overrides Accept.")
_SOURCE = PathParameter("source", _TEXT, "The id of a source.")
_STATEMENT = "'SUBJECT PREDICATE OBJECT' as in Turtle, or the IRI of a statement"

PATHS: tuple[AuditPath, ...] = (
    AuditPath(
        "/trace",
        "Where a statement comes from: record, file, mapping, checks, log",
        _OF_TRACE,
        (
            PathParameter("of", _TEXT, f"{_STATEMENT}, or the IRI of a thing."),
            _SOURCE,
            PathParameter("v", _NUMBER, "The number of a version, else the published one."),
            _FORMAT,
        ),
        "Nothing of it is stated now; the answer says when it last was.",
    ),
    AuditPath(
        "/capture/sha256-{digest}",
        "What is known of an archived file, and a record of it in its table",
        _PAGE,
        (
            PathParameter("digest", _TEXT, "The SHA-256 of the file, in hex.", in_path=True),
            PathParameter("record", _TEXT, "A locator: row=7, cell=7,2, /value/3, Sheet1!B7."),
            _FORMAT,
        ),
        "No published version was made from this file.",
    ),
    AuditPath(
        "/history",
        "The versions of a source, or the time line of a thing",
        _PAGE,
        (_SOURCE, PathParameter("entity", _TEXT, "The IRI of a thing."), _FORMAT),
        "There is no such source.",
    ),
    AuditPath(
        "/diff",
        "What two versions of a source differ in, thing by thing, from row to row",
        (*_PAGE, "application/n-quads"),
        (
            _SOURCE,
            PathParameter("from", _NUMBER, "The number of a version."),
            PathParameter("to", _NUMBER, "The number of another one."),
            PathParameter("entity", _TEXT, "The IRI of one thing."),
            PathParameter(
                "only", {"type": "string", "enum": ["schema", "values"]}, "What to list."
            ),
            _FORMAT,
        ),
        "There is no such version.",
    ),
    AuditPath(
        "/log",
        "The events of the log, the newest first",
        _PAGE,
        (
            PathParameter("type", _TEXT, "A kind of events, like Publish."),
            _SOURCE,
            PathParameter("before", _NUMBER, "Only events before this one."),
            _FORMAT,
        ),
    ),
    AuditPath(
        "/log/{index}.json",
        "An event: its exact line, its leaf hash, its proof of inclusion",
        ("application/json",),
        (PathParameter("index", _NUMBER, "The number of the event.", in_path=True),),
        "The log has no such event.",
    ),
    AuditPath(
        "/log/{index}.tlog-proof",
        "The proof that the log holds an event (c2sp.org/tlog-proof)",
        ("text/plain",),
        (PathParameter("index", _NUMBER, "The number of the event.", in_path=True),),
        "The log has no such event.",
    ),
    AuditPath(
        "/log/consistency",
        "The proof that the log only grew between two sizes",
        ("application/json",),
        (
            PathParameter("old", _NUMBER, "The smaller size."),
            PathParameter("new", _NUMBER, "The larger size, else the present one."),
        ),
    ),
    AuditPath(
        "/log/checkpoint",
        "The signed checkpoint (c2sp.org/tlog-tiles); tiles are beside it",
        ("text/plain",),
    ),
    AuditPath(
        "/verify",
        "What the last kept verification of the operator found, level by level",
        _PAGE,
        (_FORMAT,),
    ),
    AuditPath(
        "/bundle",
        "The evidence of a statement in one file, to be checked offline",
        ("application/zip",),
        (
            PathParameter("statement", _TEXT, f"{_STATEMENT}.", required=True),
            _SOURCE,
            PathParameter("version", _NUMBER, "The number of a version."),
            PathParameter("absent-from", _TEXT, "A source whose version does not say it."),
        ),
        "No published version says this.",
    ),
)
