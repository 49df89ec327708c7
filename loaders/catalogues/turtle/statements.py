"""Turtle and TriG cut into top-level statements, without parsing them.

A statement ends with a dot that stands outside of strings, IRIs, comments and names. Inside of
brackets no dot can stand, so a statement with an open bracket ends there too: it is broken, and
the next one is not. Blocks of TriG are opened: names of graphs are dropped.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

_TOKEN = re.compile(
    rb"(?P<space>[\s\xef\xbb\xbf]+|\#[^\n\r]*)"
    rb'|(?P<string>"""(?:[^"\\]|\\.|"(?!""))*+"""|\'\'\'(?:[^\'\\]|\\.|\'(?!\'\'))*+\'\'\''
    rb'|"(?:[^"\\\n\r]|\\.)*+"|\'(?:[^\'\\\n\r]|\\.)*+\')'
    rb"|(?P<iri><[^<>\n]*>)"
    # nothing follows that could end it: the document was cut here
    rb'|(?P<unfinished>""".*|\'\'\'.*|"(?:[^"\\\n\r]|\\.)*+\\?\Z|\'(?:[^\'\\\n\r]|\\.)*+\\?\Z|<[^<>\n]*\Z)'
    rb"|(?P<open>[\[(])|(?P<close>[\])])|(?P<block>\{)|(?P<end_block>\})"
    rb"|(?P<word>(?:\.?\d|[^\s<>\"'\[\](){},;.#\\]|\\.)"
    rb"(?:[^\s<>\"'\[\](){},;.#\\]|\\.|\.+(?=[^\s<>\"'\[\](){},;.#]))*)"
    rb"|(?P<dot>\.)|(?P<other>.)",
    re.S,
)

_NOTHING = re.compile(rb"(?:\s|#[^\n\r]*)*\Z")


class TurtleToken(NamedTuple):
    """A token that is neither white space nor a comment; `kind` is a group of the expression."""

    kind: str
    start: int
    text: bytes

    @property
    def end(self) -> int:
        """Where it ends."""
        return self.start + len(self.text)


class TurtleStatement(NamedTuple):
    """A top-level statement or directive, with its dot unless it has none.

    `is_finished` is False for input that ends before the dot or inside a bracket or a string.
    """

    tokens: list[TurtleToken]
    is_finished: bool

    @property
    def start(self) -> int:
        """The position of its first byte."""
        return self.tokens[0].start

    @property
    def directive(self) -> str:
        """`prefix` or `base` where it is a directive, else ""."""
        word = self.tokens[0].text.lower().removeprefix(b"@").decode("ascii", "replace")
        return word if word in ("prefix", "base", "version") else ""


def statements(data: bytes) -> Iterator[TurtleStatement]:
    """The statements of a document, in order."""
    tokens: list[TurtleToken] = []
    depth = 0
    block: TurtleToken | None = None  # the open one
    for token in _tokens(data):
        kind = token.kind
        if kind == "block" and depth == 0:  # what stands before it is the name of a graph
            tokens, block = [], token
            continue
        if kind == "end_block" and depth == 0:
            block = None
            if tokens:
                yield TurtleStatement([*tokens, TurtleToken("dot", token.start, b".")], True)
            tokens = []
            continue
        tokens.append(token)
        depth = max(0, depth + (kind == "open") - (kind == "close"))
        if kind == "dot" or _ends_directive(tokens):
            yield TurtleStatement(tokens, not depth or not _NOTHING.match(data, token.end))
            tokens, depth = [], 0
    if block:
        tokens.insert(0, block)
    if tokens:
        yield TurtleStatement(tokens, False)


def _tokens(data: bytes) -> Iterator[TurtleToken]:
    for match in _TOKEN.finditer(data):
        if match.lastgroup != "space":
            yield TurtleToken(match.lastgroup or "other", match.start(), match[0])


def _ends_directive(tokens: list[TurtleToken]) -> bool:
    """Directives in the style of SPARQL have no dot."""
    if tokens[-1].kind != "iri" or len(tokens) > 3:
        return False
    return tokens[0].text.lower() == (b"base", b"prefix")[len(tokens) == 3]


def text_of(tokens: list[TurtleToken], data: bytes) -> bytes:
    """The bytes of tokens; a dot that stands for the end of a block comes with them."""
    last = tokens[-1]
    if last.kind == "dot" and data[last.start : last.end] != b".":
        return data[tokens[0].start : last.start] + b" ."
    return data[tokens[0].start : last.end]
