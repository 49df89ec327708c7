"""The form of a document, by its content: extensions and media types are often wrong.

They decide only where the content fits several forms.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from pathlib import PurePosixPath
from typing import NamedTuple

import pyoxigraph as ox

from loaders.catalogues.json_ld import lax_json
from loaders.catalogues.model import ReadProblem, ReceivedDocument
from loaders.catalogues.reading.api_forms import api_form, json_events
from loaders.catalogues.reading.readers import refuse
from loaders.formats.json_limits import long_number

_HEAD = 1 << 16  # bytes that are looked at
_EVENTS = 100_000  # of JSON; members that tell the form may follow a long list
_MAGIC = {
    b"PK\x03\x04": "archive",
    b"\x1f\x8b": "archive",
    b"BZh": "archive",
    b"\xfd7zXZ": "archive",
    b"7z\xbc\xaf\x27\x1c": "archive",
    b"\x28\xb5\x2f\xfd": "archive",  # Zstandard
    b"%PDF": "binary",
}
_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_XML_PROLOG = re.compile(rb"(\s|<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^\[>]*(\[.*?\]\s*)?>)*", re.S | re.I)
_XML_ROOT = re.compile(rb"<(?:([A-Za-z_][\w.-]*):)?([A-Za-z_][\w.-]*)((?:\s[^>]*)?)/?>", re.S)
_HTML_DOCTYPE = re.compile(rb"\s*<!doctype\s+html", re.I)
_JSON = re.compile(rb'\s*(\{\s*(["}]|\Z)|\[\s*([\[{"]|\]?\s*\Z))')
_HEXTUPLE = re.compile(rb'\s*\[(\s*"(?:[^"\\]|\\.)*"\s*,){5}\s*"(?:[^"\\]|\\.)*"\s*\]\s*(\n|\Z)')
_TRIPLE_LINE = re.compile(
    rb"\s*(<[^>]*>|_:\S+)\s*<[^>]*>\s*(<[^>]*>|_:\S+|\"(?:[^\"\\]|\\.)*\"(?:@[\w-]+|\^\^<[^>]*>)?)"
    rb"\s*(<[^>]*>|_:\S+)?\s*\.\s*(#.*)?"
)
_RDF_TEXT = re.compile(rb"@prefix|@base|\bprefix\s|\bbase\s|<[^<>\s]+>|\[|_:|:\w", re.I)


class XmlRoot(NamedTuple):
    """The first element of an XML document; without a name where there is none."""

    namespace: str
    name: str


_ROOTS: tuple[tuple[str, str, str], ...] = (
    (re.escape(_RDF), "RDF", "rdf-xml"),
    ("", "(?i:html)", "html"),
    (r".*/xhtml", ".*", "html"),
    (r"http://www\.w3\.org/2004/03/trix/trix-1/", "TriX", "trix"),
    (r".*", r"(Service)?Exception(Report|s)?|ServiceException", "exception"),
    (r".*", r"(\w+_)?Capabilities", "capabilities"),
    (r"https?://(.*isotc211\.org|standards\.iso\.org)/.*", ".*", "iso-19139"),
    (r".*", "urlset|sitemapindex|rss|feed", "sitemap"),
)
"""Namespace and name of the first element → form; the first that matches counts."""


def sniff(document: ReceivedDocument) -> str:
    """The name of a document's form; a key of READERS or REFUSALS."""
    head = bytes(document.data[:_HEAD])
    if not head.strip():
        return "empty"
    if packed := packed_form(head):
        return packed
    is_json = _JSON.match(head) and not _HEXTUPLE.match(head)
    if is_json and (problem := long_number(document.data)):
        refuse("no-json", document, problem.message, problem.position("line"))
    if form := api_form(document):
        return form
    if (root := _xml_root(head, document)) is not None:
        return _xml_form(root, head)
    if _HEXTUPLE.match(head):
        return "hext"
    if is_json:
        return _json_form(document)
    return _text_form(head, document)


def packed_form(data: bytes) -> str:
    """The form of what is no text, by its first bytes; "" for others.

    It is asked of the bytes as they came: a ZIP file may hold its files uncompressed, and whoever
    looks for where XML begins would find the first of them.
    """
    return next((form for mark, form in _MAGIC.items() if data.startswith(mark)), "")


def _xml_root(head: bytes, document: ReceivedDocument) -> XmlRoot | None:
    """The first element, or None where the document is no XML, such as `<urn:a> <urn:b> 1 .`"""
    start = _XML_PROLOG.match(head)
    match = _XML_ROOT.match(head, start.end() if start else 0)
    if match is None:
        return XmlRoot("", "") if head.lstrip().startswith(b"<?xml") else None
    prefix, name, attributes = match.groups()
    declared = re.search(
        rb"\sxmlns" + (b":" + prefix if prefix else b"") + rb"\s*=\s*[\"']([^\"'<]*)", attributes
    )
    # `<a> <b> <c> .` with relative IRIs is Turtle
    if declared is None and (prefix or (_is_text_syntax(document) and b"</" + name not in head)):
        return None
    return XmlRoot(declared[1].decode("utf-8", "replace") if declared else "", name.decode())


def _xml_form(root: XmlRoot, head: bytes) -> str:
    if _HTML_DOCTYPE.match(head):
        return "html"
    if not root.name:
        return "no-element"
    for namespace, name, form in _ROOTS:
        if re.fullmatch(namespace, root.namespace) and re.fullmatch(name, root.name):
            return form
    # an RDF/XML document may be a single node, without rdf:RDF around it
    return "rdf-xml" if root.namespace and _RDF.encode() in head else "xml"


def _text_form(head: bytes, document: ReceivedDocument) -> str:
    lines = [line for line in head.splitlines()[:50] if line.strip() and line.strip()[:1] != b"#"]
    if len(head) == _HEAD:
        lines = lines[:-1]
    stated = stated_form(document)
    if lines and all(_TRIPLE_LINE.fullmatch(line) for line in lines):
        return "turtle" if stated == "turtle" else "n-triples"  # every N-Triples is Turtle
    if b"\0" in head:
        return "binary"
    if stated in ("n3", "n-triples") and not re.search(rb"^\s*@?prefix\s", head, re.I | re.M):
        return stated
    if re.match(rb"\s*<(!doctype|html|head|body)", head, re.I):
        return "html"
    return "turtle" if _RDF_TEXT.search(head) else "text"


_STATED = {
    ox.RdfFormat.TURTLE: "turtle",
    ox.RdfFormat.TRIG: "turtle",
    ox.RdfFormat.N_TRIPLES: "n-triples",
    ox.RdfFormat.N_QUADS: "n-triples",
    ox.RdfFormat.N3: "n3",
    ox.RdfFormat.RDF_XML: "rdf-xml",
    ox.RdfFormat.JSON_LD: "json-ld",
}
_UNSPECIFIC = {
    "text/plain",
    "txt",
    "application/xml",
    "text/xml",
    "xml",
    "application/json",
    "json",
}


def stated_form(document: ReceivedDocument) -> str:
    """The form that the media type names, else the extension; "" where neither names one."""
    media = document.media_type
    extension = PurePosixPath(document.name).suffix.lstrip(".").lower()
    by_media = None if media in _UNSPECIFIC | {""} else ox.RdfFormat.from_media_type(media)
    by_name = None if extension in _UNSPECIFIC else ox.RdfFormat.from_extension(extension)
    found = by_media or by_name
    return _STATED.get(found, "") if found else ""


def _is_text_syntax(document: ReceivedDocument) -> bool:
    return stated_form(document) in ("turtle", "n-triples", "n3")


def contradiction(document: ReceivedDocument, form: str) -> Iterator[ReadProblem]:
    """A problem where the media type or the extension names another form than the content has."""
    stated = stated_form(document)
    text = {"turtle", "n-triples", "n3"}  # each of these can be read as the ones before
    if stated and stated != form and not {stated, form} <= text:
        stated = document.media_type or PurePosixPath(document.name).suffix
        yield ReadProblem("media-type-wrong", None, "line=0,1", f"{stated}: {form}")


def _json_form(document: ReceivedDocument) -> str:
    """The form by the members of the first object, at the top or in a list."""
    keys: set[str] = set()
    for prefix, event, value in islice(json_events(document.data), _EVENTS):
        if event == "map_key" and prefix in ("", "item"):
            keys.add(value)
    if any(key.startswith("@") for key in keys):
        return "json-ld"
    return next((form for members, form in _JSON_REFUSED if keys >= members), "json")


_JSON_REFUSED: tuple[tuple[set[str], str], ...] = (
    ({"status", "data"}, "dataverse"),
    ({"features"}, "geojson"),
    ({"geometry", "properties"}, "geojson"),
)
"""Members → the form that has them."""


def refuse_unknown(document: ReceivedDocument, form: str) -> None:
    """Raises InputError with what a document says of itself, where its form is refused."""
    head = bytes(document.data[:_HEAD])
    if form == "json":
        lax_json.load(document)  # it may be broken before the member that tells its form
    if form == "xml":
        root = _xml_root(head, document)
        refuse(form, document, f"its first element is <{root.name if root else ''}>")
