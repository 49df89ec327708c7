"""HTML that agencies put into descriptions, as the text a reader would see.

A block starts a line, cells of a table row are parted by ` | `, items of a list start with `- `.
Scripts, styles and comments are gone, entities are letters, blanks of every kind are one blank.
"""

from __future__ import annotations

import re
from html import unescape

from bs4 import BeautifulSoup
from bs4.element import NavigableString, Tag

_UNSEEN = ("script", "style", "template", "title", "iframe", "object", "svg")
_BLOCKS = (
    "address article aside blockquote caption center dd div dl dt figure footer form h1 h2 h3 h4 "
    "h5 h6 header hr li main nav ol p pre section table tbody tfoot thead tr ul"
).split()
_DECLARATION = re.compile(r"^\s*<\?xml[^>]*>")
_BLANKS = re.compile(r"\s+")

# no-break spaces are blanks; soft hyphens, zero-width blanks and byte order marks are not seen
_INVISIBLE = str.maketrans({"\xa0": " ", "\u202f": " ", "\xad": "", "\u200b": "", "\ufeff": ""})
# what XML 1.0 cannot carry, half characters included: one of them breaks a page of the catalogue
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


def to_text(html: str) -> str:
    """Text of a piece of HTML, or of plain text with entities; empty when nothing is left."""
    text = _visible(html) if "<" in html else unescape(html)
    lines = (_BLANKS.sub(" ", line).strip() for line in plain(text).splitlines())
    return "\n".join(line for line in lines if line)


def plain(text: str) -> str:
    """A text without characters that cannot be seen or cannot be written in XML."""
    return _CONTROLS.sub("", text.translate(_INVISIBLE))


def _visible(html: str) -> str:
    soup = BeautifulSoup(_DECLARATION.sub("", html), "html.parser")
    for tag in soup.find_all(_UNSEEN):
        tag.decompose()
    for string in soup.find_all(string=True):
        if type(string) is NavigableString:  # comments and declarations are subclasses
            string.replace_with(_BLANKS.sub(" ", string))
    for tag in soup.find_all(["br", "td", "th", *_BLOCKS]):
        _mark(tag)
    return soup.get_text()


def _mark(tag: Tag) -> None:
    """Put what separates a tag from its surroundings into the text."""
    if tag.name in ("td", "th"):
        if tag.find_previous_sibling(["td", "th"]):
            tag.insert_before(" | ")
        return
    tag.insert_before("\n")
    tag.insert_after("\n")
    if tag.name == "li":
        tag.insert(0, "- ")
