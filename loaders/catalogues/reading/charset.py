"""Bytes → UTF-8 without a byte order mark, whatever encoding they are in and whatever they say.

The byte order mark decides, then the XML declaration, then the header, then UTF-8. Bytes that are
not what they are said to be are read as the encoding that fits, with a problem.
"""

from __future__ import annotations

import codecs
import re
from collections import Counter
from dataclasses import replace

from loaders.catalogues.model import ReadProblem, ReceivedDocument
from loaders.catalogues.model.positions import line_locator

_MARKS = (  # UTF-32 first: its mark begins with that of UTF-16
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_WIDE = (  # the first character of a document is ASCII, so its zeros tell the width
    (re.compile(rb"[\t\n\r -~]\0\0\0"), "utf-32-le"),
    (re.compile(rb"\0\0\0[\t\n\r -~]"), "utf-32-be"),
    (re.compile(rb"[\t\n\r -~]\0"), "utf-16-le"),
    (re.compile(rb"\0[\t\n\r -~]"), "utf-16-be"),
)
_DECLARATION = re.compile(rb"(<\?xml\b[^>]*?)\s+encoding\s*=\s*[\"']([\w.:-]+)[\"']")
_XML_LATER = re.compile(
    rb"(?P<before>.*?)<\?xml\s[^>]*>\s*(<!--.*?-->\s*|<!DOCTYPE[^\[>]*(\[.*?\]\s*)?>\s*)*"
    rb"<([\w.-]+:)?(RDF|OAI-PMH|GetRecord\w+|Catalog|Dataset)[\s>]",
    re.S,
)
_HEAD = 1 << 13  # bytes in which XML begins
_DETAIL = 60  # characters of dropped text in a problem
_BLOCK = 1 << 20
# web practice (WHATWG Encoding Standard): these names mean Windows-1252
_LATIN_1 = {"iso8859-1", "ascii"}
_CYRILLIC_WORD = re.compile(rb"[\xc0-\xff\xa8\xb8]{3}")


def decode(
    document: ReceivedDocument, charset: str = ""
) -> tuple[ReceivedDocument, list[ReadProblem]]:
    """The document in UTF-8; `charset` is what the header of the response says.

    What stands before an XML declaration is left out: no parser takes it.
    """
    data = document.data
    mark, encoding = next(((m, e) for m, e in _MARKS if data.startswith(m)), (b"", ""))
    encoding = encoding or next((e for wide, e in _WIDE if wide.match(data)), "")
    data = data[len(mark) :] if mark else data
    problems: list[ReadProblem] = []
    if encoding.startswith(("utf-16", "utf-32")):
        data = data.decode(encoding, "replace").encode()
    else:
        data, problems = _to_utf8(data, _known(_declared(data)), _known(charset))
    data = _DECLARATION.sub(rb"\1", data, count=1) if _declared(data) else data
    data, lines, more = _without_start(data)
    decoded = replace(document, data=data, first_line=document.first_line + lines)
    return decoded, [*problems, *more]


def _declared(data: bytes) -> str:
    match = _DECLARATION.search(data[:1024])
    return match[2].decode() if match else ""


def _known(name: str) -> str:
    """Python's name of an encoding of bytes, or ""."""
    try:
        found = codecs.lookup(name.strip("\"' ")).name if name else ""
    except LookupError:
        return ""
    if found.startswith(("utf-16", "utf-32", "utf-7")):
        return ""  # they were recognised by their bytes, or are not there
    return "cp1252" if found in _LATIN_1 else found


def _to_utf8(data: bytes, declared: str, header: str) -> tuple[bytes, list[ReadProblem]]:
    stated = declared or header or "utf-8"
    if _is_utf8(data):
        if stated in ("utf-8", "") or data.isascii():
            return data, []
        detail = f"stated: {stated}, read as: utf-8"
        return data, [ReadProblem("encoding-wrong", None, "line=0,1", detail)]
    if stated != "utf-8":
        text = _decoded(data, stated)
        if text is not None:
            return text.encode(), []
    return _by_line(data, stated)


def _is_utf8(data: bytes) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for start in range(0, len(data), _BLOCK):
            decoder.decode(data[start : start + _BLOCK])
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _decoded(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except (UnicodeDecodeError, LookupError, TypeError, ValueError):
        return None


def _by_line(data: bytes, stated: str) -> tuple[bytes, list[ReadProblem]]:
    """Lines that are not UTF-8 are read as Windows-1251 or -1252; files can be of both kinds."""
    lines = data.split(b"\n")
    wrong = [number for number, line in enumerate(lines) if _decoded(line, "utf-8") is None]
    encodings: Counter[str] = Counter()
    for number in wrong:
        encoding = "cp1251" if _is_cyrillic(lines[number]) else "cp1252"
        lines[number] = lines[number].decode(encoding, "replace").encode()
        encodings[encoding] += 1
    used = ", ".join(f"{name} in {count} lines" for name, count in encodings.most_common())
    detail = f"stated: {stated}, read as: {used}"
    return b"\n".join(lines), [
        ReadProblem("encoding-wrong", None, line_locator(wrong[0] + 1), detail)
    ]


def _is_cyrillic(line: bytes) -> bool:
    """Whole words of high bytes are Cyrillic; in Western languages they stand between others."""
    high = sum(byte >= 0xC0 for byte in line)
    in_words = sum(len(word) for word in _CYRILLIC_WORD.findall(line))
    return in_words * 2 > high


def _without_start(data: bytes) -> tuple[bytes, int, list[ReadProblem]]:
    """XML from its declaration on, the number of lines before, and a problem for text in them."""
    match = _XML_LATER.match(data[:_HEAD])
    if match is None or match.end("before") == 0:
        return data, 0, []
    before, rest = match["before"], data[match.end("before") :]
    problems = []
    if text := before.strip(b"\xef\xbb\xbf \t\r\n"):  # messages of the program that wrote it
        detail = text.decode("utf-8", "replace")[:_DETAIL]
        problems.append(ReadProblem("text-dropped", None, "line=0,1", detail))
    return rest, before.count(b"\n"), problems
