"""Repairs of XML below its structure: bare `&` and `<`, unknown entities, HTML, control
characters."""

from __future__ import annotations

import html
import html.entities
import re
from collections.abc import Iterator

from loaders.catalogues.model import ReadProblem, ReceivedDocument
from loaders.catalogues.model.positions import LineCounter, line_at, line_locator

_DECLARED = re.compile(rb'<!ENTITY\s+([^\s%"\']+)')
_PREDEFINED = {b"amp", b"lt", b"gt", b"quot", b"apos"}
_HTML = (
    rb"a|abbr|b|big|blockquote|br|center|code|div|em|font|h[1-6]|hr|i|img|li|ol|p|pre|small|span"
    rb"|strike|strong|sub|sup|table|tbody|td|th|thead|tr|tt|u|ul"
)
_DEFAULT_NAMESPACE = re.compile(rb"\sxmlns\s*=")
# sections in which & has no meaning, then what may be wrong outside of them
_PLACES = re.compile(
    rb"<!--.*?(?:-->|\Z)|<!\[CDATA\[.*?(?:\]\]>|\Z)|&#(?P<number>x[0-9A-Fa-f]+|[0-9]+);"
    rb"|(?P<html></?(?:" + _HTML + rb")(?=[\s/>])(?:[^<>\"']|\"[^\"<]*\"|'[^'<]*')*>)"
    rb"|&(?P<name>[A-Za-z_:][\w:.-]*);|(?P<bare>&)|(?P<less><(?![A-Za-z_:/!?\x80-\xff]))|(?P<control>[\x00-\x08\x0b\x0c\x0e-\x1f])",
    re.S | re.I,
)
_CONTROL = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_NO_CHARACTER = "\ufffd".encode()


def mend(document: ReceivedDocument) -> tuple[bytes, list[ReadProblem]]:
    """The document's bytes with these faults mended, in lines as before."""
    repair = _TextRepair(document)
    return b"".join(repair.pieces()), repair.problems


_PARSE_TYPE = re.compile(rb"(:parseType\s*=\s*[\"'])(?!Literal|Resource|Collection|Triple)(\w*)")
_PARSE_TYPES = {b"resource": b"Resource", b"collection": b"Collection"}


def name_parse_types(document: ReceivedDocument) -> tuple[bytes, list[ReadProblem]]:
    """The bytes with other values of rdf:parseType named as they are meant.

    Other values mean Literal (RDF 1.1 XML §7.2.20), but pyoxigraph leaves out such properties.
    """
    data, problems = document.data, []
    for match in reversed(list(_PARSE_TYPE.finditer(data))):
        good = _PARSE_TYPES.get(match[2].lower(), b"Literal")
        line = line_locator(line_at(data, match.start()) + document.first_line)
        problems.append(ReadProblem("xml-mended", None, line, match[0].decode("utf-8", "replace")))
        data = data[: match.start(2)] + good + data[match.end(2) :]
    return data, problems[::-1]


class _TextRepair:
    def __init__(self, document: ReceivedDocument) -> None:
        self._document = document
        # an element without prefix and without a default namespace is no RDF
        self._may_hold_html = not _DEFAULT_NAMESPACE.search(document.data)
        self._declared = _PREDEFINED | set(_DECLARED.findall(document.data))
        self._lines = LineCounter(document.data, document.first_line)
        self.problems: list[ReadProblem] = []

    def pieces(self) -> Iterator[bytes]:
        data, end = self._document.data, 0
        for match in _PLACES.finditer(data):
            good = self._good(match)
            if good != match[0]:
                yield data[end : match.start()]
                yield good
                self._note(match, good)
                end = match.end()
        yield data[end:]

    def _good(self, match: re.Match[bytes]) -> bytes:
        if match["bare"]:
            return b"&amp;"
        if match["less"]:
            return b"&lt;"
        if match["control"]:
            return _NO_CHARACTER
        if match["html"]:
            return _escaped(match[0]) if self._may_hold_html else match[0]
        if number := match["number"]:
            return match[0] if _is_character(number) else _NO_CHARACTER
        if (name := match["name"]) and name not in self._declared:
            known = html.entities.html5.get(f"{name.decode()};")
            return html.escape(known).encode() if known else b"&amp;" + match[0][1:]
        return _CONTROL.sub(_NO_CHARACTER, match[0])

    def _note(self, match: re.Match[bytes], good: bytes) -> None:
        kind = "control-character" if _NO_CHARACTER in good else "xml-mended"
        detail = match[0].decode("ascii", "backslashreplace")[:40]
        self.problems.append(
            ReadProblem(kind, None, self._lines.locator(match.start()), ascii(detail))
        )


def _escaped(tag: bytes) -> bytes:
    """A tag of HTML as text: descriptions are pasted as they stand on a page."""
    return tag.replace(b"&", b"&amp;").replace(b"<", b"&lt;").replace(b">", b"&gt;")


def _is_character(number: bytes) -> bool:
    """Whether a character reference names a character of XML 1.0 (§2.2)."""
    if len(number) > 8:
        return False
    code = int(number[1:], 16) if number[:1] == b"x" else int(number)
    in_plane = code in (9, 10, 13) or 0x20 <= code < 0xD800 or 0xE000 <= code < 0xFFFE
    return in_plane or 0x10000 <= code < 0x110000
