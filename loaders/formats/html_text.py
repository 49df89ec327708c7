"""HTML in agencies' descriptions as the text that a reader sees.

A block starts a line, cells of a table row are separated by ` | `, items of a list start with `- `.
Scripts, styles and comments are removed, entities are decoded, white space is collapsed.
"""

from __future__ import annotations

import re
from html import unescape

from bs4 import BeautifulSoup
from bs4.element import NavigableString, Tag

_HIDDEN_TAGS = ("script", "style", "template", "title", "iframe", "object", "svg")
_BLOCKS = (
    "address article aside blockquote caption center dd div dl dt figure footer form h1 h2 h3 h4 "
    "h5 h6 header hr li main nav ol p pre section table tbody tfoot thead tr ul"
).split()
_DECLARATION = re.compile(r"^\s*<\?xml[^>]*>")
_WHITE_SPACE = re.compile(r"\s+")

# no-break spaces become spaces; soft hyphens, zero-width spaces and byte order marks are dropped
_INVISIBLE = str.maketrans({"\xa0": " ", "\u202f": " ", "\xad": "", "\u200b": "", "\ufeff": ""})
# what XML 1.0 cannot carry, lone surrogates included: one of them breaks an RDF/XML document
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


def to_text(html: str) -> str:
    """The text of a piece of HTML, or of plain text with entities; may be empty."""
    text = _visible_text(html) if "<" in html else unescape(html)
    lines = (_WHITE_SPACE.sub(" ", line).strip() for line in strip_invisible(text).splitlines())
    return "\n".join(line for line in lines if line)


def strip_invisible(text: str) -> str:
    """A text without invisible characters and without those that XML cannot carry."""
    return _CONTROLS.sub("", text.translate(_INVISIBLE))


def _visible_text(html: str) -> str:
    soup = BeautifulSoup(_DECLARATION.sub("", html), "html.parser")
    for tag in soup.find_all(_HIDDEN_TAGS):
        tag.decompose()
    for string in soup.find_all(string=True):
        if type(string) is NavigableString:  # comments and declarations are subclasses
            string.replace_with(_WHITE_SPACE.sub(" ", string))
    for tag in soup.find_all(["br", "td", "th", *_BLOCKS]):
        _insert_separators(tag)
    return soup.get_text()


def _insert_separators(tag: Tag) -> None:
    """Insert the text that separates a tag from its surroundings."""
    if tag.name in ("td", "th"):
        if tag.find_previous_sibling(["td", "th"]):
            tag.insert_before(" | ")
        return
    tag.insert_before("\n")
    tag.insert_after("\n")
    if tag.name == "li":
        tag.insert(0, "- ")
