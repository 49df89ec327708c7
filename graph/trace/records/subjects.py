"""Records that are the statements about one subject of an RDF document (`iri=…`)."""

from __future__ import annotations

from urllib.parse import unquote

import pyoxigraph as ox

from graph.trace.records.view import NOT_FOUND, RecordView, ShownText

_MOST = 80  # statements
_LONGEST = 500  # characters of a value


def read(data: bytes, iri: str, syntax: ox.RdfFormat, base: str) -> RecordView:
    """What a document says of a subject, as it says it. Raises SyntaxError for invalid RDF."""
    subject = unquote(iri)
    found = []
    for quad in ox.parse(data, syntax, base_iri=base, lenient=True):
        if isinstance(quad.subject, ox.NamedNode) and quad.subject.value == subject:
            found.append(quad)
    if not found:
        return RecordView(note=NOT_FOUND)
    cells: dict[str, str] = {}
    for quad in found[:_MOST]:
        name, text = quad.predicate.value, _text(quad.object)
        cells[name] = f"{cells[name]} | {text}" if name in cells else text
    note = f"only {_MOST} of {len(found)} statements are shown" if len(found) > _MOST else ""
    return RecordView(cells=cells, text=_written(data, subject), note=note)


def _text(term: object) -> str:
    text = str(term.value) if isinstance(term, ox.Literal | ox.NamedNode) else str(term)
    return text[:_LONGEST]


def _written(data: bytes, subject: str) -> ShownText | None:
    """The lines of the document from where the subject is written out, to the end of its block;
    None where it is written in another way, as with a prefix."""
    start = data.find(f"\n<{subject}>".encode()) + 1
    if start == 0 and not data.startswith(f"<{subject}>".encode()):
        return None
    end = data.find(b"\n\n", start)
    block = data[start : end if end >= 0 else None][: 4 * _LONGEST]
    return ShownText("", block.decode("utf-8", "ignore"), "")
